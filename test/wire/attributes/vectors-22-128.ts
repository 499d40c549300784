/**
 * Vectors of the attributes from code 22 on, but for large communities; see `vectors.ts`.
 *
 * Over 300 lines of data.
 */
import fc from 'fast-check';
import type { AttributeName, PathAttributes } from '../../../src/wire/attributes/index.ts';
import { UpdateError } from '../../../src/wire/attributes/spec.ts';
import { asn, hexOf, ipv4, ipv6, u32, type Vectors } from './vectors-spec.ts';

type LaterName = Extract<
  AttributeName,
  | 'pmsiTunnel'
  | 'tunnelEncapsulation'
  | 'ipv6ExtendedCommunities'
  | 'aigp'
  | 'bgpLs'
  | 'onlyToCustomer'
  | 'prefixSid'
  | 'attrSet'
>;

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u24 = fc.nat(0xffffff);
const rest = fc.uint8Array({ maxLength: 20 }).map((bytes) => `0x${hexOf(bytes)}`);
const { attributeLength, optionalAttribute } = UpdateError;

/** An SRv6 L3 service with SID 2001:db8:1::, behavior End.DT6 and the structure of the SID (RFC 9252 section 3). */
const L3_SERVICE =
  '05 0022 00 01 001e 00 20010db8000100000000000000000000 00 0012 00 01 0006 28 18 10 00 10 40';

