/**
 * What selection and export need to know of a set of attributes, as integers, worked out once per distinct set.
 *
 * HOT. Depends on the bytes of the canonical blob alone (one table serves all sessions).
 */
import { readU32 } from '../base/bytes.ts';
import { asPathLength, firstAs } from '../wire/as4.ts';
import { hasSet } from '../wire/attributes/as-path-segments.ts';
import { valueEnd, valueStart } from '../wire/attributes/blob.ts';
import { FLAGS_ON_WIRE, MARK_AS_IS } from '../wire/attributes/marks.ts';

/** {@link Derived.flags} bits. */
export const ATTR_HAS_MED = 1;
export const ATTR_HAS_LOCAL_PREF = 2;
/** NO_EXPORT or NO_EXPORT_SUBCONFED: not to eBGP peers (RFC 1997). */
export const ATTR_NO_EXPORT = 4;
/** NO_ADVERTISE: to no peer (RFC 1997). */
export const ATTR_NO_ADVERTISE = 8;
/** ONLY_TO_CUSTOMER is there (RFC 9234). */
export const ATTR_ONLY_TO_CUSTOMER = 16;
/** GRACEFUL_SHUTDOWN (RFC 8326). */
export const ATTR_GRACEFUL_SHUTDOWN = 32;
/** AS_SET or AS_CONFED_SET in AS_PATH (RFC 9774). */
export const ATTR_AS_SET = 64;
/** An export policy has a say in the next hop (`wire/attributes/marks.ts`). */
export const ATTR_NEXT_HOP_MARKED = 0x80;

/** LOCAL_PREF of a route that carries none. */
export const DEFAULT_LOCAL_PREF = 100;

const GRACEFUL_SHUTDOWN = 0xffff0000;
const NO_EXPORT = 0xffffff01;
const NO_ADVERTISE = 0xffffff02;
const NO_EXPORT_SUBCONFED = 0xffffff03;

/** Result of {@link derive}; one object is reused. */
export interface Derived {
  /** `(2^32-1 - LOCAL_PREF) * 2^18 + AS path length * 4 + ORIGIN`: the smaller the better, 50 bits. */
  rank: number;
  med: number;
  /** Leftmost AS of the path, 0 when there is none (RFC 4271 section 9.1.2.2 c). */
  neighborAs: number;
  /** ORIGINATOR_ID, 0 when absent. */
  originatorId: number;
  clusterLength: number;
  /** 4, 16 or 32; 0 when there is no next hop. */
  nextHopLength: number;
  flags: number;
}

/** Fills `out` from the canonical blob `bytes[start..end)`. */
export function derive(bytes: Uint8Array, start: number, end: number, out: Derived): void {
  let localPref = DEFAULT_LOCAL_PREF;
  let pathLength = 0;
  let origin = 2;
  out.med = out.neighborAs = out.originatorId = out.clusterLength = out.nextHopLength = out.flags = 0;
  let at = start;
  while (at < end) {
    const from = valueStart(bytes, at);
    const to = valueEnd(bytes, at);
    switch (bytes[at + 1]) {
      case 1:
        origin = bytes[from]!;
        break;
      case 2:
        pathLength = asPathLength(bytes, from, to);
        out.neighborAs = firstAs(bytes, from, to);
        if (hasSet(bytes, from, to, 4)) out.flags |= ATTR_AS_SET;
        break;
      case 3:
        out.nextHopLength = to - from;
        if ((bytes[at]! & ~FLAGS_ON_WIRE) !== 0) out.flags |= ATTR_NEXT_HOP_MARKED;
        break;
      case 4:
        out.med = readU32(bytes, from);
        out.flags |= ATTR_HAS_MED;
        break;
      case 5:
        localPref = readU32(bytes, from);
        out.flags |= ATTR_HAS_LOCAL_PREF;
        break;
      case 8:
        if ((bytes[at]! & MARK_AS_IS) === 0) out.flags |= wellKnownCommunities(bytes, from, to);
        break;
      case 9:
        out.originatorId = readU32(bytes, from);
        break;
      case 10:
        out.clusterLength = Math.min((to - from) >>> 2, 255);
        break;
      case 35:
        out.flags |= ATTR_ONLY_TO_CUSTOMER;
        break;
    }
    at = to;
  }
  out.rank = (0xffffffff - localPref) * 0x40000 + Math.min(pathLength, 0xffff) * 4 + origin;
}

function wellKnownCommunities(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0;
  for (let at = start; at < end; at += 4) {
    if (bytes[at] !== 0xff) continue;
    const community = readU32(bytes, at);
    if (community === NO_EXPORT || community === NO_EXPORT_SUBCONFED) flags |= ATTR_NO_EXPORT;
    else if (community === NO_ADVERTISE) flags |= ATTR_NO_ADVERTISE;
    else if (community === GRACEFUL_SHUTDOWN) flags |= ATTR_GRACEFUL_SHUTDOWN;
  }
  return flags;
}
