/**
 * PATHS-LIMIT: how many paths of a prefix the sender wants to receive, for each family with ADD-PATH
 * (draft-abraitis-idr-addpath-paths-limit). Five octets each.
 */
import { readU16 } from '../../base/bytes.ts';
import type { AddressFamily } from './01-multiprotocol.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** The limit of one family. */
export interface PathsLimit extends AddressFamily {
  /** 0..65535; 0 is to be ignored. */
  readonly limit: number;
}

const ENTRY = 5;

export const pathsLimit = defineCapability({
  code: 76,
  name: 'paths-limit',
  rfc: 'draft-abraitis-idr-addpath-paths-limit section 3',
  check: (_bytes, start, end) => (end - start) % ENTRY === 0,
  read(bytes, start, end): readonly PathsLimit[] {
    const entries: PathsLimit[] = [];
    for (let at = start; at < end; at += ENTRY)
      entries.push({ afi: readU16(bytes, at), safi: bytes[at + 2]!, limit: readU16(bytes, at + 3) });
    return entries;
  },
  write(entries, out) {
    for (const { afi, safi, limit } of entries) {
      out.u16(afi);
      out.u8(safi);
      out.u16(limit);
    }
  },
  format: (entries) =>
    entries.map(({ afi, safi, limit }) => `${formatFamily(afi, safi)} ${limit}`).join(', '),
});
