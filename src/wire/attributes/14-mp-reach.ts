/**
 * MP_REACH_NLRI: routes of any address family with their next hop.
 *
 * Value: AFI (2), SAFI (1), next hop length (1), next hop, a reserved octet, NLRI. `check` proves that structure
 * only: which next hop lengths a family allows, and the NLRI, are the UPDATE frame's business. Never in an interned
 * blob: the next hop moves to code 3. NLRI bytes that cannot be found cannot be withdrawn, hence the reset.
 */
import { formatAddress, formatIpv6, parseAddress } from '../../base/address.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { equalBytes, fromHex, readU16, toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { type CodecFamilyName, FAMILIES, familyIndex } from '../families/index.ts';
import { readDistinguisher, writeDistinguisher } from '../families/route-distinguisher.ts';
import type { FamilySpec } from '../families/spec.ts';
import { copyBytes } from '../message.ts';
import { writeNextHopText } from './addresses.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';

/** Value of MP_REACH_NLRI. */
export type MpReach = {
  /** Name of the family, undefined when the codec does not know it. */
  readonly family: CodecFamilyName | undefined;
  readonly afi: number;
  readonly safi: number;
  /**
   * Address text when the next hop is one or two addresses, with route distinguishers in the families that have them;
   * `0x` and its digits in any other form; '' when absent.
   */
  readonly nextHop: string;
  /** The second address of a next hop that has two (RFC 2545 section 3). */
  readonly nextHopLinkLocal: string | undefined;
  /** The route distinguisher of the next hop, in VPN families; absent when it is `0:0`, as it should be. */
  readonly nextHopRd?: string;
  /** The NLRI as on the wire, a copy. */
  readonly nlri: Uint8Array;
};

const NO_DISTINGUISHER = '0:0';

export const mpReach = defineAttribute({
  code: 14,
  name: 'mpReach',
  rfc: 'RFC 4760 section 3, RFC 7606 section 7.11',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.sessionReset,
  faults: {
    [UpdateError.malformedAttributeList]: Disposition.sessionReset,
    [UpdateError.invalidNextHop]: Disposition.treatAsWithdraw,
  },
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
      ...readNextHop(bytes, at, length, distinguisherOctets(afi, safi)),
      nlri: copyBytes(bytes, at + length + 1, end),
    };
  },
  write(value, out) {
    out.u16(value.afi);
    out.u8(value.safi);
    const lengthAt = out.length;
    out.u8(0);
    if (value.nextHop.startsWith('0x')) out.copy(fromHex(value.nextHop.slice(2)));
    else if (value.nextHop !== '') writeNextHop(value, out);
    out.patchU8(lengthAt, out.length - lengthAt - 1);
    out.u8(0);
    out.copy(value.nlri);
  },
  format(value) {
    const family = value.family ?? `${value.afi}/${value.safi}`;
    const rd = value.nextHopRd === undefined ? '' : `${value.nextHopRd} `;
    const linkLocal = value.nextHopLinkLocal === undefined ? '' : ` ${value.nextHopLinkLocal}`;
    return `${family} next-hop ${rd}${value.nextHop || 'none'}${linkLocal} (${value.nlri.length} octets)`;
  },
});

function distinguisherOctets(afi: number, safi: number): number {
  const family: FamilySpec | undefined = FAMILIES[familyIndex(afi, safi)];
  return family?.nextHopDistinguisher ?? 0;
}

function readNextHop(
  bytes: Uint8Array,
  at: number,
  length: number,
  rd: number,
): Pick<MpReach, 'nextHop' | 'nextHopLinkLocal' | 'nextHopRd'> {
  const isPair = length === 2 * (16 + rd) && equalBytes(bytes, at, at + rd, bytes, at + rd + 16);
  const octets = length === 4 + rd ? 4 : length === 16 + rd || isPair ? 16 : 0;
  if (octets === 0)
    return { nextHop: length === 0 ? '' : `0x${toHex(bytes, at, at + length)}`, nextHopLinkLocal: undefined };
  const text = rd === 0 ? NO_DISTINGUISHER : readDistinguisher(bytes, at);
  return {
    nextHop: formatAddress(bytes, at + rd, octets),
    nextHopLinkLocal: isPair ? formatIpv6(bytes, at + rd + 16 + rd) : undefined,
    ...(text === NO_DISTINGUISHER ? {} : { nextHopRd: text }),
  };
}

function writeNextHop(value: MpReach, out: ByteWriter): void {
  const { nextHop, nextHopLinkLocal, nextHopRd } = value;
  if (distinguisherOctets(value.afi, value.safi) === 0) {
    writeNextHopText(nextHop, nextHopLinkLocal, out);
    return;
  }
  for (const text of nextHopLinkLocal === undefined ? [nextHop] : [nextHop, nextHopLinkLocal]) {
    writeDistinguisher(nextHopRd ?? NO_DISTINGUISHER, out);
    const address = parseAddress(text);
    if (address === undefined || (nextHopLinkLocal !== undefined && address.length !== 16))
      throw new BellhopError('INVALID_ARGUMENT', `no next hop: ${text}`);
    out.copy(address);
  }
}
