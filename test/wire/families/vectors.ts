/**
 * For every listed family: NLRI with its values, malformed NLRI with the offset of the fault, and arbitrary values.
 *
 * The type of `VECTORS` has a key for each family of the list: one without vectors does not compile.
 */
import fc from 'fast-check';
import { formatIpv4, formatIpv6 } from '../../../src/base/address.ts';
import { formatPrefix, maskInPlace } from '../../../src/base/prefix.ts';
import { formatExtendedCommunity } from '../../../src/wire/community-text.ts';
import type { CodecFamilyName } from '../../../src/wire/families/index.ts';
import type { EvpnNlri } from '../../../src/wire/families/nlri-evpn.ts';
import type { FlowspecNlri, FlowspecVpnNlri } from '../../../src/wire/families/nlri-flowspec.ts';
import type { LabeledNlri, VpnNlri } from '../../../src/wire/families/nlri-labeled.ts';
import type { PrefixNlri } from '../../../src/wire/families/nlri-prefix.ts';
import type { RouteTargetNlri } from '../../../src/wire/families/nlri-route-target.ts';

export interface FamilyVectors<Value> {
  readonly valid: readonly {
    readonly hex: string;
    readonly values: readonly Value[];
    readonly texts: readonly string[];
    readonly addPath?: true;
  }[];
  /** `at` is the offset of the element at fault. */
  readonly malformed: readonly {
    readonly why: string;
    readonly hex: string;
    readonly at: number;
    readonly addPath?: true;
  }[];
  /** One element in normal form, without its path identifier. */
  readonly arbitrary: fc.Arbitrary<Value>;
}

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.oneof(fc.nat(0xffffffff), fc.nat(0xffff), fc.constantFrom(0, 0xffffffff));
const octets = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
const ipv4 = u32.map(formatIpv4);
const ipv6 = octets(16).map((bytes) => formatIpv6(bytes));
const ip = fc.oneof(ipv4, ipv6);

function prefixText(addressOctets: number): fc.Arbitrary<string> {
  return fc.tuple(octets(addressOctets), fc.nat(addressOctets * 8)).map(([bytes, length]) => {
    maskInPlace(bytes, length);
    return formatPrefix(bytes, length);
  });
}

const ipv4Prefix = prefixText(4);
const ipv6Prefix = prefixText(16);
const label = fc.nat(0xfffff);
const labels = fc
  .array(label, { maxLength: 2 })
  .filter((stack) => stack.length < 2 || (stack[0] !== 0 && stack[0] !== 0x80000));
const rd = fc.oneof(
  fc.tuple(u16, u32).map(([as, number]) => `${as}:${number}`),
  fc.tuple(ipv4, u16).map(([address, number]) => `${address}:${number}`),
  fc.tuple(u32, u16).map(([as, number]) => `${as}${as > 0xffff ? '' : 'L'}:${number}`),
  octets(6).map((bytes) => `0x00ff${Buffer.from(bytes).toString('hex')}`),
);

const colons = (count: number) =>
  octets(count).map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':'));

function conditions(condition: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(fc.constantFrom(' ', '&'), condition), { minLength: 1, maxLength: 4 })
    .map((list) => list.map(([joint, text], i) => (i === 0 ? text : joint + text)).join(''));
}

const value64 = fc.oneof(u8, u16, u32, fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }));
const numeric = conditions(
  fc.oneof(
    fc.constantFrom('true', 'false'),
    fc.tuple(fc.constantFrom('=', '>', '>=', '<', '<=', '!='), value64).map(([sign, n]) => `${sign}${n}`),
  ),
);
const flags = conditions(
  fc
    .tuple(
      fc.constantFrom('', '=', '!', '!='),
      fc.oneof(
        fc.constantFrom('fin', 'syn', 'syn+ack', 'fin+psh+urg+cwr'),
        fc.integer({ min: 256, max: 0xffff }).map((n) => `0x${n.toString(16)}`),
      ),
    )
    .map(([sign, text]) => `${sign}${text}`),
);
const fragment = conditions(
  fc
    .tuple(
      fc.constantFrom('', '=', '!', '!='),
      fc.constantFrom('is-fragment', 'dont-fragment+last-fragment', '0x10'),
    )
    .map(([sign, text]) => `${sign}${text}`),
);

