/**
 * Route plan: what each running session would hear and accept under another configuration, computed on the live
 * tables in slices (`engine/preview.ts`).
 */
import { parseAddress, splitZone } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import { parsePrefix, prefixContains } from '../base/prefix.ts';
import { diffConfig } from '../config/diff.ts';
import { chainOf } from '../config/policy-chain.ts';
import type { Config, DynamicNeighborConfig, NeighborConfig } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { PeerParams } from '../engine/peer-params.ts';
import { Preview, type PreviewOwnRoute } from '../engine/preview.ts';
import type { PolicyRegistry } from '../policy/registry.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { RouteTransform } from '../rib/transform.ts';
import type { Neighbor } from './neighbor.ts';
import type { PolicyLookup } from './neighbor-settings.ts';
import { familyOf, ownPrefix, ownRouteBlob } from './own-route-blob.ts';
import { sameRoute } from './own-route-equal.ts';
import type { OwnRouteTable } from './own-route-table.ts';
import { CONFIG_OWNER, type OwnRoute } from './own-routes.ts';

/** Prefixes named for each peer and kind of change. */
const NAMED_PREFIXES = 10;

/** Time after which sessions and other requests get their turn. */
const SLICE_MILLISECONDS = 4;

/** Routes of one kind of change. */
export interface PlannedPrefixes {
  readonly count: number;
  /** The first of them, in no order. */
  readonly first: readonly string[];
}

/** What a configuration would do to a running session; peers for which nothing changes have none. */
export interface PeerPlan {
  readonly peer: string;
  /** `ends`: for good; `reset`: it comes back, and all routes are exchanged again. Then the numbers are 0. */
  readonly session: 'stays' | 'ends' | 'reset';
  readonly announced: PlannedPrefixes;
  readonly withdrawn: PlannedPrefixes;
  /** Told with other attributes. */
  readonly changed: PlannedPrefixes;
  /** Sent again with the same content. */
  readonly repeated: number;
  /** Routes from the peer that become accepted, rejected, or get other attributes. */
  readonly received: { readonly accepted: number; readonly rejected: number; readonly changed: number };
}

/** What is needed of the speaker. */
export interface RoutePlanHost {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly policies: PolicyRegistry;
  readonly ownRoutes: OwnRouteTable;
  readonly localAs: number;
  readonly routerId: number;
  readonly config: Config;
  readonly policyOf: PolicyLookup;
  configRoutes(config: Config): OwnRoute[];
}

type Neighbors = ReadonlyMap<string, Neighbor>;

/**
 * @param neighbors all of them, by address
 * @param inUse policies that must not be forgotten: those of the plan are in it while it is made
 * @throws BellhopError UNSUPPORTED when the configuration is changed in the meantime.
 */
export async function planRoutes(
  host: RoutePlanHost,
  neighbors: Neighbors,
  inUse: Set<RouteTransform>,
  config: Config,
): Promise<PeerPlan[]> {
  const before = host.config;
  const sessions = sessionsUnder(host.config, neighbors, config);
  const held = new Set<RouteTransform>();
  const params = new Map<PeerIndex, PeerParams>();
  const { bestPathChanged } = diffConfig(before, config);
  let preview: Preview | undefined;
  try {
    const policyOf = policyLookup(host, config, (transform) => {
      if (inUse.has(transform)) return;
      held.add(transform);
      inUse.add(transform);
    });
    for (const { index, neighbor, settings } of sessions) {
      const changed = settings === undefined ? undefined : neighbor.paramsWith(settings, policyOf);
      if (changed !== undefined) params.set(index, changed);
    }
    preview = new Preview(
      host.engine,
      {
        localAs: host.localAs,
        routerId: host.routerId,
        params,
        gone: new Set(sessions.flatMap(({ index, fate }) => (fate === 'ends' ? [index] : []))),
        select: bestPathChanged ? config.bestPath : undefined,
        ownRoutes: ownChanges(host, neighbors, config),
      },
      NAMED_PREFIXES,
    );
    do {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (host.config !== before)
        throw new BellhopError('UNSUPPORTED', 'the configuration was changed in the meantime; plan it again');
    } while (workFor(preview, host.clock));
    return answers(preview, sessions);
  } finally {
    preview?.dispose();
    for (const transform of held) inUse.delete(transform);
    // Policies say where they are written: in the configuration in force.
    for (const { neighbor } of sessions) neighbor.paramsWith(neighbor.settings, host.policyOf);
  }
}

/** Works for the time of a slice; returns whether there is more. */
function workFor(preview: Preview, clock: Clock): boolean {
  const end = clock.now() + SLICE_MILLISECONDS;
  let more = preview.work();
  while (more && clock.now() < end) more = preview.work();
  return more;
}

interface PlannedSession {
  readonly index: PeerIndex;
  readonly neighbor: Neighbor;
  readonly fate: PeerPlan['session'];
  /** Its settings, where they or its policies change and the session stays. */
  readonly settings: NeighborConfig | undefined;
}

