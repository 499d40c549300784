/**
 * What changed between two configurations, in the terms of what a speaker has to do about it.
 *
 * Order does not matter, spelling does not matter (both sides are canonical): a reload of an equal file does nothing.
 */
import { policyKey } from '../policy/specialize.ts';
import type { Policy } from '../policy/types.ts';
import { SOFT_FEATURES } from './soft-features.ts';
import type {
  AggregateConfig,
  Config,
  DynamicNeighborConfig,
  ListenAddress,
  NeighborConfig,
  NetworkConfig,
  PeerSettings,
} from './types.ts';

/** The work of a reload. Lists are empty when there is nothing to do. */
export interface ConfigDiff {
  readonly addedNeighbors: readonly NeighborConfig[];
  /** Addresses. */
  readonly removedNeighbors: readonly string[];
  /** New settings of neighbors that need a new session. */
  readonly resetNeighbors: readonly NeighborConfig[];
  /** New settings of neighbors of which only {@link SOFT_KEYS} changed: the session stays up. */
  readonly softNeighbors: readonly NeighborConfig[];
  readonly addedRanges: readonly DynamicNeighborConfig[];
  /** Prefixes. */
  readonly removedRanges: readonly string[];
  /** New settings of ranges whose peers need new sessions. */
  readonly changedRanges: readonly DynamicNeighborConfig[];
  /**
   * New settings of ranges of which only {@link SOFT_KEYS}, the limit or what their policies do changed: sessions stay
   * up.
   */
  readonly softRanges: readonly DynamicNeighborConfig[];
  /** New networks, and those with new attributes: announcing a network replaces what it was. */
  readonly addedNetworks: readonly NetworkConfig[];
  /** Prefixes. */
  readonly removedNetworks: readonly string[];
  /** New aggregates, and those with other settings. */
  readonly addedAggregates: readonly AggregateConfig[];
  /** Prefixes of those that are gone or have other settings. */
  readonly removedAggregates: readonly string[];
  readonly addedListen: readonly ListenAddress[];
  readonly removedListen: readonly ListenAddress[];
  readonly bestPathChanged: boolean;
  /** Names of policies that are new, gone, or do something else than before. */
  readonly changedPolicies: readonly string[];
  /** Keys that only a restart of the daemon can change: `as`, `router-id`, where state is kept. */
  readonly restart: readonly string[];
}

/** Settings that take effect in a running session, by reading or sending routes again where they concern routes. */
export const SOFT_KEYS = [
  'description',
  'import',
  'export',
  'peerGroup',
  'nextHop',
  ...SOFT_FEATURES,
] as const satisfies readonly (keyof NeighborConfig)[];

/** What has to be done to get from `old` to `next`. */
export function diffConfig(old: Config, next: Config): ConfigDiff {
  const neighbors = compare(old.neighbors, next.neighbors, (neighbor) => neighbor.address);
  const ranges = compare(old.dynamicNeighbors, next.dynamicNeighbors, (range) => range.prefix);
  const networks = compare(old.networks, next.networks, (network) => network.prefix);
  const aggregates = compare(old.aggregates, next.aggregates, (aggregate) => aggregate.prefix);
  const listen = compare(old.listen, next.listen, ({ address, port }) => `${address} ${port}`);
  const isSoft = ([before, after]: readonly [PeerSettings, PeerSettings]) => equal(hard(before), hard(after));
  const isHard = (pair: readonly [PeerSettings, PeerSettings]) => !isSoft(pair);
  const usesChanged = (peer: PeerSettings) => usesAny(peer, changedPolicies);
  const changedPolicies = differingPolicies(old.policies, next.policies);
  const restart: string[] = [];
  if (old.as !== next.as) restart.push('as');
  if (old.routerId !== next.routerId) restart.push('router-id');
  if (old.persist !== next.persist) restart.push('persist');
  if (old.stateFile !== next.stateFile) restart.push('state-file');
  if (old.vipStateFile !== next.vipStateFile) restart.push('vip-state-file');
  return {
    addedNeighbors: neighbors.added,
    removedNeighbors: neighbors.removed.map((neighbor) => neighbor.address),
    resetNeighbors: neighbors.changed.filter(isHard).map(([, after]) => after),
    softNeighbors: [
      ...neighbors.changed.filter(isSoft).map(([, after]) => after),
      ...neighbors.same.filter(usesChanged),
    ],
    addedRanges: ranges.added,
    removedRanges: ranges.removed.map((range) => range.prefix),
    changedRanges: ranges.changed.filter(isHard).map(([, after]) => after),
    softRanges: [
      ...ranges.changed.filter(isSoft).map(([, after]) => after),
      ...ranges.same.filter(usesChanged),
    ],
    addedNetworks: [...networks.added, ...networks.changed.map(([, after]) => after)],
    removedNetworks: networks.removed.map((network) => network.prefix),
    addedAggregates: [...aggregates.added, ...aggregates.changed.map(([, after]) => after)],
    removedAggregates: [...aggregates.removed, ...aggregates.changed.map(([before]) => before)].map(
      (aggregate) => aggregate.prefix,
    ),
    addedListen: listen.added,
    removedListen: listen.removed,
    bestPathChanged: !equal(old.bestPath, next.bestPath),
    changedPolicies: [...changedPolicies],
    restart,
  };
}

/** Whether a diff asks for nothing at all. */
export function isEmptyDiff(diff: ConfigDiff): boolean {
  return Object.values(diff).every(
    (part: unknown) => part === false || (Array.isArray(part) && part.length === 0),
  );
}

interface Comparison<Entry> {
  readonly added: readonly Entry[];
  readonly removed: readonly Entry[];
  readonly changed: readonly (readonly [before: Entry, after: Entry])[];
  readonly same: readonly Entry[];
}

function compare<Entry>(
  old: readonly Entry[],
  next: readonly Entry[],
  identify: (entry: Entry) => string,
): Comparison<Entry> {
  const before = new Map(old.map((entry) => [identify(entry), entry]));
  const added: Entry[] = [];
  const changed: [Entry, Entry][] = [];
  const same: Entry[] = [];
  for (const entry of next) {
    const earlier = before.get(identify(entry));
    before.delete(identify(entry));
    if (earlier === undefined) added.push(entry);
    else if (!equal(earlier, entry)) changed.push([earlier, entry]);
    else same.push(entry);
  }
  return { added, removed: [...before.values()], changed, same };
}

/** Names of policies of which one side has none that does the same. */
function differingPolicies(old: readonly Policy[], next: readonly Policy[]): ReadonlySet<string> {
  const [before, after] = [old, next].map(
    (policies) => new Map(policies.map((policy) => [policy.name, policyKey(policy)])),
  );
  const names = new Set([...before!.keys(), ...after!.keys()]);
  return new Set([...names].filter((name) => before!.get(name) !== after!.get(name)));
}

/** Whether a neighbor has one of these policies. */
function usesAny(neighbor: PeerSettings, policies: ReadonlySet<string>): boolean {
  return [...(neighbor.import ?? []), ...(neighbor.export ?? [])].some((name) => policies.has(name));
}

/** The settings without the soft ones. */
function hard(neighbor: PeerSettings): unknown {
  const soft: readonly string[] = [...SOFT_KEYS, 'limit' satisfies keyof DynamicNeighborConfig];
  return Object.entries(neighbor).filter(([key]) => !soft.includes(key));
}

/** Configurations are plain data that `resolve.ts` builds key by key, so equal ones have equal text. */
function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
