/**
 * The canonical attribute blob: the form in which the tables keep a set of path attributes.
 *
 * It is a list of ordinary path attributes that means the same whichever session it came from: AS numbers have
 * four octets, MP_REACH_NLRI and MP_UNREACH_NLRI are gone, NEXT_HOP (3) holds the next hop of any family (4, 16
 * or 32 bytes), what RFC 7606 discards is absent, unknown non-transitive attributes are absent and unknown
 * transitive ones carry the Partial bit, flag bits without a meaning are zero. The blob of a plain IPv4 UPDATE of a
 * 4-octet peer is the received bytes.
 */

import type { ByteWriter } from '../../base/byte-writer.ts';
import { readU16, readU32 } from '../../base/bytes.ts';
import { as4AttributesApply, mergeAs4Path, widenAggregator, widenAsPath } from '../as4.ts';
import type { WireContext } from '../session-context.ts';
import type { UpdateFrame } from '../update-frame.ts';
import { writeDistinctLargeCommunities } from './32-large-communities.ts';
import { attributeByCode, NEVER_IN_BLOB } from './index.ts';
import { FLAG_EXTENDED_LENGTH, FLAG_OPTIONAL, FLAG_PARTIAL, FLAG_TRANSITIVE } from './spec.ts';

/** Bytes of the value of attribute `code` in a well-formed blob. */
export interface AttributeRange {
  readonly flags: number;
  readonly start: number;
  readonly end: number;
}

/** Start of the value of the attribute at `at` in a well-formed blob. */
export function valueStart(bytes: Uint8Array, at: number): number {
  return at + ((bytes[at]! & FLAG_EXTENDED_LENGTH) !== 0 ? 4 : 3);
}

/** End of the value of the attribute at `at` in a well-formed blob: the next attribute, or the end of the blob. */
export function valueEnd(bytes: Uint8Array, at: number): number {
  return (bytes[at]! & FLAG_EXTENDED_LENGTH) !== 0
    ? at + 4 + readU16(bytes, at + 2)
    : at + 3 + bytes[at + 2]!;
}

/** Calls `visit` for each attribute of the well-formed blob `bytes[start..end)`, in order. */
export function forEachAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (code: number, flags: number, start: number, end: number) => void,
): void {
  let at = start;
  while (at < end) {
    const next = valueEnd(bytes, at);
    visit(bytes[at + 1]!, bytes[at]!, valueStart(bytes, at), next);
    at = next;
  }
}

/** Finds attribute `code` in the well-formed blob `bytes[start..end)`. */
export function findAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  code: number,
): AttributeRange | undefined {
  let at = start;
  while (at < end) {
    const next = valueEnd(bytes, at);
    if (bytes[at + 1] === code) return { flags: bytes[at]!, start: valueStart(bytes, at), end: next };
    at = next;
  }
  return undefined;
}

/** Appends an attribute whose value is `value[start..end)`; the length takes one octet when it fits. */
export function writeAttribute(
  out: ByteWriter,
  flags: number,
  code: number,
  value: Uint8Array,
  start = 0,
  end = value.length,
): void {
  const at = beginAttribute(out, flags, code, end - start);
  out.copy(value, start, end);
  endAttribute(out, at);
}

/**
 * Appends the header of an attribute whose value of about `expected` bytes the caller writes next.
 * @returns what {@link endAttribute} needs.
 */
export function beginAttribute(out: ByteWriter, flags: number, code: number, expected: number): number {
  const at = out.length;
  if (expected > 255) {
    out.u8(flags | FLAG_EXTENDED_LENGTH);
    out.u8(code);
    out.u16(0);
  } else {
    out.u8(flags & ~FLAG_EXTENDED_LENGTH);
    out.u8(code);
    out.u8(0);
  }
  return at;
}

/** Fills in the length of the attribute begun at `at`, one octet when it fits; the value moves by one if needed. */
export function endAttribute(out: ByteWriter, at: number): void {
  const extended = (out.bytes[at]! & FLAG_EXTENDED_LENGTH) !== 0;
  if (extended) {
    const length = out.length - at - 4;
    out.patchU16(at + 2, length);
    if (length > 255) return;
    out.patchU8(at, out.bytes[at]! & ~FLAG_EXTENDED_LENGTH);
    out.bytes.copyWithin(at + 3, at + 4, out.length);
    out.patchU8(at + 2, length);
    out.length--;
    return;
  }
  const length = out.length - at - 3;
  if (length <= 255) {
    out.patchU8(at + 2, length);
    return;
  }
  out.u8(0);
  out.bytes.copyWithin(at + 4, at + 3, at + 3 + length);
  out.patchU8(at, out.bytes[at]! | FLAG_EXTENDED_LENGTH);
  out.patchU16(at + 2, length);
}

