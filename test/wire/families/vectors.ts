/**
 * For every listed family: NLRI with its values, malformed NLRI with the offset of the fault, and arbitrary values.
 *
 * The type of `VECTORS` has a key for each family of the list: one without vectors does not compile.
 */
import fc from 'fast-check';
import { maskInPlace } from '../../../src/base/prefix.ts';
import { formatExtendedCommunity } from '../../../src/wire/community-text.ts';
import type { CodecFamilyName } from '../../../src/wire/families/index.ts';
import type { EvpnNlri } from '../../../src/wire/families/nlri-evpn.ts';
import type { FlowspecNlri, FlowspecVpnNlri } from '../../../src/wire/families/nlri-flowspec.ts';
import type { LabeledNlri, VpnNlri } from '../../../src/wire/families/nlri-labeled.ts';
import type { PrefixNlri } from '../../../src/wire/families/nlri-prefix.ts';
import type { RouteTargetNlri } from '../../../src/wire/families/nlri-route-target.ts';
import { evpnVectors } from './vectors-evpn.ts';
import { flowspecs4, flowspecs6, flowspecsVpn4, flowspecsVpn6 } from './vectors-flowspec.ts';
import { type FamilyVectors, ipv4Prefix, ipv6Prefix, labels, octets, rd, u32 } from './vectors-spec.ts';

export type { FamilyVectors } from './vectors-spec.ts';

const routeTarget: fc.Arbitrary<RouteTargetNlri> = fc.oneof(
  fc.constant({ length: 0, originAs: 0, routeTarget: '0x' }),
  fc.record({ originAs: u32, high: u32, low: u32 }).map(({ originAs, high, low }) => ({
    length: 96,
    originAs,
    routeTarget: formatExtendedCommunity({ high, low }),
  })),
  fc.tuple(u32, octets(7), fc.integer({ min: 0, max: 56 })).map(([originAs, bytes, bits]) => {
    maskInPlace(bytes, bits);
    const hex = Buffer.from(bytes.subarray(0, (bits + 7) >>> 3)).toString('hex');
    return { length: 32 + bits, originAs, routeTarget: `0x${hex}` };
  }),
);

const prefixes4: FamilyVectors<PrefixNlri> = {
  valid: [
    { hex: '', values: [], texts: [] },
    {
      hex: '00 0a c000 18 c00002 19 c0000280 20 c0000201',
      values: [
        { prefix: '0.0.0.0/0' },
        { prefix: '192.0.0.0/10' },
        { prefix: '192.0.2.0/24' },
        { prefix: '192.0.2.128/25' },
        { prefix: '192.0.2.1/32' },
      ],
      texts: ['0.0.0.0/0', '192.0.0.0/10', '192.0.2.0/24', '192.0.2.128/25', '192.0.2.1/32'],
    },
    {
      hex: '00000001 18 c00002 ffffffff 18 c00002',
      values: [
        { prefix: '192.0.2.0/24', pathId: 1 },
        { prefix: '192.0.2.0/24', pathId: 4294967295 },
      ],
      texts: ['192.0.2.0/24 path 1', '192.0.2.0/24 path 4294967295'],
      addPath: true,
    },
  ],
  malformed: [
    { why: '33 bits', hex: '18 c00002 21 c000020180', at: 4 },
    { why: '255 bits', hex: `ff ${'00'.repeat(32)}`, at: 0 },
    { why: 'octets missing', hex: '18 c000', at: 0 },
    { why: 'a path identifier alone', hex: '00000001', at: 0, addPath: true },
    { why: 'half a path identifier', hex: '00000001 18 c00002 0000', at: 8, addPath: true },
  ],
  arbitrary: fc.record({ prefix: ipv4Prefix }),
};

const prefixes6: FamilyVectors<PrefixNlri> = {
  valid: [
    {
      hex: '00 20 20010db8 40 20010db800010002 80 20010db8000000000000000000000001',
      values: [
        { prefix: '::/0' },
        { prefix: '2001:db8::/32' },
        { prefix: '2001:db8:1:2::/64' },
        { prefix: '2001:db8::1/128' },
      ],
      texts: ['::/0', '2001:db8::/32', '2001:db8:1:2::/64', '2001:db8::1/128'],
    },
    {
      hex: '00000007 20 20010db8',
      values: [{ prefix: '2001:db8::/32', pathId: 7 }],
      texts: ['2001:db8::/32 path 7'],
      addPath: true,
    },
  ],
  malformed: [
    { why: '129 bits', hex: `81 ${'20'.repeat(17)}`, at: 0 },
    { why: 'octets missing', hex: '00 20 20010d', at: 1 },
    { why: 'a path identifier alone', hex: '00000001', at: 0, addPath: true },
  ],
  arbitrary: fc.record({ prefix: ipv6Prefix }),
};

const labeled4: FamilyVectors<LabeledNlri> = {
  valid: [
    {
      hex: '30 000641 c00002 50 000640 000c81 c0000201 30 800000 c00002',
      values: [
        { prefix: '192.0.2.0/24', labels: [100] },
        { prefix: '192.0.2.1/32', labels: [100, 200] },
        { prefix: '192.0.2.0/24', labels: [] },
      ],
      texts: ['192.0.2.0/24 label 100', '192.0.2.1/32 label 100/200', '192.0.2.0/24'],
    },
    {
      hex: '00000009 18 000031',
      values: [{ prefix: '0.0.0.0/0', labels: [3], pathId: 9 }],
      texts: ['0.0.0.0/0 label 3 path 9'],
      addPath: true,
    },
  ],
  malformed: [
    { why: 'no room for a label', hex: '17 000641', at: 0 },
    { why: 'a stack without end', hex: '30 000640 000640', at: 0 },
    { why: 'a prefix of 33 bits', hex: '39 000641 c000020180', at: 0 },
    { why: 'octets missing', hex: '30 000641 c000', at: 0 },
  ],
  arbitrary: fc.record({ prefix: ipv4Prefix, labels }),
};

