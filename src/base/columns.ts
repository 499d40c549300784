/**
 * Growing of typed-array columns: allocate and copy. Resizable and growable buffers are several times slower
 * to read on V8, so columns are always plain typed arrays and a grown column is a new object.
 *
 * HOT callers hoist columns into locals; anything that may grow makes such a local stale.
 */

/** Capacity to grow to so that index `needed - 1` exists: at least 1.5 times the present one. */
export function grownCapacity(present: number, needed: number): number {
  return Math.max(needed, present + (present >>> 1), 64);
}

/** A copy of `column` with room for `capacity` elements; the new ones are zero. */
export function growU32(column: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(capacity);
  grown.set(column);
  return grown;
}

/** As {@link growU32}, for 16-bit columns. */
export function growU16(column: Uint16Array<ArrayBuffer>, capacity: number): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(capacity);
  grown.set(column);
  return grown;
}

/** As {@link growU32}, for byte columns. */
export function growU8(column: Uint8Array<ArrayBuffer>, capacity: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(capacity);
  grown.set(column);
  return grown;
}

/** As {@link growU32}, for columns of doubles. */
export function growF64(column: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(column);
  return grown;
}
