/**
 * AS_PATH and AGGREGATOR between 2-octet and 4-octet speakers (RFC 6793), and what tables ask of a path. All of
 * it on value bytes: a path value is a row of segments (type octet, count octet, `count` AS numbers).
 *
 * Invariant: every input value has passed `check` of its attribute, so counts and bounds are not examined again.
 * Canonical paths, the ones that are interned, have 4-octet numbers. A rewritten value may be up to twice as long
 * as the one received: the caller looks at the writer before it puts a length in 16 bits.
 *
 * HOT from `asPathLength` on (once per distinct attribute set); the rewriting half runs on 2-octet sessions only.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { readU16, readU32 } from '../base/bytes.ts';
import { AS_TRANS } from './open.ts';

/** Path segment types (RFC 4271 section 4.3, RFC 5065 section 3). */
export const SegmentType = { set: 1, sequence: 2, confedSequence: 3, confedSet: 4 } as const;

/** Writes a 2-octet path value `bytes[start..end)` with 4-octet numbers, segment by segment. */
export function widenAsPath(bytes: Uint8Array, start: number, end: number, out: ByteWriter): void {
  for (let at = start; at < end; ) {
    const count = bytes[at + 1]!;
    startSegment(bytes[at]!, count, out);
    copyNumbers(bytes, at + 2, count, 2, out);
    at += 2 + count * 2;
  }
}

/**
 * Writes a canonical path value with 2-octet numbers, AS_TRANS where a number does not fit.
 * Returns whether one did not: then AS4_PATH has to go along (RFC 6793 section 4.2.2).
 */
export function narrowAsPath(bytes: Uint8Array, start: number, end: number, out: ByteWriter): boolean {
  let lossy = false;
  for (let at = start; at < end; ) {
    const type = bytes[at]!;
    const next = at + 2 + bytes[at + 1]! * 4;
    startSegment(type, bytes[at + 1]!, out);
    for (at += 2; at < next; at += 4) {
      const as = readU32(bytes, at);
      if (as > 0xffff) lossy = true;
      out.u16(as > 0xffff ? AS_TRANS : as);
    }
  }
  return lossy;
}

/**
 * Writes the AS4_PATH value of a canonical path: the path without confederation segments (RFC 6793 section
 * 4.2.2). When nothing is written the attribute must not be sent.
 */
export function writeAs4PathFrom(bytes: Uint8Array, start: number, end: number, out: ByteWriter): void {
  for (let at = start; at < end; ) {
    const next = at + 2 + bytes[at + 1]! * 4;
    if (!isConfederation(bytes[at]!)) out.copy(bytes, at, next);
    at = next;
  }
}

/**
 * Writes the canonical path of a 2-octet AS_PATH value and an AS4_PATH value (RFC 6793 section 4.2.3), both in
 * `bytes`: the leading part of AS_PATH, as much as it is longer, in front of AS4_PATH. An AS4_PATH that counts
 * more than AS_PATH is ignored; confederation segments in it are dropped (section 6). Two sequences that meet
 * become one unless that holds more than 255 numbers.
 */
export function mergeAs4Path(
  bytes: Uint8Array,
  pathStart: number,
  pathEnd: number,
  as4Start: number,
  as4End: number,
  out: ByteWriter,
): void {
  let missing = countPath(bytes, pathStart, pathEnd, 2) - countPath(bytes, as4Start, as4End, 4);
  if (missing < 0) {
    widenAsPath(bytes, pathStart, pathEnd, out);
    return;
  }
  // A confederation segment leads or touches a segment taken before it for as long as this loop runs.
  let joinAt = -1;
  for (let at = pathStart; at < pathEnd; ) {
    const type = bytes[at]!;
    const count = bytes[at + 1]!;
    const taken = type === SegmentType.sequence ? Math.min(missing, count) : count;
    if (!isConfederation(type)) {
      if (missing === 0) break;
      missing -= type === SegmentType.sequence ? taken : 1;
    }
    joinAt = type === SegmentType.sequence ? out.length : -1;
    startSegment(type, taken, out);
    copyNumbers(bytes, at + 2, taken, 2, out);
    if (taken < count) break;
    at += 2 + count * 2;
  }
  for (let at = as4Start; at < as4End; ) {
    const type = bytes[at]!;
    const count = bytes[at + 1]!;
    if (!isConfederation(type)) {
      const present = joinAt < 0 ? 0 : out.bytes[joinAt + 1]!;
      if (joinAt >= 0 && type === SegmentType.sequence && present + count <= 255)
        out.patchU8(joinAt + 1, present + count);
      else startSegment(type, count, out);
      copyNumbers(bytes, at + 2, count, 4, out);
      joinAt = -1;
    }
    at += 2 + count * 4;
  }
}

