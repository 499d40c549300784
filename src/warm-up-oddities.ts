/**
 * What peers say now and then, for the warm-up: code that meets it in a session for the first time is thrown away by
 * the compiler and made anew, and a full table has all of it.
 */
import type { ByteWriter } from './base/byte-writer.ts';
import { beginAttribute, endAttribute } from './wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_PARTIAL, FLAG_TRANSITIVE } from './wire/attributes/spec.ts';

/** AS number and address of the speaker that hears it. */
export const OWN_AS = 64_500;
export const OWN_ADDRESS = '192.0.2.1';
const OWN_NEXT_HOP = 0xc0000201;

const OPTIONAL_TRANSITIVE = FLAG_OPTIONAL | FLAG_TRANSITIVE;
const UNKNOWN = 200;
const NO_EXPORT = 0xffffff01;
const NO_ADVERTISE = 0xffffff02;
const GRACEFUL_SHUTDOWN = 0xffff0000;

/** How an UPDATE is not like most. */
export interface Oddity {
  readonly name: string;
  /** The leftmost AS of the path instead of the peer's. */
  readonly firstAs?: number;
  /** Adds segments behind the sequence of the path. */
  readonly segments?: (out: ByteWriter) => void;
  /** The IPv4 next hop. */
  readonly nextHop?: number;
  /** Adds attributes. */
  readonly attributes?: (out: ByteWriter) => void;
}

export const ODDITIES: readonly Oddity[] = [
  { name: 'AS_SET', segments: (out) => writeSegment(out, 1, [65_551, 65_552]) },
  { name: 'loop', segments: (out) => writeSegment(out, 2, [65_551, OWN_AS]) },
  { name: 'two sequences', segments: (out) => writeSegment(out, 2, [65_551, 65_552]) },
  { name: 'path of 60', segments: (out) => writeSegment(out, 2, Array<number>(60).fill(65_551)) },
  { name: 'other first AS', firstAs: 65_551 },
  { name: 'own next hop', nextHop: OWN_NEXT_HOP },
  { name: 'communities of 280 octets', attributes: (out) => writeWords(out, 8, numbersFrom(65_551, 70)) },
  { name: 'NO_EXPORT', attributes: (out) => writeWords(out, 8, [NO_EXPORT]) },
  { name: 'NO_ADVERTISE', attributes: (out) => writeWords(out, 8, [NO_ADVERTISE]) },
  { name: 'GRACEFUL_SHUTDOWN', attributes: (out) => writeWords(out, 8, [GRACEFUL_SHUTDOWN]) },
  { name: 'large community twice', attributes: (out) => writeWords(out, 32, [1, 2, 3, 4, 5, 6, 1, 2, 3]) },
  { name: 'ONLY_TO_CUSTOMER', attributes: (out) => writeWords(out, 35, [65_551]) },
  { name: 'unknown', attributes: (out) => writeOctets(out, OPTIONAL_TRANSITIVE, UNKNOWN, 3) },
  {
    name: 'unknown, partial',
    attributes: (out) => writeOctets(out, OPTIONAL_TRANSITIVE | FLAG_PARTIAL, UNKNOWN, 3),
  },
  { name: 'unknown, not transitive', attributes: (out) => writeOctets(out, FLAG_OPTIONAL, UNKNOWN, 3) },
  { name: 'unused flag', attributes: (out) => writeOctets(out, FLAG_TRANSITIVE | 1, 6, 0) },
  { name: 'ORIGIN twice', attributes: (out) => writeOctets(out, FLAG_TRANSITIVE, 1, 1) },
  { name: 'LOCAL_PREF', attributes: (out) => writeOctets(out, FLAG_TRANSITIVE, 5, 4) },
  { name: 'AS4_PATH', attributes: writeAs4Path },
  { name: 'AGGREGATOR of 7 octets', attributes: (out) => writeOctets(out, OPTIONAL_TRANSITIVE, 7, 7) },
];

function writeSegment(out: ByteWriter, type: number, numbers: readonly number[]): void {
  out.u8(type);
  out.u8(numbers.length);
  for (const number of numbers) out.u32(number);
}

function writeWords(out: ByteWriter, code: number, words: readonly number[]): void {
  const at = beginAttribute(out, OPTIONAL_TRANSITIVE, code, words.length * 4);
  for (const word of words) out.u32(word);
  endAttribute(out, at);
}

function writeAs4Path(out: ByteWriter): void {
  const at = beginAttribute(out, OPTIONAL_TRANSITIVE, 17, 6);
  writeSegment(out, 2, [65_551]);
  endAttribute(out, at);
}

/** An attribute of `length` zeros. */
function writeOctets(out: ByteWriter, flags: number, code: number, length: number): void {
  const at = beginAttribute(out, flags, code, length);
  for (let i = 0; i < length; i++) out.u8(0);
  endAttribute(out, at);
}

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i * 65_537);
}
