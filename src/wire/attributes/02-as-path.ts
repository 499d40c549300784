/**
 * AS_PATH: the autonomous systems a route came through. Well-known mandatory; selection and loop detection use it.
 *
 * AS numbers have 4 octets on sessions that agreed so and in every interned blob, else 2 (RFC 6793). Bellhop is in
 * no confederation: confederation segments from an external neighbor are malformed (RFC 5065 section 4), an
 * internal one may relay them. Sets are refused where the session says so (RFC 9774), else read as before.
 */
import { SegmentType } from '../as4.ts';
import {
  type AsPathSegment,
  checkSegments,
  formatSegments,
  hasSet,
  readSegments,
  writeSegments,
} from './as-path-segments.ts';
import { Disposition, defineAttribute, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

export const asPath = defineAttribute({
  code: 2,
  name: 'asPath',
  rfc: 'RFC 4271 section 5.1.2, RFC 6793, RFC 7606 section 7.2, RFC 7607, RFC 9774',
  flags: FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check(bytes, start, end, context) {
    const maxType = context.external ? SegmentType.sequence : SegmentType.confedSet;
    const width = context.as4 ? 4 : 2;
    if (!checkSegments(bytes, start, end, width, maxType)) return UpdateError.malformedAsPath;
    return context.rejectAsSet === true && hasSet(bytes, start, end, width) ? UpdateError.malformedAsPath : 0;
  },
  read: (bytes, start, end, context): readonly AsPathSegment[] =>
    readSegments(bytes, start, end, context.as4 ? 4 : 2),
  write: (value, out, context) => writeSegments(value, context.as4 ? 4 : 2, out),
  format: formatSegments,
});
