/**
 * For every listed attribute: values with their bytes, malformed bytes with the subcode they earn, and arbitrary values.
 *
 * The type of `VECTORS` has a key for each attribute of the list: one without vectors does not compile.
 *
 * Over 300 lines of data.
 */
import fc from 'fast-check';
import type { AsPathSegment } from '../../../src/wire/attributes/as-path-segments.ts';
import type { AttributeName, PathAttributes } from '../../../src/wire/attributes/index.ts';
import { UpdateError } from '../../../src/wire/attributes/spec.ts';
import { LATER_VECTORS } from './vectors-22-128.ts';
import { asn, bytes, hostIpv4, ipv4, ipv6, u32, type Vectors } from './vectors-spec.ts';

export type { Vectors } from './vectors-spec.ts';

const OLD = { as4: false } as const;
const EXTERNAL = { external: true } as const;

/** Arbitrary path segments with numbers from `number`; `types` limits the kinds of segment. */
export function arbitrarySegments(
  number: fc.Arbitrary<number>,
  types: readonly AsPathSegment['type'][] = ['set', 'sequence', 'confed-sequence', 'confed-set'],
): fc.Arbitrary<AsPathSegment[]> {
  const asns = fc.oneof(
    { weight: 6, arbitrary: fc.array(number, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.array(number, { minLength: 250, maxLength: 255, size: 'max' }) },
  );
  return fc.array(fc.record({ type: fc.constantFrom(...types), asns }), { maxLength: 5 });
}

const aggregatorArbitrary = fc.record({ as: asn, address: ipv4 });

export const VECTORS: { readonly [Name in AttributeName]: Vectors<Required<PathAttributes>[Name]> } = {
  origin: {
    valid: [
      { hex: '00', value: 'igp', text: 'igp' },
      { hex: '01', value: 'egp', text: 'egp' },
      { hex: '02', value: 'incomplete', text: 'incomplete' },
    ],
    malformed: [
      { why: 'no octet', hex: '', subcode: UpdateError.attributeLength },
      { why: 'two octets', hex: '0000', subcode: UpdateError.attributeLength },
      { why: 'a value nobody defined', hex: '03', subcode: UpdateError.invalidOrigin },
    ],
    arbitrary: fc.constantFrom('igp', 'egp', 'incomplete'),
  },
  asPath: {
    valid: [
      { hex: '', value: [], text: '' },
      {
        hex: '0202 0000fde9 fa56ea00',
        value: [{ type: 'sequence', asns: [65001, 4200000000] }],
        text: '65001 4200000000',
      },
      {
        hex: '0202 fde9 5ba0',
        value: [{ type: 'sequence', asns: [65001, 23456] }],
        text: '65001 23456',
        context: OLD,
      },
      {
        hex: '0301 0000fded 0202 0000fde9 0000fdea 0102 0000fdeb 0000fdec 0401 0000fdee',
        value: [
          { type: 'confed-sequence', asns: [65005] },
          { type: 'sequence', asns: [65001, 65002] },
          { type: 'set', asns: [65003, 65004] },
          { type: 'confed-set', asns: [65006] },
        ],
        text: '(65005) 65001 65002 {65003 65004} [65006]',
      },
    ],
    malformed: [
      { why: 'segment type 0', hex: '0001 0000fde9', subcode: UpdateError.malformedAsPath },
      { why: 'segment type 5', hex: '0501 0000fde9', subcode: UpdateError.malformedAsPath },
      { why: 'empty segment', hex: '0200', subcode: UpdateError.malformedAsPath },
      { why: 'segment overrun', hex: '0202 0000fde9', subcode: UpdateError.malformedAsPath },
      {
        why: 'one octet behind the last segment',
        hex: '0201 0000fde9 02',
        subcode: UpdateError.malformedAsPath,
      },
      { why: 'AS 0 (RFC 7607)', hex: '0202 0000fde9 00000000', subcode: UpdateError.malformedAsPath },
      {
        why: 'AS 0 in two octets',
        hex: '0202 fde9 0000',
        subcode: UpdateError.malformedAsPath,
        context: OLD,
      },
      { why: '2-octet numbers on a 4-octet session', hex: '0201 fde9', subcode: UpdateError.malformedAsPath },
      {
        why: 'confederation sequence from an external neighbor (RFC 5065)',
        hex: '0301 0000fde9',
        subcode: UpdateError.malformedAsPath,
        context: EXTERNAL,
      },
      {
        why: 'confederation set from an external neighbor (RFC 5065)',
        hex: '0401 0000fde9',
        subcode: UpdateError.malformedAsPath,
        context: EXTERNAL,
      },
    ],
    arbitrary: arbitrarySegments(asn),
  },
  nextHop: {
    valid: [{ hex: 'c0000201', value: { address: '192.0.2.1', linkLocal: undefined }, text: '192.0.2.1' }],
    malformed: [
      { why: 'three octets', hex: 'c00002', subcode: UpdateError.attributeLength },
      {
        why: 'sixteen octets, as only our blobs have them',
        hex: '20010db8000000000000000000000001',
        subcode: UpdateError.attributeLength,
      },
      { why: '0.0.0.0', hex: '00000000', subcode: UpdateError.invalidNextHop },
      { why: 'loopback', hex: '7f000001', subcode: UpdateError.invalidNextHop },
      { why: 'multicast', hex: 'e0000001', subcode: UpdateError.invalidNextHop },
      { why: 'broadcast', hex: 'ffffffff', subcode: UpdateError.invalidNextHop },
    ],
    arbitrary: hostIpv4.map((address) => ({ address, linkLocal: undefined })),
  },
  med: {
    valid: [
      { hex: '00000064', value: 100, text: '100' },
      { hex: 'ffffffff', value: 4294967295, text: '4294967295' },
    ],
    malformed: [
      { why: 'no octet', hex: '', subcode: UpdateError.attributeLength },
      { why: 'five octets', hex: '0000000064', subcode: UpdateError.attributeLength },
    ],
    arbitrary: u32,
  },
  localPref: {
    valid: [{ hex: '00000064', value: 100, text: '100' }],
    malformed: [{ why: 'three octets', hex: '000064', subcode: UpdateError.attributeLength }],
    arbitrary: u32,
  },
  atomicAggregate: {
    valid: [{ hex: '', value: true, text: 'atomic-aggregate' }],
    malformed: [{ why: 'a value', hex: '00', subcode: UpdateError.attributeLength }],
    arbitrary: fc.constant(true),
  },
  aggregator: {
    valid: [
      {
        hex: 'fa56ea00 c0000201',
        value: { as: 4200000000, address: '192.0.2.1' },
        text: '4200000000 192.0.2.1',
      },
      {
        hex: 'fde9 c0000201',
        value: { as: 65001, address: '192.0.2.1' },
        text: '65001 192.0.2.1',
        context: OLD,
      },
    ],
    malformed: [
      { why: 'six octets on a 4-octet session', hex: 'fde9c0000201', subcode: UpdateError.attributeLength },
      {
        why: 'eight octets on a 2-octet session',
        hex: '0000fde9c0000201',
        subcode: UpdateError.attributeLength,
        context: OLD,
      },
      { why: 'AS 0 (RFC 7607)', hex: '00000000c0000201', subcode: UpdateError.optionalAttribute },
      {
        why: 'AS 0 in two octets',
        hex: '0000c0000201',
        subcode: UpdateError.optionalAttribute,
        context: OLD,
      },
    ],
    arbitrary: aggregatorArbitrary,
  },
  communities: {
    valid: [
      { hex: 'fde80064 ffffff01', value: [4259840100, 0xffffff01], text: '65000:100 no-export' },
      { hex: 'fde80064 fde80064', value: [4259840100, 4259840100], text: '65000:100 65000:100' },
    ],
    malformed: [
      { why: 'no community', hex: '', subcode: UpdateError.attributeLength },
      { why: 'six octets', hex: 'fde80064fde8', subcode: UpdateError.attributeLength },
    ],
    arbitrary: fc.array(u32, { minLength: 1 }),
  },
  originatorId: {
    valid: [{ hex: '0a000001', value: '10.0.0.1', text: '10.0.0.1' }],
    malformed: [{ why: 'five octets', hex: '0a00000100', subcode: UpdateError.attributeLength }],
    arbitrary: ipv4,
  },
  clusterList: {
    valid: [{ hex: '0a000001 0a000002', value: ['10.0.0.1', '10.0.0.2'], text: '10.0.0.1 10.0.0.2' }],
    malformed: [
      { why: 'no cluster', hex: '', subcode: UpdateError.attributeLength },
      { why: 'five octets', hex: '0a00000100', subcode: UpdateError.attributeLength },
    ],
    arbitrary: fc.array(ipv4, { minLength: 1 }),
  },
  mpReach: {
    valid: [
      {
        hex: '0002 01 10 20010db8000000000000000000000001 00 2020010db8',
        value: {
          family: 'ipv6-unicast',
          afi: 2,
          safi: 1,
          nextHop: '2001:db8::1',
          nextHopLinkLocal: undefined,
          nlri: Uint8Array.of(0x20, 0x20, 0x01, 0x0d, 0xb8),
        },
        text: 'ipv6-unicast next-hop 2001:db8::1 (5 octets)',
      },
      {
        hex: '0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00',
        value: {
          family: 'ipv6-unicast',
          afi: 2,
          safi: 1,
          nextHop: '2001:db8::1',
          nextHopLinkLocal: 'fe80::1',
          nlri: new Uint8Array(0),
        },
        text: 'ipv6-unicast next-hop 2001:db8::1 fe80::1 (0 octets)',
      },
      {
        hex: '0001 80 0c 0000000000000000c0000201 00 ff',
        value: {
          family: 'ipv4-vpn',
          afi: 1,
          safi: 128,
          nextHop: '192.0.2.1',
          nextHopLinkLocal: undefined,
          nlri: Uint8Array.of(0xff),
        },
        text: 'ipv4-vpn next-hop 192.0.2.1 (1 octets)',
      },
      {
        hex: '0002 80 30 0001c00002010007 20010db8000000000000000000000001 0001c00002010007 fe800000000000000000000000000001 00',
        value: {
          family: 'ipv6-vpn',
          afi: 2,
          safi: 128,
          nextHop: '2001:db8::1',
          nextHopLinkLocal: 'fe80::1',
          nextHopRd: '192.0.2.1:7',
          nlri: new Uint8Array(0),
        },
        text: 'ipv6-vpn next-hop 192.0.2.1:7 2001:db8::1 fe80::1 (0 octets)',
      },
      {
        hex: '0001 80 04 c0000201 00',
        value: {
          family: 'ipv4-vpn',
          afi: 1,
          safi: 128,
          nextHop: '0xc0000201',
          nextHopLinkLocal: undefined,
          nlri: new Uint8Array(0),
        },
        text: 'ipv4-vpn next-hop 0xc0000201 (0 octets)',
      },
      {
        hex: '0001 85 00 00',
        value: {
          family: 'ipv4-flowspec',
          afi: 1,
          safi: 133,
          nextHop: '',
          nextHopLinkLocal: undefined,
          nlri: new Uint8Array(0),
        },
        text: 'ipv4-flowspec next-hop none (0 octets)',
      },
    ],
    malformed: [
      { why: 'four octets', hex: '00020100', subcode: UpdateError.optionalAttribute },
      { why: 'next hop beyond the end', hex: '0001 01 04 c00002', subcode: UpdateError.optionalAttribute },
      { why: 'no reserved octet', hex: '0001 01 04 c0000201', subcode: UpdateError.optionalAttribute },
    ],
    arbitrary: fc
      .record({
        nextHop: fc.oneof(ipv4, ipv6, fc.constantFrom('', '0x0001')),
        pair: fc.option(ipv6, { nil: undefined }),
        nlri: bytes,
      })
      .map(({ nextHop, pair, nlri }) => ({
        family: 'ipv6-unicast' as const,
        afi: 2,
        safi: 1,
        nextHop,
        nextHopLinkLocal: nextHop.includes(':') ? pair : undefined,
        nlri,
      })),
    // RFC 4760 section 3: the reserved octet is sent as 0 and ignored on receipt.
    isNormalForm: (value) => value[4 + value[3]!] === 0,
  },
  mpUnreach: {
    valid: [
      {
        hex: '0002 01 2020010db8',
        value: { family: 'ipv6-unicast', afi: 2, safi: 1, nlri: Uint8Array.of(0x20, 0x20, 0x01, 0x0d, 0xb8) },
        text: 'ipv6-unicast (5 octets)',
      },
      {
        hex: '4004 47',
        value: { family: undefined, afi: 16388, safi: 71, nlri: new Uint8Array(0) },
        text: '16388/71 (0 octets)',
      },
    ],
    malformed: [{ why: 'two octets', hex: '0002', subcode: UpdateError.optionalAttribute }],
    arbitrary: bytes.map((nlri) => ({ family: 'ipv4-unicast' as const, afi: 1, safi: 1, nlri })),
  },
  extendedCommunities: {
    valid: [
      {
        hex: '0002fde800000001 0103c00002010005 0202fa56ea000007 4004fde84e95 02f9',
        value: [
          { high: 0x0002fde8, low: 1 },
          { high: 0x0103c000, low: 0x02010005 },
          { high: 0x0202fa56, low: 0xea000007 },
          { high: 0x4004fde8, low: 0x4e9502f9 },
        ],
        text: 'rt:65000:1 ro:192.0.2.1:5 rt:4200000000:7 link-bandwidth:65000:1250000000',
      },
    ],
    malformed: [
      { why: 'no community', hex: '', subcode: UpdateError.attributeLength },
      { why: 'seven octets', hex: '0002fde8000000', subcode: UpdateError.attributeLength },
    ],
    arbitrary: fc.array(fc.record({ high: u32, low: u32 }), { minLength: 1 }),
  },
  as4Path: {
    valid: [
      {
        hex: '0202 fa56ea00 0000fde9',
        value: [{ type: 'sequence', asns: [4200000000, 65001] }],
        text: '4200000000 65001',
        context: OLD,
      },
    ],
    malformed: [
      { why: 'no segment', hex: '', subcode: UpdateError.optionalAttribute, context: OLD },
      { why: 'segment overrun', hex: '0202 0000fde9', subcode: UpdateError.optionalAttribute, context: OLD },
      { why: 'segment type 5', hex: '0501 0000fde9', subcode: UpdateError.optionalAttribute, context: OLD },
      { why: 'AS 0 (RFC 7607)', hex: '0201 00000000', subcode: UpdateError.optionalAttribute, context: OLD },
      { why: 'a 4-octet session', hex: '0201 0000fde9', subcode: UpdateError.optionalAttribute },
      {
        why: 'nothing but confederation segments',
        hex: '0301 0000fde9 0401 0000fdea',
        subcode: UpdateError.optionalAttribute,
        context: OLD,
      },
    ],
    context: OLD,
    arbitrary: arbitrarySegments(asn, ['set', 'sequence']).filter((segments) => segments.length > 0),
    // Confederation segments are dropped (RFC 6793 section 6).
    isNormalForm(value) {
      for (let at = 0; at < value.length; at += 2 + value[at + 1]! * 4) if (value[at]! > 2) return false;
      return true;
    },
  },
  as4Aggregator: {
    valid: [
      {
        hex: 'fa56ea00 c0000201',
        value: { as: 4200000000, address: '192.0.2.1' },
        text: '4200000000 192.0.2.1',
        context: OLD,
      },
    ],
    malformed: [
      { why: 'six octets', hex: 'fde9c0000201', subcode: UpdateError.attributeLength, context: OLD },
      {
        why: 'AS 0 (RFC 7607)',
        hex: '00000000c0000201',
        subcode: UpdateError.optionalAttribute,
        context: OLD,
      },
      { why: 'a 4-octet session', hex: '0000fde9c0000201', subcode: UpdateError.optionalAttribute },
    ],
    context: OLD,
    arbitrary: aggregatorArbitrary,
  },
  largeCommunities: {
    valid: [
      {
        hex: '0000fde8 00000001 00000002 fa56ea00 ffffffff 00000000',
        value: [
          [65000, 1, 2],
          [4200000000, 4294967295, 0],
        ],
        text: '65000:1:2 4200000000:4294967295:0',
      },
    ],
    malformed: [
      { why: 'no community', hex: '', subcode: UpdateError.attributeLength },
      { why: 'eleven octets', hex: '0000fde8000000010000 02', subcode: UpdateError.attributeLength },
    ],
    arbitrary: fc.uniqueArray(fc.tuple(u32, u32, u32), { minLength: 1, selector: (value) => value.join() }),
    isNormalForm(value) {
      const elements: string[] = [];
      for (let at = 0; at < value.length; at += 12) elements.push(value.slice(at, at + 12).join());
      return new Set(elements).size === elements.length;
    },
  },
  ...LATER_VECTORS,
};
