/**
 * What the lab knows of another BGP daemon: one interface for BIRD, GoBGP, FRR, OpenBGPD and ExaBGP, so that one
 * battery of tests can talk to all of them. Routes are read from the daemon's own output and brought to one form.
 */
import { accessSync, constants } from 'node:fs';
import type { LabNode } from './namespaces.ts';
import type { LabProcess } from './process.ts';

export type Family = 'ipv4-unicast' | 'ipv6-unicast';

export type OriginName = 'igp' | 'egp' | 'incomplete';

/** A route the daemon originates. */
export interface RouteSpec {
  readonly prefix: string;
  /** Undefined: the daemon's own address. */
  readonly nextHop?: string;
  readonly med?: number;
  readonly localPref?: number;
  /** `65000:1` */
  readonly communities?: readonly string[];
  /** `65000:1:2` */
  readonly largeCommunities?: readonly string[];
  /** Path behind the daemon's own AS, nearest first. */
  readonly asPath?: readonly number[];
  readonly origin?: OriginName;
}

/** A route the daemon has received, as it shows it. */
export interface PeerRoute {
  readonly prefix: string;
  readonly nextHop: string;
  readonly asPath: readonly number[];
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly origin: OriginName;
  /** Which of these attributes the route shows; undefined where the driver does not look. */
  readonly present?: RoutePresence;
}

/** Attributes that are there or not; their values are nobody's question. */
export interface RoutePresence {
  readonly atomicAggregate: boolean;
  readonly aggregator: boolean;
  readonly originatorId: boolean;
  readonly clusterList: boolean;
  /** Codes of attributes that have no field here, where the daemon shows such. */
  readonly others?: readonly number[];
}

/** A session of the daemon. */
export interface PeerNeighbor {
  readonly address: string;
  readonly as: number;
  /** Source of the session instead of the daemon's address. */
  readonly localAddress?: string;
  /** Wait for the other side to connect. */
  readonly passive?: boolean;
  readonly password?: string;
  /** GTSM (RFC 5082), directly connected. */
  readonly ttlSecurity?: boolean;
  /** Do not offer 4-octet AS numbers. */
  readonly twoOctetAs?: boolean;
  /** Seconds, at least 3. */
  readonly holdTime: number;
  readonly families: readonly Family[];
}

export interface PeerOptions {
  readonly as: number;
  readonly routerId: string;
  readonly localAddress: string;
  /** Source of IPv6 sessions and next hop of IPv6 routes. */
  readonly localAddress6: string;
  readonly neighbors: readonly PeerNeighbor[];
  readonly routes: readonly RouteSpec[];
  /** Announce nothing to anybody. */
  readonly receiveOnly?: boolean;
}

/** A daemon that runs in the lab. */
export interface RunningPeer {
  readonly process: LabProcess;
  /** `Established`, or the daemon's own word for another state. */
  sessionState(neighbor: string): Promise<string>;
  /** Routes received from all neighbors. */
  routes(family: Family): Promise<readonly PeerRoute[]>;
  /** The routes of all neighbors that it uses, where that is another question than what it received. */
  usedRoutes?(family: Family): Promise<readonly PeerRoute[]>;
  announce(routes: readonly RouteSpec[]): Promise<void>;
  withdraw(prefixes: readonly string[]): Promise<void>;
  /** Ends the session and lets it come back. */
  resetSession(neighbor: string): Promise<void>;
  /** Asks the neighbor to send everything again: ROUTE-REFRESH (RFC 2918). */
  refresh(neighbor: string): Promise<void>;
  /** Ends the daemon without a goodbye. */
  kill(): Promise<void>;
}

/** A daemon as 2-octet-AS speaker (RFC 6793). */
export interface TwoOctetAs {
  /**
   * The AS it must be told for a peer with a 4-octet AS: AS_TRANS, the real one because it reads the peer's
   * capability all the same, or none because its configuration has no word for such a peer.
   */
  readonly peerAs: 'trans' | 'real' | 'none';
  /** Show paths with the numbers of AS4_PATH instead of AS_TRANS. */
  readonly mergesAs4Path: boolean;
}

/** What a daemon can be told to do. */
export interface PeerFeatures {
  /** How it behaves without the 4-octet AS capability; undefined: it cannot leave it out. */
  readonly twoOctetAs: TwoOctetAs | undefined;
  /** Understand a TCP MD5 key with a space in it. */
  readonly passwordWithSpace: boolean;
  /** Originate a route with a longer AS path. */
  readonly asPath: boolean;
  /** Send ROUTE-REFRESH; without it the daemon goes back to its own copy of what it received. */
  readonly asksRefresh: boolean;
  /** What it does with a ROUTE-REFRESH, ours or anybody's: send its routes, ignore it, or close the session. */
  readonly onRefresh: 'sends' | 'ignores' | 'closes';
  /** Refuse connections for half a minute after it has sent or received an error, unless told to start again. */
  readonly idlesAfterError: boolean;
  /** Send IPv6 routes with a usable next hop on an IPv4 session. */
  readonly ipv6OverIpv4: boolean;
  /** Originate a route with ORIGIN other than IGP. */
  readonly origin: boolean;
}

export interface PeerDaemon {
  readonly name: string;
  /** Program files it needs. */
  readonly programs: readonly string[];
  readonly features: PeerFeatures;
  start(node: LabNode, options: PeerOptions): Promise<RunningPeer>;
  /** Starts it with a configuration file written by hand, and more arguments where the driver takes them. */
  startFile(node: LabNode, file: string, programArguments?: readonly string[]): Promise<RunningPeer>;
}

/** Programs that are not installed. */
export function missingPrograms(programs: readonly string[]): readonly string[] {
  return programs.filter((program) => {
    try {
      accessSync(program, constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}

export function isIpv6(text: string): boolean {
  return text.includes(':');
}

/** Our address of the family of the neighbor's address. */
export function localAddressFor(options: PeerOptions, neighbor: PeerNeighbor): string {
  return neighbor.localAddress ?? (isIpv6(neighbor.address) ? options.localAddress6 : options.localAddress);
}

/** The set of routes a daemon originates, with later announcements and withdrawals applied. */
export class RouteSet {
  readonly #routes = new Map<string, RouteSpec>();

  constructor(routes: readonly RouteSpec[]) {
    this.add(routes);
  }

  add(routes: readonly RouteSpec[]): void {
    for (const route of routes) this.#routes.set(route.prefix, route);
  }

  /** Gives what was removed. */
  remove(prefixes: readonly string[]): readonly RouteSpec[] {
    return prefixes.flatMap((prefix) => {
      const route = this.#routes.get(prefix);
      this.#routes.delete(prefix);
      return route === undefined ? [] : [route];
    });
  }

  get(prefix: string): RouteSpec | undefined {
    return this.#routes.get(prefix);
  }

  ofFamily(family: Family): readonly RouteSpec[] {
    return [...this.#routes.values()].filter((route) => isIpv6(route.prefix) === (family === 'ipv6-unicast'));
  }
}

/** Routes in a fixed order, for comparison. */
export function sortedRoutes(routes: readonly PeerRoute[]): readonly PeerRoute[] {
  return [...routes].sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
}

/** ORIGIN from any daemon's spelling of it. */
export function originName(text: string): OriginName {
  const lower = text.toLowerCase();
  if (lower === 'igp' || lower === 'i') return 'igp';
  if (lower === 'egp' || lower === 'e') return 'egp';
  return 'incomplete';
}
