/**
 * Two connections with one peer: which of them to close (RFC 4271 section 6.8, RFC 6286 section 2.3).
 *
 * To be asked when the peer's OPEN has arrived on the newer one. Both speakers must come to the same answer without
 * talking about it: identifiers differ, or else AS numbers do, and the higher speaker's connection stays.
 */
import type { SessionState } from './types.ts';

/** One end of the connections, as told by its OPEN. */
export interface Speaker {
  /** BGP identifier, unsigned 32 bits. */
  readonly routerId: number;
  /** Real AS number, 32 bits ({@link openAs}). */
  readonly as: number;
}

/** Who opened a TCP connection. */
export type Initiator = 'local' | 'remote';

/** What there is to decide. */
export interface Collision {
  readonly local: Speaker;
  readonly remote: Speaker;
  /** The connection that was there before. */
  readonly existing: { readonly state: SessionState; readonly initiator: Initiator };
  /** The connection whose OPEN has just arrived. */
  readonly newer: { readonly initiator: Initiator };
}

/**
 * The connection to close with Cease/7, or `neither` when both may go on for now.
 *
 * - existing Established: the newer one, always;
 * - existing in OpenConfirm: the one that the lower speaker opened; the existing one if one side opened both, as
 *   nobody opens a second connection while the first is of use;
 * - existing in OpenSent: the same, once both sides have opened one. The RFC lets us look at such a connection since
 *   the OPEN that just came tells who the peer is; to wait would let both sides close the other one's choice;
 * - existing in Connect or Active: the existing one, a mere attempt, which the driver abandons without a message.
 */
export function resolveCollision(collision: Collision): 'existing' | 'newer' | 'neither' {
  const { local, remote, existing, newer } = collision;
  switch (existing.state) {
    case 'Established':
      return 'newer';
    case 'OpenConfirm':
      if (existing.initiator === newer.initiator) return 'existing';
      return existing.initiator === winner(local, remote) ? 'newer' : 'existing';
    case 'OpenSent':
      if (existing.initiator === newer.initiator) return 'neither';
      return existing.initiator === winner(local, remote) ? 'newer' : 'existing';
    case 'Idle':
    case 'Connect':
    case 'Active':
      return 'existing';
  }
}

/** Equal identifiers are legal between different ASes, so the AS number decides then (RFC 6286 section 2.3). */
function winner(local: Speaker, remote: Speaker): Initiator {
  if (local.routerId !== remote.routerId) return local.routerId > remote.routerId ? 'local' : 'remote';
  return local.as > remote.as ? 'local' : 'remote';
}
