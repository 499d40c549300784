/**
 * Reads a configuration file: YAML text to a checked, complete {@link Config}, or all that is wrong with it.
 *
 * Three steps: YAML (`yaml`), shape (`schema.ts`), meaning (`resolve.ts`). Broken YAML ends it, since what follows a
 * syntax error is guesswork; the other steps always both run, so that one look at the output is enough. Nothing here
 * throws, whatever the file holds. The only file of `config` that touches the file system.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import { type ConfigDiagnostic, Report } from './diagnostic.ts';
import { reportIssues } from './issues.ts';
import { Source } from './locate.ts';
import { resolveConfig } from './resolve.ts';
import { fileSchema, salvageSchema } from './schema.ts';
import { reasonOf } from './secrets.ts';
import type { Config } from './types.ts';
import { parseYaml, readYaml } from './yaml-text.ts';

/** A configuration, or what is wrong with it: every error, in the order of the file. */
export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly ConfigDiagnostic[] }
  | { readonly ok: false; readonly errors: readonly ConfigDiagnostic[] };

/** Replacements for the outside world. */
export interface LoadOptions {
  /** Environment for `password-env`; default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the configuration and password files, given an absolute path; default: `readFileSync`. */
  readonly readFile?: (path: string) => string;
}

/** Loads the configuration file at `path`. A file that cannot be read is a diagnostic as well. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadResult {
  const readFile = options.readFile ?? readText;
  let text: string;
  try {
    text = readFile(resolvePath(path));
  } catch (error) {
    const message = `cannot read the configuration: ${reasonOf(error)}`;
    return {
      ok: false,
      errors: [{ file: path, line: 1, column: 1, path: '', message, hint: undefined, snippet: '' }],
    };
  }
  return parseConfig(text, path, options);
}

/** Checks the text of a configuration file; `file` is its name in messages and where relative paths start. */
export function parseConfig(text: string, file: string, options: LoadOptions = {}): LoadResult {
  const yaml = parseYaml(text);
  const report = new Report(new Source(file, text, yaml.document, yaml.lines));
  const raw = readYaml(yaml.document, report);
  if (raw === undefined) return { ok: false, errors: report.errors };
  const checked = fileSchema.safeParse(raw, { reportInput: true });
  if (!checked.success) reportIssues(checked.error.issues, report);
  const readFile = options.readFile ?? readText;
  const folder = dirname(resolvePath(file));
  const config = resolveConfig(salvageSchema.parse(raw), report, {
    env: options.env ?? process.env,
    readFile: (path) => readFile(resolvePath(folder, path)),
  });
  const { errors, warnings } = report;
  return errors.length > 0 || config === undefined ? { ok: false, errors } : { ok: true, config, warnings };
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
