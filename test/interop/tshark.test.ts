/**
 * tshark as a second oracle: every message of the conformance cases and every vector of the attributes goes into a
 * capture file, and what tshark reads of the well-formed ones must be what our readers read.
 */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { ATTRIBUTES } from '../../src/wire/attributes/index.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { attribute, lengthOf, number, update } from '../conformance/build.ts';
import { CASES } from '../conformance/cases/index.ts';
import { messageOf } from '../conformance/ground.ts';
import { VECTORS } from '../wire/attributes/vectors.ts';
import { INTERNAL } from '../wire/attributes/vectors-spec.ts';
import { VECTORS as FAMILY_VECTORS } from '../wire/families/vectors.ts';
import { missingPrograms } from './lab/peer.ts';
import { type Decoded, decodeWithTshark, TSHARK } from './lab/tshark.ts';
import { ours, theirs } from './lab/tshark-reading.ts';

/** Where tshark differs from us: in which fields, and why we are right or nobody is wrong. All other fields are equal. */
const EXPLAINED: Readonly<Record<string, readonly [fields: readonly string[], why: string]>> = {
  'OPEN: multiprotocol capability of 3 octets': [
    ['malformed'],
    'calls a capability of an odd length malformed; it counts as unknown here (RFC 5492 section 3)',
  ],
  'OPEN: route refresh capability with a value': [['malformed'], 'the same'],
  'OPEN: 4-octet capability of 2 octets': [['malformed'], 'the same'],
  'OPEN: extended form': [['malformed'], 'does not know RFC 9072'],
  'UPDATE fields: no attribute at all': [
    ['announced'],
    'does not look for prefixes behind an empty list of attributes',
  ],
  'IPv4 prefixes: default route beside it': [['announced'], 'guesses ADD-PATH from the zero octet'],
  'AS4_PATH and AS4_AGGREGATOR: AS4_PATH with a confederation segment': [
    ['as4'],
    'shows the confederation segment, which a receiver has to drop (RFC 6793 section 6)',
  ],
  'Large communities: the same value twice': [
    ['largeCommunities'],
    'shows both, of which a receiver keeps one (RFC 8092 section 3)',
  ],
  'MP_REACH_NLRI: reserved octet is not 0': [
    ['announced6', 'malformed'],
    'takes it for the number of SNPAs (RFC 2858); it is to be ignored (RFC 4760 section 3)',
  ],
  'MP_REACH_NLRI: unknown family 99/200': [
    ['malformed'],
    'calls an unknown family malformed; its routes are ignored here (RFC 4760 section 7)',
  ],
  'mpReach: ipv4-vpn next-hop 192.0.2.1 (1 octets)': [
    ['malformed'],
    'reads the VPNv4 prefix, which is none; the attribute alone does not look at it here',
  ],
  'mpReach: ipv4-vpn next-hop 0xc0000201 (0 octets)': [
    ['malformed'],
    "wants a route distinguisher in front of the next hop; its length is the frame's business here",
  ],
  'pmsiTunnel: ingress-replication 2001:db8::1 label 1 leaf-information-required': [
    ['pmsiAddress'],
    'reads four octets of an IPv6 address as an IPv4 one (RFC 6514 section 5, RFC 6515 section 2)',
  ],
  'tunnelEncapsulation: vxlan (color color:100, egress-endpoint 192.0.2.1, 99 0x)': [
    ['malformed', 'tunnelSubTypes'],
    'takes the first four octets of a Color sub-TLV for the color and its middle for the next sub-TLV; the sub-TLV is ' +
      'an extended community of eight octets (RFC 9012 section 3.4.2)',
  ],
  'aigp: 2 0xff metric 18446744073709551614 metric 18446744073709551615': [
    ['malformed'],
    'knows TLVs of type 1 alone; one of another type does not make AIGP malformed (RFC 7311 section 3.2)',
  ],
  'prefixSid: 99 0x': [
    ['malformed'],
    'wants a value in every TLV; that of an unknown one may be empty (RFC 8669 section 3)',
  ],
  'attrSet: AS 65001 {attribute 7 0xfdeac0000201; attribute 3 0x0a0000}': [
    ['malformed'],
    'calls a NEXT_HOP of three octets malformed, which means nothing in an ATTR_SET (RFC 6368 section 5)',
  ],
  'ipv6-unicast: ::/0, 2001:db8::/32, 2001:db8:1:2::/64, 2001:db8::1/128': [
    ['announced6', 'malformed'],
    'guesses ADD-PATH from the zero octet of ::/0',
  ],
  'ipv6-multicast: ::/0, 2001:db8::/32, 2001:db8:1:2::/64, 2001:db8::1/128': [
    ['announced6', 'malformed'],
    'the same',
  ],
  'ipv4-vpn: 65000L:1 0.0.0.0/0 label 100, 0x0007000000000001 0.0.0.0/0 label 100': [
    ['distinguishers'],
    'says the same in other words: 65000:1 for a small AS number in four octets, no digits for an unknown type',
  ],
  'ipv6-flowspec: source ::91a:2b3c:4000:0/104 offset 65': [
    ['malformed'],
    'looks for the bits in front of the offset, which are left out (RFC 8956 section 3.1)',
  ],
  'route-target-constraint: default, 65000 rt:65000:1, 65000 0x0002fde8 (64 bits), 65000 0x (32 bits)': [
    ['malformed'],
    'looks for a whole route target; a prefix of one may end anywhere (RFC 4684 section 4)',
  ],
  'l2vpn-evpn: ip-prefix 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 198.51.100.0/24 gateway 192.0.2.1 label 10000, route type 9 0x0102':
    [
      ['evpnTypes', 'malformed'],
      'calls a route of unknown type malformed; it is to be discarded (RFC 7606 section 5.4), and kept as octets here',
    ],
};

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly context: WireContext;
}

