/**
 * The prefixes of a test, numbered from 0, and the way back from NLRI octets to the number.
 *
 * HOT. Monitors ask for every prefix they hear, tens of millions in a run: an open-addressing table in which a slot
 * holds the whole key, so that an answer costs one cache line and no allocation.
 */
import { mixSigned, powerOfTwoAtLeast } from '../../base/hash.ts';
import { prefixWord } from '../../wire/prefix-scan.ts';

/** More would not fit beside the length into one word of a slot. */
export const MAX_TEST_PREFIXES = 2 ** 22;

export class PrefixIndex {
  /** 4 or 16. */
  readonly addressOctets: 4 | 16;
  /** Bits of prefix `id`. */
  readonly lengths: Uint8Array;
  /** Prefixes added; ids are 0 to `count - 1`. */
  count = 0;
  /** Words of an address. */
  readonly #width: number;
  readonly #words: Int32Array;
  /** `width` words of key, then `(id + 1) << 8 | length`; 0 there is an empty slot. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** @param capacity how many prefixes will be added at most, up to {@link MAX_TEST_PREFIXES} */
  constructor(addressOctets: 4 | 16, capacity: number) {
    if (capacity > MAX_TEST_PREFIXES) throw new RangeError(`at most ${MAX_TEST_PREFIXES} prefixes`);
    this.addressOctets = addressOctets;
    this.#width = addressOctets / 4;
    this.lengths = new Uint8Array(capacity);
    this.#words = new Int32Array(capacity * this.#width);
    const slots = powerOfTwoAtLeast(Math.max(16, capacity * 1.5));
    this.#slots = new Int32Array(slots * (this.#width + 1));
    this.#mask = slots - 1;
  }

  /** Adds the prefix of `length` bits at `bytes[at..)`; its id, or -1 when it is there already. */
  add(bytes: Uint8Array, at: number, length: number): number {
    const width = this.#width;
    const slot = this.#find(bytes, at, length);
    if (this.#slots[slot + width] !== 0) return -1;
    const id = this.count++;
    if (id >= this.lengths.length) throw new RangeError('the index is full');
    this.lengths[id] = length;
    for (let i = 0; i < width; i++) {
      const word = prefixWord(bytes, at + i * 4, length - i * 32);
      this.#words[id * width + i] = word;
      this.#slots[slot + i] = word;
    }
    this.#slots[slot + width] = ((id + 1) << 8) | length;
    return id;
  }

  /** Id of the prefix of `length` bits at `bytes[at..)`, or -1. */
  find(bytes: Uint8Array, at: number, length: number): number {
    return (this.#slots[this.#find(bytes, at, length) + this.#width]! >>> 8) - 1;
  }

  /** Octets of prefix `id` as NLRI. */
  octets(id: number): number {
    return 1 + ((this.lengths[id]! + 7) >>> 3);
  }

  /** Writes prefix `id` as NLRI to `bytes[at..)`; returns the place behind it. */
  write(id: number, bytes: Uint8Array, at: number): number {
    const length = this.lengths[id]!;
    const octets = (length + 7) >>> 3;
    const base = id * this.#width;
    bytes[at] = length;
    for (let i = 0; i < octets; i++)
      bytes[at + 1 + i] = this.#words[base + (i >>> 2)]! >>> (24 - 8 * (i & 3));
    return at + 1 + octets;
  }

  /** Where the slot of the prefix starts, or the empty one where it would be put. */
  #find(bytes: Uint8Array, at: number, length: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const first = prefixWord(bytes, at, length);
    if (this.#width === 1) {
      let slot = mixSigned(first ^ (length << 1)) & mask;
      for (;;) {
        const tag = slots[slot * 2 + 1]!;
        if (tag === 0 || (slots[slot * 2] === first && (tag & 0xff) === length)) return slot * 2;
        slot = (slot + 1) & mask;
      }
    }
    const second = prefixWord(bytes, at + 4, length - 32);
    const third = prefixWord(bytes, at + 8, length - 64);
    const fourth = prefixWord(bytes, at + 12, length - 96);
    let slot =
      mixSigned(mixSigned(mixSigned(first) ^ second) ^ third ^ Math.imul(fourth, 31) ^ length) & mask;
    for (;;) {
      const at5 = slot * 5;
      const tag = slots[at5 + 4]!;
      if (tag === 0) return at5;
      if (
        (tag & 0xff) === length &&
        slots[at5] === first &&
        slots[at5 + 1] === second &&
        slots[at5 + 2] === third &&
        slots[at5 + 3] === fourth
      )
        return at5;
      slot = (slot + 1) & mask;
    }
  }
}
