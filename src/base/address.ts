/**
 * IP addresses at the text edge: parse and format, IPv4 as 4 bytes, IPv6 as 16 bytes in network order.
 *
 * Not hot: the tables work on integers. Formatting of IPv6 follows RFC 5952.
 */
import { readU16, readU32 } from './bytes.ts';

/** An IPv4 address as 4 bytes or an IPv6 address as 16 bytes, in network byte order. */
export type AddressBytes = Uint8Array;

/** Texts of 0 to 255. */
const DECIMAL = Array.from({ length: 256 }, (_, octet) => String(octet));

/** Dotted-quad text of an IPv4 address or router id given as an unsigned 32-bit integer. */
export function formatIpv4(value: number): string {
  return `${DECIMAL[value >>> 24]!}.${DECIMAL[(value >>> 16) & 255]!}.${DECIMAL[(value >>> 8) & 255]!}.${DECIMAL[value & 255]!}`;
}

/** The unsigned 32-bit integer of dotted-quad text, or undefined when the text is not one. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = match[i]!;
    const octet = Number(part);
    if (octet > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = value * 256 + octet;
  }
  return value;
}

/** The 16 bytes of IPv6 text (no zone), or undefined when the text is not one. */
export function parseIpv6(text: string): AddressBytes | undefined {
  let source = text;
  const tail: number[] = [];
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(source);
  if (dotted !== null) {
    const value = parseIpv4(dotted[2]!);
    if (value === undefined) return undefined;
    tail.push(value >>> 16, value & 0xffff);
    source = dotted[1]!;
    source = source.endsWith('::') ? source : source.slice(0, -1);
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const left = parseGroups(halves[0]!);
  const right = halves.length === 2 ? parseGroups(halves[1]!) : [];
  if (left === undefined || right === undefined) return undefined;
  const given = left.length + right.length + tail.length;
  if (halves.length === 2 ? given > 7 : given !== 8) return undefined;
  const groups = [...left, ...new Array<number>(8 - given).fill(0), ...right, ...tail];
  const bytes = new Uint8Array(16);
  for (const [i, group] of groups.entries()) {
    bytes[i * 2] = group >>> 8;
    bytes[i * 2 + 1] = group;
  }
  return bytes;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const group of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    groups.push(Number.parseInt(group, 16));
  }
  return groups;
}

/** RFC 5952 text of the 16 bytes at `offset`. */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push(readU16(bytes, offset + i * 2));
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      bestStart = i;
      bestLength = length;
    }
  }
  if (bestStart === 0 && bestLength === 5 && groups[5] === 0xffff)
    return `::ffff:${formatIpv4(readU32(bytes, offset + 12))}`;
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return bestStart < 0 ? text(0, 8) : `${text(0, bestStart)}::${text(bestStart + bestLength, 8)}`;
}

/** Bytes of IPv4 or IPv6 text without a zone, or undefined. */
export function parseAddress(text: string): AddressBytes | undefined {
  const value = parseIpv4(text);
  if (value === undefined) return parseIpv6(text);
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Text of 4 or 16 address bytes at `offset`. */
export function formatAddress(bytes: Uint8Array, offset = 0, length = bytes.length): string {
  return length === 4 ? formatIpv4(readU32(bytes, offset)) : formatIpv6(bytes, offset);
}

/** Splits `fe80::1%eth0` in address and zone; the zone is undefined when there is none. */
export function splitZone(text: string): { address: string; zone: string | undefined } {
  const percent = text.indexOf('%');
  return percent < 0
    ? { address: text, zone: undefined }
    : { address: text.slice(0, percent), zone: text.slice(percent + 1) };
}

/** Canonical text of an address with an optional zone (`fe80::1%eth0`), or undefined when it is not one. */
export function canonicalAddress(text: string): string | undefined {
  const { address, zone } = splitZone(text);
  const bytes = parseAddress(address);
  if (bytes === undefined || zone === '') return undefined;
  if (zone !== undefined && bytes.length !== 16) return undefined;
  return zone === undefined ? formatAddress(bytes) : `${formatAddress(bytes)}%${zone}`;
}

/** Whether the 16 bytes at `offset` are an IPv6 link-local unicast address (fe80::/10). */
export function isLinkLocal(bytes: Uint8Array, offset = 0): boolean {
  return bytes[offset] === 0xfe && (bytes[offset + 1]! & 0xc0) === 0x80;
}

/** Whether the 16 bytes at `offset` are all zero: the unspecified address `::`. */
export function isUnspecified(bytes: Uint8Array, offset = 0): boolean {
  for (let i = offset; i < offset + 16; i++) if (bytes[i] !== 0) return false;
  return true;
}
