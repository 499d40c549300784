/**
 * Values of every path attribute, as bytes and well-formed for the session. `VALUES` has a generator for each
 * attribute of the registry; one without does not compile. MP_REACH_NLRI and MP_UNREACH_NLRI are in `multiprotocol.ts`.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import type { AttributeName } from '../wire/attributes/index.ts';
import type { FuzzContext } from './context.ts';
import { writeReach, writeUnreach } from './multiprotocol.ts';
import type { Random } from './random.ts';
import { asNumber, number32, writeAs, writeHost4, writeHost6, writeTlv } from './values.ts';

/** Appends the value of an attribute. */
export type AttributeValue = (random: Random, context: FuzzContext, out: ByteWriter) => void;

const VALUES = {
  origin: (random, _context, out) => out.u8(random.below(3)),
  asPath: (random, context, out) => path(random, context, context.as4 ? 4 : 2, out),
  nextHop: (random, _context, out) => writeHost4(random, out),
  med: (random, _context, out) => out.u32(number32(random)),
  localPref: (random, _context, out) => out.u32(number32(random)),
  atomicAggregate: () => {},
  aggregator(random, context, out) {
    writeAs(asNumber(random), context.as4 ? 4 : 2, out);
    writeHost4(random, out);
  },
  communities: (random, _context, out) =>
    list(random, () =>
      out.u32(random.oneIn(2) ? random.pick([0xffffff01, 0xffffff02, 0xffff029a]) : random.u32()),
    ),
  originatorId: (random, _context, out) => writeHost4(random, out),
  clusterList: (random, _context, out) => list(random, () => writeHost4(random, out)),
  mpReach: writeReach,
  mpUnreach: writeUnreach,
  extendedCommunities: (random, _context, out) =>
    list(random, () => {
      out.u8(random.pick([0x00, 0x01, 0x02, 0x03, 0x06, 0x40, 0x43, 0x80, 0x81, 0x82, 0x90]));
      out.u8(random.oneIn(2) ? random.between(0, 12) : random.octet());
      out.copy(random.bytes(6));
    }),
  as4Path(random, context, out) {
    const before = out.length;
    path(random, { ...context, external: true }, 4, out);
    if (out.length === before) segment(random, 2, 4, 1, out);
  },
  as4Aggregator(random, _context, out) {
    out.u32(asNumber(random));
    writeHost4(random, out);
  },
  pmsiTunnel(random, _context, out) {
    const type = random.between(0, 8);
    out.u8(random.below(2));
    out.u8(type);
    out.copy(random.bytes(3));
    out.copy(random.bytes([0, 12, 17, 8, 8, 8, 4, 17, 24][type]!));
  },
  tunnelEncapsulation: (random, _context, out) =>
    list(random, () => {
      const body = new ByteWriter(64);
      const count = random.between(0, 3);
      for (let i = 0; i < count; i++) subTlv(random, body);
      out.u16(random.between(0, 20));
      out.u16(body.length);
      out.copy(body.bytes, 0, body.length);
    }),
  ipv6ExtendedCommunities: (random, _context, out) =>
    list(random, () => {
      out.u16(random.pick([0x0002, 0x0003, 0x4002, 0x000b]));
      writeHost6(random, false, out);
      out.u16(random.u32() & 0xffff);
    }),
  aigp(random, _context, out) {
    writeTlv(1, random.bytes(8), 2, out, 3);
    if (random.oneIn(4)) writeTlv(random.between(2, 9), random.bytes(random.size(9)), 2, out, 3);
  },
  bgpLs: (random, _context, out) =>
    list(random, () => {
      const value = random.bytes(random.size(30));
      out.u16(random.between(1024, 1180));
      out.u16(value.length);
      out.copy(value);
    }),
  largeCommunities: (random, _context, out) =>
    list(random, () => {
      for (let i = 0; i < 3; i++) out.u32(random.oneIn(2) ? random.below(2) : number32(random));
    }),
  onlyToCustomer: (random, _context, out) => out.u32(asNumber(random)),
  prefixSid(random, _context, out) {
    writeTlv(1, reservedThen(random, 3, 4), 2, out);
    if (random.oneIn(2)) writeTlv(3, reservedThen(random, 2, 6 * random.between(1, 3)), 2, out);
    if (random.oneIn(2)) writeTlv(random.between(5, 6), srv6Service(random), 2, out);
    if (random.oneIn(4)) writeTlv(random.pick([4, 7]), random.bytes(random.size(30)), 2, out);
  },
  attrSet(random, context, out) {
    const inner = { ...context, as4: true };
    out.u32(asNumber(random));
    out.copy(Uint8Array.of(0x40, 1, 1, random.below(3)));
    for (const [flags, code, write] of [
      [0x50, 2, VALUES.asPath],
      [0x80, 4, VALUES.med],
      [0xd0, 8, VALUES.communities],
    ] as const) {
      const value = new ByteWriter(64);
      write(random, inner, value);
      out.u8(flags);
      out.u8(code);
      if ((flags & 0x10) === 0) out.u8(value.length);
      else out.u16(value.length);
      out.copy(value.bytes, 0, value.length);
    }
  },
} satisfies Record<string, AttributeValue>;