const labeled6: FamilyVectors<LabeledNlri> = {
  valid: [
    {
      hex: '38 000641 20010db8',
      values: [{ prefix: '2001:db8::/32', labels: [100] }],
      texts: ['2001:db8::/32 label 100'],
    },
  ],
  malformed: [
    { why: 'a prefix of 129 bits', hex: `99 000641 ${'20'.repeat(17)}`, at: 0 },
    { why: 'a stack without end', hex: '18 000640', at: 0 },
  ],
  arbitrary: fc.record({ prefix: ipv6Prefix, labels }),
};

const vpn4: FamilyVectors<VpnNlri> = {
  valid: [
    {
      hex: '70 000641 0000fde800000001 c00002 58 000641 0001c00002010007 70 800000 0002fa56ea000003 c00002',
      values: [
        { rd: '65000:1', prefix: '192.0.2.0/24', labels: [100] },
        { rd: '192.0.2.1:7', prefix: '0.0.0.0/0', labels: [100] },
        { rd: '4200000000:3', prefix: '192.0.2.0/24', labels: [] },
      ],
      texts: [
        '65000:1 192.0.2.0/24 label 100',
        '192.0.2.1:7 0.0.0.0/0 label 100',
        '4200000000:3 192.0.2.0/24',
      ],
    },
    {
      hex: '58 000641 00020000fde80001 58 000641 0007000000000001',
      values: [
        { rd: '65000L:1', prefix: '0.0.0.0/0', labels: [100] },
        { rd: '0x0007000000000001', prefix: '0.0.0.0/0', labels: [100] },
      ],
      texts: ['65000L:1 0.0.0.0/0 label 100', '0x0007000000000001 0.0.0.0/0 label 100'],
    },
  ],
  malformed: [
    { why: 'no room for a distinguisher', hex: '57 000641 0000fde8000000', at: 0 },
    { why: 'a prefix of 33 bits', hex: '79 000641 0000fde800000001 c000020180', at: 0 },
  ],
  arbitrary: fc.record({ rd, prefix: ipv4Prefix, labels }),
};

const vpn6: FamilyVectors<VpnNlri> = {
  valid: [
    {
      hex: '00000002 78 000641 0000fde800000001 20010db8',
      values: [{ rd: '65000:1', prefix: '2001:db8::/32', labels: [100], pathId: 2 }],
      texts: ['65000:1 2001:db8::/32 label 100 path 2'],
      addPath: true,
    },
  ],
  malformed: [{ why: 'a prefix of 129 bits', hex: `d9 000641 0000fde800000001 ${'20'.repeat(17)}`, at: 0 }],
  // With a distinguisher there is no room for two labels and a long prefix.
  arbitrary: fc.record({ rd, prefix: ipv6Prefix, labels: labels.map((stack) => stack.slice(0, 1)) }),
};

const routeTargets: FamilyVectors<RouteTargetNlri> = {
  valid: [
    {
      hex: '00 60 0000fde8 0002fde800000001 40 0000fde8 0002fde8 20 0000fde8',
      values: [
        { length: 0, originAs: 0, routeTarget: '0x' },
        { length: 96, originAs: 65000, routeTarget: 'rt:65000:1' },
        { length: 64, originAs: 65000, routeTarget: '0x0002fde8' },
        { length: 32, originAs: 65000, routeTarget: '0x' },
      ],
      texts: ['default', '65000 rt:65000:1', '65000 0x0002fde8 (64 bits)', '65000 0x (32 bits)'],
    },
  ],
  malformed: [
    { why: '97 bits', hex: `61 ${'00'.repeat(13)}`, at: 0 },
    { why: 'half an AS number', hex: '00 10 fde8', at: 1 },
    { why: 'octets missing', hex: '60 0000fde8', at: 0 },
  ],
  arbitrary: routeTarget,
};

interface Values {
  'ipv4-unicast': PrefixNlri;
  'ipv6-unicast': PrefixNlri;
  'ipv4-multicast': PrefixNlri;
  'ipv6-multicast': PrefixNlri;
  'ipv4-labeled-unicast': LabeledNlri;
  'ipv6-labeled-unicast': LabeledNlri;
  'ipv4-vpn': VpnNlri;
  'ipv6-vpn': VpnNlri;
  'ipv4-flowspec': FlowspecNlri;
  'ipv6-flowspec': FlowspecNlri;
  'ipv4-flowspec-vpn': FlowspecVpnNlri;
  'ipv6-flowspec-vpn': FlowspecVpnNlri;
  'l2vpn-evpn': EvpnNlri;
  'route-target-constraint': RouteTargetNlri;
}

export const VECTORS: { readonly [Name in CodecFamilyName]: FamilyVectors<Values[Name]> } = {
  'ipv4-unicast': prefixes4,
  'ipv6-unicast': prefixes6,
  'ipv4-multicast': prefixes4,
  'ipv6-multicast': prefixes6,
  'ipv4-labeled-unicast': labeled4,
  'ipv6-labeled-unicast': labeled6,
  'ipv4-vpn': vpn4,
  'ipv6-vpn': vpn6,
  'ipv4-flowspec': flowspecs4,
  'ipv6-flowspec': flowspecs6,
  'ipv4-flowspec-vpn': flowspecsVpn4,
  'ipv6-flowspec-vpn': flowspecsVpn6,
  'l2vpn-evpn': evpnVectors,
  'route-target-constraint': routeTargets,
};
