/** Ranges of addresses: what pools consist of. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressText,
  isBuggy,
  parseNumber,
  parseRange,
  prefixAround,
  rangeContains,
  shortestPrefixWithin,
  usableIn,
} from '../../../src/frontends/metallb/addresses.ts';

function range(text: string) {
  const found = parseRange(text);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

test.each([
  ['192.0.2.0/30', 4n],
  ['192.0.2.9/24', 256n],
  ['192.0.2.10-192.0.2.20', 11n],
  ['192.0.2.10 - 192.0.2.10', 1n],
  ['2001:db8::/64', 2n ** 64n],
  ['2001:db8::1-2001:db8::1:0', 0x10000n],
])('parseRange: %s has %d addresses', (text, size) => {
  expect(usableIn(range(text), false)).toBe(size);
});

test.each([
  ['192.0.2.1', 'neither a prefix nor a range'],
  ['192.0.2.0/33', 'neither a prefix nor a range'],
  ['192.0.2.9-192.0.2.1', 'ends before it begins'],
  ['192.0.2.9-2001:db8::1', 'ends in the other'],
  ['192.0.2.9-x', 'is not a range'],
])('parseRange: %s %s', (text, problem) => {
  expect(parseRange(text)).toContain(problem);
});

const ipv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(BigInt);
const ranges = fc
  .tuple(ipv4, fc.integer({ min: 0, max: 3000 }))
  .filter(([first, more]) => first + BigInt(more) < 2n ** 32n)
  .map(([first, more]) => range(`${addressText(4, first)}-${addressText(4, first + BigInt(more))}`));

test('usableIn: without buggy addresses, as many as are counted one by one', () => {
  fc.assert(
    fc.property(ranges, (one) => {
      let counted = 0n;
      for (let value = one.first; value <= one.last; value++) if (!isBuggy(4, value)) counted++;
      expect(usableIn(one, true)).toBe(counted);
    }),
  );
});

test('shortestPrefixWithin: such a prefix is in the range, and no shorter one is', () => {
  fc.assert(
    fc.property(ranges, (one) => {
      const fits = (length: number) => {
        const size = 1n << BigInt(32 - length);
        for (let at = (one.first / size) * size; at <= one.last; at += size)
          if (at >= one.first && at + size - 1n <= one.last) return true;
        return false;
      };
      const shortest = shortestPrefixWithin(one);
      expect(fits(shortest)).toBe(true);
      expect(shortest === 0 || !fits(shortest - 1)).toBe(true);
    }),
  );
});

test('prefixAround: contains the address', () => {
  expect(prefixAround('198.51.100.77', 26)).toBe('198.51.100.64/26');
  expect(prefixAround('2001:db8::77', 64)).toBe('2001:db8::/64');
});

test('parseNumber and addressText: one gives back what the other took', () => {
  for (const text of ['0.0.0.0', '255.255.255.255', '2001:db8::1', '::']) {
    const { version, value } = parseNumber(text)!;
    expect(addressText(version, value)).toBe(text);
    expect(rangeContains(range(`${text}-${text}`), version, value)).toBe(true);
  }
});
