/** Routes of our own as the configuration file and the state file write them, and back. */
import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { BellhopError } from '../base/errors.ts';
import { formatCommunity, formatExtendedCommunity, formatLargeCommunity } from '../wire/community-text.ts';
import { networkShape } from './schema-network.ts';
import type { NetworkConfig } from './types.ts';

/** A route; what is left out has its default. */
export type RouteFields = {
  readonly [Key in Exclude<keyof NetworkConfig, 'announceIfPresent'>]?: NetworkConfig[Key] | undefined;
} & { readonly prefix: string };

/** A route with the keys of the file, and no condition. */
export const fileRouteSchema = z.strictObject(networkShape).omit({ 'announce-if-present': true });

/** The route in the words of the file, without what is default. */
export function fileRoute(route: RouteFields): Readonly<Record<string, unknown>> {
  const list = <Item>(items: readonly Item[] | undefined, format: (item: Item) => unknown) =>
    items === undefined || items.length === 0 ? undefined : items.map(format);
  const all: Record<string, unknown> = {
    prefix: route.prefix,
    'next-hop': route.nextHop,
    med: route.med,
    'local-pref': route.localPref,
    origin: route.origin === 'igp' ? undefined : route.origin,
    communities: list(route.communities, formatCommunity),
    'large-communities': list(route.largeCommunities, formatLargeCommunity),
    'as-path': list(route.asPath, (as) => as),
    'extended-communities': list(route.extendedCommunities, extendedText),
    'atomic-aggregate': route.atomicAggregate === true ? true : undefined,
    aggregator: route.aggregator && `${route.aggregator.as} ${route.aggregator.address}`,
    peers: route.peers,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The route that {@link fileRouteSchema} has read. */
export function routeOfFile(input: z.output<typeof fileRouteSchema>): RouteFields {
  return {
    prefix: input.prefix,
    nextHop: input['next-hop'],
    med: input.med,
    localPref: input['local-pref'],
    origin: input.origin,
    communities: input.communities,
    largeCommunities: input['large-communities'],
    asPath: input['as-path'],
    extendedCommunities: input['extended-communities'],
    atomicAggregate: input['atomic-aggregate'],
    aggregator: input.aggregator,
    peers: input.peers,
  };
}

const HEADER = '# Written by `bellhop save`: routes that were announced while bellhop was running.\n';

/**
 * The text of a drop-in with `routes` in `networks`, besides those that the drop-in has already (`old`); of two routes
 * with one prefix the new one counts.
 *
 * @throws BellhopError CONFIG_INVALID when `old` is not what was written.
 */
export function savedNetworks(old: string, routes: readonly RouteFields[]): string {
  const document = parseDocument(old);
  const { contents } = document;
  const networks = isMap(contents) ? contents.get('networks') : undefined;
  if (document.errors.length > 0 || (contents !== null && !isSeq(networks)))
    throw new BellhopError('CONFIG_INVALID', 'the file that would be written has something else in it');
  const byPrefix = new Map<unknown, unknown>();
  for (const entry of (document.toJS() as { networks: { prefix: unknown }[] } | null)?.networks ?? [])
    byPrefix.set(entry.prefix, entry);
  for (const route of routes) byPrefix.set(route.prefix, fileRoute(route));
  return HEADER + stringify({ networks: [...byPrefix.values()] });
}

function extendedText(digits: string): string {
  const [high, low] = [digits.slice(0, 8), digits.slice(8)].map((word) => Number.parseInt(word, 16));
  return formatExtendedCommunity({ high: high!, low: low! });
}
