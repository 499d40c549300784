/** What each attribute's fault does to an UPDATE, as RFC 7606 section 7 and later RFCs order it. */
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/base/address.ts';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../../src/base/bytes.ts';
import { checkNextHopIpv4, checkNextHopIpv6, nextHop } from '../../../src/wire/attributes/03-next-hop.ts';
import { aggregator } from '../../../src/wire/attributes/07-aggregator.ts';
import { mpReach } from '../../../src/wire/attributes/14-mp-reach.ts';
import { mpUnreach } from '../../../src/wire/attributes/15-mp-unreach.ts';
import { as4Path } from '../../../src/wire/attributes/17-as4-path.ts';
import {
  largeCommunities,
  writeDistinctLargeCommunities,
} from '../../../src/wire/attributes/32-large-communities.ts';
import { writeSegments } from '../../../src/wire/attributes/as-path-segments.ts';
import { ATTRIBUTES, attributeByCode } from '../../../src/wire/attributes/index.ts';
import { Disposition, UpdateError } from '../../../src/wire/attributes/spec.ts';
import { INTERNAL } from './vectors-spec.ts';

test('dispositions: as the sections of RFC 7606 say', () => {
  const codesOf = (disposition: Disposition) =>
    ATTRIBUTES.filter((spec) => spec.onMalformed === disposition).map((spec) => spec.code);
  expect(codesOf(Disposition.accept)).toEqual([]);
  expect(codesOf(Disposition.attributeDiscard)).toEqual([6, 7, 17, 18, 26, 29, 40]);
  expect(codesOf(Disposition.treatAsWithdraw)).toEqual([
    1, 2, 3, 4, 5, 8, 9, 10, 16, 22, 23, 25, 32, 35, 128,
  ]);
  expect(codesOf(Disposition.sessionReset)).toEqual([14, 15]);
});

test('LOCAL_PREF, reflection, tunnels, AIGP and Prefix-SID: alone mean nothing on an eBGP session', () => {
  const codes = ATTRIBUTES.filter((spec) => spec.discardFromExternal).map((spec) => spec.code);
  expect(codes).toEqual([5, 9, 10, 23, 26, 40]);
});

test('flags: well-known attributes are transitive and not optional, the others as IANA lists them', () => {
  const codesWith = (flags: number) =>
    ATTRIBUTES.filter((spec) => spec.flags === flags).map((spec) => spec.code);
  expect(codesWith(0x40)).toEqual([1, 2, 3, 5, 6]);
  expect(codesWith(0x80)).toEqual([4, 9, 10, 14, 15, 26, 29]);
  expect(codesWith(0xc0)).toEqual([7, 8, 16, 17, 18, 22, 23, 25, 32, 35, 40, 128]);
});

describe('next hop', () => {
  test.each([
    ['1.0.0.0', true],
    ['126.255.255.255', true],
    ['128.0.0.1', true],
    ['223.255.255.255', true],
    ['0.1.2.3', false],
    ['127.0.0.1', false],
    ['224.0.0.0', false],
    ['240.0.0.1', false],
    ['255.255.255.255', false],
    ['2001:db8::1', true],
    ['fe80::1', true],
    ['::ffff:192.0.2.1', true],
    ['::2', true],
    ['::', false],
    ['::1', false],
    ['ff02::1', false],
  ])('%s: may be one is %s', (text, expected) => {
    const bytes = Uint8Array.of(0xa5, ...parseAddress(text)!);
    const accepts = bytes.length === 5 ? checkNextHopIpv4 : checkNextHopIpv6;
    expect(accepts(bytes, 1)).toBe(expected);
  });

  test('loopback addresses: may be one on a session over the loopback interface', () => {
    const loopback = { ...INTERNAL, loopback: true };
    expect(nextHop.check(Uint8Array.of(127, 0, 0, 1), 0, 4, loopback)).toBe(0);
    expect(nextHop.check(Uint8Array.of(0, 0, 0, 1), 0, 4, loopback)).toBe(UpdateError.invalidNextHop);
    expect(checkNextHopIpv6(parseAddress('::1')!, 0, true)).toBe(true);
    expect(checkNextHopIpv6(parseAddress('::')!, 0, true)).toBe(false);
  });

  test.each([
    ['20010db8000000000000000000000001', { address: '2001:db8::1', linkLocal: undefined }],
    [
      '20010db8000000000000000000000001fe800000000000000000000000000001',
      { address: '2001:db8::1', linkLocal: 'fe80::1' },
    ],
  ])('an interned blob carries %s', (hex, value) => {
    const out = new ByteWriter();
    nextHop.write(value, out, INTERNAL);
    expect(toHex(out.take())).toBe(hex);
    expect(nextHop.read(fromHex(hex), 0, hex.length / 2, INTERNAL)).toEqual(value);
  });

  test('write: throws when the text of an operator is no next hop', () => {
    const out = new ByteWriter();
    for (const value of [
      { address: 'example', linkLocal: undefined },
      { address: '192.0.2.1', linkLocal: 'fe80::1' },
      { address: '2001:db8::1', linkLocal: '192.0.2.1' },
    ])
      expect(() => nextHop.write(value, out, INTERNAL)).toThrow(/not an address|no IPv6 next hop pair/);
    expect(() => attributeByCode[9]!.write('10.0.0', out, INTERNAL)).toThrow('not an IPv4 address: 10.0.0');
  });
});

