/** Growing columns: the old elements stay, the new ones are zero. */
import { describe, expect, test } from 'vitest';
import { growF64, grownCapacity, growU8, growU16, growU32 } from '../../src/base/columns.ts';

test('grownCapacity: what is needed, twice the present one at least, never tiny', () => {
  expect(grownCapacity(0, 1)).toBe(64);
  expect(grownCapacity(64, 65)).toBe(128);
  expect(grownCapacity(100, 1000)).toBe(1000);
});

describe('a grown column', () => {
  test.each([
    ['growU8', growU8(Uint8Array.of(1, 255), 4), [1, 255, 0, 0]],
    ['growU16', growU16(Uint16Array.of(1, 65_535), 4), [1, 65_535, 0, 0]],
    ['growU32', growU32(Uint32Array.of(1, 4_294_967_295), 4), [1, 4_294_967_295, 0, 0]],
    ['growF64', growF64(Float64Array.of(0.5, 2 ** 50), 4), [0.5, 2 ** 50, 0, 0]],
  ])('%s: keeps its elements', (_name, column, expected) => {
    expect([...column]).toEqual(expected);
  });

  test('is a new object; a local that still holds the old one finds nothing in it', () => {
    const column = Uint32Array.of(1, 2);
    const grown = growU32(column, 4);
    expect([...grown]).toEqual([1, 2, 0, 0]);
    expect(column.length).toBe(0);
  });

  test('may be shorter: what does not fit is gone', () => {
    expect([...growU32(Uint32Array.of(1, 2, 3), 2)]).toEqual([1, 2]);
  });
});