const SAMPLES: readonly Sample[] = [...caseSamples(), ...vectorSamples(), ...familySamples()];

function caseSamples(): readonly Sample[] {
  return CASES.flatMap((one, index) => {
    const bytes = fromHex(messageOf(one, index));
    const context = { ...INTERNAL, external: one.session !== 'ibgp', as4: one.as4 ?? true };
    // Headers, and two messages in a row, are the framer's business.
    const legal = bytes.subarray(0, 16).every((octet) => octet === 0xff) && bytes.length <= 4096;
    const length = bytes[16]! * 256 + bytes[17]!;
    return legal && length === bytes.length ? [{ name: `${one.area}: ${one.name}`, bytes, context }] : [];
  });
}

/** The NLRI of each family in MP_REACH_NLRI; tshark only guesses where ADD-PATH was agreed. */
function familySamples(): readonly Sample[] {
  return FAMILIES.flatMap((family) => {
    const { nextHopLengths, nextHopDistinguisher, afi, safi } = family;
    const octets = nextHopLengths === 'ignored' ? 0 : nextHopLengths[0]!;
    const hop = '00'.repeat(nextHopDistinguisher) + 'c0000201'.repeat((octets - nextHopDistinguisher) / 4);
    const { valid } = FAMILY_VECTORS[family.name as keyof typeof FAMILY_VECTORS];
    return valid
      .filter(({ hex, addPath }) => addPath !== true && hex !== '')
      .map(({ hex, texts }) => {
        const nlri = hex.replaceAll(/\s/g, '');
        const value = `${number(afi, 2)}${number(safi, 1)}${number(octets, 1)}${hop}00${nlri}`;
        const bytes = fromHex(update('', attribute(0x90, 14, value), ''));
        return { name: `${family.name}: ${texts.join(', ')}`, bytes, context: INTERNAL };
      });
  });
}

function vectorSamples(): readonly Sample[] {
  return ATTRIBUTES.flatMap((spec) => {
    const { valid, malformed, context = {} } = VECTORS[spec.name];
    return [...valid, ...malformed].map((vector) => {
      const value = vector.hex.replaceAll(' ', '');
      const flags = spec.flags | (lengthOf(value) > 255 ? 0x10 : 0);
      return {
        name: `${spec.name}: ${'why' in vector ? vector.why : vector.text || 'empty'}`,
        bytes: fromHex(update('', attribute(flags, spec.code, value), '')),
        context: { ...INTERNAL, ...context, ...vector.context },
      };
    });
  });
}

const usable = missingPrograms([TSHARK]).length === 0;

describe.skipIf(!usable && process.env['CI'] === undefined)('tshark', () => {
  const decoded = new Map<string, Decoded>();

  beforeAll(async () => {
    for (const size of [2, 4] as const) {
      const samples = SAMPLES.filter(({ context }) => context.as4 === (size === 4));
      const answers = await decodeWithTshark(
        samples.map(({ bytes }) => bytes),
        size,
      );
      for (const [index, sample] of samples.entries()) decoded.set(sample.name, answers[index]!);
    }
  });

  test('there are enough well-formed messages to compare', () => {
    const readable = SAMPLES.filter(({ bytes, context }) => ours(bytes, context) !== undefined);
    expect(readable.length).toBeGreaterThan(150);
  });

  test('every explanation is of a message that we can read', () => {
    const readable = SAMPLES.filter(({ bytes, context }) => ours(bytes, context) !== undefined);
    const names = readable.map(({ name }) => name);
    expect(Object.keys(EXPLAINED).filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(SAMPLES)('$name', ({ name, bytes, context }) => {
    const answer = decoded.get(name)!;
    expect(answer.type).toEqual([String(bytes[18])]);
    const read = ours(bytes, context);
    if (read === undefined) return;
    const mine: Record<string, readonly string[]> = { ...read, malformed: [] };
    const other = theirs(answer);
    const differing = Object.keys(mine).filter((key) => !isDeepStrictEqual(mine[key], other[key] ?? []));
    const [fields, why] = EXPLAINED[name] ?? [[], 'no difference is explained'];
    const of = (reading: typeof mine) =>
      Object.fromEntries(differing.map((key) => [key, reading[key] ?? []]));
    const shown = `${why}; tshark: ${JSON.stringify(of(other))}; here: ${JSON.stringify(of(mine))}`;
    expect(differing.sort(), shown).toEqual([...fields].sort());
  });
});
