/**
 * Announcements: what each peer is told, as one route for each prefix and an export policy for each peer.
 *
 * A peer that several advertisements tell the same prefix gets their communities together. Peers may be told different
 * attributes; the route has those of the first peer, and the policies of the others replace them. Communities such as
 * NO_ADVERTISE are set by policies alone: they are meant for the peer, but in the route they would hold us back. A policy also keeps
 * everything else from the peer: routes of the configuration, of VIPs, of other peers.
 */
import type { Action, Condition, Policy, Term } from '../../policy/types.ts';
import type { OwnRoute } from '../../speaker/own-routes.ts';
import { formatCommunity, formatLargeCommunity, type LargeCommunity } from '../../wire/community-text.ts';
import { type Advertisement, isAbout, prefixOf } from './advertisements.ts';
import { type Peer, policyName } from './peers.ts';
import type { Service } from './service.ts';

/** A service with its addresses. */
export interface Announced {
  readonly service: Service;
  readonly addresses: readonly string[];
  readonly pool: string;
  /** Whether an endpoint serves: only then it is announced. */
  readonly serves: boolean;
}

/** Attributes, in canonical order. */
interface Told {
  readonly localPref: number | undefined;
  readonly communities: readonly number[];
  readonly largeCommunities: readonly LargeCommunity[];
}

export interface Announcements {
  readonly routes: readonly OwnRoute[];
  readonly policies: readonly Policy[];
  /** By key of the service: prefixes, with the names of the peers that are told. */
  readonly byService: ReadonlyMap<string, readonly { prefix: string; peers: readonly string[] }[]>;
  /** By name of the advertisement. */
  readonly conflicts: ReadonlyMap<string, readonly string[]>;
}

/** @param advertisements by name: of different values of localPref the first one counts. */
export function announcementsOf(
  announced: readonly Announced[],
  advertisements: readonly Advertisement[],
  peers: readonly Peer[],
): Announcements {
  const conflicts = new Map<string, string[]>();
  /** By prefix, by name of the peer. */
  const told = new Map<string, Map<string, Told>>();
  const possible = new Map<string, Set<string>>();
  const byService = new Map<string, { prefix: string; peers: string[] }[]>();
  for (const { service, addresses, pool, serves } of announced) {
    const mine = new Map<string, Set<string>>();
    for (const advertisement of advertisements) {
      if (!isAbout(advertisement, service, pool)) continue;
      for (const prefix of addresses.map((address) => prefixOf(advertisement, address)))
        for (const peer of peers) {
          const { name } = peer;
          if (advertisement.peers.length > 0 && !advertisement.peers.includes(name)) continue;
          if (!canCarry(peer, prefix)) continue;
          within(possible, name, () => new Set<string>()).add(prefix);
          if (!serves) continue;
          within(mine, prefix, () => new Set<string>()).add(name);
          const ofPrefix = within(told, prefix, () => new Map<string, Told>());
          const conflict = add(ofPrefix, peer, advertisement);
          if (conflict !== undefined)
            within(conflicts, advertisement.name, () => [] as string[]).push(`${prefix}: ${conflict}`);
        }
    }
    byService.set(
      service.key,
      [...mine].map(([prefix, names]) => ({ prefix, peers: [...names] })),
    );
  }
  const routes = [...told]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([prefix, of]) => routeOf(prefix, of, peers));
  const policies = peers.map((peer) =>
    policyOf(peer, [...(possible.get(peer.name) ?? [])].sort(), told, routes),
  );
  return { routes, policies, byService, conflicts: mapValues(conflicts, (notes) => [...new Set(notes)]) };
}