/** The sessions that are up and what becomes of them: as `Speaker.apply` does it. */
function sessionsUnder(config: Config, neighbors: Neighbors, next: Config): PlannedSession[] {
  const diff = diffConfig(config, next);
  const soft = new Map(diff.softNeighbors.map((settings) => [settings.address, settings]));
  const anew = new Set([...diff.resetNeighbors, ...diff.addedNeighbors].map(({ address }) => address));
  const removed = new Set(diff.removedNeighbors);
  return [...neighbors].flatMap(([address, neighbor]): PlannedSession[] => {
    const { index } = neighbor;
    if (index === undefined) return [];
    let settings = soft.get(address);
    let fate: PeerPlan['session'] = removed.has(address) ? 'ends' : anew.has(address) ? 'reset' : 'stays';
    if (neighbor.dynamic && fate === 'stays') {
      const range = rangeOf(next, address);
      if (range === undefined) fate = 'ends';
      else if (diff.changedRanges.includes(range) || diff.addedRanges.includes(range)) fate = 'reset';
      else if (diff.softRanges.includes(range)) settings = dynamicSettings(range, address);
    }
    if (settings?.shutdown !== undefined) fate = 'ends';
    return [{ index, neighbor, fate, settings: fate === 'stays' ? settings : undefined }];
  });
}

/** The dynamic range of an address; the configuration lists the longest prefixes first. */
export function rangeOf(config: Config, address: string): DynamicNeighborConfig | undefined {
  const bytes = parseAddress(splitZone(address).address);
  if (bytes === undefined) return undefined;
  return config.dynamicNeighbors.find((range) => prefixContains(parsePrefix(range.prefix)!, bytes));
}

/** Settings of a peer of a range. */
export function dynamicSettings(range: DynamicNeighborConfig, address: string): NeighborConfig {
  const { prefix: _prefix, limit: _limit, ...settings } = range;
  return { ...settings, address, passive: true };
}

function policyLookup(
  host: RoutePlanHost,
  config: Config,
  hold: (policy: RouteTransform) => void,
): PolicyLookup {
  return (names, external, session) => {
    const chain = names && chainOf(names, config.policies);
    const transform = host.policies.transform(chain, external, { ...session, localAs: host.localAs });
    hold(transform);
    return transform;
  };
}

/** Routes of our own that would be others. One of the configuration comes before those of all other owners. */
function ownChanges(host: RoutePlanHost, neighbors: Neighbors, config: Config): PreviewOwnRoute[] {
  const { ownRoutes } = host;
  const before = new Map(ownRoutes.entries(CONFIG_OWNER).map(({ route }) => [route.prefix, route]));
  const changes: PreviewOwnRoute[] = [];
  for (const route of host.configRoutes(config)) {
    const old = before.get(route.prefix);
    before.delete(route.prefix);
    if (old === undefined || !sameRoute(old, route)) changes.push(ownChange(neighbors, route.prefix, route));
  }
  for (const prefix of before.keys()) {
    const owner = ownRoutes.ownersOf(prefix).find((name) => name !== CONFIG_OWNER);
    const heir = owner && ownRoutes.entries(owner).find(({ route }) => route.prefix === prefix);
    changes.push(ownChange(neighbors, prefix, heir ? heir.route : undefined));
  }
  return changes;
}

function ownChange(neighbors: Neighbors, text: string, route: OwnRoute | undefined): PreviewOwnRoute {
  const prefix = ownPrefix(text);
  const hearers = route?.peers?.flatMap((address) => neighbors.get(address)?.index ?? []);
  return {
    family: familyOf(prefix),
    prefix,
    blob: route && ownRouteBlob(route),
    hearers: hearers && new Set(hearers),
  };
}

function answers(preview: Preview, sessions: readonly PlannedSession[]): PeerPlan[] {
  const none: PlannedPrefixes = { count: 0, first: [] };
  return sessions.flatMap(({ index, neighbor, fate, settings }): PeerPlan[] => {
    // Its session may have ended while the tables were looked at.
    if (neighbor.index !== index) return [];
    const peer = neighbor.settings.address;
    const received = { accepted: 0, rejected: 0, changed: 0 };
    if (fate !== 'stays')
      return [
        { peer, session: fate, announced: none, withdrawn: none, changed: none, repeated: 0, received },
      ];
    const counts = preview.counts.get(index);
    if (counts === undefined) return [];
    const maximum = (settings ?? neighbor.settings).maxPrefixesOut;
    if (maximum !== undefined) counts.admit(maximum);
    const { announced, withdrawn, changed, repeated } = counts;
    const moved = { ...counts.received };
    const total = [announced, withdrawn, changed, repeated].reduce((sum, { count }) => sum + count, 0);
    if (total + moved.accepted + moved.rejected + moved.changed === 0) return [];
    return [
      {
        peer,
        session: 'stays',
        announced,
        withdrawn,
        changed,
        repeated: repeated.count,
        received: moved,
      },
    ];
  });
}