const NUMERIC_TYPES = [
  'protocol',
  'port',
  'destination-port',
  'source-port',
  'icmp-type',
  'icmp-code',
  'packet-length',
  'dscp',
] as const;
const ORDER = [
  'destination',
  'source',
  'protocol',
  'port',
  'destination-port',
  'source-port',
  'icmp-type',
  'icmp-code',
  'tcp-flags',
  'packet-length',
  'dscp',
  'fragment',
  'flow-label',
];

function components(prefix: fc.Arbitrary<string>, types: readonly string[]): fc.Arbitrary<FlowspecNlri> {
  const component = fc.oneof(
    fc.record({ type: fc.constantFrom('destination', 'source'), value: prefix }),
    fc.record({ type: fc.constantFrom(...types), value: numeric }),
    fc.record({ type: fc.constant('tcp-flags'), value: flags }),
    fc.record({ type: fc.constant('fragment'), value: fragment }),
  );
  return fc
    .uniqueArray(component, { minLength: 1, maxLength: 8, selector: ({ type }) => type })
    .map((list) => ({ components: list.toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type)) }));
}

const shiftedPrefix = fc
  .tuple(octets(16), fc.integer({ min: 1, max: 128 }), fc.nat(127))
  .map(([bytes, length, drawn]) => {
    const offset = drawn % length;
    maskInPlace(bytes, length);
    for (let bit = 0; bit < offset; bit++) bytes[bit >>> 3]! &= ~(0x80 >>> (bit & 7));
    const text = formatPrefix(bytes, length);
    return offset === 0 ? text : `${text} offset ${offset}`;
  });

const flowspec4 = components(ipv4Prefix, NUMERIC_TYPES);
const flowspec6 = components(shiftedPrefix, [...NUMERIC_TYPES, 'flow-label']);
const withRd = (value: fc.Arbitrary<FlowspecNlri>): fc.Arbitrary<FlowspecVpnNlri> =>
  fc.tuple(rd, value).map(([text, { components }]) => ({ rd: text, components }));

