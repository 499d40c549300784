/**
 * BGPAdvertisements: which of them are sound, what they say of an address, and with which attributes. Communities are
 * values (`64512:100`, `large:64512:1:2`) or names that Community objects give to such values.
 */
import { type LargeCommunity, parseCommunity, parseLargeCommunity } from '../../wire/community-text.ts';
import { prefixAround, shortestPrefixWithin } from './addresses.ts';
import type { Manifest } from './manifest.ts';
import type { Pool } from './pools.ts';
import { type LabelSelector, type Labels, selectsAny } from './selectors.ts';
import { type Service, versionOf } from './service.ts';

export interface Advertisement {
  readonly name: string;
  readonly pools: ReadonlySet<string>;
  /** Names of BGPPeers; empty: all. */
  readonly peers: readonly string[];
  readonly serviceSelectors: readonly LabelSelector[];
  readonly aggregationLength: number;
  readonly aggregationLengthV6: number;
  readonly localPref: number | undefined;
  readonly communities: readonly number[];
  readonly largeCommunities: readonly LargeCommunity[];
  readonly notes: readonly string[];
}

/** Not for this node, or wrong. */
export interface NoAdvertisement {
  readonly inactive: boolean;
  readonly reason: string;
}

export interface AdvertisementContext {
  readonly pools: readonly Pool[];
  readonly nodeLabels: Labels;
  /** Names of all BGPPeers, with a session or not. */
  readonly peers: ReadonlySet<string>;
  readonly aliases: ReadonlyMap<string, string>;
}

/** Names and values of all Community objects; a name that is given twice keeps its first value. */
export function aliasesOf(communities: readonly Manifest<'Community'>[]): {
  readonly aliases: ReadonlyMap<string, string>;
  /** Notes by name of the object. */
  readonly notes: ReadonlyMap<string, readonly string[]>;
} {
  const aliases = new Map<string, string>();
  const notes = new Map<string, string[]>();
  for (const { name: object, contents } of [...communities].sort((a, b) => (a.name < b.name ? -1 : 1)))
    for (const { name, value } of contents.spec.communities) {
      const note = (text: string) => notes.set(object, [...(notes.get(object) ?? []), text]);
      if (parseValue(value) === undefined) note(`${name}: \`${value}\` is not a community`);
      else if (aliases.has(name)) note(`${name} has a value already`);
      else aliases.set(name, value);
    }
  return { aliases, notes };
}

type Value = { readonly standard: number } | { readonly large: LargeCommunity };

function parseValue(text: string): Value | undefined {
  if (text.startsWith('large:')) {
    const large = parseLargeCommunity(text);
    return large && { large };
  }
  const standard = /^\d+:\d+$/.test(text) ? parseCommunity(text) : undefined;
  return standard === undefined ? undefined : { standard };
}

export function advertisementOf(
  { name, contents: { spec } }: Manifest<'BGPAdvertisement'>,
  { pools, nodeLabels, peers, aliases }: AdvertisementContext,
): Advertisement | NoAdvertisement {
  const refused = (reason: string): NoAdvertisement => ({ inactive: false, reason });
  if (!selectsAny(spec.nodeSelectors, nodeLabels))
    return { inactive: true, reason: 'its nodeSelectors do not select this node' };
  const { aggregationLength, aggregationLengthV6, serviceSelectors } = spec;
  if (serviceSelectors.length > 0 && (aggregationLength !== 32 || aggregationLengthV6 !== 128))
    return refused(
      'serviceSelectors and aggregation do not go together: an aggregate stands for all services in it',
    );
  const selected = poolsSelected(spec, pools);
  for (const pool of selected) {
    const problem = aggregationProblem(pool, aggregationLength, aggregationLengthV6);
    if (problem !== undefined) return refused(problem);
  }
  const communities: number[] = [];
  const largeCommunities: LargeCommunity[] = [];
  for (const text of spec.communities) {
    const value = parseValue(aliases.get(text) ?? text);
    if (value === undefined)
      return refused(`\`${text}\` is neither a community nor the name of one in a Community object`);
    if ('standard' in value) communities.push(value.standard);
    else largeCommunities.push(value.large);
  }
  const missing = (kind: string, names: readonly string[], known: ReadonlySet<string>) =>
    names.filter((one) => !known.has(one)).map((one) => `there is no ${kind} ${one}`);
  const poolNames = new Set(pools.map((pool) => pool.name));
  return {
    name,
    pools: new Set(selected.map((pool) => pool.name)),
    peers: spec.peers,
    serviceSelectors,
    aggregationLength,
    aggregationLengthV6,
    // 0 is what the API server makes of a number that is not given.
    localPref: spec.localPref || undefined,
    communities,
    largeCommunities,
    notes: [
      ...missing('IPAddressPool', spec.ipAddressPools, poolNames),
      ...missing('BGPPeer', spec.peers, peers),
    ],
  };
}

/** Those that are named and those that are selected; all when neither is said. */
function poolsSelected(spec: Manifest<'BGPAdvertisement'>['contents']['spec'], pools: readonly Pool[]) {
  const { ipAddressPools: names, ipAddressPoolSelectors: selectors } = spec;
  if (names.length === 0 && selectors.length === 0) return pools;
  return pools.filter(
    ({ name, labels }) => names.includes(name) || (selectors.length > 0 && selectsAny(selectors, labels)),
  );
}

/** An aggregate must not reach beyond the pool, where addresses of others are. */
function aggregationProblem(pool: Pool, length4: number, length6: number): string | undefined {
  for (const range of pool.ranges) {
    const [field, length] =
      range.version === 4 ? ['aggregationLength', length4] : ['aggregationLengthV6', length6];
    const shortest = shortestPrefixWithin(range);
    if (Number(length) < shortest)
      return `${field} ${length} reaches beyond ${range.text} of pool ${pool.name}; write at least ${shortest}`;
  }
  return undefined;
}

/** Whether it speaks of the addresses of a service in a pool. */
export function isAbout(advertisement: Advertisement, service: Service, pool: string): boolean {
  return advertisement.pools.has(pool) && selectsAny(advertisement.serviceSelectors, service.labels);
}

/** The prefix under which it announces an address. */
export function prefixOf(advertisement: Advertisement, address: string): string {
  const { aggregationLength, aggregationLengthV6 } = advertisement;
  return prefixAround(address, versionOf(address) === 4 ? aggregationLength : aggregationLengthV6);
}
