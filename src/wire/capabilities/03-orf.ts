/**
 * Outbound route filtering: "I can send you filters, or take yours" (RFC 5291 section 5), for each family a list of
 * filter types with directions. Bellhop reads it and uses none.
 */
import { readU16 } from '../../base/bytes.ts';
import type { AddressFamily } from './01-multiprotocol.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** One kind of filter. */
export interface OrfType {
  /** 64 address prefixes (RFC 5292), 2 communities, 3 extended communities; 0..255. */
  readonly type: number;
  /** 1 receives filters, 2 sends them, 3 both; others mean nothing. */
  readonly direction: number;
}

/** The filters of one family. */
export interface OrfFamily extends AddressFamily {
  readonly types: readonly OrfType[];
}

/** AFI, a reserved octet, SAFI and the number of types. */
const HEADER = 5;
const DIRECTIONS = ['?', 'receive', 'send', 'both'] as const;

export const orf = defineCapability({
  code: 3,
  name: 'orf',
  rfc: 'RFC 5291 section 5',
  check(bytes, start, end) {
    let at = start;
    while (at < end) {
      if (end - at < HEADER) return false;
      at += HEADER + 2 * bytes[at + 4]!;
    }
    return at === end && start !== end;
  },
  read(bytes, start, end): readonly OrfFamily[] {
    const families: OrfFamily[] = [];
    for (let at = start; at < end; ) {
      const types: OrfType[] = [];
      const next = at + HEADER + 2 * bytes[at + 4]!;
      for (let i = at + HEADER; i < next; i += 2) types.push({ type: bytes[i]!, direction: bytes[i + 1]! });
      families.push({ afi: readU16(bytes, at), safi: bytes[at + 3]!, types });
      at = next;
    }
    return families;
  },
  write(families, out) {
    for (const { afi, safi, types } of families) {
      out.u16(afi);
      out.u8(0);
      out.u8(safi);
      out.u8(types.length);
      for (const { type, direction } of types) {
        out.u8(type);
        out.u8(direction);
      }
    }
  },
  format: (families) =>
    families
      .map(({ afi, safi, types }) => {
        const list = types.map(({ type, direction }) => `${type} ${DIRECTIONS[direction] ?? direction}`);
        return `${formatFamily(afi, safi)} (${list.join(', ')})`;
      })
      .join(', '),
});