const raw = fc.nat(0xffffff);
const esi = colons(10);
const evpn: fc.Arbitrary<EvpnNlri> = fc.oneof(
  fc.record({ type: fc.constant('ethernet-auto-discovery'), rd, esi, ethernetTag: u32, label: raw }),
  fc.record(
    {
      type: fc.constant('mac-ip'),
      rd,
      esi,
      ethernetTag: u32,
      mac: colons(6),
      ip,
      labels: fc.array(raw, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['type', 'rd', 'esi', 'ethernetTag', 'mac', 'labels'] },
  ),
  fc.record({ type: fc.constant('inclusive-multicast'), rd, ethernetTag: u32, ip }),
  fc.record({ type: fc.constant('ethernet-segment'), rd, esi, ip }),
  fc.record({
    type: fc.constant('ip-prefix'),
    rd,
    esi,
    ethernetTag: u32,
    prefix: ipv4Prefix,
    gateway: ipv4,
    label: raw,
  }),
  fc.record({
    type: fc.constant('ip-prefix'),
    rd,
    esi,
    ethernetTag: u32,
    prefix: ipv6Prefix,
    gateway: ipv6,
    label: raw,
  }),
  fc.record({
    type: fc.constant('unknown'),
    routeType: fc.integer({ min: 6, max: 255 }),
    hex: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  }),
) as fc.Arbitrary<EvpnNlri>;

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

const flowspecs4: FamilyVectors<FlowspecNlri> = {
  valid: [
    {
      hex: '0b 01 18 c00002 03 81 06 04 81 50',
      values: [
        {
          components: [
            { type: 'destination', value: '192.0.2.0/24' },
            { type: 'protocol', value: '=6' },
            { type: 'port', value: '=80' },
          ],
        },
      ],
      texts: ['destination 192.0.2.0/24; protocol =6; port =80'],
    },
    {
      hex: '11 04 01 50 13 0400 d5 0800 09 01 12 82 01 0c 80 22',
      values: [
        {
          components: [
            { type: 'port', value: '=80 >=1024&<=2048' },
            { type: 'tcp-flags', value: '=syn+ack !fin' },
            { type: 'fragment', value: '0x22' },
          ],
        },
      ],
      texts: ['port =80 >=1024&<=2048; tcp-flags =syn+ack !fin; fragment 0x22'],
    },
    {
      hex: '03 0a 87 00',
      values: [{ components: [{ type: 'packet-length', value: 'true' }] }],
      texts: ['packet-length true'],
    },
  ],
  malformed: [
    { why: 'no component', hex: '00', at: 0 },
    { why: 'a length that overruns', hex: '05 03 81 06', at: 0 },
    { why: 'half a length', hex: 'f0', at: 0 },
    { why: 'components out of order', hex: '06 04 81 50 03 81 06', at: 0 },
    { why: 'a component twice', hex: '06 03 81 06 03 81 06', at: 0 },
    { why: 'type 0', hex: '03 00 81 06', at: 0 },
    { why: 'the flow label, which IPv4 has not', hex: '03 0d 81 06', at: 0 },
    { why: 'a list without end', hex: '03 03 01 06', at: 0 },
    { why: 'a value cut short', hex: '03 03 91 06', at: 0 },
    { why: 'a prefix of 33 bits', hex: '07 01 21 c000020180', at: 0 },
    { why: 'the second element', hex: '03 03 81 06 00', at: 4 },
  ],
  arbitrary: flowspec4,
};

const flowspecs6: FamilyVectors<FlowspecNlri> = {
  valid: [
    {
      hex: '0d 01 20 00 20010db8 0d a1 00012345',
      values: [
        {
          components: [
            { type: 'destination', value: '2001:db8::/32' },
            { type: 'flow-label', value: '=74565' },
          ],
        },
      ],
      texts: ['destination 2001:db8::/32; flow-label =74565'],
    },
    {
      hex: '08 02 68 41 1234567880',
      values: [{ components: [{ type: 'source', value: '::91a:2b3c:4000:0/104 offset 65' }] }],
      texts: ['source ::91a:2b3c:4000:0/104 offset 65'],
    },
  ],
  malformed: [
    { why: 'an offset behind the prefix', hex: '07 01 20 20 20010db8', at: 0 },
    { why: 'an offset without length', hex: '03 01 00 01', at: 0 },
    { why: 'type 14', hex: '03 0e 81 06', at: 0 },
  ],
  arbitrary: flowspec6,
};

const flowspecVpn: FamilyVectors<FlowspecVpnNlri>['valid'] = [
  {
    hex: '0b 0000fde800000001 03 81 06',
    values: [{ rd: '65000:1', components: [{ type: 'protocol', value: '=6' }] }],
    texts: ['65000:1 protocol =6'],
  },
];
const flowspecVpnMalformed: FamilyVectors<FlowspecVpnNlri>['malformed'] = [
  { why: 'half a distinguisher', hex: '04 0000fde8', at: 0 },
  { why: 'a distinguisher alone', hex: '08 0000fde800000001', at: 0 },
];

const ESI = '00112233445566778899';
const evpnVectors: FamilyVectors<EvpnNlri> = {
  valid: [
    {
      hex: `01 19 0000fde800000001 ${ESI} 00000064 002710`,
      values: [
        {
          type: 'ethernet-auto-discovery',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 100,
          label: 10000,
        },
      ],
      texts: ['ethernet-auto-discovery 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 100 label 10000'],
    },
    {
      hex: `02 21 0000fde800000001 ${ESI} 00000000 30 00005e005301 00 002710
        02 28 0000fde800000001 ${ESI} 00000000 30 00005e005301 20 c0000201 002710 004e20`,
      values: [
        {
          type: 'mac-ip',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 0,
          mac: '00:00:5e:00:53:01',
          labels: [10000],
        },
        {
          type: 'mac-ip',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 0,
          mac: '00:00:5e:00:53:01',
          ip: '192.0.2.1',
          labels: [10000, 20000],
        },
      ],
      texts: [
        'mac-ip 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 00:00:5e:00:53:01 label 10000',
        'mac-ip 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 00:00:5e:00:53:01 192.0.2.1 label 10000/20000',
      ],
    },
    {
      hex: `00000005 03 11 0001c00002010001 00000000 20 c0000201
        00000006 04 23 0000fde800000001 ${ESI} 80 20010db8000000000000000000000001`,
      values: [
        { type: 'inclusive-multicast', rd: '192.0.2.1:1', ethernetTag: 0, ip: '192.0.2.1', pathId: 5 },
        {
          type: 'ethernet-segment',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ip: '2001:db8::1',
          pathId: 6,
        },
      ],
      texts: [
        'inclusive-multicast 192.0.2.1:1 tag 0 192.0.2.1 path 5',
        'ethernet-segment 65000:1 esi 00:11:22:33:44:55:66:77:88:99 2001:db8::1 path 6',
      ],
      addPath: true,
    },
    {
      hex: `05 22 0000fde800000001 ${ESI} 00000000 18 c6336400 c0000201 002710 09 02 0102`,
      values: [
        {
          type: 'ip-prefix',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 0,
          prefix: '198.51.100.0/24',
          gateway: '192.0.2.1',
          label: 10000,
        },
        { type: 'unknown', routeType: 9, hex: '0102' },
      ],
      texts: [
        'ip-prefix 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 198.51.100.0/24 gateway 192.0.2.1 label 10000',
        'route type 9 0x0102',
      ],
    },
  ],
  malformed: [
    { why: 'a type alone', hex: '01', at: 0 },
    { why: 'a length that overruns', hex: '09 03 0102', at: 0 },
    { why: 'type 1 one octet short', hex: `01 18 0000fde800000001 ${ESI} 00000064 0027`, at: 0 },
    {
      why: 'a MAC address of 47 bits',
      hex: `02 21 0000fde800000001 ${ESI} 00000000 2f 00005e005301 00 002710`,
      at: 0,
    },
    {
      why: 'an address of 33 bits',
      hex: `02 25 0000fde800000001 ${ESI} 00000000 30 00005e005301 21 c0000201 002710`,
      at: 0,
    },
    {
      why: 'a MAC/IP route without label',
      hex: `02 1e 0000fde800000001 ${ESI} 00000000 30 00005e005301 00`,
      at: 0,
    },
    { why: 'an originator without address', hex: '03 0d 0001c00002010001 00000000 00', at: 0 },
    { why: 'an originator of another length', hex: '03 11 0001c00002010001 00000000 80 c0000201', at: 0 },
    {
      why: 'an IPv4 prefix of 33 bits',
      hex: `05 22 0000fde800000001 ${ESI} 00000000 21 c6336400 c0000201 002710`,
      at: 0,
    },
    { why: 'an IP prefix of a length between', hex: `05 23 ${'00'.repeat(35)}`, at: 0 },
  ],
  arbitrary: evpn,
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
  'ipv4-flowspec-vpn': { valid: flowspecVpn, malformed: flowspecVpnMalformed, arbitrary: withRd(flowspec4) },
  'ipv6-flowspec-vpn': { valid: flowspecVpn, malformed: flowspecVpnMalformed, arbitrary: withRd(flowspec6) },
  'l2vpn-evpn': evpnVectors,
  'route-target-constraint': routeTargets,
};
