/**
 * What changed between two configurations, in the terms of what a speaker has to do about it.
 *
 * Order does not matter, spelling does not matter (both sides are canonical): a reload of an equal file does nothing.
 */
import { SOFT_FEATURES } from './peer-features.ts';
import type {
  AggregateConfig,
  Config,
  DynamicNeighborConfig,
  ListenAddress,
  NeighborConfig,
  NetworkConfig,
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
  /** New settings of ranges of which only {@link SOFT_KEYS} and the limit changed: sessions stay up. */
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
  /** Keys that only a restart of the daemon can change: `as`, `router-id`. */
  readonly restart: readonly string[];
}

/** Settings that take effect in a running session, by reading or sending routes again where they concern routes. */
export const SOFT_KEYS = [
  'description',
  'import',
  'export',
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
  const isSoft = ([before, after]: readonly [object, object]) => equal(hard(before), hard(after));
  const isSoftRange = ([before, after]: readonly [DynamicNeighborConfig, DynamicNeighborConfig]) =>
    isSoft([
      { ...before, limit: 0 },
      { ...after, limit: 0 },
    ]);
  const restart: string[] = [];
  if (old.as !== next.as) restart.push('as');
  if (old.routerId !== next.routerId) restart.push('router-id');
  return {
    addedNeighbors: neighbors.added,
    removedNeighbors: neighbors.removed.map((neighbor) => neighbor.address),
    resetNeighbors: neighbors.changed.filter((pair) => !isSoft(pair)).map(([, after]) => after),
    softNeighbors: neighbors.changed.filter(isSoft).map(([, after]) => after),
    addedRanges: ranges.added,
    removedRanges: ranges.removed.map((range) => range.prefix),
    changedRanges: ranges.changed.filter((pair) => !isSoftRange(pair)).map(([, after]) => after),
    softRanges: ranges.changed.filter(isSoftRange).map(([, after]) => after),
    addedNetworks: [...networks.added, ...networks.changed.map(([, after]) => after)],
    removedNetworks: networks.removed.map((network) => network.prefix),
    addedAggregates: [...aggregates.added, ...aggregates.changed.map(([, after]) => after)],
    removedAggregates: [...aggregates.removed, ...aggregates.changed.map(([before]) => before)].map(
      (aggregate) => aggregate.prefix,
    ),
    addedListen: listen.added,
    removedListen: listen.removed,
    bestPathChanged: !equal(old.bestPath, next.bestPath),
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
}

function compare<Entry>(
  old: readonly Entry[],
  next: readonly Entry[],
  identify: (entry: Entry) => string,
): Comparison<Entry> {
  const before = new Map(old.map((entry) => [identify(entry), entry]));
  const added: Entry[] = [];
  const changed: [Entry, Entry][] = [];
  for (const entry of next) {
    const earlier = before.get(identify(entry));
    before.delete(identify(entry));
    if (earlier === undefined) added.push(entry);
    else if (!equal(earlier, entry)) changed.push([earlier, entry]);
  }
  return { added, removed: [...before.values()], changed };
}

/** The settings without the soft ones. */
function hard(peer: object): unknown {
  const soft: readonly string[] = SOFT_KEYS;
  return Object.entries(peer).filter(([key]) => !soft.includes(key));
}

/** Configurations are plain data that `resolve.ts` builds key by key, so equal ones have equal text. */
function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
