/**
 * AS4_PATH: the path with 4-octet AS numbers, carried past speakers that know 2 octets only.
 *
 * It means something on 2-octet sessions alone; where AS_PATH itself has 4 octets `check` refuses it, so that it is
 * discarded (RFC 6793 section 6). `as4.ts` merges it into AS_PATH: never in an interned blob. Confederation segments
 * in it are no fault but are dropped (same section), by `read` and `write` as by the merge. Where sets are rejected one
 * in here withdraws the routes, as one in AS_PATH does (RFC 9774 section 3).
 */
import { SegmentType } from '../as4.ts';
import {
  type AsPathSegment,
  checkSegments,
  formatSegments,
  hasSet,
  isConfederationSegment,
  readSegments,
  writeSegments,
} from './as-path-segments.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

export const as4Path = defineAttribute({
  code: 17,
  name: 'as4Path',
  rfc: 'RFC 6793 sections 3, 4.2.3 and 6, RFC 7607, RFC 9774',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.attributeDiscard,
  faults: { [UpdateError.malformedAsPath]: Disposition.treatAsWithdraw },
  neverInBlob: true,
  check(bytes, start, end, context) {
    if (context.as4 || start === end) return UpdateError.optionalAttribute;
    if (!checkSegments(bytes, start, end, 4, SegmentType.confedSet)) return UpdateError.optionalAttribute;
    if (context.rejectAsSet === true && hasSet(bytes, start, end, 4)) return UpdateError.malformedAsPath;
    // With nothing but confederation segments in it, it would be empty once they are dropped.
    for (let at = start; at < end; at += 2 + bytes[at + 1]! * 4)
      if (bytes[at]! < SegmentType.confedSequence) return 0;
    return UpdateError.optionalAttribute;
  },
  read: (bytes, start, end): readonly AsPathSegment[] =>
    readSegments(bytes, start, end, 4).filter((segment) => !isConfederationSegment(segment)),
  write(value, out) {
    const carried = value.filter((segment) => !isConfederationSegment(segment));
    writeSegments(carried, 4, out);
  },
  format: formatSegments,
});