test('MP_REACH_NLRI and MP_UNREACH_NLRI: read copies the NLRI, also out of a receive buffer', () => {
  const buffer = Buffer.from('000201' + '00' + '00' + '08ff', 'hex');
  const reach = mpReach.read(buffer, 0, buffer.length, INTERNAL);
  const unreach = mpUnreach.read(buffer, 0, buffer.length, INTERNAL);
  buffer.fill(0);
  expect(toHex(reach.nlri)).toBe('08ff');
  expect(toHex(unreach.nlri)).toBe('000008ff');
});

describe('AS paths', () => {
  test('write: splits a segment of more than 255 numbers and leaves out an empty one', () => {
    const out = new ByteWriter();
    const asns = Array.from({ length: 300 }, (_, i) => i + 1);
    writeSegments(
      [
        { type: 'set', asns: [] },
        { type: 'sequence', asns },
      ],
      4,
      out,
    );
    expect(out.length).toBe(2 + 255 * 4 + 2 + 45 * 4);
    expect([...out.bytes.subarray(0, 2)]).toEqual([2, 255]);
    expect([...out.bytes.subarray(1022, 1024)]).toEqual([2, 45]);
  });

  test('write: AS_TRANS stands for what does not fit in 2 octets', () => {
    const out = new ByteWriter();
    writeSegments([{ type: 'sequence', asns: [65535, 65536] }], 2, out);
    aggregator.write({ as: 4200000000, address: '192.0.2.1' }, out, { ...INTERNAL, as4: false });
    expect(toHex(out.take())).toBe('0202ffff5ba0' + '5ba0c0000201');
  });

  test('AS4_PATH: confederation segments are no fault but are dropped (RFC 6793 section 6)', () => {
    const old = { ...INTERNAL, as4: false };
    const bytes = fromHex('0301 0000fded 0201 fa56ea00 0401 0000fdee');
    expect(as4Path.check(bytes, 0, bytes.length, old)).toBe(0);
    expect(as4Path.read(bytes, 0, bytes.length, old)).toEqual([{ type: 'sequence', asns: [4200000000] }]);
  });
});

describe('large communities', () => {
  test.each([3, 40])(
    '%i values: repeated ones are removed, the first stays (RFC 8092 section 3)',
    (count) => {
      const one = '000000010000000200000003';
      const values = Array.from({ length: count }, (_, i) =>
        i % 2 === 0 ? one : toHex(Uint8Array.of(i)).padStart(24, '0'),
      );
      const bytes = fromHex(`a5${values.join('')}a5`);
      const end = bytes.length - 1;
      const expected = [...new Set(values)].join('');
      const out = new ByteWriter();
      writeDistinctLargeCommunities(bytes, 1, end, out);
      expect(toHex(out.take())).toBe(expected);
      out.reset();
      largeCommunities.write(largeCommunities.read(bytes, 1, end, INTERNAL), out, INTERNAL);
      expect(toHex(out.take())).toBe(expected);
    },
  );
});
