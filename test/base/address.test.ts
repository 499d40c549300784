/** Address text: RFC 5952 examples, what is no address, and the round trip. */
import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalAddress,
  formatAddress,
  formatIpv4,
  formatIpv6,
  isLinkLocal,
  parseAddress,
  parseIpv4,
  parseIpv6,
  splitZone,
} from '../../src/base/address.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';

describe('RFC 5952', () => {
  test.each([
    ['2001:0db8::0001', '2001:db8::1', '4.1 leading zeros go'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1', '4.2.1 shorten as much as possible'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1', '4.2.2 one group of zeros stays'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1', '4.2.2 one group of zeros comes back'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1', '4.2.3 the longest run'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1', '4.2.3 the first of equal runs'],
    ['2001:DB8::ABCD', '2001:db8::abcd', '4.3 lower case'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1', '5 IPv4-mapped'],
    ['::ffff:c000:201', '::ffff:192.0.2.1', '5 IPv4-mapped'],
    ['::ffff:0:0', '::ffff:0.0.0.0', '5 IPv4-mapped'],
    ['::1:ffff:c000:201', '::1:ffff:c000:201', 'not IPv4-mapped'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221', 'dotted tail of another prefix'],
    ['::192.0.2.33', '::c000:221', 'dotted tail of another prefix'],
    ['1:2:3:4:5:6:7.8.9.10', '1:2:3:4:5:6:708:90a', 'dotted tail without zeros'],
    ['0:0:0:0:0:0:0:0', '::', 'unspecified'],
    ['0:0:0:0:0:0:0:1', '::1', 'loopback'],
    ['ff02:0:0:0:0:0:0:0', 'ff02::', 'zeros at the end'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', 'a double colon for one group'],
  ])('%s is written %s (%s)', (text, canonical) => {
    expect(formatIpv6(parseIpv6(text)!)).toBe(canonical);
    expect(canonicalAddress(text)).toBe(canonical);
  });
});

describe('parseAddress', () => {
  test.each([
    ...['', ' ', '1', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', '-1.2.3.4', '1..2.3'],
    ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::12345', 'g::'],
    ...[':1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:', '::1.2.3', '::1.2.3.256', '1.2.3.4::', '1:1.2.3.4', ':1.2.3.4'],
    ...['1:2:3:4:5:6::1.2.3.4', '1:2:3:4:5:6:7:1.2.3.4', 'fe80::1%eth0', '[::1]', '::1/128'],
  ])('%j: is no address', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('agrees with node:net on any text made of the characters of addresses', () => {
    const piece = fc.constantFrom(':', '::', '0', '1', 'ffff', 'a', '00', '10.0.0.1', '.', '255', '12345');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 17 }).map((parts) => parts.join('')),
        (text) => {
          expect(parseIpv4(text) !== undefined).toBe(isIPv4(text));
          expect(parseIpv6(text) !== undefined).toBe(isIPv6(text));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('round trip', () => {
  const sparse = fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xabc, 0xffff), { minLength: 8, maxLength: 8 })
    .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255])));

  test('IPv6: format and parse are inverse, and the text is as short as URL has it', () => {
    const any = fc.oneof(sparse, fc.uint8Array({ minLength: 16, maxLength: 16 }));
    fc.assert(
      fc.property(any, (bytes) => {
        const text = formatIpv6(bytes);
        expect(parseIpv6(text)).toEqual(bytes);
        if (!text.includes('.')) expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
      { numRuns: 500 },
    );
  });

  test('IPv4: format and parse are inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        expect(parseIpv4(formatIpv4(value))).toBe(value);
        expect(formatAddress(parseAddress(formatIpv4(value))!)).toBe(formatIpv4(value));
      }),
    );
  });
});

test('formatAddress: 4 or 16 bytes at an offset', () => {
  const bytes = fromHex('a5 c0000201 20010db8000000000000000000000001');
  expect(formatAddress(bytes, 1, 4)).toBe('192.0.2.1');
  expect(formatAddress(bytes, 5, 16)).toBe('2001:db8::1');
  expect(toHex(parseAddress('192.0.2.1')!)).toBe('c0000201');
});

test('zones: belong to IPv6 addresses and are kept as they are', () => {
  expect(splitZone('fe80::1%eth0')).toEqual({ address: 'fe80::1', zone: 'eth0' });
  expect(splitZone('fe80::1')).toEqual({ address: 'fe80::1', zone: undefined });
  expect(canonicalAddress('FE80::0001%Eth0')).toBe('fe80::1%Eth0');
  for (const text of ['fe80::1%', '192.0.2.1%eth0', '%eth0', 'x%eth0'])
    expect(canonicalAddress(text)).toBeUndefined();
});

test.each([
  ['fe80::1', true],
  ['febf:ffff::1', true],
  ['fec0::1', false],
  ['fe7f::1', false],
  ['2001:db8::fe80', false],
])('isLinkLocal: %s is %s', (text, expected) => {
  expect(isLinkLocal(Uint8Array.of(0xfe, 0x80, ...parseIpv6(text)!), 2)).toBe(expected);
});
