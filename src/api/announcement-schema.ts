/** Bodies and paths of `/v1/announcements`: routes of our own as JSON, checked, and back again for answers. */
import { z } from 'zod';
import { BellhopError } from '../base/errors.ts';
import { MAX_ROUTE_TTL_MILLISECONDS } from '../base/limits.ts';
import {
  aggregator,
  asNumber,
  community,
  duration,
  extendedCommunity,
  largeCommunity,
  prefix,
  unicastAddress,
  wholeNumber,
} from '../config/schema-types.ts';
import type { OwnRoute, OwnRouteEntry } from '../speaker/own-routes.ts';
import { formatCommunity, formatExtendedCommunity, formatLargeCommunity } from '../wire/community-text.ts';
import type { Announcement } from './types.ts';

const u32 = wholeNumber(0, 0xffff_ffff);

const routeShape = {
  prefix,
  nextHop: unicastAddress.optional(),
  origin: z.enum(['igp', 'egp', 'incomplete']).optional(),
  asPath: z.array(asNumber).optional(),
  med: u32.optional(),
  localPref: u32.optional(),
  communities: z.array(community).optional(),
  largeCommunities: z.array(largeCommunity).optional(),
  extendedCommunities: z.array(extendedCommunity).optional(),
  atomicAggregate: z.boolean().optional(),
  aggregator: aggregator.optional(),
  peers: z.array(unicastAddress).min(1).optional(),
};

/** Seconds. */
const ttl = duration({ minimum: 0.1, maximum: MAX_ROUTE_TTL_MILLISECONDS / 1000 }).optional();

/** Body of `POST /v1/announcements/:owner`: one route, with a time to live if it is to end by itself. */
export const AnnounceBody = z.strictObject({ ...routeShape, ttl });

/** Body of `PUT /v1/announcements/:owner`: all routes that the owner wants. */
export const AnnounceSetBody = z.strictObject({ routes: z.array(z.strictObject(routeShape)), ttl });

/** Query string of `DELETE /v1/announcements/:owner`. */
export const WithdrawQuery = z.strictObject({ prefix: prefix.optional() });

const RESERVED = /^(config$|metallb$|vip:|process:)/;

/** `blue` in a path is the owner `api:blue`; names of owners inside bellhop stand for themselves. */
export const OwnerParameters = z.strictObject({
  owner: z
    .string()
    .regex(/^[\w.:@-]{1,56}$/, 'must be at most 56 letters, digits and . : @ - _')
    .transform((name) =>
      name === 'cli' || name.startsWith('api:') || RESERVED.test(name) ? name : `api:${name}`,
    ),
});

/** @throws BellhopError UNSUPPORTED for an owner whose routes are decided elsewhere. */
export function assertWritable(owner: string): void {
  if (RESERVED.test(owner))
    throw new BellhopError(
      'UNSUPPORTED',
      `routes of ${owner} are decided inside bellhop; choose another owner`,
    );
}

/** The route of an {@link AnnounceBody} in the words of the speaker. */
export function ownRouteOf({ ttl: _ttl, ...route }: z.output<typeof AnnounceBody>): OwnRoute {
  return route;
}

/** What clients see of a route of our own. */
export function announcementOf({ owner, route, ...state }: OwnRouteEntry): Announcement {
  const { remainingMilliseconds, ...rest } = state;
  return {
    owner,
    prefix: route.prefix,
    nextHop: route.nextHop,
    origin: route.origin ?? 'igp',
    asPath: route.asPath ?? [],
    med: route.med,
    localPref: route.localPref,
    communities: (route.communities ?? []).map(formatCommunity),
    largeCommunities: (route.largeCommunities ?? []).map(formatLargeCommunity),
    extendedCommunities: (route.extendedCommunities ?? []).map(extendedText),
    atomicAggregate: route.atomicAggregate ?? false,
    aggregator: route.aggregator && `${route.aggregator.as} ${route.aggregator.address}`,
    peers: route.peers,
    ...rest,
    ...(remainingMilliseconds !== undefined && { remainingSeconds: remainingMilliseconds / 1000 }),
  };
}

function extendedText(digits: string): string {
  const [high, low] = [digits.slice(0, 8), digits.slice(8)].map((word) => Number.parseInt(word, 16));
  return formatExtendedCommunity({ high: high!, low: low! });
}
