/**
 * Long-lived graceful restart: for how long a family's routes are worth keeping after the time of graceful restart has
 * run out (RFC 9494 section 3). Seven octets each; reserved flags are ignored when received and sent as 0.
 */
import { readU16 } from '../../base/bytes.ts';
import type { GracefulRestartFamily } from './64-graceful-restart.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** A family and its time. */
export interface LongLivedFamily extends GracefulRestartFamily {
  /** 0..16777215 seconds. */
  readonly staleTimeSeconds: number;
}

const ENTRY = 7;
const FORWARDING = 0x80;
const MAX_TIME = 0xffffff;

export const llgr = defineCapability({
  code: 71,
  name: 'llgr',
  rfc: 'RFC 9494 section 3',
  check: (_bytes, start, end) => (end - start) % ENTRY === 0,
  read(bytes, start, end): readonly LongLivedFamily[] {
    const families: LongLivedFamily[] = [];
    for (let at = start; at < end; at += ENTRY)
      families.push({
        afi: readU16(bytes, at),
        safi: bytes[at + 2]!,
        forwarding: (bytes[at + 3]! & FORWARDING) !== 0,
        staleTimeSeconds: (bytes[at + 4]! << 16) | readU16(bytes, at + 5),
      });
    return families;
  },
  write(families, out) {
    for (const { afi, safi, forwarding, staleTimeSeconds } of families) {
      const time = Math.min(staleTimeSeconds, MAX_TIME);
      out.u16(afi);
      out.u8(safi);
      out.u8(forwarding ? FORWARDING : 0);
      out.u8(time >>> 16);
      out.u16(time & 0xffff);
    }
  },
  format: (families) =>
    families
      .map(
        ({ afi, safi, forwarding, staleTimeSeconds }) =>
          `${formatFamily(afi, safi)} ${staleTimeSeconds} s${forwarding ? ' forwarding' : ''}`,
      )
      .join(', '),
});
