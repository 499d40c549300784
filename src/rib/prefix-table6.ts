/**
 * PrefixTable6: IPv6 prefixes (four 32-bit words) to dense ids by open addressing, and back.
 *
 * HOT. The same scheme as PrefixTable4; 17 bytes of key and 8-16 of slots a prefix.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { readU32, writeU32 } from '../base/bytes.ts';
import { grownCapacity, growU8, growU32 } from '../base/columns.ts';
import { hashKey, mixSigned, mixWord } from '../base/hash.ts';
import { FREE, type PrefixTable } from './prefix-table.ts';

export class PrefixTable6 implements PrefixTable {
  /** The four words of an id's network address, most significant first, at `4 * id`. */
  words = new Uint32Array(256);
  /** Prefix length of an id in bits. */
  length = new Uint8Array(64);
  limit = 1;
  count = 0;
  #slots = new Uint32Array(128);
  #free: number[] = [];
  readonly #seed: number;
  readonly #key: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#key = hashKey(seed);
  }

  #hash(w0: number, w1: number, w2: number, w3: number, length: number): number {
    const key = this.#key;
    const h = mixWord(mixWord(mixWord(mixWord(this.#seed, w0, key), w1, key), w2, key), w3, key);
    return mixSigned(h ^ length);
  }

  #slotOf(id: number): number {
    const words = this.words;
    const at = id * 4;
    return (
      this.#hash(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, this.length[id]!) &
      (this.#slots.length - 1)
    );
  }

  #isAt(id: number, w0: number, w1: number, w2: number, w3: number, length: number): boolean {
    const words = this.words;
    const at = id * 4;
    return (
      words[at] === w0 &&
      words[at + 1] === w1 &&
      words[at + 2] === w2 &&
      words[at + 3] === w3 &&
      this.length[id] === length
    );
  }

  /** Id of the prefix, or 0. The host bits are zero. */
  find(w0: number, w1: number, w2: number, w3: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hash(w0, w1, w2, w3, length) & mask;
    for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
      if (this.#isAt(id, w0, w1, w2, w3, length)) return id;
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  /** Id of the prefix, made when it is new. */
  intern(w0: number, w1: number, w2: number, w3: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hash(w0, w1, w2, w3, length) & mask;
    for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
      if (this.#isAt(id, w0, w1, w2, w3, length)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.#free.pop() ?? this.limit++;
    if (id >= this.length.length) this.#growColumns(id + 1);
    const at = id * 4;
    this.words[at] = w0;
    this.words[at + 1] = w1;
    this.words[at + 2] = w2;
    this.words[at + 3] = w3;
    this.length[id] = length;
    slots[slot] = id;
    this.count++;
    if (this.count * 2 > slots.length) this.#rehash(slots.length * 2);
    return id;
  }

  remove(id: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#slotOf(id);
    while (slots[hole] !== id) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = this.#slotOf(slots[next]!);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[hole] = slots[next]!;
        hole = next;
      }
    }
    slots[hole] = 0;
    this.length[id] = FREE;
    this.count--;
    if (this.count === 0) {
      this.#free = [];
      this.limit = 1;
      this.#slots = new Uint32Array(128);
    } else this.#free.push(id);
  }

  writeNlri(id: number, out: ByteWriter): void {
    const length = this.length[id]!;
    out.reserve(17);
    const bytes = out.bytes;
    const words = this.words;
    let at = out.length;
    bytes[at++] = length;
    for (let bits = 0; bits < length; bits += 8)
      bytes[at++] = words[id * 4 + (bits >>> 5)]! >>> (24 - (bits & 31));
    out.length = at;
  }

  nlriLength(id: number): number {
    return 1 + ((this.length[id]! + 7) >>> 3);
  }

  addressBytes(id: number): Uint8Array {
    const bytes = new Uint8Array(16);
    for (let i = 0; i < 4; i++) writeU32(bytes, i * 4, this.words[id * 4 + i]!);
    return bytes;
  }

  holds(id: number): boolean {
    return id < this.limit && this.length[id] !== FREE;
  }

  prefixLength(id: number): number {
    return this.length[id]!;
  }

  findBytes(bytes: Uint8Array, length: number): number {
    return this.find(readU32(bytes, 0), readU32(bytes, 4), readU32(bytes, 8), readU32(bytes, 12), length);
  }

  internBytes(bytes: Uint8Array, length: number): number {
    return this.intern(readU32(bytes, 0), readU32(bytes, 4), readU32(bytes, 8), readU32(bytes, 12), length);
  }

  #growColumns(needed: number): void {
    const capacity = grownCapacity(this.length.length, needed);
    this.words = growU32(this.words, capacity * 4);
    this.length = growU8(this.length, capacity);
  }

  #rehash(size: number): void {
    const old = this.#slots;
    const slots = new Uint32Array(size);
    this.#slots = slots;
    for (let i = 0; i < old.length; i++) {
      const id = old[i]!;
      if (id === 0) continue;
      let slot = this.#slotOf(id);
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      slots[slot] = id;
    }
  }
}
