/**
 * PrefixTable4: IPv4 prefixes to dense ids by open addressing, and back.
 *
 * HOT. 5 bytes of key and 5 to 11 of slots a prefix. The search loop stands here twice: a shared one would have to
 * return two numbers.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { growU32 } from '../base/columns.ts';
import { mixSigned } from '../base/hash.ts';
import { PrefixIds } from './prefix-ids.ts';
import type { PrefixTable } from './prefix-table.ts';
import { ID_BITS, ID_MASK } from './robin-hood.ts';

/** Neighboring prefixes, less one. */
const NEIGHBORS = 7;

export class PrefixTable4 extends PrefixIds implements PrefixTable {
  /** Network address of an id, as an unsigned integer. */
  address = new Uint32Array(64);
  readonly #seed: number;

  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  /** Eight neighboring prefixes of one length share a piece of a cache line: tables come in order, or nearly. */
  #home(address: number, length: number): number {
    const host = 32 - length;
    const low = length === 0 ? 0 : (address >>> host) & NEIGHBORS;
    const rest = address ^ (low << host);
    const mixed = mixSigned(rest ^ this.#seed ^ Math.imul(length, 0x9e3779b1));
    return ((mixed & ~NEIGHBORS) | low) & (this.slots.length - 1);
  }

  /** Loads the slot of a prefix that is looked for soon: so several cache misses are waited for at once. */
  touch(address: number, length: number): void {
    this.touched ^= this.slots[this.#home(address, length)]!;
  }

  /** Id of the prefix, or 0. `address` has its host bits zero. */
  find(address: number, length: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.#home(address, length);
    let distance = 0;
    for (let entry = slots[slot]!; entry !== 0 && entry >>> ID_BITS >= distance; entry = slots[slot]!) {
      if (entry >>> ID_BITS === distance) {
        const id = entry & ID_MASK;
        if (this.address[id] === address && this.length[id] === length) return id;
      }
      slot = (slot + 1) & mask;
      distance++;
    }
    return 0;
  }

  /** Id of the prefix, made when it is new. */
  intern(address: number, length: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.#home(address, length);
    let distance = 0;
    for (let entry = slots[slot]!; entry !== 0 && entry >>> ID_BITS >= distance; entry = slots[slot]!) {
      if (entry >>> ID_BITS === distance) {
        const id = entry & ID_MASK;
        if (this.address[id] === address && this.length[id] === length) return id;
      }
      slot = (slot + 1) & mask;
      distance++;
    }
    const id = this.allocate();
    this.address[id] = address;
    this.length[id] = length;
    this.enter(id, slot, distance);
    return id;
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

  addressBytes(id: number): Uint8Array {
    const address = this.address[id]!;
    return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
  }

  findBytes(bytes: Uint8Array, length: number): number {
    return this.find(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0, length);
  }

  internBytes(bytes: Uint8Array, length: number): number {
    return this.intern(((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0, length);
  }

  protected override homeOf(id: number): number {
    return this.#home(this.address[id]!, this.length[id]!);
  }

  protected override resizeKeys(capacity: number): void {
    this.address = growU32(this.address, capacity);
  }

  protected override link(id: number): number {
    return this.address[id]!;
  }

  protected override setLink(id: number, next: number): void {
    this.address[id] = next;
  }
}
