/**
 * Well-formed NLRI of every family, as bytes. `ELEMENTS` has a generator for each family of the registry: a family
 * without one does not compile. It knows the formats by itself and uses no codec, so that it can disagree with one.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import type { FAMILIES } from '../wire/families/index.ts';
import type { FuzzContext } from './context.ts';
import type { Random } from './random.ts';
import { number32 } from './values.ts';

type Family = (typeof FAMILIES)[number];
type Element = (random: Random, out: ByteWriter) => void;

const ELEMENTS = {
  'ipv4-unicast': (random, out) => prefix(random, 32, out),
  'ipv6-unicast': (random, out) => prefix(random, 128, out),
  'ipv4-multicast': (random, out) => prefix(random, 32, out),
  'ipv6-multicast': (random, out) => prefix(random, 128, out),
  'ipv4-labeled-unicast': (random, out) => labeled(random, 32, 0, out),
  'ipv6-labeled-unicast': (random, out) => labeled(random, 128, 0, out),
  'ipv4-vpn': (random, out) => labeled(random, 32, 8, out),
  'ipv6-vpn': (random, out) => labeled(random, 128, 8, out),
  'ipv4-flowspec': (random, out) => flowspec(random, false, 0, out),
  'ipv6-flowspec': (random, out) => flowspec(random, true, 0, out),
  'ipv4-flowspec-vpn': (random, out) => flowspec(random, false, 8, out),
  'ipv6-flowspec-vpn': (random, out) => flowspec(random, true, 8, out),
  'l2vpn-evpn': evpn,
  'route-target-constraint': routeTarget,
} satisfies Record<string, Element>;

// Fails to compile when a family of the registry has no generator.
const BY_NAME: Readonly<Record<Family['name'], Element>> = ELEMENTS;

/** Appends up to `most` elements of a family, with path identifiers where they were agreed. */
export function writeNlri(
  family: Family,
  random: Random,
  context: FuzzContext,
  most: number,
  out: ByteWriter,
): void {
  const count = random.size(most);
  for (let i = 0; i < count; i++) {
    if ((context.addPath & (1 << family.index)) !== 0) out.u32(number32(random));
    BY_NAME[family.name](random, out);
  }
}

/** A length and as many octets; few different ones, so that routes meet and replace each other. */
function prefix(random: Random, maximum: number, out: ByteWriter): void {
  const length = random.oneIn(6) ? random.between(0, maximum) : random.pick([8, 16, 24, maximum]);
  out.u8(length);
  prefixOctets(random, length, maximum, out);
}

function prefixOctets(random: Random, length: number, maximum: number, out: ByteWriter): void {
  const octets = (length + 7) >>> 3;
  const bytes = maximum === 32 ? Uint8Array.of(10, random.below(4), random.below(16), 1) : new Uint8Array(16);
  if (maximum === 128) {
    bytes.set([0x20, 0x01, 0x0d, 0xb8]);
    bytes.set(random.bytes(4), random.pick([4, 12]));
  }
  // Bits behind the length are irrelevant (RFC 4271 section 4.3), so some are set.
  if (length % 8 !== 0 && !random.oneIn(3)) bytes[octets - 1]! &= 0xff00 >> (length & 7);
  out.copy(bytes, 0, octets);
}

function labeled(random: Random, maximum: number, distinguisherOctets: 0 | 8, out: ByteWriter): void {
  const labels = random.oneIn(4) ? 2 : 1;
  const withdrawn = random.oneIn(8);
  const length = random.between(0, maximum);
  out.u8((withdrawn ? 1 : labels) * 24 + distinguisherOctets * 8 + length);
  if (withdrawn) {
    out.u8(0x80);
    out.u16(0);
  } else
    for (let i = 0; i < labels; i++) {
      out.u8(random.between(1, 127));
      out.u16((random.u32() & 0xfff0) | (i === labels - 1 ? 1 : 0));
    }
  if (distinguisherOctets > 0) distinguisher(random, out);
  prefixOctets(random, length, maximum, out);
}

function distinguisher(random: Random, out: ByteWriter): void {
  out.u16(random.between(0, 2));
  out.copy(random.bytes(6));
}

function evpn(random: Random, out: ByteWriter): void {
  const type = random.pick([1, 2, 2, 2, 3, 4, 5, 5, 6, 6]);
  const body = new ByteWriter(64);
  distinguisher(random, body);
  if (type !== 3) body.copy(random.bytes(10));
  if (type !== 4) body.u32(number32(random));
  if (type === 2) {
    body.u8(48);
    body.copy(random.bytes(6));
  }
  const octets = random.pick([4, 16]);
  if (type === 5) {
    body.u8(random.between(0, octets * 8));
    body.copy(random.bytes(octets * 2));
  } else if (type === 2 && random.oneIn(3)) body.u8(0);
  else if (type !== 1) {
    body.u8(octets * 8);
    body.copy(random.bytes(octets));
  }
  if (type === 1 || type === 2 || type === 5) body.copy(random.bytes(3));
  out.u8(type);
  out.u8(body.length);
  out.copy(body.bytes, 0, body.length);
}

/** RFC 8955 section 4: a length of one octet, or of two from 240 on, and components with ascending types. */
function flowspec(random: Random, six: boolean, distinguisherOctets: 0 | 8, out: ByteWriter): void {
  const rule = new ByteWriter(64);
  if (distinguisherOctets > 0) distinguisher(random, rule);
  const types = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...(six ? [13] : [])].filter((type) =>
    random.oneIn(type <= 2 ? 2 : 4),
  );
  if (types.length === 0) types.push(3);
  for (const type of types) {
    rule.u8(type);
    if (type <= 2) {
      const length = random.between(0, six ? 128 : 32);
      rule.u8(length);
      // RFC 8956 section 3.1: leading bits that are left out.
      const offset = six && random.oneIn(3) ? random.below(length) : 0;
      if (six) rule.u8(offset);
      prefixOctets(random, length - offset, six ? 128 : 32, rule);
    } else operators(random, type, rule);
  }
  if (rule.length >= 240) out.u16(0xf000 | rule.length);
  else out.u8(rule.length);
  out.copy(rule.bytes, 0, rule.length);
}

/** Pairs of operator and value; the last has the end bit. */
function operators(random: Random, type: number, out: ByteWriter): void {
  const count = random.between(1, random.oneIn(10) ? 60 : 3);
  const isBitmask = type === 9 || type === 12;
  for (let i = 0; i < count; i++) {
    const size = type === 13 ? 2 : type === 12 || type === 11 ? 0 : random.between(0, 1);
    const bits = random.between(1, isBitmask ? 3 : 7);
    out.u8((i === count - 1 ? 0x80 : 0) | (i > 0 && random.oneIn(2) ? 0x40 : 0) | (size << 4) | bits);
    // Values of one octet stay in the six bits that DSCP and fragment bits have.
    out.copy(size === 0 ? Uint8Array.of(random.below(16)) : random.bytes(1 << size));
  }
}

/** RFC 4684 section 4: no octet at all for the default route, or an AS and up to 64 bits of a route target. */
function routeTarget(random: Random, out: ByteWriter): void {
  const length = random.oneIn(5) ? 0 : random.between(32, 96);
  out.u8(length);
  const octets = (length + 7) >>> 3;
  const bytes = random.bytes(octets);
  if (length % 8 !== 0) bytes[octets - 1]! &= 0xff00 >> (length & 7);
  out.copy(bytes);
}
