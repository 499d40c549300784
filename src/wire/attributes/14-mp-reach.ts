/**
 * MP_REACH_NLRI: routes of any address family with their next hop.
 *
 * Value: AFI (2), SAFI (1), next hop length (1), next hop, a reserved octet, NLRI. `check` proves that structure
 * only: which next hop lengths a family allows, and the NLRI, are the UPDATE frame's business. Never in an interned
 * blob: the next hop moves to code 3. NLRI bytes that cannot be found cannot be withdrawn, hence the reset.
 */
import { formatAddress, formatIpv6 } from '../../base/address.ts';
import { fromHex, readU16, toHex } from '../../base/bytes.ts';
import { FAMILIES, type FamilyName, familyIndex } from '../families/index.ts';
import { copyBytes } from '../message.ts';
import { writeNextHopText } from './addresses.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';

/** Value of MP_REACH_NLRI. */
export type MpReach = {
  /** Name of the family, undefined when bellhop does not speak it. */
  readonly family: FamilyName | undefined;
  readonly afi: number;
  readonly safi: number;
  /** Address text when the next hop has 4, 16 or 32 octets; `0x` and its digits in any other form; '' when absent. */
  readonly nextHop: string;
  /** The second address of a 32-octet next hop (RFC 2545 section 3). */
  readonly nextHopLinkLocal: string | undefined;
  /** The NLRI as on the wire, a copy. */
  readonly nlri: Uint8Array;
};

export const mpReach = defineAttribute({
  code: 14,
  name: 'mpReach',
  rfc: 'RFC 4760 section 3, RFC 7606 section 7.11',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.sessionReset,
  check(bytes, start, end) {
    const length = end - start;
    return length >= 5 && length >= 5 + bytes[start + 3]! ? 0 : UpdateError.optionalAttribute;
  },
  read(bytes, start, end): MpReach {
    const afi = readU16(bytes, start);
    const safi = bytes[start + 2]!;
    const length = bytes[start + 3]!;
    const at = start + 4;
    return {
      family: FAMILIES[familyIndex(afi, safi)]?.name,
      afi,
      safi,
      nextHop: readNextHop(bytes, at, length),
      nextHopLinkLocal: length === 32 ? formatIpv6(bytes, at + 16) : undefined,
      nlri: copyBytes(bytes, at + length + 1, end),
    };
  },
  write(value, out) {
    out.u16(value.afi);
    out.u8(value.safi);
    const lengthAt = out.length;
    out.u8(0);
    if (value.nextHop.startsWith('0x')) out.copy(fromHex(value.nextHop.slice(2)));
    else if (value.nextHop !== '') writeNextHopText(value.nextHop, value.nextHopLinkLocal, out);
    out.patchU8(lengthAt, out.length - lengthAt - 1);
    out.u8(0);
    out.copy(value.nlri);
  },
  format(value) {
    const family = value.family ?? `${value.afi}/${value.safi}`;
    const linkLocal = value.nextHopLinkLocal === undefined ? '' : ` ${value.nextHopLinkLocal}`;
    return `${family} next-hop ${value.nextHop || 'none'}${linkLocal} (${value.nlri.length} octets)`;
  },
});

function readNextHop(bytes: Uint8Array, at: number, length: number): string {
  if (length === 0) return '';
  if (length === 4) return formatAddress(bytes, at, 4);
  if (length === 16 || length === 32) return formatIpv6(bytes, at);
  return `0x${toHex(bytes, at, at + length)}`;
}
