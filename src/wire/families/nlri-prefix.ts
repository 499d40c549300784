/**
 * NLRI that is a prefix and no more: unicast and multicast, IPv4 and IPv6 (RFC 4271 section 4.3, RFC 4760 section 5).
 */
import { readU32 } from '../../base/bytes.ts';
import { formatPathId, PATH_ID_OCTETS, writePathId } from './path-id.ts';
import { type AddressOctets, octetsOf, prefixOf, readPrefixText, writePrefixOctets } from './prefix-bits.ts';
import type { NlriCodec, PathIdentified } from './spec.ts';

/** A prefix: `{ prefix: '192.0.2.0/24' }`. */
export interface PrefixNlri extends PathIdentified {
  readonly prefix: string;
}

/** The codec for prefixes of addresses with this many octets. */
export function prefixNlri(addressOctets: AddressOctets): NlriCodec<PrefixNlri> {
  const maxLength = addressOctets * 8;
  return {
    check(bytes, start, end, addPath) {
      const skip = addPath ? PATH_ID_OCTETS : 0;
      let at = start;
      while (at < end) {
        const element = at;
        at += skip;
        if (at >= end) return element;
        const length = bytes[at]!;
        at += 1 + ((length + 7) >>> 3);
        if (length > maxLength || at > end) return element;
      }
      return -1;
    },
    read(bytes, start, end, addPath) {
      const values: PrefixNlri[] = [];
      for (let at = start; at < end; ) {
        const idAt = at;
        if (addPath) at += PATH_ID_OCTETS;
        const length = bytes[at++]!;
        const prefix = readPrefixText(bytes, at, length, addressOctets);
        values.push(addPath ? { prefix, pathId: readU32(bytes, idAt) } : { prefix });
        at += octetsOf(length);
      }
      return values;
    },
    write(values, out, addPath) {
      for (const value of values) {
        writePathId(value, out, addPath);
        const prefix = prefixOf(value.prefix, addressOctets);
        out.u8(prefix.length);
        writePrefixOctets(prefix, out);
      }
    },
    format: (value) => `${value.prefix}${formatPathId(value)}`,
  };
}
