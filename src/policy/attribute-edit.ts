/**
 * AttributeEdit: one canonical blob, read in place, and what is to be different in it.
 *
 * HOT: policy sees a distinct attribute set once (`memo.ts`), but a table has hundreds of thousands of them. Where the
 * attributes are is found in one walk; a value that is written stands in a buffer beside the blob until the result is
 * put together. What is not touched is carried over as it is: unknown attributes, and the order of the known ones.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { readU32 } from '../base/bytes.ts';
import { valueEnd, valueStart, writeAttribute } from '../wire/attributes/blob.ts';
import { attributeByCode } from '../wire/attributes/index.ts';
import { FLAGS_ON_WIRE } from '../wire/attributes/marks.ts';
import { FLAG_EXTENDED_LENGTH } from '../wire/attributes/spec.ts';

/** Slots of the attributes that policy reads or writes, ascending by code. */
export const SLOT = {
  origin: 0,
  asPath: 1,
  nextHop: 2,
  med: 3,
  localPref: 4,
  communities: 5,
  extendedCommunities: 6,
  aigp: 7,
  largeCommunities: 8,
} as const;

/** An attribute that policy knows. */
export type AttributeName = keyof typeof SLOT;

/** Codes by slot. */
export const CODES = [1, 2, 3, 4, 5, 8, 16, 26, 32] as const;
const CODE_OF = Uint8Array.from(CODES);
const SLOT_OF = new Int8Array(256).fill(-1);
for (const [slot, code] of CODES.entries()) SLOT_OF[code] = slot;
/** Flags of attributes that are written, by slot. */
const FLAGS = CODES.map((code) => attributeByCode[code]!.flags);

/** Bytes of written values from which on those that were written over are dropped. */
const MUCH = 65_536;

const NO_BYTES = new Uint8Array(0);

export class AttributeEdit {
  /** Where the values are, by slot, of the attributes that {@link has} says are there. */
  readonly from = new Int32Array(CODES.length);
  readonly to = new Int32Array(CODES.length);
  readonly #flags = new Uint8Array(CODES.length);
  /** Bit for each slot that the blob has, that the route has now, that was written or removed, and that was written. */
  #received = 0;
  #present = 0;
  #touched = 0;
  #written = 0;
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;
  /** Values that were written. */
  #values = new ByteWriter(256);

  /** Takes the canonical blob `bytes[start..end)`, which must stay as it is while the route is used. */
  read(bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#values.reset();
    let received = 0;
    for (let at = start; at < end; ) {
      const flags = bytes[at]!;
      const from = valueStart(bytes, at);
      const to = valueEnd(bytes, at);
      const slot = SLOT_OF[bytes[at + 1]!]!;
      if (slot >= 0) {
        this.from[slot] = from;
        this.to[slot] = to;
        this.#flags[slot] = flags;
        received |= 1 << slot;
      }
      at = to;
    }
    this.#received = this.#present = received;
    this.#touched = this.#written = 0;
    return this;
  }

