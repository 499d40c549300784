/**
 * PeerTable: what selection needs to know of the peers, in columns indexed by peer index; index 0 is the speaker
 * itself (networks, announcements of the API).
 */
import { grownCapacity, growU8, growU32 } from '../base/columns.ts';

/** Index of a peer in the engine; 0 is the speaker itself. */
export type PeerIndex = number;

/** Where a path comes from. */
export const SOURCE_LOCAL = 0;
export const SOURCE_EXTERNAL = 1;
export const SOURCE_INTERNAL = 2;
/** An internal peer that is a client of ours, the route reflector (RFC 4456). */
export const SOURCE_CLIENT = 3;

/** Who a peer is in the configuration. */
export interface PeerIdentity {
  /** Canonical text with zone. */
  readonly address: string;
  readonly group: string | undefined;
}

export class PeerTable {
  /** One of the SOURCE_ constants. */
  source = new Uint8Array(16);
  /** BGP identifier. */
  routerId = new Uint32Array(16);
  /** 4 or 16 bytes, for the last tie-break. */
  readonly address: (Uint8Array | undefined)[] = [undefined];
  /** For policies that ask where a route came from; undefined for us, and where nobody says. */
  readonly identity: (PeerIdentity | undefined)[] = [undefined];

  /** Sets the columns of `peer`. */
  set(peer: PeerIndex, source: number, routerId: number, address: Uint8Array): void {
    if (peer >= this.source.length) {
      const capacity = grownCapacity(this.source.length, peer + 1);
      this.source = growU8(this.source, capacity);
      this.routerId = growU32(this.routerId, capacity);
    }
    this.source[peer] = source;
    this.routerId[peer] = routerId;
    this.address[peer] = address;
  }

  /** Order of two peers by address: IPv4 before IPv6, then bytewise; negative when `a` is lower. */
  compareAddress(a: PeerIndex, b: PeerIndex): number {
    const left = this.address[a];
    const right = this.address[b];
    if (left === undefined || right === undefined) return a - b;
    if (left.length !== right.length) return left.length - right.length;
    for (let i = 0; i < left.length; i++) {
      const difference = left[i]! - right[i]!;
      if (difference !== 0) return difference;
    }
    return a - b;
  }
}
