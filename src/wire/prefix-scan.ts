/**
 * NLRI that is a row of prefixes, seen as integers (RFC 4271 section 4.3): a length octet and as many octets as it needs.
 *
 * HOT. No allocation, no throw; no octet behind `end` is read.
 */

/**
 * The first 32 of `bits` bits of a prefix that stand at `at`, bits behind them zero; 0 when `bits` is not positive. The
 * caller has checked that the octets they need are there.
 *
 * Signed: unsigned numbers above 2^31 would be allocated wherever the engine does not inline the call.
 */
export function prefixWord(bytes: Uint8Array, at: number, bits: number): number {
  if (bits <= 0) return 0;
  const octets = (bits + 7) >>> 3;
  let value = bytes[at]! << 24;
  if (octets > 1) value |= bytes[at + 1]! << 16;
  if (octets > 2) value |= bytes[at + 2]! << 8;
  if (octets > 3) value |= bytes[at + 3]!;
  return bits >= 32 ? value : value & (-1 << (32 - bits));
}
