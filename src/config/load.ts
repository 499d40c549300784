/**
 * Reads a configuration file: YAML text to a checked, complete {@link Config}, or all that is wrong with it.
 *
 * Three steps: YAML (`yaml`), shape (`schema.ts`), meaning (`resolve.ts`). Broken YAML ends it, since what follows a
 * syntax error is guesswork; the other steps always both run, so that one look at the output is enough. Nothing here
 * throws, whatever the file holds. Besides `drop-ins.ts` the only file of `config` that touches the file system.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import type { PolicyFunctions } from '../policy/program-types.ts';
import { type ConfigDiagnostic, Report } from './diagnostic.ts';
import { type ConfigText, Merged, type Part, readDropIns } from './drop-ins.ts';
import { reportIssues } from './issues.ts';
import { Source } from './locate.ts';
import { resolveConfig } from './resolve.ts';
import { fileSchema, salvageSchema } from './schema.ts';
import { reasonOf } from './secrets.ts';
import type { Config } from './types.ts';
import { parseYaml, readYaml } from './yaml-text.ts';

/** A configuration, or what is wrong with it: every error, in the order of the file. */
export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly ConfigDiagnostic[];
      /** What it was read from: the file and its drop-ins. */
      readonly texts: readonly ConfigText[];
    }
  | { readonly ok: false; readonly errors: readonly ConfigDiagnostic[] };

/** Replacements for the outside world. */
export interface LoadOptions {
  /** Environment for `password-env`; default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the configuration and password files, given an absolute path; default: `readFileSync`. */
  readonly readFile?: (path: string) => string;
  /** Where relative paths start; default: the folder of the file. */
  readonly folder?: string;
  /** Files that are read behind the first one; default: those of its drop-in directory. */
  readonly dropIns?: readonly ConfigText[];
  /** Policies written in TypeScript, by the names under which `import` and `export` have them. */
  readonly policies?: PolicyFunctions;
}

/** Loads the configuration file at `path` and its drop-ins. A file that cannot be read is a diagnostic as well. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadResult {
  const readFile = options.readFile ?? readText;
  let reading = path;
  const read = (file: string): string => {
    reading = file;
    return readFile(resolvePath(file));
  };
  try {
    const text = read(path);
    return parseConfig(text, path, { ...options, dropIns: options.dropIns ?? readDropIns(path, read) });
  } catch (error) {
    const message = `cannot read the configuration: ${reasonOf(error)}`;
    return {
      ok: false,
      errors: [{ file: reading, line: 1, column: 1, path: '', message, hint: undefined, snippet: '' }],
    };
  }
}

/** Checks the text of a configuration file; `file` is its name in messages, and the default of `folder` is its own. */
export function parseConfig(text: string, file: string, options: LoadOptions = {}): LoadResult {
  const texts = [{ file, text }, ...(options.dropIns ?? [])];
  const read = texts.map((part, i) => readPart(part, i > 0));
  const syntax = read.flatMap(({ errors }) => errors);
  const parts = read.flatMap(({ part }) => part ?? []);
  if (read.some(({ failed }) => failed)) return { ok: false, errors: syntax };
  const merged = new Merged(parts);
  const report = new Report(merged);
  merged.reportDoubles(report);
  const checked = fileSchema.safeParse(merged.raw, { reportInput: true });
  if (!checked.success) reportIssues(checked.error.issues, report);
  const readFile = options.readFile ?? readText;
  const folder = options.folder ?? dirname(resolvePath(file));
  const config = resolveConfig(
    salvageSchema.parse(merged.raw),
    report,
    {
      env: options.env ?? process.env,
      readFile: (path) => readFile(resolvePath(folder, path)),
    },
    { folder, functions: options.policies },
  );
  const errors = inOrder([...syntax, ...report.errors], texts);
  const warnings = inOrder([...read.flatMap((part) => part.warnings), ...report.warnings], texts);
  if (errors.length > 0 || config === undefined) return { ok: false, errors };
  return { ok: true, config, warnings, texts };
}

interface ReadPart {
  readonly part: Part | undefined;
  /** Looking further makes no sense. */
  readonly failed: boolean;
  readonly errors: readonly ConfigDiagnostic[];
  readonly warnings: readonly ConfigDiagnostic[];
}

/** YAML of one file. A drop-in may be empty. */
function readPart({ file, text }: ConfigText, mayBeEmpty: boolean): ReadPart {
  const yaml = parseYaml(text);
  if (mayBeEmpty && yaml.document.contents === null && yaml.document.errors.length === 0)
    return { part: undefined, failed: false, errors: [], warnings: [] };
  const source = new Source(file, text, yaml.document, yaml.lines);
  const report = new Report(source);
  const raw = readYaml(yaml.document, report) as Part['raw'] | undefined;
  const { errors, warnings } = report;
  return { part: raw && { source, raw }, failed: raw === undefined, errors, warnings };
}

/** In the order of the files, and in each by line; one mistake is told once. */
function inOrder(
  diagnostics: readonly ConfigDiagnostic[],
  texts: readonly ConfigText[],
): readonly ConfigDiagnostic[] {
  const order = (diagnostic: ConfigDiagnostic) => texts.findIndex(({ file }) => file === diagnostic.file);
  return [...diagnostics].sort((a, b) => order(a) - order(b) || a.line - b.line || a.column - b.column);
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
