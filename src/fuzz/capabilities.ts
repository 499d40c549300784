/**
 * Values of every capability, as bytes: well-formed most of the time. `VALUES` has a generator for each capability of
 * the registry; one without does not compile.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { CAPABILITIES } from '../wire/capabilities/index.ts';
import { FAMILIES } from '../wire/families/index.ts';
import type { Random } from './random.ts';
import { asNumber, textBytes, writeTlv } from './values.ts';

type Value = (random: Random, out: ByteWriter) => void;

const nothing: Value = () => {};

const VALUES = {
  multiprotocol(random, out) {
    const { afi, safi } = family(random);
    out.u16(afi);
    out.u8(random.oneIn(8) ? random.octet() : 0);
    out.u8(safi);
  },
  'route-refresh': nothing,
  orf: (random, out) =>
    entries(random, () => {
      const { afi, safi } = family(random);
      out.u16(afi);
      out.u8(0);
      out.u8(safi);
      const count = random.between(0, 3);
      out.u8(count);
      for (let i = 0; i < count; i++) {
        out.u8(random.pick([64, 65, 128]));
        out.u8(random.between(1, 3));
      }
    }),
  'extended-next-hop': (random, out) =>
    entries(random, () => {
      const { afi, safi } = family(random);
      out.u16(afi);
      out.u16(safi);
      out.u16(random.pick([1, 2, 2, 25]));
    }),
  'extended-message': nothing,
  role: (random, out) => out.u8(random.between(0, 5)),
  'graceful-restart'(random, out) {
    out.u16(random.u32() & 0xffff);
    entries(random, () => familyAndFlags(random, out));
  },
  'four-octet-as': (random, out) => out.u32(asNumber(random)),
  dynamic: (random, out) => out.copy(random.bytes(random.size(8))),
  'add-path': (random, out) =>
    entries(random, () => {
      const { afi, safi } = family(random);
      out.u16(afi);
      out.u8(safi);
      out.u8(random.between(0, 4));
    }),
  'enhanced-route-refresh': nothing,
  llgr: (random, out) =>
    entries(random, () => {
      familyAndFlags(random, out);
      out.u8(random.octet());
      out.u16(random.u32() & 0xffff);
    }),
  fqdn(random, out) {
    for (let i = 0; i < 2; i++) {
      const text = textBytes(random, 64);
      out.u8(text.length);
      out.copy(text);
    }
  },
  'software-version'(random, out) {
    const text = textBytes(random, 64);
    out.u8(text.length);
    out.copy(text);
  },
  'paths-limit': (random, out) =>
    entries(random, () => {
      const { afi, safi } = family(random);
      out.u16(afi);
      out.u8(safi);
      out.u16(random.u32() & 0xffff);
    }),
  'link-local-next-hop': nothing,
} satisfies Record<string, Value>;

// Fails to compile when a capability of the registry has no generator.
const BY_NAME: Readonly<Record<(typeof CAPABILITIES)[number]['name'], Value>> = VALUES;

/** A capability of the registry: appends code, length and value. */
export function writeRandomCapability(random: Random, out: ByteWriter): void {
  const spec = random.pick(CAPABILITIES);
  out.u8(spec.code);
  const at = out.length;
  out.u8(0);
  BY_NAME[spec.name](random, out);
  if (random.oneIn(32)) out.length = at + 1;
  if (random.oneIn(16)) out.copy(random.bytes(random.between(1, 3)));
  out.patchU8(at, out.length - at - 1);
}

/** A capability that nobody registered. */
export function writeUnknownCapability(random: Random, out: ByteWriter): void {
  writeTlv(random.pick([0, 4, 66, 128, 130, 239, 255]), random.bytes(random.size(40)), 1, out);
}

function entries(random: Random, entry: () => void): void {
  const count = random.between(0, 4);
  for (let i = 0; i < count; i++) entry();
}

function familyAndFlags(random: Random, out: ByteWriter): void {
  const { afi, safi } = family(random);
  out.u16(afi);
  out.u8(safi);
  out.u8(random.octet());
}

function family(random: Random): { readonly afi: number; readonly safi: number } {
  return random.oneIn(4) ? { afi: random.between(0, 30), safi: random.octet() } : random.pick(FAMILIES);
}
