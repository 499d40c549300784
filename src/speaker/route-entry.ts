/** A route as plain data for people, read from its attribute blob. */

import { asPath as asPathSpec } from '../wire/attributes/02-as-path.ts';
import { readAttributes } from '../wire/attributes/view.ts';
import { formatCommunity, formatExtendedCommunity, formatLargeCommunity } from '../wire/community-text.ts';
import type { RouteEntry } from './status.ts';

/** What a route is besides its attributes. */
export interface RouteFacts {
  readonly family: string;
  readonly prefix: string;
  readonly best: boolean;
  readonly accepted: boolean;
  readonly rejectReason: string | undefined;
  readonly peer: string;
  readonly lostBy: string | undefined;
}

/** The route with the attributes in the canonical blob `bytes[start..end)`. */
export function routeEntry(facts: RouteFacts, bytes: Uint8Array, start: number, end: number): RouteEntry {
  const { attributes, unknown } = readAttributes(bytes, start, end);
  const { nextHop, asPath, aggregator } = attributes;
  return {
    ...facts,
    nextHop: nextHop?.address ?? 'self',
    nextHopLinkLocal: nextHop?.linkLocal,
    origin: attributes.origin ?? 'incomplete',
    asPath: asPath === undefined ? '' : asPathSpec.format(asPath),
    med: attributes.med,
    localPref: attributes.localPref,
    communities: (attributes.communities ?? []).map(formatCommunity),
    largeCommunities: (attributes.largeCommunities ?? []).map(formatLargeCommunity),
    extendedCommunities: (attributes.extendedCommunities ?? []).map(formatExtendedCommunity),
    originatorId: attributes.originatorId,
    clusterList: attributes.clusterList ?? [],
    atomicAggregate: attributes.atomicAggregate === true,
    aggregator: aggregator === undefined ? undefined : `${aggregator.as} ${aggregator.address}`,
    unknown,
  };
}
