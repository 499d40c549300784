/**
 * NEXT_HOP: where packets for the routes go. Well-known mandatory for routes outside MP_REACH_NLRI.
 *
 * On the wire the value is 4 octets of IPv4, and `check` accepts nothing else. In an interned blob code 3 carries
 * the next hop of any route, moved there from MP_REACH_NLRI: 4, 16 or 32 octets (IPv6 global and link-local, RFC
 * 2545 section 3). `read` and `write` know all three.
 */
import { formatAddress, formatIpv6 } from '../../base/address.ts';
import { readU32 } from '../../base/bytes.ts';
import { writeNextHopText } from './addresses.ts';
import { Disposition, defineAttribute, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

/** A next hop: canonical address text, and the link-local address when a pair was sent. */
export type NextHop = { readonly address: string; readonly linkLocal: string | undefined };

export const nextHop = defineAttribute({
  code: 3,
  name: 'nextHop',
  rfc: 'RFC 4271 section 5.1.3, RFC 7606 section 7.3',
  flags: FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check(bytes, start, end, context) {
    if (end - start !== 4) return UpdateError.attributeLength;
    return checkNextHopIpv4(bytes, start, context.loopback) ? 0 : UpdateError.invalidNextHop;
  },
  read: (bytes, start, end): NextHop => ({
    address: formatAddress(bytes, start, end - start === 4 ? 4 : 16),
    linkLocal: end - start === 32 ? formatIpv6(bytes, start + 16) : undefined,
  }),
  write: (value, out) => writeNextHopText(value.address, value.linkLocal, out),
  format: ({ address, linkLocal }) => (linkLocal === undefined ? address : `${address} ${linkLocal}`),
});

/**
 * HOT. Whether the 4 bytes at `offset` can be the address of a host (RFC 4271 section 6.3): not in 0.0.0.0/8,
 * multicast 224.0.0.0/4 or reserved 240.0.0.0/4; in 127.0.0.0/8 only with `loopback`. The caller has checked the
 * length.
 */
export function checkNextHopIpv4(bytes: Uint8Array, offset: number, loopback = false): boolean {
  const first = bytes[offset]!;
  return first !== 0 && (first !== 127 || loopback) && first < 224;
}

/**
 * HOT. Whether the 16 bytes at `offset` can be the address of a host: not ::, not multicast ff00::/8, and ::1 only
 * with `loopback`.
 * Link-local and IPv4-mapped addresses are let through: both are in use. The caller has checked the length.
 */
export function checkNextHopIpv6(bytes: Uint8Array, offset: number, loopback = false): boolean {
  if (bytes[offset] === 0xff) return false;
  const upper = readU32(bytes, offset) | readU32(bytes, offset + 4) | readU32(bytes, offset + 8);
  return upper !== 0 || readU32(bytes, offset + 12) > (loopback ? 0 : 1);
}