/** The generator of each attribute of the registry; fails to compile when there is none. */
export const ATTRIBUTE_VALUES: Readonly<Record<AttributeName, AttributeValue>> = VALUES;

function list(random: Random, element: () => void): void {
  const count = 1 + (random.oneIn(20) ? random.below(300) : random.below(4));
  for (let i = 0; i < count; i++) element();
}

/** A path of a few segments; where messages may be long, now and then one of tens of thousands of octets. */
function path(random: Random, context: FuzzContext, width: 2 | 4, out: ByteWriter): void {
  if (context.extendedMessage && random.oneIn(25)) {
    const segments = random.between(10, 64);
    for (let i = 0; i < segments; i++) segment(random, random.oneIn(3) ? 1 : 2, width, 255, out);
    return;
  }
  const segments = random.oneIn(8) ? 0 : random.between(1, 3);
  for (let i = 0; i < segments; i++) {
    const confederation = !context.external && random.oneIn(6);
    const type = random.oneIn(6) ? 1 : confederation ? random.between(3, 4) : 2;
    segment(random, type, width, random.oneIn(20) ? random.between(1, 255) : random.between(1, 4), out);
  }
}

function segment(random: Random, type: number, width: 2 | 4, count: number, out: ByteWriter): void {
  out.u8(type);
  out.u8(count);
  for (let i = 0; i < count; i++) writeAs(asNumber(random), width, out);
}

/** Octets without a meaning, which should be 0, and octets with one. */
function reservedThen(random: Random, reserved: number, count: number): Uint8Array {
  const bytes = random.bytes(reserved + count);
  return random.oneIn(4) ? bytes : bytes.fill(0, 0, reserved);
}

/** RFC 9012 section 3: a length of one octet, or of two for types from 128 on. */
function subTlv(random: Random, out: ByteWriter): void {
  const type = random.pick([1, 2, 4, 4, 6, 6, 7, 8, 9, 10, 11, 12, 128, 130, 200]);
  writeTlv(type, subTlvValue(random, type), type >= 128 ? 2 : 1, out);
}

function subTlvValue(random: Random, type: number): Uint8Array {
  switch (type) {
    case 1:
      return random.bytes(8);
    case 2:
    case 8:
      return random.bytes(2);
    case 4:
      return Uint8Array.of(3, 11, 0, 0, ...random.bytes(4));
    case 6: {
      const afi = random.between(0, 2);
      return Uint8Array.of(0, 0, 0, 0, 0, afi, ...random.bytes([0, 4, 16][afi]!));
    }
    default:
      return random.bytes(random.size(20));
  }
}

/** RFC 9252 sections 2 and 3: a reserved octet and sub-TLVs, SID Information with sub-sub-TLVs most of all. */
function srv6Service(random: Random): Uint8Array {
  const out = new ByteWriter(64);
  out.u8(0);
  const count = random.between(1, 2);
  for (let i = 0; i < count; i++) {
    if (random.oneIn(4)) {
      writeTlv(random.between(2, 9), random.bytes(random.size(20)), 2, out);
      continue;
    }
    const information = new ByteWriter(64);
    information.copy(random.bytes(21));
    if (random.oneIn(2)) writeTlv(1, random.bytes(6), 2, information);
    writeTlv(1, information.take(), 2, out);
  }
  return out.take();
}
