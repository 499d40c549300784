/**
 * "Administrator : number": route targets and their like, in three widths (RFC 4360 section 3, RFC 5668).
 *
 * `65000:1` has a 2-octet AS number, `192.0.2.1:1` an address, `4200000000:1` a 4-octet AS number. One below 65,536
 * in the 4-octet form is marked `65000L:1`, or it would read like the 2-octet form.
 */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { type CommunityBody, type ExtendedCommunitySpec, parseNumber } from './spec.ts';

type Form = Pick<ExtendedCommunitySpec, 'format' | 'parse'>;

export const as2Form: Form = {
  format: (head, low) => `${head}:${low}`,
  parse(text) {
    const [as, number, rest] = text.split(':');
    const head = parseNumber(as!, 0xffff);
    const low = parseNumber(number ?? '', 0xffffffff);
    return head === undefined || low === undefined || rest !== undefined ? undefined : { head, low };
  },
};

export const ipv4Form: Form = {
  format: (head, low) => `${formatIpv4(administratorOf(head, low))}:${low & 0xffff}`,
  parse: (text) => parseWide(text, parseIpv4),
};

export const as4Form: Form = {
  format(head, low) {
    const as = administratorOf(head, low);
    return `${as}${as > 0xffff ? '' : 'L'}:${low & 0xffff}`;
  },
  parse: (text) => parseWide(text, parseAs4),
};

function parseAs4(text: string): number | undefined {
  const marked = /^(\d+)L$/i.exec(text)?.[1];
  return parseNumber(marked ?? text, 0xffffffff);
}

function parseWide(text: string, parse: (text: string) => number | undefined): CommunityBody {
  const [left, right, rest] = text.split(':');
  const administrator = parse(left!);
  const number = parseNumber(right ?? '', 0xffff);
  if (administrator === undefined || number === undefined || rest !== undefined) return undefined;
  return { head: administrator >>> 16, low: (administrator & 0xffff) * 0x10000 + number };
}

function administratorOf(head: number, low: number): number {
  return ((head << 16) | (low >>> 16)) >>> 0;
}

/** The 2-octet AS, IPv4 and 4-octet AS types of one sub-type; -1 for a width that does not exist. */
function widths(
  as2: number,
  ipv4: number,
  as4: number,
  subtype: number,
  rest: Pick<ExtendedCommunitySpec, 'name' | 'rfc' | 'aliases'>,
): ExtendedCommunitySpec[] {
  const forms = [
    [as2, as2Form],
    [ipv4, ipv4Form],
    [as4, as4Form],
  ] as const;
  return forms
    .filter(([type]) => type >= 0)
    .map(([type, form]) => ({ code: (type << 8) | subtype, ...rest, ...form }));
}

export const administratorCommunities: readonly ExtendedCommunitySpec[] = [
  ...widths(0x00, 0x01, 0x02, 0x02, {
    name: 'rt',
    aliases: ['route-target', 'target'],
    rfc: 'RFC 4360 section 4',
  }),
  ...widths(0x00, 0x01, 0x02, 0x03, {
    name: 'ro',
    aliases: ['soo', 'route-origin', 'origin'],
    rfc: 'RFC 4360 section 5',
  }),
  ...widths(0x00, 0x01, 0x02, 0x05, { name: 'ospf-domain-id', rfc: 'RFC 4577 section 4.2.4' }),
  ...widths(-1, 0x01, -1, 0x07, { name: 'ospf-router-id', rfc: 'RFC 4577 section 4.2.7' }),
  ...widths(0x00, -1, 0x02, 0x09, { name: 'source-as', rfc: 'RFC 6514 section 6' }),
  ...widths(0x00, 0x01, -1, 0x0a, { name: 'l2vpn-id', rfc: 'RFC 6074 section 3.2.3' }),
  ...widths(-1, 0x01, -1, 0x0b, { name: 'vrf-route-import', rfc: 'RFC 6514 section 7' }),
  ...widths(-1, 0x01, -1, 0x0c, { name: 'redirect-ip', rfc: 'draft-ietf-idr-flowspec-redirect-ip' }),
  ...widths(0x80, 0x81, 0x82, 0x08, { name: 'redirect', rfc: 'RFC 8955 section 7.4' }),
];
