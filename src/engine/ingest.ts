/**
 * Ingest: the body of an UPDATE into rows of the tables.
 *
 * HOT. One NLRI loop per key size, the only places that know it. A fault in the NLRI ends the session or
 * closes the family (RFC 7606 section 5.3), so the loops act as they read: what they stored before the fault goes with
 * the one or the other.
 */
import { MAX_PREFIXES } from '../base/limits.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { RouteTransform } from '../rib/transform.ts';
import { prefixWord } from '../wire/prefix-scan.ts';

/** Results of an NLRI loop that are not a count of routes. */
export const NLRI_MALFORMED = -1;

/** What decides about the routes of a message one by one. */
export type PrefixTransform = Pick<RouteTransform, 'apply'>;

/**
 * Announces (`attrIn` not 0) or withdraws (`attrIn` 0) the prefixes in `bytes[start..end)`. Returns their number.
 *
 * @param attr attributes after import, or what `transform` makes them of, prefix by prefix
 */
export function applyNlri(
  rib: FamilyRib,
  peer: PeerIndex,
  bytes: Uint8Array,
  start: number,
  end: number,
  attrIn: AttrId,
  attr: AttrId,
  refused: { tableFull: number },
  transform: PrefixTransform | undefined,
): number {
  return rib.family.keyWords === 1
    ? applyNlri4(rib, peer, bytes, start, end, attrIn, attr, refused, transform)
    : applyNlri6(rib, peer, bytes, start, end, attrIn, attr, refused, transform);
}

function applyNlri4(
  rib: FamilyRib,
  peer: PeerIndex,
  bytes: Uint8Array,
  start: number,
  end: number,
  attrIn: AttrId,
  attr: AttrId,
  refused: { tableFull: number },
  transform: PrefixTransform | undefined,
): number {
  const table = rib.prefixes4;
  let count = 0;
  let at = start;
  for (let next = at; next < end; at = next) {
    const length = bytes[at]!;
    next = at + 1 + ((length + 7) >>> 3);
    if (length > 32 || next > end) break;
    table.touch(prefixWord(bytes, at + 1, length) >>> 0, length);
  }
  at = start;
  while (at < end) {
    const length = bytes[at++]!;
    const octets = (length + 7) >>> 3;
    if (length > 32 || at + octets > end) return NLRI_MALFORMED;
    // Bits behind the length are irrelevant (RFC 4271 section 4.3): not part of the key.
    const address = prefixWord(bytes, at, length) >>> 0;
    at += octets;
    count++;
    if (attrIn === 0) {
      const prefix = table.find(address, length);
      if (prefix !== 0) rib.dropPath(prefix, peer);
    } else if (table.count < MAX_PREFIXES) {
      const prefix = table.intern(address, length);
      const used = transform === undefined ? attr : transform.apply(attr, rib.family.index, prefix, peer);
      rib.setPath(prefix, peer, attrIn, used);
    } else refused.tableFull++;
  }
  return count;
}

function applyNlri6(
  rib: FamilyRib,
  peer: PeerIndex,
  bytes: Uint8Array,
  start: number,
  end: number,
  attrIn: AttrId,
  attr: AttrId,
  refused: { tableFull: number },
  transform: PrefixTransform | undefined,
): number {
  const table = rib.prefixes6;
  let count = 0;
  let at = start;
  while (at < end) {
    const length = bytes[at++]!;
    const octets = (length + 7) >>> 3;
    if (length > 128 || at + octets > end) return NLRI_MALFORMED;
    const w0 = prefixWord(bytes, at, length) >>> 0;
    const w1 = prefixWord(bytes, at + 4, length - 32) >>> 0;
    const w2 = prefixWord(bytes, at + 8, length - 64) >>> 0;
    const w3 = prefixWord(bytes, at + 12, length - 96) >>> 0;
    at += octets;
    count++;
    if (attrIn === 0) {
      const prefix = table.find(w0, w1, w2, w3, length);
      if (prefix !== 0) rib.dropPath(prefix, peer);
    } else if (table.count < MAX_PREFIXES) {
      const prefix = table.intern(w0, w1, w2, w3, length);
      const used = transform === undefined ? attr : transform.apply(attr, rib.family.index, prefix, peer);
      rib.setPath(prefix, peer, attrIn, used);
    } else refused.tableFull++;
  }
  return count;
}
