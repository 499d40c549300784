/**
 * CommunityIndex: many community patterns, asked about all communities of an attribute in one pass.
 *
 * HOT in `scan`. A pattern says which bit of which word stands for it; patterns of one set may share one. Nearly every
 * community is of no pattern at all, which a filter of 2,048 bits over the high 16 bits says; the rest is looked up by
 * value, then by the high 16 bits. Large ones are looked up by their AS number. Extended ones are compared as text.
 */
import { readU32 } from '../base/bytes.ts';
import { extendedCommunities } from '../wire/attributes/16-extended-communities.ts';
import { CANONICAL_CONTEXT } from '../wire/attributes/view.ts';
import { formatExtendedCommunity } from '../wire/community-text.ts';
import { matchesPattern } from './community-pattern.ts';
import type { CommunityKind, CommunityPattern, NumberRange } from './types.ts';

/** A pattern found is `words[word] |= bit`. */
interface Entry {
  readonly word: number;
  readonly bit: number;
  readonly parts: readonly NumberRange[];
}

/** Octets of one community. */
export const COMMUNITY_OCTETS: Readonly<Record<CommunityKind, number>> = {
  standard: 4,
  extended: 8,
  large: 12,
};

const FILTER_BITS = 2048;

export class CommunityIndex {
  /** Kinds that some pattern is of. */
  readonly kinds = new Set<CommunityKind>();
  readonly #filter = new Uint32Array(FILTER_BITS / 32);
  readonly #byValue = new Map<number, Entry[]>();
  readonly #byHigh = new Map<number, Entry[]>();
  /** Standard patterns of more than one value in the high 16 bits. */
  readonly #wide: Entry[] = [];
  readonly #largeByAs = new Map<number, Entry[]>();
  readonly #largeWide: Entry[] = [];
  readonly #extended: { readonly pattern: CommunityPattern; readonly word: number; readonly bit: number }[] =
    [];

  add(pattern: CommunityPattern, word: number, bit: number): void {
    this.kinds.add(pattern.kind);
    if (pattern.kind === 'extended') {
      this.#extended.push({ pattern, word, bit });
      return;
    }
    const { parts } = pattern;
    const [first, second] = parts as readonly [NumberRange, NumberRange];
    const entry = { word, bit, parts };
    const isExact = first.min === first.max;
    if (pattern.kind === 'large') {
      if (isExact) listOf(this.#largeByAs, first.min | 0).push(entry);
      else this.#largeWide.push(entry);
      return;
    }
    for (let high = first.min; high <= Math.min(first.max, first.min + FILTER_BITS); high++)
      this.#filter[(high & (FILTER_BITS - 1)) >>> 5]! |= 1 << (high & 31);
    if (!isExact) this.#wide.push(entry);
    else if (second.min === second.max) listOf(this.#byValue, (first.min << 16) | second.min).push(entry);
    else listOf(this.#byHigh, first.min).push(entry);
  }

  /** Sets the bits of the patterns that the communities in `bytes[start..end)` are of. */
  scan(kind: CommunityKind, bytes: Uint8Array, start: number, end: number, words: Int32Array): void {
    if (kind === 'standard') this.#scanStandard(bytes, start, end, words);
    else if (kind === 'large') this.#scanLarge(bytes, start, end, words);
    else this.#scanExtended(bytes, start, end, words);
  }

  #scanStandard(bytes: Uint8Array, start: number, end: number, words: Int32Array): void {
    const filter = this.#filter;
    for (let at = start; at < end; at += 4) {
      const high = (bytes[at]! << 8) | bytes[at + 1]!;
      if ((filter[(high & (FILTER_BITS - 1)) >>> 5]! & (1 << (high & 31))) === 0) continue;
      const low = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      mark(this.#byValue.get((high << 16) | low), words);
      markIn(this.#byHigh.get(high), high, low, words);
      markIn(this.#wide, high, low, words);
    }
  }

  #scanLarge(bytes: Uint8Array, start: number, end: number, words: Int32Array): void {
    for (let at = start; at < end; at += 12) {
      const as = readU32(bytes, at);
      const entries = this.#largeByAs.get(as | 0);
      if (entries === undefined && this.#largeWide.length === 0) continue;
      const first = readU32(bytes, at + 4);
      const second = readU32(bytes, at + 8);
      markLarge(entries, as, first, second, words);
      markLarge(this.#largeWide, as, first, second, words);
    }
  }

  #scanExtended(bytes: Uint8Array, start: number, end: number, words: Int32Array): void {
    for (const value of extendedCommunities.read(bytes, start, end, CANONICAL_CONTEXT)) {
      const community = { kind: 'extended', numbers: [], text: formatExtendedCommunity(value) } as const;
      for (const { pattern, word, bit } of this.#extended)
        if ((words[word]! & bit) === 0 && matchesPattern(pattern, community)) words[word]! |= bit;
    }
  }
}

function mark(entries: readonly Entry[] | undefined, words: Int32Array): void {
  if (entries !== undefined) for (const { word, bit } of entries) words[word]! |= bit;
}

function markIn(entries: readonly Entry[] | undefined, high: number, low: number, words: Int32Array): void {
  if (entries === undefined) return;
  for (let i = 0; i < entries.length; i++) {
    const { parts, word, bit } = entries[i]!;
    if (isIn(parts[0]!, high) && isIn(parts[1]!, low)) words[word]! |= bit;
  }
}

function markLarge(
  entries: readonly Entry[] | undefined,
  as: number,
  first: number,
  second: number,
  words: Int32Array,
): void {
  if (entries === undefined) return;
  for (const { parts, word, bit } of entries)
    if (isIn(parts[0]!, as) && isIn(parts[1]!, first) && isIn(parts[2]!, second)) words[word]! |= bit;
}

function isIn({ min, max }: NumberRange, value: number): boolean {
  return value >= min && value <= max;
}

function listOf(lists: Map<number, Entry[]>, key: number): Entry[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
