/**
 * Addresses as numbers, for pools: ranges, prefixes around an address, and which addresses old equipment dislikes.
 * IPv6 has 128 bits, hence bigint. Not hot.
 */
import { type AddressBytes, formatAddress, parseAddress } from '../../base/address.ts';
import { formatPrefix, maskInPlace, parsePrefix } from '../../base/prefix.ts';

export type IpVersion = 4 | 6;

/** Both ends belong to it. */
export interface AddressRange {
  readonly version: IpVersion;
  readonly first: bigint;
  readonly last: bigint;
  /** As written. */
  readonly text: string;
}

/** The range of `192.0.2.0/24` or `192.0.2.10-192.0.2.20`; a sentence when the text is neither. */
export function parseRange(text: string): AddressRange | string {
  const dash = text.indexOf('-');
  if (dash < 0) {
    const prefix = text.includes('/') ? parsePrefix(text.trim()) : undefined;
    if (prefix === undefined) return `\`${text}\` is neither a prefix nor a range of addresses`;
    const hosts = (1n << BigInt(prefix.bytes.length * 8 - prefix.length)) - 1n;
    const first = numberOf(prefix.bytes);
    return { version: versionOf(prefix.bytes), first, last: first + hosts, text };
  }
  const [from, to] = [text.slice(0, dash), text.slice(dash + 1)].map((part) => parseAddress(part.trim()));
  if (from === undefined || to === undefined) return `\`${text}\` is not a range of addresses`;
  if (from.length !== to.length) return `\`${text}\` begins in one IP version and ends in the other`;
  const range = { version: versionOf(from), first: numberOf(from), last: numberOf(to), text };
  return range.first <= range.last ? range : `\`${text}\` ends before it begins`;
}

/** The IP version and number of an address, or undefined when the text is none. */
export function parseNumber(text: string): { version: IpVersion; value: bigint } | undefined {
  const bytes = parseAddress(text.trim());
  return bytes && { version: versionOf(bytes), value: numberOf(bytes) };
}

/** Canonical text. */
export function addressText(version: IpVersion, value: bigint): string {
  const bytes = new Uint8Array(version === 4 ? 4 : 16);
  let rest = value;
  for (let i = bytes.length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return formatAddress(bytes);
}

/** Canonical text of the prefix of `length` bits around an address. */
export function prefixAround(address: string, length: number): string {
  const bytes = parseAddress(address)!.slice();
  maskInPlace(bytes, length);
  return formatPrefix(bytes, length);
}

export function rangeContains(range: AddressRange, version: IpVersion, value: bigint): boolean {
  return range.version === version && range.first <= value && value <= range.last;
}

export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/** Length of the shortest prefix that lies within the range: what aggregates of its addresses must not exceed. */
export function shortestPrefixWithin({ version, first, last }: AddressRange): number {
  const bits = version === 4 ? 32 : 128;
  for (let length = 0; length < bits; length++) {
    const size = 1n << BigInt(bits - length);
    const aligned = ((first + size - 1n) / size) * size;
    if (aligned + size - 1n <= last) return length;
  }
  return bits;
}

/** IPv4 addresses that end in .0 or .255, which some equipment takes for networks and broadcasts. */
export function isBuggy(version: IpVersion, value: bigint): boolean {
  const octet = value & 0xffn;
  return version === 4 && (octet === 0n || octet === 0xffn);
}

/** How many addresses the range has for services. */
export function usableIn(range: AddressRange, avoidBuggy: boolean): bigint {
  const all = range.last - range.first + 1n;
  if (!avoidBuggy || range.version === 6) return all;
  // Of each 256 addresses two: those that end in 0, and those before them.
  const multiples = (from: bigint, to: bigint) => to / 256n - (from + 255n) / 256n + 1n;
  return all - multiples(range.first, range.last) - multiples(range.first + 1n, range.last + 1n);
}

function versionOf(bytes: AddressBytes): IpVersion {
  return bytes.length === 4 ? 4 : 6;
}

function numberOf(bytes: AddressBytes): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
