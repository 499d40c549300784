/**
 * Where in the file is it? Key paths to places in the YAML source, and source lines with a caret.
 *
 * A path is followed through aliases and merge keys (`<<: *base`) to the place where the value is written. The value
 * of a `password` key is starred out in every snippet: diagnostics end up in logs.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  visit,
  type YAMLMap,
} from 'yaml';
import type { KeyPath } from './key-path.ts';

/** A half-open range of characters in the source. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What to point at: the key, or the value (the key when the value is empty or spans lines). */
export type Aim = 'key' | 'value';

/** Columns of source a snippet shows; longer lines are cut around the caret. */
const SNIPPET_COLUMNS = 100;

/** One file or several that can say where things are; characters are counted over all of them. */
export interface Place {
  readonly text: string;
  fileAt(offset: number): string;
  /** 1-based line and column of a character. */
  position(offset: number): { line: number; column: number };
  /** The place of a path; of its nearest existing ancestor when no file has it. */
  find(path: KeyPath, aim: Aim): Span;
  /** The first line of a span with its number, and carets below. */
  snippet(span: Span): string;
}

/** A parsed file that can say where things are. */
export class Source implements Place {
  readonly file: string;
  readonly text: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #secrets: readonly Span[];

  constructor(file: string, text: string, document: Document.Parsed, lines: LineCounter) {
    this.file = file;
    this.text = text;
    this.#document = document;
    this.#lines = lines;
    this.#secrets = findSecrets(document);
  }

  fileAt(): string {
    return this.file;
  }

  /** 1-based line and column of a character. */
  position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The place of a path; of its nearest existing ancestor when the file does not have it. */
  find(path: KeyPath, aim: Aim): Span {
    let node: Node | null | undefined = this.#document.contents;
    let key: Node | undefined;
    for (const step of path) {
      const holder = this.#resolve(node);
      const child = isSeq(holder)
        ? { key: undefined, value: holder.items[Number(step)] }
        : this.#entry(holder, step);
      if (child?.value === undefined) break;
      key = child.key;
      node = child.value as Node | null;
    }
    return this.#pointAt(key, node ?? undefined, aim);
  }

  /** The first line of a span with its number, and carets below. */
  snippet(span: Span): string {
    const { line, column } = this.position(span.start);
    const start = span.start - (column - 1);
    const raw = this.#lineAt(start);
    const cut =
      raw.length > SNIPPET_COLUMNS && column > SNIPPET_COLUMNS / 2 ? column - 1 - SNIPPET_COLUMNS / 4 : 0;
    const shown =
      (cut > 0 ? '…' : '') +
      raw.slice(cut, cut + SNIPPET_COLUMNS) +
      (raw.length > cut + SNIPPET_COLUMNS ? '…' : '');
    const from = column - 1 - cut + (cut > 0 ? 1 : 0);
    const length = Math.max(1, Math.min(span.end - span.start, shown.length - from));
    const indent = shown.slice(0, from).padEnd(from).replace(/[^\t]/g, ' ');
    const visible = shown.replace(/[^\t\P{Cc}]/gu, '·').trimEnd();
    return `${String(line).padStart(5)} | ${visible}\n      | ${indent}${'^'.repeat(length)}`;
  }

  /** The rest of the line from `start`, with passwords starred out. */
  #lineAt(start: number): string {
    const end = this.text.slice(start).search(/[\r\n]|$/);
    let text = this.text.slice(start, start + end);
    for (const secret of this.#secrets) {
      const from = Math.max(secret.start - start, 0);
      const to = Math.min(secret.end - start, text.length);
      if (from < to) text = text.slice(0, from) + '*'.repeat(to - from) + text.slice(to);
    }
    return text;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** The key and value of a map for a key text, own keys before merged ones. */
  #entry(
    map: unknown,
    step: string | number,
    seen = new Set<unknown>(),
  ): { key: Node; value: unknown } | undefined {
    if (!isMap(map) || seen.has(map)) return undefined;
    seen.add(map);
    const own = map.items.findLast((pair) => keyText(pair) === String(step));
    if (own !== undefined) return { key: own.key as Node, value: own.value ?? own.key };
    for (const pair of map.items) {
      if (keyText(pair) !== '<<') continue;
      const merged = this.#resolve(pair.value);
      for (const part of isSeq(merged) ? merged.items : [merged]) {
        const found = this.#entry(this.#resolve(part), step, seen);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #pointAt(key: Node | undefined, node: Node | undefined, aim: Aim): Span {
    const keySpan = spanOf(key);
    const valueSpan = spanOf(node);
    const multiline =
      valueSpan !== undefined && this.text.slice(valueSpan.start, valueSpan.end).includes('\n');
    if (keySpan !== undefined && (aim === 'key' || valueSpan === undefined || multiline)) return keySpan;
    if (isMap(node) && (multiline || aim === 'key'))
      return firstKey(node) ?? valueSpan ?? { start: 0, end: 1 };
    return valueSpan ?? keySpan ?? { start: 0, end: 1 };
  }
}

function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  const value: unknown = pair.key.value;
  return typeof value === 'symbol' ? value.description : String(value ?? '');
}

function firstKey(map: YAMLMap): Span | undefined {
  const pair = map.items[0];
  return pair === undefined ? undefined : spanOf(pair.key as Node);
}

/** The characters of a node without what follows it; undefined when it has none, as the value of `key:`. */
function spanOf(node: Node | undefined): Span | undefined {
  const range = (node as ParsedNode | undefined)?.range;
  return range === undefined || range === null || range[0] === range[1]
    ? undefined
    : { start: range[0], end: range[1] };
}

function findSecrets(document: Document.Parsed): Span[] {
  const secrets: Span[] = [];
  visit(document, {
    Pair(_, pair) {
      if (!isPair(pair) || keyText(pair) !== 'password' || isCollection(pair.value)) return;
      const span = spanOf(pair.value as Node | undefined);
      if (span !== undefined) secrets.push(span);
    },
  });
  return secrets;
}
