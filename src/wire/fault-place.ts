/**
 * Where the fault of an UPDATE stands and which clause decides what is done about it: what {@link UpdateFrame} does not
 * keep, worked out again from its fields. Runs only for messages in which the frame, or the walk of the NLRI, found
 * fault.
 */
import { Disposition, UpdateError } from './attributes/spec.ts';
import { FAMILIES } from './families/index.ts';
import type { WireContext } from './session-context.ts';
import { attributeClause, CLAUSE, promoted } from './update-clauses.ts';
import type { UpdateFrame } from './update-frame.ts';
import { hasAddPath } from './update-read.ts';

const MP_REACH = 14;
const MP_UNREACH = 15;

/**
 * Offset in `bytes` of the fault `frame` found in the body `bytes[start..end)`: an attribute with its header, a length
 * field, or a prefix; `end` for what is missing.
 */
export function updateFaultAt(
  frame: UpdateFrame,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
): number {
  if (frame.faultEnd > frame.faultStart) return frame.faultStart;
  switch (frame.subcode) {
    case UpdateError.missingWellKnown:
      return end;
    case UpdateError.invalidNetworkField:
      return nlriFaultAt(frame, bytes, context) ?? start;
    default:
      // The length of the withdrawn routes, or that of the attributes.
      return frame.attributesStart === 0 ? start : frame.withdrawnEnd;
  }
}

/** The clause behind the disposition of `frame`, for example `RFC 7606 section 7.3`. */
export function updateFaultClause(frame: UpdateFrame, bytes: Uint8Array): string {
  const clause = clauseOf(frame, bytes);
  return isPromoted(frame) ? promoted(clause) : clause;
}

function clauseOf(frame: UpdateFrame, bytes: Uint8Array): string {
  const { subcode } = frame;
  if (subcode === UpdateError.invalidNetworkField) return CLAUSE.nlri;
  if (subcode === UpdateError.missingWellKnown) return CLAUSE.missing;
  if (frame.faultEnd === frame.faultStart) return CLAUSE.lengths;
  const isOfContents =
    subcode === UpdateError.attributeFlags || subcode === UpdateError.unrecognizedWellKnown;
  if (!isOfContents && overruns(frame, bytes)) return CLAUSE.overrun;
  return attributeClause(subcode, frame.faultyAttribute);
}

/** Whether the attribute at fault says that it reaches beyond the list, or has no room for its header. */
function overruns({ faultStart, attributesEnd }: UpdateFrame, bytes: Uint8Array): boolean {
  const left = attributesEnd - faultStart;
  const isExtended = (bytes[faultStart]! & 0x10) !== 0;
  const headLength = isExtended ? 4 : 3;
  if (left < headLength) return true;
  const length = isExtended ? (bytes[faultStart + 2]! << 8) | bytes[faultStart + 3]! : bytes[faultStart + 2]!;
  return headLength + length > left;
}

/** RFC 7606 section 5.2: a withdrawal became a reset because no announced prefix is in sight. */
function isPromoted(frame: UpdateFrame): boolean {
  const { disposition, subcode, faultyAttribute: code, announces } = frame;
  if (disposition !== Disposition.sessionReset || announces) return false;
  // Lengths and prefixes, which no attribute stands for.
  if (frame.faultEnd === frame.faultStart) return false;
  if (subcode === UpdateError.unrecognizedWellKnown) return false;
  return (code !== MP_REACH && code !== MP_UNREACH) || subcode === UpdateError.attributeFlags;
}

/** The first prefix that cannot be read, in the order in which the engine walks the fields. */
function nlriFaultAt(frame: UpdateFrame, bytes: Uint8Array, context: WireContext): number | undefined {
  const ipv4 = (context.families & 1) !== 0;
  const fields = [
    ipv4 && ([0, frame.withdrawnStart, frame.withdrawnEnd] as const),
    frame.unreachFamily >= 0 && ([frame.unreachFamily, frame.unreachStart, frame.unreachEnd] as const),
    frame.reachFamily >= 0 && ([frame.reachFamily, frame.reachStart, frame.reachEnd] as const),
    ipv4 && ([0, frame.nlriStart, frame.nlriEnd] as const),
  ];
  for (const field of fields) {
    if (field === false) continue;
    const [index, start, end] = field;
    const family = FAMILIES[index]!;
    const at = family.nlri.check(bytes, start, end, hasAddPath(family, context));
    if (at >= 0) return at;
  }
  return undefined;
}
