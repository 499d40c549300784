/**
 * PrefixTable4: IPv4 prefixes to dense ids by open addressing, and back.
 *
 * HOT. Ids start at 1; 0 means none. An id stays with its prefix until `remove`, then it is reused. Linear
 * probing at load <= 0.5 with backward-shift deletion: no tombstones. 5 bytes of key and 8-16 of slots a prefix.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { grownCapacity, growU8, growU32 } from '../base/columns.ts';
import { mixSigned } from '../base/hash.ts';
import { FREE, type PrefixTable } from './prefix-table.ts';

export class PrefixTable4 implements PrefixTable {
  /** Network address of an id, as an unsigned integer. */
  address = new Uint32Array(64);
  /** Prefix length of an id in bits. */
  length = new Uint8Array(64);
  /** One more than the highest id ever given out. */
  limit = 1;
  /** Number of prefixes in the table. */
  count = 0;
  #slots = new Uint32Array(128);
  #free: number[] = [];
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  #slot(address: number, length: number): number {
    return mixSigned(address ^ this.#seed ^ Math.imul(length, 0x9e3779b1)) & (this.#slots.length - 1);
  }

  /** Id of the prefix, or 0. `address` has its host bits zero. */
  find(address: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#slot(address, length);
    for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
      if (this.address[id] === address && this.length[id] === length) return id;
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  /** Id of the prefix, made when it is new. */
  intern(address: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#slot(address, length);
    for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
      if (this.address[id] === address && this.length[id] === length) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.#free.pop() ?? this.limit++;
    if (id >= this.address.length) this.#growColumns(id + 1);
    this.address[id] = address;
    this.length[id] = length;
    slots[slot] = id;
    this.count++;
    if (this.count * 2 > slots.length) this.#rehash(slots.length * 2);
    return id;
  }

  /** Forgets a prefix; its id may be given to another one. */
  remove(id: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#slot(this.address[id]!, this.length[id]!);
    while (slots[hole] !== id) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = this.#slot(this.address[slots[next]!]!, this.length[slots[next]!]!);
      // The entry may move into the hole only when its home is not between the hole and itself.
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
    const address = this.address[id]!;
    out.reserve(5);
    const bytes = out.bytes;
    let at = out.length;
    bytes[at++] = length;
    for (let bits = 0, shift = 24; bits < length; bits += 8, shift -= 8) bytes[at++] = address >>> shift;
    out.length = at;
  }

  nlriLength(id: number): number {
    return 1 + ((this.length[id]! + 7) >>> 3);
  }

  addressBytes(id: number): Uint8Array {
    const address = this.address[id]!;
    return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
  }

  holds(id: number): boolean {
    return id < this.limit && this.length[id] !== FREE;
  }

  prefixLength(id: number): number {
    return this.length[id]!;
  }

  findBytes(bytes: Uint8Array, length: number): number {
    return this.find(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0, length);
  }

  internBytes(bytes: Uint8Array, length: number): number {
    return this.intern(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0, length);
  }

  #growColumns(needed: number): void {
    const capacity = grownCapacity(this.address.length, needed);
    this.address = growU32(this.address, capacity);
    this.length = growU8(this.length, capacity);
  }

  #rehash(size: number): void {
    const old = this.#slots;
    const slots = new Uint32Array(size);
    this.#slots = slots;
    for (let i = 0; i < old.length; i++) {
      const id = old[i]!;
      if (id === 0) continue;
      let slot = this.#slot(this.address[id]!, this.length[id]!);
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      slots[slot] = id;
    }
  }
}
