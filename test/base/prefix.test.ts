/** Prefix text, host bits and containment. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/base/address.ts';
import { formatPrefix, maskInPlace, parsePrefix, prefixContains } from '../../src/base/prefix.ts';

const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
);
const bitsOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');

test.each([
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['192.0.2.77', '192.0.2.77/32'],
  ['255.255.255.255/1', '128.0.0.0/1'],
  ['10.0.0.1/0', '0.0.0.0/0'],
  ['2001:db8::1/32', '2001:db8::/32'],
  ['2001:db8::1', '2001:db8::1/128'],
  ['ffff::/3', 'e000::/3'],
  ['::/0', '::/0'],
])('parsePrefix: %s is %s', (text, canonical) => {
  const prefix = parsePrefix(text)!;
  expect(formatPrefix(prefix.bytes, prefix.length)).toBe(canonical);
});

test.each(['', '/', '/24', '192.0.2.0/', '192.0.2.0/33', '192.0.2.0/-1', '192.0.2/24', '192.0.2.0/24/8'])(
  'parsePrefix: %j is no prefix',
  (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  },
);

test.each(['::/129', '::/1e1', '::/ 1', 'fe80::1%eth0/64'])('parsePrefix: %j is no prefix', (text) => {
  expect(parsePrefix(text)).toBeUndefined();
});

describe('maskInPlace', () => {
  test('keeps the first bits and clears the rest, for every length', () => {
    fc.assert(
      fc.property(address, fc.nat(128), (bytes, wanted) => {
        const length = Math.min(wanted, bytes.length * 8);
        const masked = bytes.slice();
        maskInPlace(masked, length);
        expect(bitsOf(masked)).toBe(
          bitsOf(bytes)
            .slice(0, length)
            .padEnd(bytes.length * 8, '0'),
        );
      }),
    );
  });
});

describe('prefixContains', () => {
  test('compares the first bits only', () => {
    fc.assert(
      fc.property(address, fc.nat(128), fc.nat(127), (bytes, wanted, flipped) => {
        const length = Math.min(wanted, bytes.length * 8);
        const prefix = { bytes: bytes.slice(), length };
        maskInPlace(prefix.bytes, length);
        const bit = flipped % (bytes.length * 8);
        const other = bytes.slice();
        other[bit >>> 3]! ^= 0x80 >> (bit & 7);
        const before = other.slice();
        expect(prefixContains(prefix, bytes)).toBe(true);
        expect(prefixContains(prefix, other)).toBe(bit >= length);
        expect(other, 'the address is not masked itself').toEqual(before);
      }),
    );
  });

  test('is false across address families', () => {
    expect(prefixContains(parsePrefix('0.0.0.0/0')!, parseAddress('::')!)).toBe(false);
    expect(prefixContains(parsePrefix('::/0')!, parseAddress('0.0.0.0')!)).toBe(false);
  });
});
