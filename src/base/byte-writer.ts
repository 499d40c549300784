/**
 * ByteWriter: a cursor over a buffer that grows by doubling. Everything the speaker sends is made with it.
 *
 * HOT. `bytes` is replaced when it grows: read it again after any write. `take()` copies; the writer is reused.
 */
import { writeU16, writeU32 } from './bytes.ts';

/** Below this many bytes a loop copies. A view for `set` is faster from about 40 on, by tens of ns, but is garbage. */
const COPY_ONE_BY_ONE = 96;

export class ByteWriter {
  /** The backing buffer; only `bytes[0..length)` is meaningful. */
  bytes: Uint8Array;
  /** Number of bytes written. */
  length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Forgets what was written; keeps the buffer. */
  reset(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    writeU16(this.bytes, this.length, value);
    this.length += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    writeU32(this.bytes, this.length, value);
    this.length += 4;
  }

  /** Appends `source[start..end)`. */
  copy(source: Uint8Array, start = 0, end = source.length): void {
    const count = end - start;
    this.reserve(count);
    const bytes = this.bytes;
    let at = this.length;
    if (count < COPY_ONE_BY_ONE) for (let i = start; i < end; i++) bytes[at++] = source[i]!;
    else bytes.set(source.subarray(start, end), at);
    this.length += count;
  }

  /** Overwrites one byte written before, at `offset` from the start (for lengths known afterwards). */
  patchU8(offset: number, value: number): void {
    this.bytes[offset] = value;
  }

  /** Overwrites two bytes written before, at `offset` from the start. */
  patchU16(offset: number, value: number): void {
    writeU16(this.bytes, offset, value);
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** What was written, in place: good until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Leaves the buffer to whoever has a view of it, and goes on with another one. */
  giveAway(): void {
    this.bytes = new Uint8Array(this.bytes.length);
    this.length = 0;
  }
}
