/** UPDATEs for the warm-up: made up, but of the lengths, values and attributes that peers send. */
import type { ByteWriter } from './base/byte-writer.ts';
import { mix32 } from './base/hash.ts';
import { ODDITIES, type Oddity } from './warm-up-oddities.ts';
import { beginAttribute, endAttribute } from './wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from './wire/attributes/spec.ts';
import { endOfRib } from './wire/end-of-rib.ts';
import { UNICAST_FAMILIES } from './wire/families/index.ts';
import { MARKER_LENGTH, MessageType } from './wire/message.ts';

const OPTIONAL_TRANSITIVE = FLAG_OPTIONAL | FLAG_TRANSITIVE;

/** UPDATEs after which the same prefixes come again with other attributes. */
const ROUND = 8192;
/** Prefixes of a large UPDATE. */
const MANY = 200;
/** One UPDATE in so many is odd, and one in so many is End-of-RIB. */
const ODD = 16;
const END_OF_RIB = 256;

/**
 * Appends UPDATE `n` of AS `as`: one to sixteen prefixes announced, now and then 200; every eighth withdraws what the one
 * before it announced, now and then one is End-of-RIB, and some are odd. The same for the same arguments.
 *
 * @param families indexes of the families, eight UPDATEs of each in turn
 */
export function writeUpdate(families: readonly number[], as: number, n: number, out: ByteWriter): void {
  if (n % END_OF_RIB === END_OF_RIB - 1) {
    out.copy(endOfRib(UNICAST_FAMILIES[families[Math.floor(n / END_OF_RIB) % families.length]!]!));
    return;
  }
  const family = families[(n >>> 3) % families.length]!;
  const start = out.length;
  for (let i = 0; i < MARKER_LENGTH; i++) out.u8(0xff);
  out.u16(0);
  out.u8(MessageType.update);
  if (n % 8 === 7) writeWithdrawn(family, n - 1, out);
  else writeAnnounced(family, as, n, out);
  out.patchU16(start + MARKER_LENGTH, out.length - start);
}

/** What is odd about UPDATE `n`. */
export function oddityOf(n: number): Oddity | undefined {
  return n % ODD === 3 ? ODDITIES[Math.floor(n / ODD) % ODDITIES.length] : undefined;
}

function writeWithdrawn(family: number, n: number, out: ByteWriter): void {
  const at = out.length;
  out.u16(0);
  if (family === 0) {
    writePrefixes(family, n, out);
    out.patchU16(at, out.length - at - 2);
    out.u16(0);
    return;
  }
  out.u16(0);
  const attribute = beginAttribute(out, FLAG_OPTIONAL, 15, 4000);
  out.u16(2);
  out.u8(1);
  writePrefixes(family, n, out);
  endAttribute(out, attribute);
  out.patchU16(at + 2, out.length - at - 4);
}

function writeAnnounced(family: number, as: number, n: number, out: ByteWriter): void {
  const random = mix32(n);
  const odd = oddityOf(n);
  out.u16(0);
  const at = out.length;
  out.u16(0);
  if (family !== 0) writeReach(family, n, out);
  writeAttribute(out, FLAG_TRANSITIVE, 1, () => out.u8(random % 16 === 0 ? 2 : 0));
  writeAttribute(out, FLAG_TRANSITIVE, 2, () => {
    const hops = 1 + (random % 7);
    out.u8(2);
    out.u8(hops);
    out.u32(odd?.firstAs ?? as);
    // One in sixteen AS numbers is a large one.
    for (let i = 1; i < hops; i++) {
      const hop = mix32(n + i);
      out.u32(hop % 16 === 0 ? 4_200_000_000 - (hop >>> 16) : 1 + (hop >>> 14));
    }
    odd?.segments?.(out);
  });
  if (family === 0)
    writeAttribute(out, FLAG_TRANSITIVE, 3, () =>
      out.u32(odd?.nextHop ?? (n % 2 === 0 ? 0xc6336400 : 0x0a000000) + (n % 200)),
    );
  if (odd === undefined) writeOptional(as, n, out);
  else odd.attributes?.(out);
  out.patchU16(at, out.length - at - 2);
  if (family === 0) writePrefixes(family, n, out);
}

/** What not every route has. */
function writeOptional(as: number, n: number, out: ByteWriter): void {
  const random = mix32(n);
  if (random % 4 === 1) writeAttribute(out, FLAG_OPTIONAL, 4, () => out.u32(random % 3 === 0 ? 0 : random));
  if (random % 16 === 2) writeAttribute(out, FLAG_TRANSITIVE, 6, () => undefined);
  if (random % 16 === 2)
    writeAttribute(out, OPTIONAL_TRANSITIVE, 7, () => {
      out.u32(as);
      out.u32(random);
    });
  const communities = random % 3 === 0 ? 0 : (random >>> 8) % 12;
  if (communities > 0)
    writeAttribute(out, OPTIONAL_TRANSITIVE, 8, () => {
      for (let i = 0; i < communities; i++) out.u32((mix32(n * 16 + i) & 0xefffffff) >>> 0);
    });
  if (random % 32 === 3)
    writeAttribute(out, OPTIONAL_TRANSITIVE, 16, () => {
      out.u32(0x00020001);
      out.u32(random);
    });
  if (random % 8 === 4)
    writeAttribute(out, OPTIONAL_TRANSITIVE, 32, () => {
      for (let i = 0; i < 3; i++) out.u32(mix32(n * 3 + i));
    });
}

function writeReach(family: number, n: number, out: ByteWriter): void {
  writeAttribute(out, FLAG_OPTIONAL, 14, () => {
    out.u16(2);
    out.u8(1);
    out.u8(16);
    for (const word of [0x20010db8, 0, 0, 2]) out.u32(word);
    out.u8(0);
    writePrefixes(family, n, out);
  });
}

function writeAttribute(out: ByteWriter, flags: number, code: number, value: () => void): void {
  const at = beginAttribute(out, flags, code, code === 14 ? 4000 : 64);
  value();
  endAttribute(out, at);
}

/** The prefixes that UPDATE `n` announces and UPDATE `n + 1` may withdraw. */
function writePrefixes(family: number, n: number, out: ByteWriter): void {
  const place = mix32(n % ROUND);
  const count = place % 256 === 0 ? MANY : place % 4 === 0 ? 1 + (place % 15) : 1 + (place % 5);
  for (let i = 0; i < count; i++) {
    const random = mix32(place + i);
    const length = family === 0 ? LENGTHS4[random % LENGTHS4.length]! : LENGTHS6[random % LENGTHS6.length]!;
    out.u8(length);
    const octets = (length + 7) >>> 3;
    // 1.0.0.0 to 223.255.255.255, and 2000::/3; bits behind the length are not looked at.
    out.u8(family === 0 ? 1 + (random % 223) : 0x20 | (random & 0x1f));
    for (let octet = 1; octet < octets; octet++) out.u8(mix32(random + octet));
  }
}

const LENGTHS4 = [24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 19, 18, 17, 16, 12, 32];
const LENGTHS6 = [48, 48, 48, 48, 44, 40, 36, 32, 32, 29, 33, 47, 46, 64, 45, 128];
