/**
 * IP prefixes at the text edge: `192.0.2.0/24` <-> address bytes and length, host bits checked or masked.
 */
import { type AddressBytes, formatAddress, parseAddress } from './address.ts';

/** A prefix: 4 or 16 address bytes with all host bits zero, and a length in bits. */
export interface Prefix {
  readonly bytes: AddressBytes;
  readonly length: number;
}

/** Sets all bits behind the first `length` bits of `bytes` to zero, in place. */
export function maskInPlace(bytes: Uint8Array, length: number): void {
  const whole = length >>> 3;
  if (whole >= bytes.length) return;
  bytes[whole]! &= 0xff00 >> (length & 7);
  for (let i = whole + 1; i < bytes.length; i++) bytes[i] = 0;
}

/**
 * Parses `ADDRESS/LENGTH`; an address alone is a host prefix. Host bits are masked away.
 * Returns undefined when the text is no prefix.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const bytes = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const digits = slash < 0 ? String(bytes.length * 8) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits)) return undefined;
  const length = Number(digits);
  if (length > bytes.length * 8) return undefined;
  maskInPlace(bytes, length);
  return { bytes, length };
}

/** Text of a prefix: `192.0.2.0/24`, `2001:db8::/32`. */
export function formatPrefix(bytes: Uint8Array, length: number): string {
  return `${formatAddress(bytes)}/${length}`;
}

/** Whether `address` (4 or 16 bytes) lies inside the prefix; false across address families. */
export function prefixContains(prefix: Prefix, address: AddressBytes): boolean {
  if (prefix.bytes.length !== address.length) return false;
  const masked = address.slice();
  maskInPlace(masked, prefix.length);
  return masked.every((byte, i) => byte === prefix.bytes[i]);
}
