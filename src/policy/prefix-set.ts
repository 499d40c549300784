/**
 * PrefixSet: does a prefix lie in one of many ranges `net/len, min to max bits`? Also used for next hops.
 *
 * HOT: asked for every route. Integers only, no allocation. A bitmap over the first 16 bits of the address sends most
 * prefixes away at once; the others cost one probe of an open-addressing table for each length of network that the
 * set knows. 8 KB for each IP version that the set has, and about 70 bytes a range.
 */
import { readU32 } from '../base/bytes.ts';
import { mixSigned, powerOfTwoAtLeast } from '../base/hash.ts';
import { parsePrefix } from '../base/prefix.ts';
import type { PrefixTable4 } from '../rib/prefix-table4.ts';
import type { PrefixTable6 } from '../rib/prefix-table6.ts';
import type { PrefixRange } from './types.ts';

/** What a set needs of a family's table. */
export interface PrefixColumns {
  readonly family: { readonly keyWords: number };
  readonly prefixes4: PrefixTable4;
  readonly prefixes6: PrefixTable6;
}

export class PrefixSet {
  readonly four: WordSet | undefined;
  readonly six: WordSet | undefined;

  constructor(ranges: readonly PrefixRange[]) {
    const six = ranges.filter(({ prefix }) => prefix.includes(':'));
    const four = ranges.filter(({ prefix }) => !prefix.includes(':'));
    this.four = four.length > 0 ? new WordSet(four, 1) : undefined;
    this.six = six.length > 0 ? new WordSet(six, 4) : undefined;
  }

  /** Whether the set has prefix `id` of the table. */
  has(table: PrefixColumns, id: number): boolean {
    if (table.family.keyWords === 1) {
      const set = this.four;
      const { address, length } = table.prefixes4;
      return set?.has(address[id]!, 0, 0, 0, length[id]!) ?? false;
    }
    const set = this.six;
    const { words, length } = table.prefixes6;
    const at = id * 4;
    return set?.has(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, length[id]!) ?? false;
  }

  /** Whether the set has the address (4 or 16 bytes), as a prefix of full length. */
  hasAddress(bytes: Uint8Array): boolean {
    if (bytes.length === 4) return this.four?.has(readU32(bytes, 0), 0, 0, 0, 32) ?? false;
    return (
      this.six?.has(readU32(bytes, 0), readU32(bytes, 4), readU32(bytes, 8), readU32(bytes, 12), 128) ?? false
    );
  }
}

/**
 * Several sets at once: which first 16 bits of an address some range of theirs has. Most prefixes of a table are in
 * none of a policy's sets, and one look says so. 8 KB for each IP version that several sets have.
 */
export class PrefixFilter {
  readonly #four: Uint8Array | undefined;
  readonly #six: Uint8Array | undefined;

  constructor(sets: readonly PrefixSet[]) {
    this.#four = union(sets.flatMap(({ four }) => four?.first ?? []));
    this.#six = union(sets.flatMap(({ six }) => six?.first ?? []));
  }

  /** Whether prefix `id` of the table may be in one of the sets. */
  mayHave({ family, prefixes4, prefixes6 }: PrefixColumns, id: number): boolean {
    const is4 = family.keyWords === 1;
    const filter = is4 ? this.#four : this.#six;
    if (filter === undefined) return false;
    const first = (is4 ? prefixes4.address[id]! : prefixes6.words[id * 4]!) >>> 16;
    return (filter[first >>> 3]! & (1 << (first & 7))) !== 0;
  }
}

function union(filters: readonly Uint8Array[]): Uint8Array | undefined {
  const [first, ...others] = filters;
  const all = others.length > 0 ? first!.slice() : first;
  if (all !== undefined)
    for (const other of others) for (let i = 0; i < all.length; i++) all[i]! |= other[i]!;
  return all;
}

const SETS = new WeakMap<readonly PrefixRange[], PrefixSet>();

/** The set of a list of ranges; one list has one set, however many policies use it. */
export function prefixSetOf(ranges: readonly PrefixRange[]): PrefixSet {
  let set = SETS.get(ranges);
  if (set === undefined) {
    set = new PrefixSet(ranges);
    SETS.set(ranges, set);
  }
  return set;
}

