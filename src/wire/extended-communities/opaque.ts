/**
 * Opaque communities (RFC 4360 section 3.3): the sub-type alone says what the six octets are.
 */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { type ExtendedCommunitySpec, parseNumber } from './spec.ts';

/** Names of tunnel types (IANA, RFC 9012). */
export const TUNNEL_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'l2tpv3',
  2: 'gre',
  7: 'ip-in-ip',
  8: 'vxlan',
  9: 'nvgre',
  10: 'mpls',
  11: 'mpls-in-gre',
  12: 'vxlan-gpe',
  13: 'mpls-in-udp',
  15: 'sr-policy',
  17: 'ipsec',
  19: 'geneve',
};
const TUNNEL_BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries(TUNNEL_TYPE_NAMES).map(([number, name]) => [name, Number(number)]),
);
const STATES: readonly string[] = ['valid', 'not-found', 'invalid'];

const color: ExtendedCommunitySpec = {
  code: 0x030b,
  name: 'color',
  aliases: ['colour'],
  rfc: 'RFC 9012 section 4.3',
  // The upper two flag bits say how strictly the colour binds (RFC 9256 section 8.8.1): `color:1:100`.
  format: (head, low) => (head === 0 ? String(low) : `${head >>> 14}:${low}`),
  parse(text) {
    const parts = text.split(':');
    const low = parseNumber(parts.at(-1)!, 0xffffffff);
    const bits = parts.length === 1 ? 0 : parseNumber(parts[0]!, 3);
    return low === undefined || bits === undefined || parts.length > 2
      ? undefined
      : { head: bits << 14, low };
  },
};

const encapsulation: ExtendedCommunitySpec = {
  code: 0x030c,
  name: 'encapsulation',
  aliases: ['encap'],
  rfc: 'RFC 9012 section 4.1',
  format: (_head, low) => TUNNEL_TYPE_NAMES[low & 0xffff] ?? String(low & 0xffff),
  parse(text) {
    const low = TUNNEL_BY_NAME.get(text) ?? parseNumber(text, 0xffff);
    return low === undefined ? undefined : { head: 0, low };
  },
};

const ospfRouteType: ExtendedCommunitySpec = {
  code: 0x0306,
  name: 'ospf-route-type',
  rfc: 'RFC 4577 section 4.2.6',
  format: (head, low) =>
    `${formatIpv4(((head << 16) | (low >>> 16)) >>> 0)}:${(low >>> 8) & 0xff}:${low & 0xff}`,
  parse(text) {
    const parts = text.split(':');
    const area = parseIpv4(parts[0]!);
    const type = parseNumber(parts[1] ?? '', 255);
    const options = parseNumber(parts[2] ?? '', 255);
    if (area === undefined || type === undefined || options === undefined || parts.length > 3)
      return undefined;
    return { head: area >>> 16, low: (((area & 0xffff) << 16) | (type << 8) | options) >>> 0 };
  },
};

const defaultGateway: ExtendedCommunitySpec = {
  code: 0x030d,
  name: 'default-gateway',
  rfc: 'RFC 7432 section 7.8',
  format: () => '',
  parse: (text) => (text === '' ? { head: 0, low: 0 } : undefined),
};

const validationState: ExtendedCommunitySpec = {
  code: 0x4300,
  name: 'validation-state',
  aliases: ['ovs', 'rpki'],
  rfc: 'RFC 8097 section 2',
  format: (_head, low) => STATES[low & 0xff] ?? String(low & 0xff),
  parse(text) {
    const named = STATES.indexOf(text);
    const low = named < 0 ? parseNumber(text, 255) : named;
    return low === undefined ? undefined : { head: 0, low };
  },
};

export const opaqueCommunities: readonly ExtendedCommunitySpec[] = [
  ospfRouteType,
  color,
  encapsulation,
  defaultGateway,
  validationState,
];
