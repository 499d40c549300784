/**
 * Drop-ins: `bellhop.d/*.yaml` beside `bellhop.yaml`, in the order of their names. Lists are put one behind the other,
 * maps are joined; anything else may stand in one file only.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import type { Aim, Place, Source, Span } from './locate.ts';

/** A configuration file and its text. */
export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

/** All text of a configuration, to notice that it has changed. */
export function joinTexts(texts: readonly ConfigText[]): string {
  return texts.map(({ text }) => text).join('\n---\n');
}

/** The directory of the drop-ins of a configuration file: `/etc/bellhop/bellhop.d` for `/etc/bellhop/bellhop.yaml`. */
export function dropInDirectory(path: string): string {
  return `${path.replace(/\.(ya?ml|json)$/, '')}.d`;
}

/** The drop-ins of a configuration file. Throws when one cannot be read. */
export function readDropIns(path: string, readFile: (path: string) => string): ConfigText[] {
  const directory = dropInDirectory(path);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(directory, name))
    .map((file) => ({ file, text: readFile(file) }));
}

/** A parsed file with its keys. */
export interface Part {
  readonly source: Source;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Several files as one, and where each value of it is written. */
export class Merged implements Place {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly #parts: readonly Part[];
  readonly #starts: number[] = [];
  /** Keys that a file may not say again. */
  readonly #doubles: { readonly part: number; readonly path: KeyPath; readonly first: number }[] = [];
  /** For each list the files of its entries, with the position there; for each key of a map the file. */
  readonly #lists = new Map<string, { readonly part: number; readonly index: number }[]>();
  readonly #maps = new Map<string, Map<string, number>>();
  readonly #owner = new Map<string, number>();

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    let start = 0;
    for (const { source } of parts) {
      this.#starts.push(start);
      start += source.text.length + 1;
    }
    this.text = parts.map(({ source }) => source.text).join('\n');
    // Without a prototype: a key may have any name.
    const raw = Object.create(null) as Record<string, unknown>;
    for (const [part, { raw: keys }] of parts.entries())
      for (const [key, value] of Object.entries(keys)) this.#add(raw, part, key, value);
    this.raw = raw;
  }

  /** Reports what stands in more than one file and may not. */
  reportDoubles(report: Report): void {
    for (const { part, path, first } of this.#doubles)
      report.errorAt(
        this.#shifted(part, this.#parts[part]!.source.find(path, 'key')),
        `\`${path.join('.')}\` is in ${this.#parts[first]!.source.file} already`,
        'remove one of them',
      );
  }

  fileAt(offset: number): string {
    return this.#parts[this.#partAt(offset)]!.source.file;
  }

  position(offset: number): { line: number; column: number } {
    const part = this.#partAt(offset);
    return this.#parts[part]!.source.position(offset - this.#starts[part]!);
  }

  find(path: KeyPath, aim: Aim): Span {
    const { part, path: local } = this.#locate(path);
    return this.#shifted(part, this.#parts[part]!.source.find(local, aim));
  }

  snippet({ start, end }: Span): string {
    const part = this.#partAt(start);
    const shift = this.#starts[part]!;
    return this.#parts[part]!.source.snippet({ start: start - shift, end: end - shift });
  }

  #add(raw: Record<string, unknown>, part: number, key: string, value: unknown): void {
    const old = raw[key];
    if (Array.isArray(value) && (old === undefined || Array.isArray(old))) {
      const places = this.#lists.get(key) ?? [];
      this.#lists.set(key, places);
      for (const index of value.keys()) places.push({ part, index });
      raw[key] = [...((old as unknown[] | undefined) ?? []), ...(value as unknown[])];
    } else if (isMap(value) && (old === undefined || isMap(old))) {
      const places = this.#maps.get(key) ?? new Map<string, number>();
      this.#maps.set(key, places);
      const merged = { ...(old as object | undefined) } as Record<string, unknown>;
      for (const [name, entry] of Object.entries(value)) {
        const first = places.get(name);
        if (first !== undefined) this.#doubles.push({ part, path: [key, name], first });
        else {
          places.set(name, part);
          merged[name] = entry;
        }
      }
      raw[key] = merged;
    } else if (old === undefined) raw[key] = value;
    else {
      this.#doubles.push({ part, path: [key], first: this.#owner.get(key)! });
      return;
    }
    if (!this.#owner.has(key)) this.#owner.set(key, part);
  }

  #locate(path: KeyPath): { part: number; path: KeyPath } {
    const [key, step, ...rest] = path;
    const owner = this.#owner.get(String(key)) ?? 0;
    if (key === undefined || step === undefined) return { part: owner, path };
    const place = typeof step === 'number' ? this.#lists.get(String(key))?.[step] : undefined;
    if (place !== undefined) return { part: place.part, path: [key, place.index, ...rest] };
    return { part: this.#maps.get(String(key))?.get(String(step)) ?? owner, path };
  }

  #partAt(offset: number): number {
    return Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= offset),
    );
  }

  #shifted(part: number, { start, end }: Span): Span {
    const shift = this.#starts[part]!;
    return { start: start + shift, end: end + shift };
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
