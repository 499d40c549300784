/**
 * Graceful restart: for how long the sender's routes are worth keeping while it restarts, and for which families it
 * forwards meanwhile (RFC 4724 section 3). Without families it still says "I send End-of-RIB".
 *
 * The value opens with 4 flag bits and a 12-bit time; reserved flags are ignored when received and sent as 0.
 */
import { readU16 } from '../../base/bytes.ts';
import type { AddressFamily } from './01-multiprotocol.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** A family whose routes survive a restart. */
export interface GracefulRestartFamily extends AddressFamily {
  /** F bit: the forwarding state of this family was preserved in the restart. */
  readonly forwarding: boolean;
}

export interface GracefulRestart {
  /** R bit: the sender has just restarted; do not wait for its End-of-RIB before sending. */
  readonly restarting: boolean;
  /** N bit: routes are kept over NOTIFICATIONs too, except Cease/hard-reset (RFC 8538 section 2). */
  readonly notification: boolean;
  /** Estimated time until the session is up again, 0..4095 seconds. */
  readonly restartTimeSeconds: number;
  readonly families: readonly GracefulRestartFamily[];
}

const RESTARTING = 0x8000;
const NOTIFICATION = 0x4000;
const RESTART_TIME = 0x0fff;
const FORWARDING = 0x80;
const FIXED_LENGTH = 2;
const FAMILY_LENGTH = 4;

export const gracefulRestart = defineCapability({
  code: 64,
  name: 'graceful-restart',
  rfc: 'RFC 4724 section 3',
  check: (_bytes, start, end) =>
    end - start >= FIXED_LENGTH && (end - start - FIXED_LENGTH) % FAMILY_LENGTH === 0,
  read(bytes, start, end): GracefulRestart {
    const head = readU16(bytes, start);
    const families: GracefulRestartFamily[] = [];
    for (let at = start + FIXED_LENGTH; at < end; at += FAMILY_LENGTH)
      families.push({
        afi: readU16(bytes, at),
        safi: bytes[at + 2]!,
        forwarding: (bytes[at + 3]! & FORWARDING) !== 0,
      });
    return {
      restarting: (head & RESTARTING) !== 0,
      notification: (head & NOTIFICATION) !== 0,
      restartTimeSeconds: head & RESTART_TIME,
      families,
    };
  },
  write({ restarting, notification, restartTimeSeconds, families }, out) {
    const time = Math.min(restartTimeSeconds, RESTART_TIME);
    out.u16((restarting ? RESTARTING : 0) | (notification ? NOTIFICATION : 0) | time);
    for (const { afi, safi, forwarding } of families) {
      out.u16(afi);
      out.u8(safi);
      out.u8(forwarding ? FORWARDING : 0);
    }
  },
  format({ restarting, notification, restartTimeSeconds, families }) {
    const words = [`${restartTimeSeconds} s`];
    if (restarting) words.push('restarting');
    if (notification) words.push('notification');
    for (const { afi, safi, forwarding } of families)
      words.push(`${formatFamily(afi, safi)}${forwarding ? ' forwarding' : ''}`);
    return words.join(', ');
  },
});
