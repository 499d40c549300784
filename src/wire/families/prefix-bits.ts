/**
 * Prefixes as they stand in NLRI: only the octets that their bits need (RFC 4271 section 4.3).
 */
import { formatIpv4 } from '../../base/address.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { BellhopError } from '../../base/errors.ts';
import { formatPrefix, maskInPlace, parsePrefix } from '../../base/prefix.ts';
import { prefixWord } from '../prefix-scan.ts';

/** Octets of an address: 4 for IPv4, 16 for IPv6. */
export type AddressOctets = 4 | 16;

/** Octets that `bits` bits take. */
export function octetsOf(bits: number): number {
  return (bits + 7) >>> 3;
}

/** Text of the prefix whose first `bits` bits stand at `start`; bits behind them are ignored. */
export function readPrefixText(
  bytes: Uint8Array,
  start: number,
  bits: number,
  addressOctets: AddressOctets,
): string {
  if (addressOctets === 4) return `${formatIpv4(prefixWord(bytes, start, bits) >>> 0)}/${bits}`;
  const address = new Uint8Array(addressOctets);
  for (let i = 0; i < octetsOf(bits); i++) address[i] = bytes[start + i]!;
  maskInPlace(address, bits);
  return formatPrefix(address, bits);
}

/** The prefix of `text`. @throws BellhopError INVALID_ARGUMENT when it is none of this family */
export function prefixOf(
  text: string,
  addressOctets: AddressOctets,
): { readonly bytes: Uint8Array; readonly length: number } {
  const prefix = parsePrefix(text);
  if (prefix === undefined || prefix.bytes.length !== addressOctets)
    throw new BellhopError('INVALID_ARGUMENT', `not an IPv${addressOctets === 4 ? 4 : 6} prefix: ${text}`);
  return prefix;
}

/** Appends the octets of a prefix, without its length. */
export function writePrefixOctets(
  prefix: { readonly bytes: Uint8Array; readonly length: number },
  out: ByteWriter,
): void {
  out.copy(prefix.bytes, 0, octetsOf(prefix.length));
}
