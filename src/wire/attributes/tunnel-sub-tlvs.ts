/**
 * Sub-TLVs of the tunnel encapsulation attribute (RFC 9012 section 3): names, and text where one is of use. A sub-TLV
 * of a form nobody defined makes its tunnel useless, not the attribute malformed; it is kept as hexadecimal.
 */
import { formatAddress, parseAddress } from '../../base/address.ts';
import { readU16, readU32 } from '../../base/bytes.ts';
import { formatExtendedCommunity, parseExtendedCommunity } from '../community-text.ts';
import { numberForm, type TextForm } from './text-values.ts';

/** Names by type (IANA). */
export const SUB_TLV_NAMES: Readonly<Record<number, string>> = {
  1: 'encapsulation',
  2: 'protocol',
  4: 'color',
  6: 'egress-endpoint',
  7: 'ds-field',
  8: 'udp-port',
  9: 'embedded-label',
  10: 'label-stack',
  11: 'prefix-sid',
  12: 'preference',
  13: 'binding-sid',
  14: 'enlp',
  15: 'priority',
  20: 'srv6-binding-sid',
  128: 'segment-list',
  129: 'candidate-path-name',
  130: 'policy-name',
};

/** RFC 9012 section 3.1: four reserved octets, an AFI and an address; AFI 0 stands for the next hop. */
const egressEndpoint: TextForm = {
  read(bytes, start, end) {
    const octets = end - start - 6;
    if (octets < 0) return undefined;
    const afi = readU16(bytes, start + 4);
    if (afi === 0 && octets === 0) return 'next-hop';
    return (afi === 1 && octets === 4) || (afi === 2 && octets === 16)
      ? formatAddress(bytes, start + 6, octets)
      : undefined;
  },
  write(text, out) {
    const address = text === 'next-hop' ? undefined : parseAddress(text);
    if (address === undefined && text !== 'next-hop') return false;
    out.u32(0);
    out.u16(address === undefined ? 0 : address.length === 4 ? 1 : 2);
    if (address !== undefined) out.copy(address);
    return true;
  },
};

/** RFC 9012 section 3.4.2: a colour extended community. */
const color: TextForm = {
  read: (bytes, start, end) =>
    end - start === 8
      ? formatExtendedCommunity({ high: readU32(bytes, start), low: readU32(bytes, start + 4) })
      : undefined,
  write(text, out) {
    const community = parseExtendedCommunity(text);
    if (community === undefined) return false;
    out.u32(community.high);
    out.u32(community.low);
    return true;
  },
};

/** Text forms by type. */
export const SUB_TLV_FORMS: Readonly<Record<number, TextForm>> = {
  2: numberForm(2),
  4: color,
  6: egressEndpoint,
  7: numberForm(1),
  8: numberForm(2),
  9: numberForm(1),
};
