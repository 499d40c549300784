/** UPDATE bodies by hand: what a peer sends, put together from texts and numbers. */
import { parseAddress } from '../../src/base/address.ts';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { type Prefix, parsePrefix } from '../../src/base/prefix.ts';
import { beginAttribute, endAttribute } from '../../src/wire/attributes/blob.ts';
import { UNICAST_FAMILIES } from '../../src/wire/families/index.ts';

export const IPV4 = 0;
export const IPV6 = 1;

/** Address bytes of a text that is an address. */
export function address(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new Error(`no address: ${text}`);
  return bytes;
}

/** Bytes of one address, or of a global and a link-local one with a blank in between. */
function addresses(text: string): Uint8Array {
  return Uint8Array.from(text.split(' ').flatMap((one) => [...address(one)]));
}

/** A prefix of a text that is a prefix. */
export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`no prefix: ${text}`);
  return parsed;
}

/** Attributes of a route as a peer sends them. `path` in plain numbers is one AS_SEQUENCE. */
export interface Route {
  readonly origin?: 0 | 1 | 2;
  readonly path?: readonly number[];
  /** Segments of the path, when it is not one sequence. */
  readonly segments?: readonly { readonly type: number; readonly asns: readonly number[] }[];
  readonly nextHop?: string;
  readonly med?: number | undefined;
  readonly localPref?: number | undefined;
  readonly communities?: readonly number[];
  /** Further attributes: flags, code, value. */
  readonly extra?: readonly (readonly [number, number, Uint8Array])[];
}

export interface Update {
  readonly route?: Route;
  readonly announce?: readonly string[];
  readonly withdraw?: readonly string[];
  readonly family?: number;
  /** Width of AS numbers; 4 unless the session is a 2-octet one. */
  readonly asWidth?: 2 | 4;
}

function nlri(prefixes: readonly string[], out: ByteWriter): void {
  for (const text of prefixes) {
    const { bytes, length } = prefix(text);
    out.u8(length);
    out.copy(bytes, 0, (length + 7) >>> 3);
  }
}

function attribute(out: ByteWriter, flags: number, code: number, write: () => void, expected = 0): void {
  const at = beginAttribute(out, flags, code, expected);
  write();
  endAttribute(out, at);
}

/** The path attributes of a route, in the order of their codes, without MP_REACH_NLRI. */
export function attributeBytes(route: Route, nextHop: boolean, width: 2 | 4, out: ByteWriter): void {
  const path = route.path ?? [65001];
  const segments = route.segments ?? (path.length > 0 ? [{ type: 2, asns: path }] : []);
  attribute(out, 0x40, 1, () => out.u8(route.origin ?? 0));
  attribute(out, 0x40, 2, () => {
    for (const { type, asns } of segments) {
      out.u8(type);
      out.u8(asns.length);
      for (const as of asns) width === 4 ? out.u32(as) : out.u16(as > 0xffff ? 23456 : as);
    }
  });
  if (nextHop) attribute(out, 0x40, 3, () => out.copy(address(route.nextHop ?? '192.0.2.1')));
  const { med, localPref, communities = [] } = route;
  if (med !== undefined) attribute(out, 0x80, 4, () => out.u32(med));
  if (localPref !== undefined) attribute(out, 0x40, 5, () => out.u32(localPref));
  if (communities.length > 0)
    attribute(out, 0xc0, 8, () => {
      for (const community of communities) out.u32(community);
    });
  for (const [flags, code, value] of route.extra ?? [])
    attribute(out, flags, code, () => out.copy(value), value.length);
}

/** The body of an UPDATE. IPv4 routes with an IPv4 next hop stand outside the multiprotocol attributes. */
export function updateBody(update: Update): Uint8Array {
  const { route = {}, announce = [], withdraw = [], family = IPV4, asWidth = 4 } = update;
  const out = new ByteWriter();
  const nextHop = addresses(route.nextHop ?? (family === IPV4 ? '192.0.2.1' : '2001:db8::1'));
  const plain = family === IPV4 && nextHop.length === 4;
  out.u16(0);
  if (family === IPV4) nlri(withdraw, out);
  out.patchU16(0, out.length - 2);
  const lengthAt = out.length;
  out.u16(0);
  const { afi, safi } = UNICAST_FAMILIES[family]!;
  if (family !== IPV4 && withdraw.length > 0)
    attribute(out, 0x80, 15, () => {
      out.u16(afi);
      out.u8(safi);
      nlri(withdraw, out);
    });
  if (announce.length > 0 && !plain)
    attribute(out, 0x80, 14, () => {
      out.u16(afi);
      out.u8(safi);
      out.u8(nextHop.length);
      out.copy(nextHop);
      out.u8(0);
      nlri(announce, out);
    });
  if (announce.length > 0) attributeBytes(route, plain, asWidth, out);
  out.patchU16(lengthAt, out.length - lengthAt - 2);
  if (plain) nlri(announce, out);
  return out.take();
}
