/** Vectors of flow specifications; see `vectors.ts`. */
import fc from 'fast-check';
import { formatPrefix, maskInPlace } from '../../../src/base/prefix.ts';
import type { FlowspecNlri, FlowspecVpnNlri } from '../../../src/wire/families/nlri-flowspec.ts';
import { type FamilyVectors, ipv4Prefix, octets, rd, u8, u16, u32 } from './vectors-spec.ts';

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

export const flowspecs4: FamilyVectors<FlowspecNlri> = {
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

export const flowspecs6: FamilyVectors<FlowspecNlri> = {
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

const valid: FamilyVectors<FlowspecVpnNlri>['valid'] = [
  {
    hex: '0b 0000fde800000001 03 81 06',
    values: [{ rd: '65000:1', components: [{ type: 'protocol', value: '=6' }] }],
    texts: ['65000:1 protocol =6'],
  },
];
const malformed: FamilyVectors<FlowspecVpnNlri>['malformed'] = [
  { why: 'half a distinguisher', hex: '04 0000fde8', at: 0 },
  { why: 'a distinguisher alone', hex: '08 0000fde800000001', at: 0 },
];

export const flowspecsVpn4: FamilyVectors<FlowspecVpnNlri> = {
  valid,
  malformed,
  arbitrary: withRd(flowspec4),
};
export const flowspecsVpn6: FamilyVectors<FlowspecVpnNlri> = {
  valid,
  malformed,
  arbitrary: withRd(flowspec6),
};
