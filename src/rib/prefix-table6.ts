/**
 * PrefixTable6: IPv6 prefixes (four 32-bit words) to dense ids by open addressing, and back.
 *
 * HOT. The same scheme as PrefixTable4; 17 bytes of key and 5 to 11 of slots a prefix.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { readU32, writeU32 } from '../base/bytes.ts';
import { growU32 } from '../base/columns.ts';
import { hashKey, mixSigned, mixWord } from '../base/hash.ts';
import { PrefixIds } from './prefix-ids.ts';
import type { PrefixTable } from './prefix-table.ts';
import { ID_BITS, ID_MASK } from './robin-hood.ts';

export class PrefixTable6 extends PrefixIds implements PrefixTable {
  /** The four words of an id's network address, most significant first, at `4 * id`. */
  words = new Uint32Array(256);
  readonly #seed: number;
  readonly #key: number;

  constructor(seed: number) {
    super();
    this.#seed = seed;
    this.#key = hashKey(seed);
  }

  #home(w0: number, w1: number, w2: number, w3: number, length: number): number {
    const key = this.#key;
    const h = mixWord(mixWord(mixWord(mixWord(this.#seed, w0, key), w1, key), w2, key), w3, key);
    return mixSigned(h ^ length) & (this.slots.length - 1);
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
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.#home(w0, w1, w2, w3, length);
    let distance = 0;
    for (let entry = slots[slot]!; entry !== 0 && entry >>> ID_BITS >= distance; entry = slots[slot]!) {
      if (entry >>> ID_BITS === distance && this.#isAt(entry & ID_MASK, w0, w1, w2, w3, length))
        return entry & ID_MASK;
      slot = (slot + 1) & mask;
      distance++;
    }
    return 0;
  }

  /** Id of the prefix, made when it is new. */
  intern(w0: number, w1: number, w2: number, w3: number, length: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.#home(w0, w1, w2, w3, length);
    let distance = 0;
    for (let entry = slots[slot]!; entry !== 0 && entry >>> ID_BITS >= distance; entry = slots[slot]!) {
      if (entry >>> ID_BITS === distance && this.#isAt(entry & ID_MASK, w0, w1, w2, w3, length))
        return entry & ID_MASK;
      slot = (slot + 1) & mask;
      distance++;
    }
    const id = this.allocate();
    const at = id * 4;
    this.words[at] = w0;
    this.words[at + 1] = w1;
    this.words[at + 2] = w2;
    this.words[at + 3] = w3;
    this.length[id] = length;
    this.enter(id, slot, distance);
    return id;
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

  addressBytes(id: number): Uint8Array {
    const bytes = new Uint8Array(16);
    for (let i = 0; i < 4; i++) writeU32(bytes, i * 4, this.words[id * 4 + i]!);
    return bytes;
  }

  findBytes(bytes: Uint8Array, length: number): number {
    return this.find(readU32(bytes, 0), readU32(bytes, 4), readU32(bytes, 8), readU32(bytes, 12), length);
  }

  internBytes(bytes: Uint8Array, length: number): number {
    return this.intern(readU32(bytes, 0), readU32(bytes, 4), readU32(bytes, 8), readU32(bytes, 12), length);
  }

  protected override homeOf(id: number): number {
    const words = this.words;
    const at = id * 4;
    return this.#home(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, this.length[id]!);
  }

  protected override resizeKeys(capacity: number): void {
    this.words = growU32(this.words, capacity * 4);
  }

  protected override link(id: number): number {
    return this.words[id * 4]!;
  }

  protected override setLink(id: number, next: number): void {
    this.words[id * 4] = next;
  }
}
