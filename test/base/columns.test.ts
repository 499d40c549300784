/** Growing columns: the old elements stay, the new ones are zero. */
import { describe, expect, test } from 'vitest';
import { growF64, grownCapacity, growU8, growU16, growU32 } from '../../src/base/columns.ts';

test('grownCapacity: what is needed, by half at least, never tiny', () => {
  expect(grownCapacity(0, 1)).toBe(64);
  expect(grownCapacity(64, 65)).toBe(96);
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

  test('is a new object: a local that holds the old one is stale', () => {
    const column = Uint32Array.of(1);
    growU32(column, 2)[0] = 9;
    expect(column[0]).toBe(1);
  });
});
