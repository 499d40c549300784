/**
 * End-of-RIB: the UPDATE that says "these were all my routes" (RFC 4724 section 2).
 */
import { writeU16 } from '../base/bytes.ts';
import { FLAG_OPTIONAL } from './attributes/spec.ts';
import type { FamilySpec } from './families/spec.ts';
import { HEADER_LENGTH, MessageType, writeHeader } from './message.ts';
import { FAMILY_ABSENT, type UpdateFrame } from './update-frame.ts';

/** The End-of-RIB message of `family`: an empty UPDATE for IPv4 unicast, else an empty MP_UNREACH_NLRI. */
export function endOfRib(family: FamilySpec): Uint8Array {
  const plain = family.index === 0;
  const bytes = new Uint8Array(HEADER_LENGTH + (plain ? 4 : 10));
  writeHeader(bytes, 0, bytes.length, MessageType.update);
  if (plain) return bytes;
  const at = HEADER_LENGTH + 4;
  writeU16(bytes, at - 2, 6);
  bytes[at] = FLAG_OPTIONAL;
  bytes[at + 1] = 15;
  bytes[at + 2] = 3;
  writeU16(bytes, at + 3, family.afi);
  bytes[at + 5] = family.safi;
  return bytes;
}

/** Family index that the UPDATE in `frame` ends, or -1 when it is no End-of-RIB. */
export function endOfRibFamily(frame: UpdateFrame): number {
  if (frame.nlriEnd > frame.nlriStart || frame.withdrawnEnd > frame.withdrawnStart) return -1;
  if (frame.attributesEnd === frame.attributesStart) return 0;
  const onlyUnreach =
    frame.reachFamily === FAMILY_ABSENT &&
    frame.unreachFamily >= 0 &&
    frame.unreachStart === frame.unreachEnd &&
    frame.attributesEnd - frame.attributesStart <= 7;
  return onlyUnreach ? frame.unreachFamily : -1;
}
