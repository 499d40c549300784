/**
 * Diagnostics: what is wrong with a configuration file, where, and what would be right.
 *
 * `Report` collects them during one load, located in the source. Nothing stops at the first error: the operator
 * gets the whole list.
 */
import type { KeyPath } from './key-path.ts';
import { pathText } from './key-path.ts';
import type { Aim, Place, Span } from './locate.ts';

/** One error or warning. Line and column count from 1. */
export interface ConfigDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Key path: `neighbors[0].hold-time`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string | undefined;
  /** The source line with a caret line below, both with a margin; empty when there is no source. */
  readonly snippet: string;
}

/**
 * Text of a diagnostic for a terminal:
 *
 * ```text
 * lab.yaml:12:5: error: unknown key `hold_time`
 *    12 |     hold_time: 90s
 *       |     ^^^^^^^^^ did you mean `hold-time`?
 * ```
 */
export function formatDiagnostic(diagnostic: ConfigDiagnostic, kind: 'error' | 'warning'): string {
  const { file, line, column, message, hint, snippet } = diagnostic;
  const head = `${file}:${line}:${column}: ${kind}: ${message}`;
  if (snippet === '') return hint === undefined ? head : `${head}\n      = ${hint}`;
  return `${head}\n${snippet}${hint === undefined ? '' : ` ${hint}`}`;
}

/** The diagnostics of one load, in the order in which they were found. */
export class Report {
  readonly #source: Place;
  readonly #errors = new Map<string, ConfigDiagnostic>();
  readonly #warnings = new Map<string, ConfigDiagnostic>();
  readonly #paths = new Set<string>();

  constructor(source: Place) {
    this.#source = source;
  }

  /** Errors in the order of the file. */
  get errors(): readonly ConfigDiagnostic[] {
    return inFileOrder(this.#errors);
  }

  /** Warnings in the order of the file. */
  get warnings(): readonly ConfigDiagnostic[] {
    return inFileOrder(this.#warnings);
  }

  /** Reports an error at a key or its value. */
  error(path: KeyPath, message: string, hint?: string, aim: Aim = 'value'): void {
    this.markReported(path);
    add(this.#errors, this.#diagnostic(this.#source.find(path, aim), path, message, hint));
  }

  /** Reports an error at a place in the text, for trouble with the YAML itself. */
  errorAt(span: Span, message: string, hint?: string): void {
    add(this.#errors, this.#diagnostic(span, [], message, hint));
  }

  /** The key that starts at a character. */
  keyAt(start: number): string {
    return /[^:\s]*/.exec(this.#source.text.slice(start))![0];
  }

  /** Reports something legal that is probably not meant. */
  warning(path: KeyPath, message: string, hint?: string, aim: Aim = 'value'): void {
    add(this.#warnings, this.#diagnostic(this.#source.find(path, aim), path, message, hint));
  }

  /** Makes {@link isReported} true for a path, so that nobody complains about it a second time. */
  markReported(path: KeyPath): void {
    this.#paths.add(pathText(path));
  }

  /** Whether this very path has an error: a check that misses its value then stays silent. */
  isReported(path: KeyPath): boolean {
    return this.#paths.has(pathText(path));
  }

  /** Line of a key path, with its file when that is another one than that of `from`: `line 7`, `line 7 of a.yaml`. */
  placeOf(path: KeyPath, from: KeyPath): string {
    const { start } = this.#source.find(path, 'key');
    const file = this.#source.fileAt(start);
    const same = file === this.#source.fileAt(this.#source.find(from, 'key').start);
    return `line ${this.#source.position(start).line}${same ? '' : ` of ${file}`}`;
  }

  /** File and line of a key path. */
  locate(path: KeyPath): { file: string; line: number } {
    const { start } = this.#source.find(path, 'key');
    return { file: this.#source.fileAt(start), line: this.#source.position(start).line };
  }

  #diagnostic(span: Span, path: KeyPath, message: string, hint: string | undefined): ConfigDiagnostic {
    const { line, column } = this.#source.position(span.start);
    const snippet = this.#source.snippet(span);
    const file = this.#source.fileAt(span.start);
    return { file, line, column, path: pathText(path), message: printable(message), hint, snippet };
  }
}

/** Longest message; values from the file may be of any length. */
const MAX_MESSAGE = 240;

/** Values from the file do not move the cursor of the terminal, and do not fill it. */
function printable(message: string): string {
  const visible = message.replace(/\p{Cc}/gu, '·');
  return visible.length <= MAX_MESSAGE ? visible : `${visible.slice(0, MAX_MESSAGE)}…`;
}

/** One mistake in an anchor shows up at every alias of it, but is one mistake. */
function add(list: Map<string, ConfigDiagnostic>, diagnostic: ConfigDiagnostic): void {
  const key = `${diagnostic.line}:${diagnostic.column}:${diagnostic.message}`;
  if (!list.has(key)) list.set(key, diagnostic);
}

function inFileOrder(list: Map<string, ConfigDiagnostic>): readonly ConfigDiagnostic[] {
  return [...list.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
