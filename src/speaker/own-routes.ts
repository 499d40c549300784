/**
 * OwnRoutes: the routes that something inside bellhop wants announced, by owner: networks of the configuration, the
 * CLI, clients of the API, VIPs, processes. The table behind it is in `own-route-table.ts`.
 *
 * A prefix that several owners want has one active route: `config` first, then the owner that announced it first. The
 * others wait and become active when it goes.
 */

/** The owner whose routes come before those of all others. */
export const CONFIG_OWNER = 'config';

/** A route that something inside bellhop wants announced; texts canonical (see base/prefix.ts, base/address.ts). */
export interface OwnRoute {
  readonly prefix: string;
  /** undefined: our own address on each session. */
  readonly nextHop?: string | undefined;
  /** Default `igp`. */
  readonly origin?: 'igp' | 'egp' | 'incomplete' | undefined;
  /** Nearest AS first; ours is put in front towards eBGP peers. Default empty. */
  readonly asPath?: readonly number[] | undefined;
  /** The path is complete: ours is not put in front, unless an export policy changes the path. */
  readonly asPathAsIs?: boolean | undefined;
  readonly med?: number | undefined;
  readonly localPref?: number | undefined;
  /** 32 bits each. */
  readonly communities?: readonly number[] | undefined;
  /** NO_EXPORT and its like are for the neighbors: they do not keep the route from them. */
  readonly communitiesAsIs?: boolean | undefined;
  readonly largeCommunities?: readonly (readonly [number, number, number])[] | undefined;
  /** 16 hexadecimal digits each. */
  readonly extendedCommunities?: readonly string[] | undefined;
  readonly atomicAggregate?: boolean | undefined;
  readonly aggregator?: { readonly as: number; readonly address: string } | undefined;
  /** Dotted quad; to iBGP peers alone. */
  readonly originatorId?: string | undefined;
  /** Dotted quads; to iBGP peers alone. */
  readonly clusterList?: readonly string[] | undefined;
  /** Addresses of the only neighbors that may hear it; undefined: all. */
  readonly peers?: readonly string[] | undefined;
}

/** What a call changed among the routes of an owner; a route that only got a new time to live is none of these. */
export interface OwnRouteChange {
  readonly announced: number;
  readonly changed: number;
  readonly withdrawn: number;
}

/** A route of our own as people see it. */
export interface OwnRouteEntry {
  readonly owner: string;
  readonly route: OwnRoute;
  /** ISO 8601 time of the first announcement by this owner. */
  readonly since: string;
  /** ISO 8601 time at which it is withdrawn unless it is announced again. */
  readonly expiresAt?: string;
  /** The same in milliseconds from now. */
  readonly remainingMilliseconds?: number;
  /** Whether it is the one of this prefix that is announced. */
  readonly active: boolean;
  /** Why not, in one clause. */
  readonly reason?: string;
}

/** How long routes of our own last. */
export interface OwnRouteOptions {
  /** Milliseconds after which the route is withdrawn unless it is announced again; undefined: never. */
  readonly ttlMilliseconds?: number | undefined;
}

/** Hears of every route that an owner has now; `route` is undefined when the owner has none for the prefix any more. */
export type OwnRouteObserver = (
  owner: string,
  prefix: string,
  route: OwnRoute | undefined,
  /** `clock.now()` at which it ends. */
  expiresAt: number | undefined,
) => void;

/** All methods throw BellhopError INVALID_ARGUMENT or LIMIT_REACHED before they change anything. */
export interface OwnRoutes {
  /** The full desired set of `owner`; only the difference is sent. A time to live counts for each route of the set. */
  set(owner: string, routes: readonly OwnRoute[], options?: OwnRouteOptions): OwnRouteChange;
  /** One route more (or replaced); with a ttl it is withdrawn unless announced again in time. */
  announce(owner: string, route: OwnRoute, options?: OwnRouteOptions): void;
  /** Returns whether the owner had such a route. */
  withdraw(owner: string, prefix: string): boolean;
  /** Withdraws everything of an owner; returns how many routes that were. */
  remove(owner: string): number;
  /** The same, one route for each step: for those who may have a million. */
  removal(owner: string): Iterable<unknown>;
  /** How many routes an owner has. */
  countOf(owner: string): number;
  /** What owners want, in the order of their first announcement. */
  entries(owner?: string): OwnRouteEntry[];
  /** The route of one owner for one prefix. */
  entry(owner: string, prefix: string): OwnRouteEntry | undefined;
  /**
   * Resolves true when everything decided before the call is in the kernel's socket buffers of every established peer
   * or the peer is gone, false when that takes longer than `timeoutMilliseconds`.
   */
  flushed(timeoutMilliseconds: number): Promise<boolean>;
  /** Registers an observer; returns the function that removes it. */
  observe(observer: OwnRouteObserver): () => void;
}
