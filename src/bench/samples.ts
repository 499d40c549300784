/**
 * The messages that are measured: made from a seed, shaped like those of the Internet.
 *
 * Every message of a set has other AS numbers, addresses and prefix lengths, so that the processor cannot learn one by
 * heart; a set fills about one chunk of a socket.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { beginAttribute, endAttribute } from '../wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';
import { Framer } from '../wire/framer.ts';
import { HEADER_LENGTH, MessageType, writeHeader } from '../wire/message.ts';
import { Random } from './random.ts';

/** Messages one behind the other. */
export interface SampleSet {
  readonly bytes: Uint8Array;
  readonly messages: number;
  readonly prefixes: number;
}

/** What an UPDATE of a set looks like. */
export interface Shape {
  /** `typical`: 6 attributes, 3 AS numbers. `rich`: 12 attributes, 6 AS numbers, communities of all kinds. */
  readonly attributes: 'typical' | 'rich';
  readonly prefixes: number;
  /** 16 puts the prefixes into MP_REACH_NLRI; the default is 4. */
  readonly addressOctets?: 4 | 16;
  /** Octets of AS numbers; the default is 4. */
  readonly asWidth?: 2 | 4;
}

const OPTIONAL_TRANSITIVE = FLAG_OPTIONAL | FLAG_TRANSITIVE;
/** Octets of a set, and the bounds of its messages. */
const SET_BYTES = 65_536;
const MINIMUM_MESSAGES = 8;
const MAXIMUM_MESSAGES = 256;

/** Prefix lengths about as often as in a full table of 2026. */
const LENGTHS4 = [
  ...new Array<number>(12).fill(24),
  ...[23, 23, 22, 22, 22, 21, 20, 20, 19, 18, 17, 16, 16, 14],
] as const;
const LENGTHS6 = [48, 48, 48, 48, 48, 48, 46, 44, 40, 40, 36, 32, 32, 32, 29, 64] as const;

/** UPDATEs of one shape. */
export function sampleUpdates(shape: Shape, seed: number): SampleSet {
  const random = new Random(seed);
  const out = new ByteWriter(SET_BYTES * 2);
  let messages = 0;
  while (
    messages < MINIMUM_MESSAGES ||
    (messages < MAXIMUM_MESSAGES && out.length + out.length / messages <= SET_BYTES)
  ) {
    writeUpdate(shape, random, out);
    messages++;
  }
  return { bytes: out.take(), messages, prefixes: messages * shape.prefixes };
}

/** Visits the messages of a set: `bytes[start..end)` with header. */
export function eachMessage(
  set: SampleSet,
  visit: (bytes: Uint8Array, start: number, end: number) => void,
): void {
  const framer = new Framer({
    message: (_type, bytes, start, end) => visit(bytes, start - HEADER_LENGTH, end),
  });
  framer.extendedMessage = true;
  framer.push(set.bytes);
}

function writeUpdate(shape: Shape, random: Random, out: ByteWriter): void {
  const { prefixes, addressOctets = 4, asWidth = 4 } = shape;
  const start = out.length;
  for (let i = 0; i < HEADER_LENGTH; i++) out.u8(0);
  out.u16(0);
  const lengthAt = out.length;
  out.u16(0);
  if (addressOctets === 16) writeReach(prefixes, random, out);
  writeAttributes(shape.attributes === 'rich', addressOctets === 4, asWidth, random, out);
  out.patchU16(lengthAt, out.length - lengthAt - 2);
  if (addressOctets === 4) writePrefixes(prefixes, 4, random, out);
  writeHeader(out.bytes, start, out.length - start, MessageType.update);
}

/** In the order of their codes, as most speakers send them. */
function writeAttributes(
  rich: boolean,
  nextHop: boolean,
  asWidth: 2 | 4,
  random: Random,
  out: ByteWriter,
): void {
  const attribute = (flags: number, code: number, write: () => void): void => {
    const at = beginAttribute(out, flags, code, 0);
    write();
    endAttribute(out, at);
  };
  const words = (count: number, high: number): void => {
    for (let i = 0; i < count; i++) out.u32((high + random.below(0xffff)) >>> 0);
  };
  attribute(FLAG_TRANSITIVE, 1, () => out.u8(random.pick([0, 0, 0, 2])));
  attribute(FLAG_TRANSITIVE, 2, () => {
    const hops = rich ? 6 : 3;
    out.u8(2);
    out.u8(hops);
    for (let i = 0; i < hops; i++)
      if (asWidth === 4) out.u32(1 + random.below(random.pick([64_000, 400_000])));
      else out.u16(1 + random.below(64_000));
  });
  if (nextHop) attribute(FLAG_TRANSITIVE, 3, () => words(1, 0xc6120000));
  attribute(FLAG_OPTIONAL, 4, () => out.u32(random.below(1000)));
  attribute(FLAG_TRANSITIVE, 5, () => out.u32(100 + random.below(100)));
  if (rich) {
    attribute(FLAG_TRANSITIVE, 6, () => {});
    attribute(OPTIONAL_TRANSITIVE, 7, () => {
      if (asWidth === 4) out.u32(1 + random.below(400_000));
      else out.u16(1 + random.below(64_000));
      words(1, 0xc0000000);
    });
  }
  attribute(OPTIONAL_TRANSITIVE, 8, () => words(rich ? 8 : 3, 0x0d1c0000));
  if (!rich) return;
  attribute(FLAG_OPTIONAL, 9, () => words(1, 0x0a000000));
  attribute(FLAG_OPTIONAL, 10, () => words(2, 0x0a000000));
  attribute(OPTIONAL_TRANSITIVE, 16, () => {
    for (let i = 0; i < 4; i++) {
      out.u32(0x0002fde9);
      words(1, 0);
    }
  });
  attribute(OPTIONAL_TRANSITIVE, 32, () => words(9, 0x00030000));
}

function writeReach(prefixes: number, random: Random, out: ByteWriter): void {
  const at = beginAttribute(out, FLAG_OPTIONAL, 14, 1 + prefixes * 9);
  out.u16(2);
  out.u8(1);
  out.u8(16);
  out.u32(0x20010db8);
  for (let i = 0; i < 3; i++) out.u32(random.below(2 ** 32));
  out.u8(0);
  writePrefixes(prefixes, 16, random, out);
  endAttribute(out, at);
}

function writePrefixes(count: number, addressOctets: 4 | 16, random: Random, out: ByteWriter): void {
  for (let i = 0; i < count; i++) {
    const length = random.pick(addressOctets === 4 ? LENGTHS4 : LENGTHS6);
    out.u8(length);
    const octets = (length + 7) >>> 3;
    for (let octet = 0; octet < octets; octet++) {
      const value = octet === 0 ? (addressOctets === 4 ? 1 + random.below(222) : 0x2a) : random.below(256);
      const spare = octet === octets - 1 ? octets * 8 - length : 0;
      out.u8((value >>> spare) << spare);
    }
  }
}
