/**
 * Seeded 32-bit hashing of integers and bytes for the open-addressing tables.
 *
 * HOT. Peers choose the bytes that are hashed, so every table takes a seed drawn at start-up. The seed is in the
 * mixing and not only in the first value: a difference in the top bit passes any multiplication unchanged, and the
 * next word could take it back, whatever the first value was.
 */

/**
 * Mixes the bits of a 32-bit integer; result is signed. An unsigned one above 2^31 would be a number on the heap
 * wherever this is not inlined.
 */
export function mixSigned(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** As {@link mixSigned}; result is unsigned. */
export function mix32(value: number): number {
  return mixSigned(value) >>> 0;
}

/** The odd multiplier of {@link mixWord} for `seed`. */
export function hashKey(seed: number): number {
  return mix32(seed ^ 0x9e3779b1) | 1;
}

/** The hash state `h` with one more word in it, under a key of {@link hashKey}; signed. */
export function mixWord(h: number, word: number, key: number): number {
  const mixed = Math.imul(h ^ word, 0x9e3779b1);
  return Math.imul((mixed << 16) | (mixed >>> 16), key);
}

/** Hash of `bytes[start..end)` under `seed`; result has 31 bits and is not negative. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  const view = viewOf(bytes);
  const key = hashKey(seed);
  // Two chains: a multiplication need not wait for the one before.
  let h = seed ^ (end - start);
  let g = key;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    h = mixWord(h, view.getInt32(i, true), key);
    g = mixWord(g, view.getInt32(i + 4, true), key);
  }
  if (i + 4 <= end) {
    h = mixWord(h, view.getInt32(i, true), key);
    i += 4;
  }
  for (; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return mixSigned(mixWord(h, g, key)) & 0x7fffffff;
}

/** The arrays hashed last, and views of them: words are read at once, and a view for each hash would be garbage. */
let bytes0: Uint8Array = new Uint8Array(0);
let bytes1 = bytes0;
let view0 = new DataView(bytes0.buffer);
let view1 = view0;

function viewOf(bytes: Uint8Array): DataView {
  if (bytes === bytes0) return view0;
  if (bytes === bytes1) return view1;
  bytes1 = bytes0;
  view1 = view0;
  bytes0 = bytes;
  view0 = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view0;
}

/** The smallest power of two that is at least `value` (value up to 2^30). */
export function powerOfTwoAtLeast(value: number): number {
  let size = 1;
  while (size < value) size *= 2;
  return size;
}