function canCarry({ neighbor }: Peer, prefix: string): boolean {
  return neighbor.families.includes(prefix.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast');
}

/** Adds what an advertisement says; returns what it says in vain. */
function add(
  ofPrefix: Map<string, Told>,
  { name, external }: Peer,
  advertisement: Advertisement,
): string | undefined {
  const before = ofPrefix.get(name);
  // An eBGP peer is not told LOCAL_PREF (RFC 4271 section 5.1.5).
  const localPref = external ? undefined : advertisement.localPref;
  ofPrefix.set(name, {
    localPref: before === undefined ? localPref : (before.localPref ?? localPref),
    communities: unique([...(before?.communities ?? []), ...advertisement.communities], formatCommunity),
    largeCommunities: unique(
      [...(before?.largeCommunities ?? []), ...advertisement.largeCommunities],
      formatLargeCommunity,
    ),
  });
  if (localPref === undefined || before?.localPref === undefined || before.localPref === localPref)
    return undefined;
  return `localPref ${localPref} is not told to ${name}, which another advertisement tells ${before.localPref}`;
}

function unique<Value>(values: readonly Value[], textOf: (value: Value) => string): Value[] {
  return [...new Map(values.map((value) => [textOf(value), value]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
}

/** NO_EXPORT, NO_ADVERTISE, NO_EXPORT_SUBCONFED (RFC 1997): a route that has them is not for (all) peers. */
const RESTRICTING = [0xffffff01, 0xffffff02, 0xffffff03];

function routeOf(prefix: string, told: ReadonlyMap<string, Told>, peers: readonly Peer[]): OwnRoute {
  const hearing = peers.filter(({ name }) => told.has(name));
  const attributes = told.get(hearing[0]!.name)!;
  const communities = attributes.communities.filter((value) => !RESTRICTING.includes(value));
  return { prefix, ...attributes, communities, peers: hearing.map(({ neighbor }) => neighbor.address) };
}

/** Terms for what is told with other attributes than those of the route, then one for the rest. */
function policyOf(
  { name }: Peer,
  possible: readonly string[],
  told: ReadonlyMap<string, ReadonlyMap<string, Told>>,
  routes: readonly OwnRoute[],
): Policy {
  const groups = new Map<string, { told: Told; prefixes: string[] }>();
  for (const route of routes) {
    const mine = told.get(route.prefix)!.get(name);
    if (mine === undefined || sameAttributes(mine, route)) continue;
    within(groups, JSON.stringify(mine), () => ({ told: mine, prefixes: [] as string[] })).prefixes.push(
      route.prefix,
    );
  }
  const terms = [...groups.values()].map((group) => term(group.prefixes, actionsFor(group.told)));
  if (possible.length > 0) terms.push(term(possible, []));
  return { name: policyName(name), terms, end: 'reject', place: undefined };
}

function sameAttributes(told: Told, { localPref, communities, largeCommunities }: OwnRoute): boolean {
  return JSON.stringify(told) === JSON.stringify({ localPref, communities, largeCommunities });
}

function term(prefixes: readonly string[], set: readonly Action[]): Term {
  const ranges = prefixes.map((prefix) => {
    const length = Number(prefix.slice(prefix.indexOf('/') + 1));
    return { prefix, min: length, max: length };
  });
  const match: Condition = { kind: 'prefix', ranges, text: `prefix: ${prefixes.length} of MetalLB` };
  return { name: undefined, match: [match], set, verdict: 'accept', place: undefined };
}

function actionsFor({ localPref, communities, largeCommunities }: Told): Action[] {
  return [
    {
      kind: 'local-pref',
      change: localPref === undefined ? { kind: 'remove' } : { kind: 'set', value: localPref },
    },
    { kind: 'communities-set', communities: [] },
    {
      kind: 'communities-add',
      communities: [
        ...communities.map((value) => ({ kind: 'standard' as const, text: formatCommunity(value) })),
        ...largeCommunities.map((value) => ({ kind: 'large' as const, text: formatLargeCommunity(value) })),
      ],
    },
  ];
}

function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function mapValues<Key, From, To>(map: ReadonlyMap<Key, From>, change: (value: From) => To): Map<Key, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
