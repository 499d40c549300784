/**
 * What the operator wants of one session besides policy, next hops and families: data only. Import options are part
 * of the class of a peer (`import-rules.ts`), export options of the key of its update group (`update-group.ts`).
 */
import type { RoleName } from '../wire/capabilities/09-role.ts';

export interface ImportOptions {
  /** How often our own AS numbers may be in AS_PATH. */
  readonly allowOwnAs: number;
  /** AS number that we go by on this session; 0: the one of the engine. */
  readonly localAs: number;
  /** Put `localAs` in front of the paths that are received. */
  readonly prependLocalAs: boolean;
  /** Our role on the session (RFC 9234); the peer's AS number is then in `peerAs`. */
  readonly role: RoleName | undefined;
  readonly peerAs: number;
  /**
   * Which routes get LOCAL_PREF 0 (RFC 8326): those with the community GRACEFUL_SHUTDOWN, or all of them because it is
   * this session that will be shut down.
   */
  readonly gracefulShutdown: 'none' | 'marked' | 'all';
  /** Cluster id of a route reflector; 0: our router id. */
  readonly clusterId: number;
}

/** Which private AS numbers (RFC 6996) are taken out of AS_PATH. */
export interface PrivateAsRemoval {
  /** `all`: every one; `leading`: those in front of the first public one; `only`: all if there is no public one. */
  readonly scope: 'all' | 'leading' | 'only';
  /** Our own AS number takes their place, so that the path keeps its length. */
  readonly replace: boolean;
}

/** Bits of {@link ExportOptions.communities}. */
export const SEND_STANDARD = 1;
export const SEND_EXTENDED = 2;
export const SEND_LARGE = 4;
export const SEND_ALL_COMMUNITIES = SEND_STANDARD | SEND_EXTENDED | SEND_LARGE;

/** Everything here changes bytes, or whether they are sent: two peers share an update group when it is equal. */
export interface ExportOptions {
  /** AS number that we go by on this session; 0: the one of the engine. */
  readonly localAs: number;
  /** With `localAs`: do not show the engine's own number behind it. */
  readonly replaceAs: boolean;
  /** Put our AS in front of the path: everywhere but towards clients of a route server (RFC 7947 section 2.2.2). */
  readonly prepend: boolean;
  /** Pass on the MED of other ASes (RFC 7947 section 2.2.3). */
  readonly keepMed: boolean;
  /** Tell routes with an AS_SET or AS_CONFED_SET in the path (RFC 9774 section 3). */
  readonly allowAsSets: boolean;
  readonly privateAs: PrivateAsRemoval | undefined;
  /** Write our AS number where the path has the peer's. */
  readonly asOverride: boolean;
  /** The peer's AS number, where it matters: with `privateAs` and `asOverride`; else 0, so that groups are shared. */
  readonly peerAs: number;
  /** SEND_ bits of the kinds of communities that the peer hears. */
  readonly communities: number;
  readonly role: RoleName | undefined;
  /** External peers hear GRACEFUL_SHUTDOWN, internal ones LOCAL_PREF 0 (RFC 8326 section 4). */
  readonly gracefulShutdown: boolean;
  /** The peer is a client of ours, the route reflector (RFC 4456). */
  readonly reflectorClient: boolean;
  /** What we write into CLUSTER_LIST as a route reflector; needed on internal sessions only. */
  readonly clusterId: number;
  /** A default route of our own, whatever is in the table. */
  readonly defaultOriginate: boolean;
  /** Most prefixes of a family that the peer is told. */
  readonly maximumPrefixes: number | undefined;
}

/** How many prefixes of a family the peer may have; more are refused. */
export interface PrefixLimit {
  readonly count: number;
  readonly counts: 'received' | 'accepted';
}

export interface SessionOptions {
  /**
   * AS number that must come first in AS_PATH (RFC 4271 section 6.3); undefined: any may. Not one of the import options,
   * which would make a class of every peer.
   */
  readonly firstAs?: number | undefined;
  readonly import: ImportOptions;
  readonly export: ExportOptions;
  readonly limit?: PrefixLimit | undefined;
}

/** A session of which the operator wants nothing special. */
export const PLAIN_SESSION: SessionOptions = {
  import: {
    allowOwnAs: 0,
    localAs: 0,
    prependLocalAs: false,
    role: undefined,
    peerAs: 0,
    gracefulShutdown: 'none',
    clusterId: 0,
  },
  export: {
    localAs: 0,
    replaceAs: false,
    prepend: true,
    keepMed: false,
    allowAsSets: true,
    privateAs: undefined,
    asOverride: false,
    peerAs: 0,
    communities: SEND_ALL_COMMUNITIES,
    role: undefined,
    gracefulShutdown: false,
    reflectorClient: false,
    clusterId: 0,
    defaultOriginate: false,
    maximumPrefixes: undefined,
  },
};