/** Writes a 2-octet AGGREGATOR value (6 bytes at `start`) as the canonical 8 bytes. */
export function widenAggregator(bytes: Uint8Array, start: number, out: ByteWriter): void {
  out.u32(readU16(bytes, start));
  out.copy(bytes, start + 2, start + 6);
}

/**
 * Writes a canonical AGGREGATOR value (8 bytes at `start`) with a 2-octet number. Returns whether the number did
 * not fit: then AS4_AGGREGATOR goes along, whose value is the canonical one.
 */
export function narrowAggregator(bytes: Uint8Array, start: number, out: ByteWriter): boolean {
  const as = readU32(bytes, start);
  out.u16(as > 0xffff ? AS_TRANS : as);
  out.copy(bytes, start + 4, start + 8);
  return as > 0xffff;
}

/**
 * For an UPDATE with both AGGREGATOR (2-octet, at `start`) and AS4_AGGREGATOR: whether the AS4 attributes count.
 * When AGGREGATOR does not say AS_TRANS an old speaker aggregated since, and both AS4_AGGREGATOR *and AS4_PATH*
 * are ignored (RFC 6793 section 4.2.3).
 */
export function as4AttributesApply(bytes: Uint8Array, start: number): boolean {
  return readU16(bytes, start) === AS_TRANS;
}

/** Path length for selection: a set counts 1, confederation segments 0 (RFC 4271 9.1.2.2, RFC 5065 5.3). */
export function asPathLength(bytes: Uint8Array, start: number, end: number): number {
  return countPath(bytes, start, end, 4);
}

/**
 * The neighbour AS: the first number of a canonical path, confederation segments passed over. 0 when there is
 * none or the path starts with a set.
 */
export function firstAs(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 2 + bytes[at + 1]! * 4) {
    const type = bytes[at]!;
    if (type === SegmentType.sequence) return readU32(bytes, at + 2);
    if (type === SegmentType.set) return 0;
  }
  return 0;
}

/** The origin AS: the last number of a canonical path. 0 when the path is empty or does not end in a sequence. */
export function lastAs(bytes: Uint8Array, start: number, end: number): number {
  let type = 0;
  for (let at = start; at < end; at += 2 + bytes[at + 1]! * 4) type = bytes[at]!;
  return type === SegmentType.sequence ? readU32(bytes, end - 4) : 0;
}

/** How often `as` occurs in a canonical path, in segments of any type (loop detection, RFC 4271 9.1.2). */
export function pathContains(bytes: Uint8Array, start: number, end: number, as: number): number {
  let occurrences = 0;
  for (let at = start; at < end; ) {
    const next = at + 2 + bytes[at + 1]! * 4;
    for (at += 2; at < next; at += 4) if (readU32(bytes, at) === as) occurrences++;
  }
  return occurrences;
}

function countPath(bytes: Uint8Array, start: number, end: number, width: 2 | 4): number {
  let length = 0;
  for (let at = start; at < end; at += 2 + bytes[at + 1]! * width) {
    const type = bytes[at]!;
    if (type === SegmentType.sequence) length += bytes[at + 1]!;
    else if (type === SegmentType.set) length++;
  }
  return length;
}

function isConfederation(type: number): boolean {
  return type >= SegmentType.confedSequence;
}

function startSegment(type: number, count: number, out: ByteWriter): void {
  out.u8(type);
  out.u8(count);
}

function copyNumbers(bytes: Uint8Array, start: number, count: number, width: 2 | 4, out: ByteWriter): void {
  if (width === 4) out.copy(bytes, start, start + count * 4);
  else for (let i = 0; i < count; i++) out.u32(readU16(bytes, start + i * 2));
}
