/**
 * MP_REACH_NLRI and MP_UNREACH_NLRI of any family, with a next hop of a form that fits it.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { FAMILIES } from '../wire/families/index.ts';
import type { FuzzContext } from './context.ts';
import { writeNlri } from './nlri.ts';
import type { Random } from './random.ts';
import { writeHost4, writeHost6 } from './values.ts';

/** SAFIs with a route distinguisher in front of the next hop (RFC 4364), and those without a next hop (RFC 8955). */
const VPN = [128, 134] as const;
const FLOWSPEC = [133, 134] as const;

/** SAFIs whose IPv6 next hop may have a link-local address behind it (RFC 2545). */
const WITH_LINK_LOCAL = [1, 2, 4] as const;

/** Appends the value of an MP_REACH_NLRI. */
export function writeReach(random: Random, context: FuzzContext, out: ByteWriter): void {
  if (random.oneIn(16)) {
    writeUnknownFamily(random, out);
    const length = random.pick([0, 4, 12, 16, 24]);
    out.u8(length);
    out.copy(random.bytes(length));
    out.u8(0);
    out.copy(random.bytes(random.size(40)));
    return;
  }
  const family = randomFamily(random, context);
  out.u16(family.afi);
  out.u8(family.safi);
  const lengthAt = out.length;
  out.u8(0);
  const { afi, safi }: { afi: number; safi: number } = family;
  if (!FLOWSPEC.some((one) => one === safi)) {
    const extended = afi === 1 && (context.extendedNextHop & (1 << family.index)) !== 0 && random.oneIn(2);
    if (VPN.some((one) => one === safi)) out.copy(new Uint8Array(8));
    if (afi === 2 || extended || (afi === 25 && random.oneIn(2))) {
      writeHost6(random, false, out);
      if (random.oneIn(3) && WITH_LINK_LOCAL.some((one) => one === safi) && afi !== 25)
        writeHost6(random, true, out);
    } else writeHost4(random, out);
  }
  out.patchU8(lengthAt, out.length - lengthAt - 1);
  out.u8(random.oneIn(8) ? random.octet() : 0);
  writeNlri(family, random, context, 60, out);
}

/** Appends the value of an MP_UNREACH_NLRI. */
export function writeUnreach(random: Random, context: FuzzContext, out: ByteWriter): void {
  if (random.oneIn(16)) {
    writeUnknownFamily(random, out);
    out.copy(random.bytes(random.size(40)));
    return;
  }
  const family = randomFamily(random, context);
  out.u16(family.afi);
  out.u8(family.safi);
  writeNlri(family, random, context, 60, out);
}

/** A family of the session most of the time. */
function randomFamily(random: Random, context: FuzzContext): (typeof FAMILIES)[number] {
  const agreed = FAMILIES.filter((family) => (context.families & (1 << family.index)) !== 0);
  return agreed.length === 0 || random.oneIn(8) ? random.pick(FAMILIES) : random.pick(agreed);
}

function writeUnknownFamily(random: Random, out: ByteWriter): void {
  out.u16(random.pick([0, 1, 2, 25, 16388, 0xffff]));
  out.u8(random.pick([0, 3, 65, 71, 72, 241, 255]));
}
