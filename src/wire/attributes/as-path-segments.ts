/**
 * Path segments: the value that AS_PATH and AS4_PATH share, as plain data and as text.
 *
 * Invariant: `writeSegments` never makes a value that `checkSegments` refuses: empty segments are left out, those
 * over 255 numbers are split. `checkSegments` is HOT: one pass, no allocation.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { readU16, readU32 } from '../../base/bytes.ts';
import { SegmentType } from '../as4.ts';
import { AS_TRANS } from '../open.ts';

/** One segment of an AS path; `asns` in wire order, 1 to 4,294,967,295 each. */
export type AsPathSegment = {
  readonly type: 'set' | 'sequence' | 'confed-sequence' | 'confed-set';
  readonly asns: readonly number[];
};

const TYPE_CODES = {
  set: SegmentType.set,
  sequence: SegmentType.sequence,
  'confed-sequence': SegmentType.confedSequence,
  'confed-set': SegmentType.confedSet,
} as const;
const TYPE_NAMES = [undefined, 'set', 'sequence', 'confed-sequence', 'confed-set'] as const;
const BRACKETS = {
  set: ['{', '}'],
  sequence: ['', ''],
  'confed-sequence': ['(', ')'],
  'confed-set': ['[', ']'],
} as const;

/** Most AS numbers of one segment: its count is one octet. */
const MAX_SEGMENT_ASNS = 255;

/**
 * HOT. Whether `bytes[start..end)` is a row of whole segments of types 1 to `maxType`, none empty (RFC 7606
 * section 7.2), with AS numbers of `width` octets, none of them 0 (RFC 7607). No segment at all is well-formed.
 */
export function checkSegments(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: 2 | 4,
  maxType: number,
): boolean {
  let at = start;
  while (at < end) {
    if (end - at < 2) return false;
    const type = bytes[at]!;
    const count = bytes[at + 1]!;
    if (type < SegmentType.set || type > maxType || count === 0) return false;
    at += 2;
    const next = at + count * width;
    if (next > end) return false;
    for (; at < next; at += width) {
      const as = width === 4 ? readU32(bytes, at) : readU16(bytes, at);
      if (as === 0) return false;
    }
  }
  return true;
}

/** HOT. Whether a value that passed {@link checkSegments} has an AS_SET or AS_CONFED_SET. */
export function hasSet(bytes: Uint8Array, start: number, end: number, width: 2 | 4): boolean {
  for (let at = start; at < end; at += 2 + bytes[at + 1]! * width) {
    const type = bytes[at]!;
    if (type === SegmentType.set || type === SegmentType.confedSet) return true;
  }
  return false;
}

/** The segments of a value that passed {@link checkSegments} with the same `width`. */
export function readSegments(bytes: Uint8Array, start: number, end: number, width: 2 | 4): AsPathSegment[] {
  const segments: AsPathSegment[] = [];
  for (let at = start; at < end; ) {
    const type = TYPE_NAMES[bytes[at]!]!;
    const count = bytes[at + 1]!;
    const asns: number[] = [];
    at += 2;
    for (let i = 0; i < count; i++, at += width)
      asns.push(width === 4 ? readU32(bytes, at) : readU16(bytes, at));
    segments.push({ type, asns });
  }
  return segments;
}

/** Appends segments with AS numbers of `width` octets; AS_TRANS stands for those that do not fit. */
export function writeSegments(segments: readonly AsPathSegment[], width: 2 | 4, out: ByteWriter): void {
  for (const { type, asns } of segments)
    for (let first = 0; first < asns.length; first += MAX_SEGMENT_ASNS) {
      const part = asns.slice(first, first + MAX_SEGMENT_ASNS);
      out.u8(TYPE_CODES[type]);
      out.u8(part.length);
      for (const as of part)
        if (width === 4) out.u32(as);
        else out.u16(as > 0xffff ? AS_TRANS : as);
    }
}

/** Text of a path: `65001 65002 {65003 65004} (65005)`; confederation sets stand in `[]`. */
export function formatSegments(segments: readonly AsPathSegment[]): string {
  return segments
    .map(({ type, asns }) => {
      const [open, close] = BRACKETS[type];
      return `${open}${asns.join(' ')}${close}`;
    })
    .join(' ');
}

/** Whether the segment is one of a confederation (RFC 5065). */
export function isConfederationSegment(segment: AsPathSegment): boolean {
  return TYPE_CODES[segment.type] >= SegmentType.confedSequence;
}