  /** Lets go of the blob. */
  release(): void {
    this.#bytes = NO_BYTES;
    this.#end = this.#start = 0;
    if (this.#values.bytes.length > MUCH) this.#values = new ByteWriter(256);
  }

  /** Whether anything was written. */
  get changed(): boolean {
    return this.#touched !== 0;
  }

  /** Whether the route has an attribute now. */
  has(slot: number): boolean {
    return (this.#present & (1 << slot)) !== 0;
  }

  /** The bytes that {@link from} and {@link to} are places in; good until something is written. */
  bytesOf(slot: number): Uint8Array {
    return (this.#written & (1 << slot)) !== 0 ? this.#values.bytes : this.#bytes;
  }

  /** The value of an attribute of one 32-bit number that is there. */
  number(slot: number): number {
    return readU32(this.bytesOf(slot), this.from[slot]!);
  }

  /** Where the caller appends a new value; then it calls {@link written}. Values that are there may have moved. */
  values(): ByteWriter {
    if (this.#values.length > MUCH) this.#tidy();
    return this.#values;
  }

  /**
   * What stands in {@link values} from `from` on is the new value. `mark` is for the low bits of the flags
   * (`marks.ts`).
   */
  written(slot: number, from: number, mark: number): void {
    this.from[slot] = from;
    this.to[slot] = this.#values.length;
    this.#flags[slot] = FLAGS[slot]! | mark;
    this.#present |= 1 << slot;
    this.#touched |= 1 << slot;
    this.#written |= 1 << slot;
  }

  setNumber(slot: number, value: number, mark: number): void {
    const values = this.values();
    const from = values.length;
    values.u32(value);
    this.written(slot, from, mark);
  }

  remove(slot: number): void {
    this.#present &= ~(1 << slot);
    this.#touched |= 1 << slot;
    this.#written &= ~(1 << slot);
  }

  /** Gives an attribute that is there other marks. */
  mark(slot: number, mark: number): void {
    if (!this.has(slot)) return;
    const flags = (this.#flags[slot]! & FLAGS_ON_WIRE) | mark;
    const values = this.values();
    const from = values.length;
    values.copy(this.bytesOf(slot), this.from[slot]!, this.to[slot]!);
    this.written(slot, from, 0);
    this.#flags[slot] = flags;
  }

  /** Drops the values that were written over. */
  #tidy(): void {
    const old = this.#values;
    const kept = new ByteWriter(old.length);
    for (let slot = 0; slot < CODES.length; slot++) {
      if ((this.#written & (1 << slot)) === 0) continue;
      const from = kept.length;
      kept.copy(old.bytes, this.from[slot]!, this.to[slot]!);
      this.from[slot] = from;
      this.to[slot] = kept.length;
    }
    this.#values = kept;
  }

  /** Appends the canonical blob; a new attribute stands in front of the first one with a higher code. */
  write(out: ByteWriter): void {
    const bytes = this.#bytes;
    out.reserve(this.#end - this.#start + this.#values.length + CODES.length * 4);
    let added = this.#touched & ~this.#received;
    // Untouched neighbors are copied together: from here to where the walk is.
    let pending = this.#start;
    for (let at = this.#start; at < this.#end; ) {
      const flags = bytes[at]!;
      const code = bytes[at + 1]!;
      const from = valueStart(bytes, at);
      const to = valueEnd(bytes, at);
      const slot = SLOT_OF[code]!;
      const isTouched = slot >= 0 && (this.#touched & (1 << slot)) !== 0;
      const isFirstAbove = added !== 0 && code > CODE_OF[31 - Math.clz32(added & -added)]!;
      const isTooLong = (flags & FLAG_EXTENDED_LENGTH) !== 0 && to - from <= 255;
      if (isFirstAbove || isTouched || isTooLong) {
        if (pending < at) out.copy(bytes, pending, at);
        pending = at;
        if (isFirstAbove) added = this.#writeAdded(out, added, code);
        if (isTouched) this.#writeValue(out, slot);
        else if (isTooLong) writeAttribute(out, flags, code, bytes, from, to);
        if (isTouched || isTooLong) pending = to;
      }
      at = to;
    }
    if (pending < this.#end) out.copy(bytes, pending, this.#end);
    if (added !== 0) this.#writeAdded(out, added, 256);
  }

  /** Writes the attributes of the slots `added` with a code below `code`; returns the rest. */
  #writeAdded(out: ByteWriter, added: number, code: number): number {
    let left = added;
    while (left !== 0) {
      const slot = 31 - Math.clz32(left & -left);
      if (CODE_OF[slot]! >= code) break;
      left &= left - 1;
      this.#writeValue(out, slot);
    }
    return left;
  }

  /** Writes an attribute of a slot that was touched; nothing when it was removed. There is room for it. */
  #writeValue(out: ByteWriter, slot: number): void {
    if ((this.#written & (1 << slot)) === 0) return;
    const values = this.#values.bytes;
    const from = this.from[slot]!;
    const to = this.to[slot]!;
    if (to - from > 255) {
      writeAttribute(out, this.#flags[slot]!, CODE_OF[slot]!, values, from, to);
      return;
    }
    const { bytes } = out;
    let at = out.length;
    bytes[at++] = this.#flags[slot]! & ~FLAG_EXTENDED_LENGTH;
    bytes[at++] = CODE_OF[slot]!;
    bytes[at++] = to - from;
    for (let i = from; i < to; i++) bytes[at++] = values[i]!;
    out.length = at;
  }
}