/**
 * HOT. Appends the canonical blob of the UPDATE in `frame` (scanned from `bytes`, disposition below treat-as-withdraw).
 *
 * @param multiprotocol true for the routes in MP_REACH_NLRI, false for those behind the attributes: one UPDATE may
 * carry both, with different next hops.
 */
export function writeCanonicalBlob(
  frame: UpdateFrame,
  bytes: Uint8Array,
  context: WireContext,
  multiprotocol: boolean,
  out: ByteWriter,
): void {
  // Of several attributes with one code the first counts; hardly any UPDATE has several.
  const seen = frame.repeats ? new Uint8Array(256) : undefined;
  const ignoreAs4 = ignoresAs4(frame, bytes, context);
  const listEnd = frame.attributesEnd;
  // A loop of its own: a visitor for forEachAttribute would be a new closure for every message.
  for (let at = frame.attributesStart, end = at; at < listEnd; at = end) {
    const received = bytes[at]!;
    const code = bytes[at + 1]!;
    const extended = (received & FLAG_EXTENDED_LENGTH) !== 0;
    const start = at + (extended ? 4 : 3);
    end = start + (extended ? readU16(bytes, at + 2) : bytes[at + 2]!);
    if (seen !== undefined) {
      if (seen[code] !== 0) continue;
      seen[code] = 1;
    }
    if (frame.isDiscarded(code)) continue;
    if (NEVER_IN_BLOB[code] === 1) continue;
    const flags = meaningfulFlags(received);
    if (attributeByCode[code] === undefined) {
      if ((flags & (FLAG_OPTIONAL | FLAG_TRANSITIVE)) === (FLAG_OPTIONAL | FLAG_TRANSITIVE))
        writeAttribute(out, flags | FLAG_PARTIAL, code, bytes, start, end);
      continue;
    }
    switch (code) {
      case 2:
        writeAsPath(frame, bytes, context, ignoreAs4, flags, out);
        continue;
      case 3:
        if (!multiprotocol) writeAttribute(out, flags, code, bytes, start, end);
        continue;
      case 7:
        writeAggregator(frame, bytes, context, ignoreAs4, flags, out);
        continue;
      case 14: {
        const from = frame.reachNextHopStart;
        // The next hop becomes attribute 3, which is well-known and transitive.
        if (multiprotocol)
          writeAttribute(out, FLAG_TRANSITIVE, 3, bytes, from, from + frame.reachNextHopLength);
        continue;
      }
      case 32: {
        const at = beginAttribute(out, flags, code, end - start);
        writeDistinctLargeCommunities(bytes, start, end, out);
        endAttribute(out, at);
        continue;
      }
      default:
        writeAttribute(out, flags, code, bytes, start, end);
    }
  }
}

/** Without the unused bits, and with Partial on optional transitive attributes only (RFC 4271 section 4.3). */
function meaningfulFlags(flags: number): number {
  const category = flags & (FLAG_OPTIONAL | FLAG_TRANSITIVE);
  return category === (FLAG_OPTIONAL | FLAG_TRANSITIVE) ? category | (flags & FLAG_PARTIAL) : category;
}

/**
 * RFC 6793 section 4.2.3: an AGGREGATOR with an AS other than AS_TRANS was put there by a 2-octet speaker after the
 * last 4-octet one, so the AS4_ attributes describe another route and are ignored.
 */
function ignoresAs4(frame: UpdateFrame, bytes: Uint8Array, context: WireContext): boolean {
  if (context.as4 || frame.aggregatorStart === 0 || frame.as4AggregatorStart === 0) return false;
  return !as4AttributesApply(bytes, frame.aggregatorStart);
}

function writeAsPath(
  frame: UpdateFrame,
  bytes: Uint8Array,
  context: WireContext,
  ignoreAs4: boolean,
  flags: number,
  out: ByteWriter,
): void {
  const { asPathStart: start, asPathEnd: end } = frame;
  if (context.as4) {
    writeAttribute(out, flags, 2, bytes, start, end);
    return;
  }
  const at = beginAttribute(out, flags, 2, (end - start) * 2);
  if (frame.as4PathStart === 0 || ignoreAs4) widenAsPath(bytes, start, end, out);
  else mergeAs4Path(bytes, start, end, frame.as4PathStart, frame.as4PathEnd, out);
  endAttribute(out, at);
}

function writeAggregator(
  frame: UpdateFrame,
  bytes: Uint8Array,
  context: WireContext,
  ignoreAs4: boolean,
  flags: number,
  out: ByteWriter,
): void {
  const start = frame.aggregatorStart;
  if (context.as4) {
    writeAttribute(out, flags, 7, bytes, start, start + 8);
    return;
  }
  const at = beginAttribute(out, flags, 7, 8);
  if (frame.as4AggregatorStart !== 0 && !ignoreAs4) {
    out.u32(readU32(bytes, frame.as4AggregatorStart));
    out.u32(readU32(bytes, frame.as4AggregatorStart + 4));
  } else widenAggregator(bytes, start, out);
  endAttribute(out, at);
}
