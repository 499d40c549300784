/**
 * PeerParams: what the engine is told of a session when it becomes Established. Data only.
 */
import type { Prefix } from '../base/prefix.ts';
import type { PeerIdentity } from '../rib/peer-table.ts';
import type { RouteTransform } from '../rib/transform.ts';
import type { WireContext } from '../wire/session-context.ts';
import type { SessionOptions } from './session-options.ts';

/** How the next hop of announced routes of one family is chosen (RFC 4271 section 5.1.3). */
export interface NextHopParams {
  /**
   * `self`: always `self`. `unchanged`: as received, except for our own routes. `third-party`: as received when it
   * lies in `sharedSubnet`, else `self`.
   */
  readonly mode: 'self' | 'unchanged' | 'third-party';
  /** 4 bytes, 16, or 32 with a link-local address (RFC 2545); undefined: we have no usable address of the family. */
  readonly self: Uint8Array | undefined;
  /** Subnet in which both ends of the session are. */
  readonly sharedSubnet: Prefix | undefined;
}

export interface PeerParams {
  readonly external: boolean;
  readonly peerAs: number;
  readonly routerId: number;
  /** Address of the peer, 4 or 16 bytes. */
  readonly address: Uint8Array;
  /**
   * Our addresses, 4 or 16 bytes each: a route with one of them as next hop is not accepted (RFC 4271 section 6.3).
   * Link-local ones of other links are not among them.
   */
  readonly ownAddresses: readonly Uint8Array[];
  readonly context: WireContext;
  /** By family index. */
  readonly nextHop: readonly NextHopParams[];
  /** Who the peer is in the configuration, for policies; absent where nobody asks. */
  readonly identity?: PeerIdentity;
  readonly import: RouteTransform;
  readonly export: RouteTransform;
  /** undefined: `PLAIN_SESSION`. */
  readonly options?: SessionOptions | undefined;
  /** Audiences of routes of our own that the peer belongs to, in ascending order; undefined: none. */
  readonly audiences?: readonly number[] | undefined;
  /**
   * Takes bytes for the peer's socket.
   *
   * @returns `written`: the system has them all, and the memory is the engine's again; else the bytes must not be
   * changed afterwards, and false says that the peer has too much unsent: the engine then waits for `Engine.resume`.
   */
  send(bytes: Uint8Array): boolean | 'written';
}
