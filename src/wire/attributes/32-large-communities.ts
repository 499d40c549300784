/**
 * LARGE_COMMUNITIES: labels of three 32-bit numbers, the first an AS number.
 *
 * Repeated values are no fault, but are removed on receipt and never sent (RFC 8092 section 3); the first of equal
 * ones stays where it is. Everything here gives distinct values.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { equalBytes, readU32 } from '../../base/bytes.ts';
import { formatLargeCommunity, type LargeCommunity } from '../community-text.ts';
import { checkList } from './lists.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE } from './spec.ts';

const OCTETS = 12;

/** Up to this many octets, every pair of values is compared; above, a Map keeps the cost linear. */
const COMPARE_PAIRS_OCTETS = 32 * OCTETS;

/** Up to this many octets, looking for repeated values costs less than writing the attributes anew. */
const LOOK_OCTETS = 8 * OCTETS;

export const largeCommunities = defineAttribute({
  code: 32,
  name: 'largeCommunities',
  rfc: 'RFC 8092',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => checkList(start, end, OCTETS),
  read: (bytes, start, end): readonly LargeCommunity[] => distinct(readValues(bytes, start, end)),
  write: writeDistinct,
  format: (value) => value.map(formatLargeCommunity).join(' '),
});

/** HOT. Whether a well-formed value may hold repeated elements: a long one is not looked at. */
export function mayRepeatLargeCommunities(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LOOK_OCTETS) return true;
  for (let at = start + OCTETS; at < end; at += OCTETS)
    for (let earlier = start; earlier < at; earlier += OCTETS)
      if (equalBytes(bytes, at, at + OCTETS, bytes, earlier)) return true;
  return false;
}

/** HOT. Appends the well-formed value `bytes[start..end)` without its repeated elements. */
export function writeDistinctLargeCommunities(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  if (end - start > COMPARE_PAIRS_OCTETS) {
    writeDistinct(readValues(bytes, start, end), out);
    return;
  }
  for (let at = start; at < end; at += OCTETS) {
    let earlier = start;
    while (earlier < at && !equalBytes(bytes, at, at + OCTETS, bytes, earlier)) earlier += OCTETS;
    if (earlier === at) out.copy(bytes, at, at + OCTETS);
  }
}

function readValues(bytes: Uint8Array, start: number, end: number): LargeCommunity[] {
  const values: LargeCommunity[] = [];
  for (let at = start; at < end; at += OCTETS)
    values.push([readU32(bytes, at), readU32(bytes, at + 4), readU32(bytes, at + 8)]);
  return values;
}

function writeDistinct(values: readonly LargeCommunity[], out: ByteWriter): void {
  for (const parts of distinct(values)) for (const part of parts) out.u32(part);
}

function distinct(values: readonly LargeCommunity[]): LargeCommunity[] {
  return [...new Map(values.map((value) => [formatLargeCommunity(value), value])).values()];
}
