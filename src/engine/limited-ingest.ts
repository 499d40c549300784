/**
 * Ingest for a peer that is close to its limit of prefixes: one prefix at a time, and a new one only while there is
 * room. Peers that are far from their limit, or have none, go through the loops of `ingest.ts`.
 */

import { maskInPlace } from '../base/prefix.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import { applyNlri, NLRI_MALFORMED, type PrefixTransform } from './ingest.ts';
import type { PrefixLimit } from './session-options.ts';

/** Prefixes of `peer` that count. */
export function countedPrefixes(rib: FamilyRib, peer: PeerIndex, { counts }: PrefixLimit): number {
  return (counts === 'received' ? rib.received[peer] : rib.accepted[peer]) ?? 0;
}

/** Whether the prefixes in `octets` octets of NLRI may be more than there is room for. */
export function nearLimit(rib: FamilyRib, peer: PeerIndex, limit: PrefixLimit, octets: number): boolean {
  return countedPrefixes(rib, peer, limit) + octets > limit.count;
}

/** Whether there is no room for one more. */
export function isFull(rib: FamilyRib, peer: PeerIndex, limit: PrefixLimit): boolean {
  return countedPrefixes(rib, peer, limit) >= limit.count;
}

/** Announces the prefixes in `bytes[start..end)` as `applyNlri` does; `refused.overLimit` counts what is refused. */
export function applyLimited(
  rib: FamilyRib,
  peer: PeerIndex,
  bytes: Uint8Array,
  start: number,
  end: number,
  attrIn: AttrId,
  attr: AttrId,
  limit: PrefixLimit,
  refused: { tableFull: number; overLimit: number },
  transform: PrefixTransform | undefined,
): number {
  const bits = rib.family.keyWords * 32;
  let count = 0;
  for (let at = start; at < end; ) {
    const length = bytes[at]!;
    const next = at + 1 + ((length + 7) >>> 3);
    if (length > bits || next > end) return NLRI_MALFORMED;
    const address = new Uint8Array(bits / 8);
    address.set(bytes.subarray(at + 1, next));
    maskInPlace(address, length);
    // A policy is asked by prefix id, also of a prefix that may not stay.
    const prefix =
      transform === undefined
        ? rib.prefixes.findBytes(address, length)
        : rib.prefixes.internBytes(address, length);
    const row = prefix === 0 ? 0 : rib.findPath(prefix, peer);
    const used =
      transform === undefined || prefix === 0 ? attr : transform.apply(attr, rib.family.index, prefix, peer);
    const counts = limit.counts === 'received' || used !== 0;
    const counted = row !== 0 && (limit.counts === 'received' || rib.paths.attr[row] !== 0);
    if (counts && !counted && isFull(rib, peer, limit)) {
      refused.overLimit++;
      // What it was before has been replaced by what is refused.
      if (row !== 0) rib.dropRow(row);
      // Its id is given back when nobody has a route for it.
      else if (prefix !== 0) rib.dirty.push(prefix);
    } else applyNlri(rib, peer, bytes, at, next, attrIn, used, refused, undefined);
    count++;
    at = next;
  }
  return count;
}
