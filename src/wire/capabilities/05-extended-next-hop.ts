/**
 * Extended next hop encoding: families whose routes may have a next hop of another family, in practice IPv4 routes
 * with an IPv6 next hop (RFC 8950 section 4). Each entry is three 2-octet fields; the SAFI is 2 octets wide here only.
 */
import { readU16 } from '../../base/bytes.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** Routes of `afi`/`safi` may have next hops of `nextHopAfi`; all three 0..65535. */
export interface ExtendedNextHop {
  readonly afi: number;
  readonly safi: number;
  readonly nextHopAfi: number;
}

const ENTRY_LENGTH = 6;

export const extendedNextHop = defineCapability({
  code: 5,
  name: 'extended-next-hop',
  rfc: 'RFC 8950 section 4',
  check: (_bytes, start, end) => (end - start) % ENTRY_LENGTH === 0,
  read(bytes, start, end): readonly ExtendedNextHop[] {
    const entries: ExtendedNextHop[] = [];
    for (let at = start; at < end; at += ENTRY_LENGTH)
      entries.push({
        afi: readU16(bytes, at),
        safi: readU16(bytes, at + 2),
        nextHopAfi: readU16(bytes, at + 4),
      });
    return entries;
  },
  write(entries, out) {
    for (const { afi, safi, nextHopAfi } of entries) {
      out.u16(afi);
      out.u16(safi);
      out.u16(nextHopAfi);
    }
  },
  format: (entries) =>
    entries
      .map(({ afi, safi, nextHopAfi }) => `${formatFamily(afi, safi)} via ${formatNextHopAfi(nextHopAfi)}`)
      .join(', '),
});

function formatNextHopAfi(afi: number): string {
  return afi === 1 ? 'ipv4' : afi === 2 ? 'ipv6' : `afi ${afi}`;
}
