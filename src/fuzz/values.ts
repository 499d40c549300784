/**
 * Small values that many generators need. They lean to the edges: the numbers with a meaning of their own, the
 * smallest, the largest.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import type { Random } from './random.ts';

const NUMBERS = [0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff] as const;
const ASNS = [1, 23456, 64512, 65000, 65001, 65535, 65536, 4200000000, 0xffffffff] as const;

/** Any 32 bits, often an edge. */
export function number32(random: Random): number {
  return random.oneIn(3) ? random.pick(NUMBERS) : random.u32();
}

/** An AS number that is not 0. */
export function asNumber(random: Random): number {
  return random.oneIn(2) ? random.pick(ASNS) : random.u32() || 1;
}

/** Appends an AS number in the width of the session. */
export function writeAs(as: number, width: 2 | 4, out: ByteWriter): void {
  if (width === 4) out.u32(as);
  else out.u16(as > 0xffff ? 23456 : as);
}

/** Appends an IPv4 address of a host that is no loopback. */
export function writeHost4(random: Random, out: ByteWriter): void {
  out.u8(random.pick([1, 10, 100, 172, 192, 198, 203, 223]));
  out.copy(random.bytes(3));
}

/** Appends a global IPv6 address, or a link-local one. */
export function writeHost6(random: Random, linkLocal: boolean, out: ByteWriter): void {
  out.u32(linkLocal ? 0xfe800000 : 0x20010db8);
  out.u32(linkLocal ? 0 : random.u32());
  out.u32(random.u32());
  out.u32(random.u32() | 2);
}

/** Appends a type-length-value, with a type of one octet and a length of `lengthOctets` that counts `counted` more. */
export function writeTlv(
  type: number,
  value: Uint8Array,
  lengthOctets: 1 | 2,
  out: ByteWriter,
  counted = 0,
): void {
  out.u8(type);
  if (lengthOctets === 1) out.u8(value.length + counted);
  else out.u16(value.length + counted);
  out.copy(value);
}

/** A few octets of UTF-8, controls and halves of characters among them. */
export function textBytes(random: Random, most: number): Uint8Array {
  const text = random.pick([
    '',
    'bellhop',
    'edge-1.example.net',
    '\u001b[31m',
    'mañana \u202e',
    '\ud83d\ude80',
  ]);
  const bytes = new TextEncoder().encode(text).slice(0, most);
  return random.oneIn(4) ? random.bytes(random.size(most)) : bytes;
}
