/** Hashes: the same for the same bytes, other for another seed, spread over the slots. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashBytes, mix32, powerOfTwoAtLeast } from '../../src/base/hash.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });

test('mix32: unsigned, and different for different integers', () => {
  const seen = new Set<number>();
  for (let value = 0; value < 50_000; value++) seen.add(mix32(value * 65_521));
  expect(seen.size).toBe(50_000);
  for (const hash of seen) if (!Number.isInteger(hash) || hash < 0 || hash > 0xffffffff) expect.fail();
});

describe('hashBytes', () => {
  test('depends on the bytes in the range and the seed, not on where they stand', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(9), u32, (bytes, offset, seed) => {
        const moved = new Uint8Array(bytes.length + offset + 3).fill(0xa5);
        moved.set(bytes, offset);
        const hash = hashBytes(bytes, 0, bytes.length, seed);
        expect(hashBytes(moved, offset, offset + bytes.length, seed)).toBe(hash);
        expect(hash).toBe(hash >>> 0);
      }),
    );
  });

  test.each([1, 4, 7, 46])('%i octets: each single bit and the seed count', (length) => {
    const bytes = new Uint8Array(length);
    const seen = new Set([hashBytes(bytes, 0, length, 1), hashBytes(bytes, 0, length, 2)]);
    for (let bit = 0; bit < length * 8; bit++) {
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
      seen.add(hashBytes(bytes, 0, length, 1));
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
    }
    expect(seen.size).toBe(length * 8 + 2);
  });

  test('a peer that does not know the seed cannot make bytes that collide under any seed', () => {
    // Flip the top bit of one little-endian word and what the mixing makes of it in the next one.
    const flips = [0, 0, 0, 0x80, 0, 0, 0x01, 0x80];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const other = bytes.map((byte, i) => byte ^ flips[i]!);
        const collides = (seed: number) => hashBytes(bytes, 0, 8, seed) === hashBytes(other, 0, 8, seed);
        expect([1, 0x9abcdef0, 0x7fffffff].filter(collides)).toEqual([]);
      }),
    );
  });
});

test.each([
  [0, 1],
  [1, 1],
  [3, 4],
  [4, 4],
  [65_537, 131_072],
])('powerOfTwoAtLeast: of %i is %i', (value, expected) => {
  expect(powerOfTwoAtLeast(value)).toBe(expected);
});