/** The mask of word `word` (0 to 3) of a network of `length` bits; signed. */
function maskWord(length: number, word: number): number {
  const bits = length - word * 32;
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

class WordSet {
  /** Lengths of networks in the set, ascending. */
  readonly #lengths: Uint8Array;
  /** Bit for each value of the first 16 bits of an address that some range may have. */
  readonly first = new Uint8Array(8192);
  /** Entry of a slot plus one. */
  readonly #slots: Uint32Array;
  /** Four words of network for each entry. */
  readonly #words: Uint32Array;
  readonly #length: Uint8Array;
  /** Bit `n` of the five words of an entry: prefixes of `n` bits are in the set. */
  readonly #allowed: Uint32Array;

  constructor(ranges: readonly PrefixRange[], keyWords: number) {
    const entries = new Map<string, { words: number[]; length: number; ranges: PrefixRange[] }>();
    for (const range of ranges) {
      const known = entries.get(range.prefix);
      if (known !== undefined) known.ranges.push(range);
      else {
        const { bytes, length } = parsePrefix(range.prefix)!;
        const words = [0, 1, 2, 3].map((i) => (i < keyWords ? readU32(bytes, i * 4) : 0));
        entries.set(range.prefix, { words, length, ranges: [range] });
      }
    }
    const count = entries.size;
    this.#slots = new Uint32Array(powerOfTwoAtLeast(count * 2 + 1));
    this.#words = new Uint32Array(count * 4);
    this.#length = new Uint8Array(count);
    this.#allowed = new Uint32Array(count * 5);
    const lengths = new Set<number>();
    let entry = 0;
    for (const { words, length, ranges } of entries.values()) {
      lengths.add(length);
      this.#words.set(words, entry * 4);
      this.#length[entry] = length;
      for (const { min, max } of ranges)
        for (let bits = Math.max(min, length); bits <= max; bits++)
          this.#allowed[entry * 5 + (bits >>> 5)]! |= 1 << (bits & 31);
      this.#mark(words[0]! >>> 16, length);
      const mask = this.#slots.length - 1;
      let slot = hashWords(words[0]!, words[1]!, words[2]!, words[3]!, length) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = ++entry;
    }
    this.#lengths = Uint8Array.from(lengths).sort();
  }

  has(w0: number, w1: number, w2: number, w3: number, bits: number): boolean {
    const first = w0 >>> 16;
    if ((this.first[first >>> 3]! & (1 << (first & 7))) === 0) return false;
    const lengths = this.#lengths;
    for (let i = 0; i < lengths.length; i++) {
      const length = lengths[i]!;
      if (length > bits) return false;
      if (this.#hasNetwork(w0, w1, w2, w3, length, bits)) return true;
    }
    return false;
  }

  #hasNetwork(w0: number, w1: number, w2: number, w3: number, length: number, bits: number): boolean {
    const n0 = (w0 & maskWord(length, 0)) >>> 0;
    const n1 = (w1 & maskWord(length, 1)) >>> 0;
    const n2 = (w2 & maskWord(length, 2)) >>> 0;
    const n3 = (w3 & maskWord(length, 3)) >>> 0;
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 1;
    let slot = hashWords(n0, n1, n2, n3, length) & mask;
    for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
      const at = (entry - 1) * 4;
      if (
        words[at] === n0 &&
        words[at + 1] === n1 &&
        words[at + 2] === n2 &&
        words[at + 3] === n3 &&
        this.#length[entry - 1] === length
      )
        return (this.#allowed[(entry - 1) * 5 + (bits >>> 5)]! & (1 << (bits & 31))) !== 0;
      slot = (slot + 1) & mask;
    }
    return false;
  }

  #mark(first: number, length: number): void {
    const count = length >= 16 ? 1 : 1 << (16 - length);
    for (let i = first; i < first + count; i++) this.first[i >>> 3]! |= 1 << (i & 7);
  }
}

/** The operator chooses what is in the set, so the hash needs no seed. */
function hashWords(w0: number, w1: number, w2: number, w3: number, length: number): number {
  let h = Math.imul(w0 ^ length, 0x9e3779b1);
  if ((w1 | w2 | w3) !== 0) {
    h = Math.imul(mixSigned(h) ^ w1, 0x85ebca6b);
    h = Math.imul(mixSigned(h) ^ w2, 0x85ebca6b);
    h = Math.imul(h ^ w3, 0xc2b2ae35);
  }
  return mixSigned(h);
}