export const LATER_VECTORS: { readonly [Name in LaterName]: Vectors<Required<PathAttributes>[Name]> } = {
  pmsiTunnel: {
    valid: [
      {
        hex: '00 06 002710 c0000201',
        value: { flags: 0, tunnelType: 6, label: 10000, tunnelId: '192.0.2.1' },
        text: 'ingress-replication 192.0.2.1 label 10000',
      },
      {
        hex: '01 06 000001 20010db8000000000000000000000001',
        value: { flags: 1, tunnelType: 6, label: 1, tunnelId: '2001:db8::1' },
        text: 'ingress-replication 2001:db8::1 label 1 leaf-information-required',
      },
      {
        hex: '00 00 000000',
        value: { flags: 0, tunnelType: 0, label: 0, tunnelId: '' },
        text: 'no-tunnel label 0',
      },
      {
        hex: '00 0b 000000 0102',
        value: { flags: 0, tunnelType: 11, label: 0, tunnelId: '0x0102' },
        text: 'type 11 0x0102 label 0',
      },
    ],
    malformed: [
      { why: 'four octets', hex: '00060027', subcode: attributeLength },
      { why: 'ingress replication to three octets', hex: '00 06 002710 c00002', subcode: optionalAttribute },
      { why: 'ingress replication to nobody', hex: '00 06 002710', subcode: optionalAttribute },
    ],
    arbitrary: fc.oneof(
      fc.record({ flags: u8, tunnelType: fc.constant(6), label: u24, tunnelId: fc.oneof(ipv4, ipv6) }),
      fc.record({
        flags: u8,
        tunnelType: u8.filter((type) => type !== 6),
        label: u24,
        tunnelId: rest.map((hex) => (hex === '0x' ? '' : hex)),
      }),
    ),
  },
  tunnelEncapsulation: {
    valid: [
      {
        hex: '0008 001f 06 0a 00000000 0001 c0000201 08 02 12b5 80 0009 00 09 06 0000 00000001 63 01 ff',
        value: [
          {
            type: 'vxlan',
            subTlvs: [
              { type: 'egress-endpoint', value: '192.0.2.1' },
              { type: 'udp-port', value: '4789' },
              { type: 'segment-list', value: '0x000906000000000001' },
              { type: '99', value: '0xff' },
            ],
          },
        ],
        text: 'vxlan (egress-endpoint 192.0.2.1, udp-port 4789, segment-list 0x000906000000000001, 99 0xff)',
      },
      {
        hex: '0008 0018 04 08 030b000000000064 06 0a 00000000 0001 c0000201 63 00',
        value: [
          {
            type: 'vxlan',
            subTlvs: [
              { type: 'color', value: 'color:100' },
              { type: 'egress-endpoint', value: '192.0.2.1' },
              { type: '99', value: '0x' },
            ],
          },
        ],
        text: 'vxlan (color color:100, egress-endpoint 192.0.2.1, 99 0x)',
      },
      {
        hex: '03e7 0000 0002 000c 06 06 00000000 0000 06 02 0000',
        value: [
          { type: '999', subTlvs: [] },
          {
            type: 'gre',
            subTlvs: [
              { type: 'egress-endpoint', value: 'next-hop' },
              { type: 'egress-endpoint', value: '0x0000' },
            ],
          },
        ],
        text: '999 () gre (egress-endpoint next-hop, egress-endpoint 0x0000)',
      },
    ],
    malformed: [
      { why: 'no TLV', hex: '', subcode: attributeLength },
      { why: 'half a TLV header', hex: '0008 00', subcode: optionalAttribute },
      { why: 'a TLV that overruns', hex: '0008 0001', subcode: optionalAttribute },
      { why: 'a sub-TLV that overruns its TLV', hex: '0008 0003 08 02 12 00', subcode: optionalAttribute },
      { why: 'half a sub-TLV header', hex: '0008 0001 08', subcode: optionalAttribute },
      { why: 'half a wide sub-TLV header', hex: '0008 0002 80 00', subcode: optionalAttribute },
    ],
    arbitrary: fc.array(
      fc.record({
        type: fc.oneof(fc.constantFrom('vxlan', 'geneve', 'sr-policy'), fc.constant('60000')),
        subTlvs: fc.array(
          fc.oneof(
            fc.record({ type: fc.constant('egress-endpoint'), value: fc.oneof(ipv4, ipv6) }),
            fc.record({ type: fc.constant('color'), value: u32.map((color) => `color:${color}`) }),
            fc.record({ type: fc.constantFrom('udp-port', 'protocol'), value: u16.map(String) }),
            fc.record({ type: fc.constantFrom('5', '200', 'policy-name'), value: rest }),
          ),
          { maxLength: 4 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  ipv6ExtendedCommunities: {
    valid: [
      {
        hex: '0002 20010db8000000000000000000000001 0005 400b 20010db8000000000000000000000001 0000',
        value: [
          { type: 2, address: '2001:db8::1', number: 5 },
          { type: 0x400b, address: '2001:db8::1', number: 0 },
        ],
        text: 'rt:[2001:db8::1]:5 0x400b:[2001:db8::1]:0',
      },
    ],
    malformed: [
      { why: 'no community', hex: '', subcode: attributeLength },
      { why: 'an ordinary extended community', hex: '0002fde800000001', subcode: attributeLength },
    ],
    arbitrary: fc.array(fc.record({ type: u16, address: ipv6, number: u16 }), { minLength: 1 }),
  },
  aigp: {
    valid: [
      { hex: '01 000b 0000000000000064', value: [{ type: 'metric', value: '100' }], text: 'metric 100' },
      {
        hex: '01 000b 0000000000000001 02 0003',
        value: [
          { type: 'metric', value: '1' },
          { type: '2', value: '0x' },
        ],
        text: 'metric 1 2 0x',
      },
      {
        hex: '02 0004 ff 01 000b fffffffffffffffe 01 000b ffffffffffffffff',
        value: [
          { type: '2', value: '0xff' },
          { type: 'metric', value: '18446744073709551614' },
          { type: 'metric', value: '18446744073709551615' },
        ],
        text: '2 0xff metric 18446744073709551614 metric 18446744073709551615',
      },
    ],
    malformed: [
      { why: 'no TLV', hex: '', subcode: attributeLength },
      { why: 'half a header', hex: '01 00', subcode: optionalAttribute },
      { why: 'a length that leaves its header out', hex: '02 0002', subcode: optionalAttribute },
      { why: 'a metric of seven octets', hex: '01 000a 00000000000064', subcode: optionalAttribute },
      { why: 'a TLV that overruns', hex: '01 000b 00000000000064', subcode: optionalAttribute },
      { why: 'the greatest metric', hex: '01 000b ffffffffffffffff', subcode: optionalAttribute },
    ],
    arbitrary: fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant('metric'),
          value: fc.bigInt({ min: 0n, max: 0xfffffffffffffffen }).map(String),
        }),
        fc.record({ type: fc.integer({ min: 2, max: 255 }).map(String), value: rest }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  },
  bgpLs: {
    valid: [
      { hex: '', value: '0x', text: '0x' },
      {
        hex: '0400 0001 80 0447 0003 00000a',
        value: '0x04000001800447000300000a',
        text: '0x04000001800447000300000a',
      },
    ],
    malformed: [
      { why: 'half a header', hex: '040000', subcode: optionalAttribute },
      { why: 'a TLV that overruns', hex: '0400 0002 80', subcode: optionalAttribute },
    ],
    arbitrary: fc
      .array(fc.tuple(u16, fc.uint8Array({ maxLength: 9 })))
      .map(
        (tlvs) =>
          `0x${tlvs
            .map(([type, value]) => hexOf(Uint8Array.of(type >>> 8, type & 255, 0, value.length, ...value)))
            .join('')}`,
      ),
  },
  onlyToCustomer: {
    valid: [{ hex: 'fa56ea00', value: 4200000000, text: '4200000000' }],
    malformed: [
      { why: 'no octet', hex: '', subcode: attributeLength },
      { why: 'a 2-octet number', hex: 'fde9', subcode: attributeLength },
      { why: 'five octets', hex: '0000fde900', subcode: attributeLength },
    ],
    arbitrary: asn,
  },
  prefixSid: {
    valid: [
      {
        hex: '01 0007 00 0000 00000064 03 000e 0000 003e80 001f40 007d00 000064',
        value: [
          { type: 'label-index', value: '100' },
          { type: 'originator-srgb', value: '16000+8000 32000+100' },
        ],
        text: 'label-index 100, originator-srgb 16000+8000 32000+100',
      },
      {
        hex: `01 0007 00 8000 00000064 ${L3_SERVICE}`,
        value: [
          { type: 'label-index', value: '0x00800000000064' },
          { type: 'srv6-l3-service', value: `0x${L3_SERVICE.replaceAll(' ', '').slice(6)}` },
        ],
        text: `label-index 0x00800000000064, srv6-l3-service 0x${L3_SERVICE.replaceAll(' ', '').slice(6)}`,
      },
      {
        hex: '06 0007 00 63 0003 010203 63 0002 0405',
        value: [
          { type: 'srv6-l2-service', value: '0x00630003010203' },
          { type: '99', value: '0x0405' },
        ],
        text: 'srv6-l2-service 0x00630003010203, 99 0x0405',
      },
      {
        hex: '63 0000',
        value: [{ type: '99', value: '0x' }],
        text: '99 0x',
      },
    ],
    malformed: [
      { why: 'no TLV', hex: '', subcode: optionalAttribute },
      { why: 'half a header', hex: '01 00', subcode: optionalAttribute },
      { why: 'a TLV that overruns', hex: '01 0007 00', subcode: optionalAttribute },
      { why: 'a service that overruns', hex: '05 0001', subcode: attributeLength },
      { why: 'a service of no octet', hex: '05 0000', subcode: attributeLength },
      { why: 'half a header in a service', hex: '06 0002 0001', subcode: attributeLength },
      { why: 'a sub-TLV that overruns its service', hex: '05 0004 00 63 0001', subcode: attributeLength },
      {
        why: 'SID information of 20 octets',
        hex: `05 0018 00 01 0014 ${'00'.repeat(20)}`,
        subcode: attributeLength,
      },
      {
        why: 'half a header in SID information',
        hex: `05 001b 00 01 0017 ${'00'.repeat(21)} 0100`,
        subcode: attributeLength,
      },
      {
        why: 'a SID structure that overruns',
        hex: `05 001c 00 01 0018 ${'00'.repeat(21)} 010001`,
        subcode: attributeLength,
      },
      { why: 'a label index of six octets', hex: '01 0006 000000000064', subcode: optionalAttribute },
      { why: 'no block of labels', hex: '03 0002 0000', subcode: optionalAttribute },
      { why: 'half a block of labels', hex: '03 0005 0000 003e80', subcode: optionalAttribute },
    ],
    arbitrary: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('label-index'), value: u32.map(String) }),
        fc.record({
          type: fc.constant('originator-srgb'),
          value: fc
            .array(fc.tuple(u24, u24), { minLength: 1, maxLength: 3 })
            .map((ranges) => ranges.map(([first, count]) => `${first}+${count}`).join(' ')),
        }),
        fc.record({ type: fc.constant('77'), value: rest }),
        fc.record({
          type: fc.constantFrom('srv6-l3-service', 'srv6-l2-service'),
          // A sub-TLV of an unknown type.
          value: fc
            .uint8Array({ maxLength: 20 })
            .map((value) => `0x0063${hexOf(Uint8Array.of(0, value.length, ...value))}`),
        }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  },
  attrSet: {
    valid: [
      { hex: '0000fde9', value: { originAs: 65001, attributes: {}, unknown: [] }, text: 'AS 65001 {}' },
      {
        hex: '0000fde9 400101 00 400206 0201 0000fdea 800404 00000064 e0c802 0102 c03201 07',
        value: {
          originAs: 65001,
          attributes: { origin: 'igp', asPath: [{ type: 'sequence', asns: [65002] }], med: 100 },
          unknown: [
            { code: 200, flags: 0xe0, hex: '0102' },
            { code: 50, flags: 0xc0, hex: '07' },
          ],
        },
        text: 'AS 65001 {origin igp; asPath 65002; med 100; attribute 200 0x0102; attribute 50 0x07}',
      },
      {
        // An AGGREGATOR of 2-octet numbers costs no route its life; NEXT_HOP means nothing in here.
        hex: '0000fde9 c00706 fdeac0000201 400303 0a0000',
        value: {
          originAs: 65001,
          attributes: {},
          unknown: [
            { code: 7, flags: 0xc0, hex: 'fdeac0000201' },
            { code: 3, flags: 0x40, hex: '0a0000' },
          ],
        },
        text: 'AS 65001 {attribute 7 0xfdeac0000201; attribute 3 0x0a0000}',
      },
    ],
    malformed: [
      { why: 'three octets', hex: '00fde9', subcode: attributeLength },
      { why: 'half a header', hex: '0000fde9 4001', subcode: optionalAttribute },
      { why: 'half an extended header', hex: '0000fde9 500100', subcode: optionalAttribute },
      { why: 'an attribute that overruns', hex: '0000fde9 400102 00', subcode: optionalAttribute },
      { why: 'an ATTR_SET in it', hex: '0000fde9 c08004 0000fde9', subcode: optionalAttribute },
      { why: 'MP_REACH_NLRI in it', hex: '0000fde9 800e05 0001010000', subcode: optionalAttribute },
      { why: 'MP_UNREACH_NLRI in it', hex: '0000fde9 800f03 000101', subcode: optionalAttribute },
      { why: '2-octet numbers in AS_PATH', hex: '0000fde9 400204 0201 fdea', subcode: optionalAttribute },
      { why: 'an ORIGIN that is optional', hex: '0000fde9 c00101 00', subcode: optionalAttribute },
    ],
    arbitrary: fc.record({
      originAs: asn,
      attributes: fc.record(
        {
          origin: fc.constantFrom('igp', 'egp'),
          med: u32,
          communities: fc.array(u32, { minLength: 1, maxLength: 100 }),
          onlyToCustomer: asn,
        },
        { requiredKeys: [] },
      ),
      unknown: fc.array(
        fc.record({
          code: fc.integer({ min: 200, max: 255 }),
          flags: fc.constantFrom(0xc0, 0xe0, 0x80),
          hex: fc.uint8Array({ maxLength: 300, size: 'max' }).map(hexOf),
        }),
        { maxLength: 2 },
      ),
    }),
    // Order, superfluous length octets and repeated attributes: known ones come first, each once.
    isNormalForm: () => false,
  },
};
