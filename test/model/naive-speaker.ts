/**
 * The naive speaker: what bellhop's engine must amount to, written without any cleverness. Routes are objects in
 * Maps, and every question is answered by working everything out again. It is the specification of the engine.
 */

/** Attributes of a route; AS_PATH is one sequence. */
export interface NaiveRoute {
  readonly origin: 0 | 1 | 2;
  readonly path: readonly number[];
  /** By family. */
  readonly nextHop: readonly [string, string];
  readonly med?: number | undefined;
  readonly localPref?: number | undefined;
  readonly communities: readonly number[];
}

/** A policy: the route to use instead, or undefined for none. */
export type NaivePolicy = (route: NaiveRoute) => NaiveRoute | undefined;

export interface NaivePeer {
  readonly external: boolean;
  readonly routerId: number;
  /** For the last tie-break: the order of addresses. */
  readonly addressOrder: number;
  readonly families: readonly number[];
  readonly mode: 'self' | 'unchanged' | 'third-party';
  /** By family; undefined: no next hop of ours. */
  readonly self: readonly (string | undefined)[];
  /** What is common to all next hops of the shared subnet. */
  readonly subnet: string | undefined;
  readonly localAddress: string;
  import: NaivePolicy;
  export: NaivePolicy;
  readonly adjIn: Map<string, { route: NaiveRoute; stale: boolean }>;
}

interface Candidate {
  readonly peer: NaivePeer | undefined;
  readonly route: NaiveRoute;
}

const NO_EXPORT = 0xffffff01;
const NO_ADVERTISE = 0xffffff02;
const ORIGINS = ['igp', 'egp', 'incomplete'];

/** Key of a prefix in the maps; IPv6 prefixes have a colon. */
export const familyOf = (prefix: string): number => (prefix.includes(':') ? 1 : 0);

export class NaiveSpeaker {
  readonly localAs: number;
  readonly local = new Map<string, NaiveRoute>();
  readonly peers = new Map<number, NaivePeer>();

  constructor(localAs: number) {
    this.localAs = localAs;
  }

  announce(peer: NaivePeer, prefix: string, route: NaiveRoute): void {
    // LOCAL_PREF of an eBGP peer is discarded (RFC 7606 section 7.5).
    peer.adjIn.set(prefix, {
      route: peer.external ? { ...route, localPref: undefined } : route,
      stale: false,
    });
  }

  beginRefresh(peer: NaivePeer, family: number): void {
    for (const [prefix, entry] of peer.adjIn) if (familyOf(prefix) === family) entry.stale = true;
  }

  endRefresh(peer: NaivePeer, family: number): void {
    for (const [prefix, entry] of peer.adjIn)
      if (familyOf(prefix) === family && entry.stale) peer.adjIn.delete(prefix);
  }

  /** The route after import, or undefined when it was not accepted. */
  accepted(peer: NaivePeer, prefix: string): NaiveRoute | undefined {
    const route = peer.adjIn.get(prefix)?.route;
    if (route === undefined || route.path.includes(this.localAs)) return undefined;
    if (route.nextHop[familyOf(prefix)] === peer.localAddress) return undefined;
    return peer.import(route);
  }

  /** RFC 4271 section 9.1.2.2, one step after the other. */
  best(prefix: string): Candidate | undefined {
    const own = this.local.get(prefix);
    if (own !== undefined) return { peer: undefined, route: own };
    let candidates: Candidate[] = [];
    for (const peer of this.peers.values()) {
      const route = this.accepted(peer, prefix);
      if (route !== undefined) candidates.push({ peer, route });
    }
    const keepLowest = (key: (candidate: Candidate) => number) => {
      const lowest = Math.min(...candidates.map(key));
      candidates = candidates.filter((candidate) => key(candidate) === lowest);
    };
    keepLowest(({ route }) => -(route.localPref ?? 100));
    keepLowest(({ route }) => route.path.length);
    keepLowest(({ route }) => route.origin);
    const med = ({ route }: Candidate) => route.med ?? 0;
    candidates = candidates.filter(
      (candidate) =>
        !candidates.some(
          (other) => other.route.path[0] === candidate.route.path[0] && med(other) < med(candidate),
        ),
    );
    keepLowest(({ peer }) => (peer!.external ? 0 : 1));
    keepLowest(({ peer }) => peer!.routerId);
    keepLowest(({ peer }) => peer!.addressOrder);
    return candidates[0];
  }

  /** Every prefix that anybody announces. */
  prefixes(): Set<string> {
    const all = new Set(this.local.keys());
    for (const peer of this.peers.values()) for (const prefix of peer.adjIn.keys()) all.add(prefix);
    return all;
  }

  /** What `receiver` has been told when nothing is outstanding: prefix to attributes in words. */
  told(receiver: NaivePeer): Map<string, string> {
    const table = new Map<string, string>();
    for (const prefix of this.prefixes()) {
      if (!receiver.families.includes(familyOf(prefix))) continue;
      const best = this.best(prefix);
      const text = best === undefined ? undefined : this.#exported(receiver, best, familyOf(prefix));
      if (text !== undefined) table.set(prefix, text);
    }
    return table;
  }

  #exported(receiver: NaivePeer, best: Candidate, family: number): string | undefined {
    const { peer: source } = best;
    if (source === receiver) return undefined;
    if (best.route.communities.includes(NO_ADVERTISE)) return undefined;
    if (receiver.external && best.route.communities.includes(NO_EXPORT)) return undefined;
    if (!receiver.external && source !== undefined && !source.external) return undefined;
    const route = receiver.export(best.route);
    if (route === undefined) return undefined;
    const nextHop = this.#nextHop(receiver, route.nextHop[family]!, source, family);
    if (nextHop === undefined) return undefined;
    const path = receiver.external ? [this.localAs, ...route.path] : route.path;
    const showsMed = !receiver.external || source === undefined;
    const words = [
      `origin=${ORIGINS[route.origin]}`,
      `asPath=${path.join(' ')}`,
      `nextHop=${nextHop}`,
      showsMed && route.med !== undefined ? `med=${route.med}` : '',
      receiver.external ? '' : `localPref=${route.localPref ?? 100}`,
      route.communities.length > 0 ? `communities=${route.communities.map(communityText).join(' ')}` : '',
    ];
    return words.filter((word) => word !== '').join(' ');
  }

  #nextHop(
    receiver: NaivePeer,
    received: string,
    source: NaivePeer | undefined,
    family: number,
  ): string | undefined {
    const { mode, subnet } = receiver;
    const self = receiver.self[family];
    if (source === undefined || mode === 'unchanged') return received;
    if (mode === 'third-party' && subnet !== undefined && received.startsWith(subnet)) return received;
    return self;
  }
}

function communityText(community: number): string {
  if (community === NO_EXPORT) return 'no-export';
  if (community === NO_ADVERTISE) return 'no-advertise';
  return `${community >>> 16}:${community & 0xffff}`;
}
