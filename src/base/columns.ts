/**
 * Growing of typed-array columns: allocate and copy. Resizable and growable buffers are several times slower
 * to read on V8, so columns are always plain typed arrays and a grown column is a new object.
 *
 * The old column is given back at once, not when the garbage collector finds it: a table that grows would stand in
 * memory twice. HOT callers hoist columns into locals; anything that may grow empties such a local (its length is 0).
 * The new half of a big column costs no memory before it is written to: the system hands out zero pages on demand.
 */

/** Capacity to grow to so that index `needed - 1` exists: at least twice the present one. */
export function grownCapacity(present: number, needed: number): number {
  return Math.max(needed, present * 2, 64);
}

/** Elements up to which nobody cares. */
const SMALL = 16_384;

/** Whether a column of `capacity` elements, of which `needed` are in use, should be made shorter. */
export function isRoomy(capacity: number, needed: number): boolean {
  return capacity > SMALL && capacity > needed * 4;
}

type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Moves what fits of `old` into `fresh`, which is zero, and frees the memory of `old`. */
function moved<Fresh extends Column>(old: Fresh, fresh: Fresh): Fresh {
  fresh.set(old.length > fresh.length ? old.subarray(0, fresh.length) : old);
  free(old);
  return fresh;
}

/** Gives the memory of `column` back at once; it has no elements any more. */
export function free(column: Column | Int32Array<ArrayBuffer>): void {
  column.buffer.transfer(0);
}

/** `column` with `capacity` elements, more or fewer than it had; new ones are zero. `column` itself is emptied. */
export function growU32(column: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  return moved(column, new Uint32Array(capacity));
}

/** As {@link growU32}, for 16-bit columns. */
export function growU16(column: Uint16Array<ArrayBuffer>, capacity: number): Uint16Array<ArrayBuffer> {
  return moved(column, new Uint16Array(capacity));
}

/** As {@link growU32}, for byte columns. */
export function growU8(column: Uint8Array<ArrayBuffer>, capacity: number): Uint8Array<ArrayBuffer> {
  return moved(column, new Uint8Array(capacity));
}

/** As {@link growU32}, for columns of doubles. */
export function growF64(column: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  return moved(column, new Float64Array(capacity));
}
