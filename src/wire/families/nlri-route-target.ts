/**
 * Route target membership (RFC 4684 section 4): "send me routes with this route target". A prefix of 96 bits: the AS
 * of the origin and the extended community; 0 bits stand for every route target.
 */
import { ByteWriter } from '../../base/byte-writer.ts';
import { fromHex, readU32, toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { maskInPlace } from '../../base/prefix.ts';
import { formatExtendedCommunity, parseExtendedCommunity } from '../community-text.ts';
import { formatPathId, PATH_ID_OCTETS, readPathId, writePathId } from './path-id.ts';
import { octetsOf } from './prefix-bits.ts';
import type { NlriCodec, PathIdentified } from './spec.ts';

/** `{ length: 96, originAs: 65000, routeTarget: 'rt:65000:1' }`; `{ length: 0, originAs: 0, routeTarget: '0x' }`. */
export interface RouteTargetNlri extends PathIdentified {
  /** Bits that count: 0, or 32 to 96. */
  readonly length: number;
  /** AS that the request comes from, 0..4294967295. */
  readonly originAs: number;
  /** A whole extended community as text, or `0x` and the digits of the octets that are there. */
  readonly routeTarget: string;
}

const MAX_BITS = 96;
const AS_BITS = 32;

export const routeTargetNlri: NlriCodec<RouteTargetNlri> = {
  check(bytes, start, end, addPath) {
    const skip = addPath ? PATH_ID_OCTETS : 0;
    let at = start;
    while (at < end) {
      const element = at;
      at += skip;
      if (at >= end) return element;
      const length = bytes[at]!;
      if (length > MAX_BITS || (length > 0 && length < AS_BITS)) return element;
      at += 1 + ((length + 7) >>> 3);
      if (at > end) return element;
    }
    return -1;
  },
  read(bytes, start, end, addPath) {
    const values: RouteTargetNlri[] = [];
    for (let at = start; at < end; ) {
      const id = readPathId(bytes, at, addPath);
      if (addPath) at += PATH_ID_OCTETS;
      const length = bytes[at++]!;
      const octets = octetsOf(length);
      const key = new Uint8Array(MAX_BITS / 8);
      for (let i = 0; i < octets; i++) key[i] = bytes[at + i]!;
      maskInPlace(key, length);
      const routeTarget =
        length === MAX_BITS
          ? formatExtendedCommunity({ high: readU32(key, 4), low: readU32(key, 8) })
          : `0x${toHex(key, 4, Math.max(4, octets))}`;
      values.push({ length, originAs: readU32(key, 0), routeTarget, ...id });
      at += octets;
    }
    return values;
  },
  write(values, out, addPath) {
    for (const value of values) {
      const { length } = value;
      if (length > MAX_BITS || (length > 0 && length < AS_BITS))
        throw new BellhopError('INVALID_ARGUMENT', `a route target of ${length} bits`);
      writePathId(value, out, addPath);
      out.u8(length);
      if (length === 0) continue;
      const key = new ByteWriter(12);
      key.u32(value.originAs);
      writeRouteTarget(value.routeTarget, key);
      const masked = new Uint8Array(MAX_BITS / 8);
      masked.set(key.bytes.subarray(0, Math.min(key.length, masked.length)));
      maskInPlace(masked, length);
      out.copy(masked, 0, octetsOf(length));
    }
  },
  format(value) {
    const text = value.length === 0 ? 'default' : `${value.originAs} ${value.routeTarget}`;
    const bits = value.length === 0 || value.length === MAX_BITS ? '' : ` (${value.length} bits)`;
    return `${text}${bits}${formatPathId(value)}`;
  },
};

function writeRouteTarget(text: string, out: ByteWriter): void {
  const community = parseExtendedCommunity(text);
  if (community !== undefined) {
    out.u32(community.high);
    out.u32(community.low);
  } else if (/^0x(?:[0-9a-f]{2}){0,8}$/i.test(text)) out.copy(fromHex(text.slice(2)));
  else throw new BellhopError('INVALID_ARGUMENT', `no route target: ${text}`);
}
