/**
 * The named sets of a file and their use: unknown names get a suggestion, sets that nobody uses a warning.
 */
import { BUILTIN_AS_SETS, BUILTIN_PREFIX_SETS } from '../policy/builtin.ts';
import type { CommunityPattern, NumberRange, PrefixRange } from '../policy/types.ts';
import { WELL_KNOWN_COMMUNITIES } from '../wire/community-text.ts';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import { parseAsPathPattern, parseAsRange, parseCommunityItem, parsePrefixRange } from './policy-values.ts';
import type { FileInput } from './schema.ts';
import { Complaint } from './schema-types.ts';
import { suggest } from './suggest.ts';

/** One text of the file with its place. */
export interface Item {
  readonly value: string | number;
  readonly path: KeyPath;
}

/** A value that may be a single one or a list, as items; what is neither has been reported with the schema. */
export function itemsOf(value: unknown, path: KeyPath): readonly Item[] {
  if (Array.isArray(value)) return value.flatMap((entry, i) => itemsOf(entry, [...path, i]));
  return typeof value === 'string' || typeof value === 'number' ? [{ value, path }] : [];
}

/** The value of a text, or undefined when it has been reported. */
export function reportComplaint<Value>(
  result: Value | Complaint,
  path: KeyPath,
  report: Report,
): Value | undefined {
  if (!(result instanceof Complaint)) return result;
  report.error(path, result.message, result.hint);
  return undefined;
}

/** The sets of one kind. */
export class NamedSets<Value> {
  readonly #key: string;
  /** What one is called in a message: `prefix set`. */
  readonly #what: string;
  readonly #values = new Map<string, readonly Value[]>();
  readonly #paths = new Map<string, KeyPath>();
  readonly #used = new Set<string>();
  readonly #report: Report;
  /** Other words that may be meant where a name is asked for. */
  readonly #words: readonly string[];

  constructor(
    key: string,
    what: string,
    sets: Readonly<Record<string, readonly (string | number)[]>> | undefined,
    builtin: ReadonlyMap<string, readonly Value[]>,
    parse: (value: string | number) => Value | Complaint,
    report: Report,
    words: readonly string[] = [],
  ) {
    this.#words = words;
    this.#key = key;
    this.#what = what;
    this.#report = report;
    for (const [name, values] of builtin) this.#values.set(name, values);
    for (const [name, entries] of Object.entries(sets ?? {})) {
      const path = [key, name];
      if (builtin.has(name)) {
        report.error(path, `the ${what} \`${name}\` is built in`, 'give yours another name', 'key');
        continue;
      }
      const values = itemsOf(entries, path).map((item) =>
        reportComplaint(parse(item.value), item.path, report),
      );
      this.#values.set(
        name,
        values.filter((value) => value !== undefined),
      );
      this.#paths.set(name, path);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The values of a set that is known; it counts as used. */
  get(name: string): readonly Value[] {
    this.#used.add(name);
    return this.#values.get(name) ?? [];
  }

  /** The values of the set that an item names; an unknown name is reported. */
  find({ value, path }: Item): readonly Value[] {
    const name = String(value);
    if (this.has(name)) return this.get(name);
    if (!this.#report.isReported([this.#key, name]) && !this.#report.isReported([this.#key]))
      this.#report.error(path, `unknown ${this.#what} \`${name}\``, this.hint(name));
    return [];
  }

  /** The set that may be meant by a name. */
  suggestion(name: string): string | undefined {
    return suggest(name, [...this.#values.keys(), ...this.#words]);
  }

  hint(name: string): string {
    const meant = this.suggestion(name);
    const known = [...this.#values.keys()];
    if (meant !== undefined) return `did you mean \`${meant}\`?`;
    return known.length === 0 ? `there are none in \`${this.#key}\`` : `known: ${known.join(', ')}`;
  }

  warnUnused(): void {
    for (const [name, path] of this.#paths)
      if (!this.#used.has(name))
        this.#report.warning(path, `the ${this.#what} \`${name}\` is never used`, 'remove it', 'key');
  }
}

/** All sets of a file. */
export interface PolicySets {
  readonly prefixes: NamedSets<PrefixRange>;
  readonly asPaths: NamedSets<string>;
  readonly asns: NamedSets<NumberRange>;
  readonly communities: NamedSets<CommunityPattern>;
  /** The texts of the communities of each set, for `add`. */
  readonly communityTexts: Readonly<Record<string, readonly string[]>>;
}

/** Reads the sets of a file. */
export function resolveSets(file: FileInput, report: Report): PolicySets {
  const prefixes = new Map<string, readonly PrefixRange[]>(
    [...BUILTIN_PREFIX_SETS].map(([name, texts]) => [
      name,
      texts.flatMap((text) => {
        const range = parsePrefixRange(text);
        return range instanceof Complaint ? [] : [range];
      }),
    ]),
  );
  return {
    prefixes: new NamedSets(
      'prefix-sets',
      'prefix set',
      file['prefix-sets'],
      prefixes,
      (value) => parsePrefixRange(String(value)),
      report,
    ),
    asPaths: new NamedSets(
      'as-path-sets',
      'AS-path set',
      file['as-path-sets'],
      new Map(),
      (value) => parseAsPathPattern(String(value)),
      report,
    ),
    asns: new NamedSets('as-sets', 'AS set', file['as-sets'], BUILTIN_AS_SETS, parseAsRange, report),
    communities: new NamedSets(
      'community-sets',
      'community set',
      file['community-sets'],
      new Map(),
      (value) => parseCommunityItem(String(value)),
      report,
      Object.keys(WELL_KNOWN_COMMUNITIES),
    ),
    communityTexts: file['community-sets'] ?? {},
  };
}
