/**
 * Addresses in attribute values, written from text.
 *
 * The text comes from programmers and operators, never from peers, so text that is no address throws.
 */
import { parseAddress, parseIpv4 } from '../../base/address.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { BellhopError } from '../../base/errors.ts';

/** Appends the 4 bytes of a dotted-quad address or identifier. @throws BellhopError INVALID_ARGUMENT */
export function writeIpv4Text(text: string, out: ByteWriter): void {
  const value = parseIpv4(text);
  if (value === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an IPv4 address: ${text}`);
  out.u32(value);
}

/**
 * Appends a next hop: 4 bytes for IPv4, 16 for IPv6, 32 when a link-local address goes along (RFC 2545 section 3).
 *
 * @throws BellhopError INVALID_ARGUMENT when a text is no address, or `linkLocal` comes with an IPv4 address.
 */
export function writeNextHopText(address: string, linkLocal: string | undefined, out: ByteWriter): void {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an address: ${address}`);
  out.copy(bytes);
  if (linkLocal === undefined) return;
  const second = parseAddress(linkLocal);
  if (bytes.length !== 16 || second?.length !== 16)
    throw new BellhopError('INVALID_ARGUMENT', `no IPv6 next hop pair: ${address} and ${linkLocal}`);
  out.copy(second);
}
