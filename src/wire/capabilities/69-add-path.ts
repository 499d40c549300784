/**
 * ADD-PATH: "I can send several paths of a prefix, or receive them", for each family (RFC 7911 section 4). Four octets
 * each: AFI, SAFI and a direction; an entry with a direction nobody defined counts as absent when it is judged.
 */
import { readU16 } from '../../base/bytes.ts';
import type { AddressFamily } from './01-multiprotocol.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** What the sender can do with several paths of a family. */
export interface AddPath extends AddressFamily {
  /** 1 receives them, 2 sends them, 3 both; 0..255. */
  readonly direction: number;
}

const ENTRY = 4;
const DIRECTIONS = ['?', 'receive', 'send', 'both'] as const;

export const addPath = defineCapability({
  code: 69,
  name: 'add-path',
  rfc: 'RFC 7911 section 4',
  check: (_bytes, start, end) => (end - start) % ENTRY === 0,
  read(bytes, start, end): readonly AddPath[] {
    const entries: AddPath[] = [];
    for (let at = start; at < end; at += ENTRY)
      entries.push({ afi: readU16(bytes, at), safi: bytes[at + 2]!, direction: bytes[at + 3]! });
    return entries;
  },
  write(entries, out) {
    for (const { afi, safi, direction } of entries) {
      out.u16(afi);
      out.u8(safi);
      out.u8(direction);
    }
  },
  format: (entries) =>
    entries
      .map(({ afi, safi, direction }) => `${formatFamily(afi, safi)} ${DIRECTIONS[direction] ?? direction}`)
      .join(', '),
});
