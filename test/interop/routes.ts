/**
 * The routes of the interop battery and how they look on each side.
 */
import { expect } from 'vitest';
import type { RouteEntry } from '../../src/api/types.ts';
import type { BellhopConfig } from './lab/bellhop.ts';
import { type Family, isIpv6, type PeerDaemon, type PeerRoute, type RouteSpec } from './lab/peer.ts';
import { BELLHOP, type Pair, PEER, waitFor } from './pair.ts';

const COMMUNITIES = ['65001:100', '65001:200'];
const LARGE_COMMUNITIES = ['65001:1:2', '4200000000:3:4'];

/** What bellhop announces: for each family one route with every attribute and one with none. */
export const OUR_NETWORKS: readonly BellhopConfig[] = ['192.0.2.0/24', '2001:db8:1::/48'].flatMap(
  (prefix) => [
    { prefix, med: 10, origin: 'egp', communities: COMMUNITIES, 'large-communities': LARGE_COMMUNITIES },
    { prefix: prefix.replace('192.0.2', '198.51.100').replace('db8:1', 'db8:2') },
  ],
);

/** What the other side announces, as far as it can. */
export function theirRoutes(daemon: PeerDaemon): readonly RouteSpec[] {
  const path = daemon.features.asPath ? { asPath: [65100, 4200000100] } : {};
  const attributes = {
    med: 20,
    communities: ['65002:1', '65002:2'],
    largeCommunities: ['65002:1:2', '4200000002:3:4'],
    ...path,
    ...(daemon.features.origin ? { origin: 'incomplete' as const } : {}),
  };
  return [
    { prefix: '203.0.113.0/24', ...attributes },
    { prefix: '10.200.0.0/16' },
    { prefix: '2001:db8:a::/48', ...attributes },
    { prefix: '2001:db8:b::/48' },
  ];
}

/** Waits until the other side shows `networks` exactly as bellhop should have sent them, and nothing else of ours. */
export async function theyHaveOurs(
  pair: Pair,
  networks: readonly BellhopConfig[],
  path: readonly number[],
): Promise<void> {
  await waitFor(pair, 'the other side has our routes', async () => {
    const shown = [...(await pair.peer.routes('ipv4-unicast')), ...(await pair.peer.routes('ipv6-unicast'))];
    expect(sorted(shown.map(comparable))).toEqual(
      sorted(networks.map((network) => expectedThere(network, path))),
    );
  });
}

/** Waits until bellhop shows `routes` exactly as the other side was told to send them, and nothing else. */
export async function weHaveTheirs(
  pair: Pair,
  routes: readonly RouteSpec[],
  as: readonly number[] = [PEER.as],
): Promise<void> {
  await waitFor(pair, 'bellhop has the routes of the other side', async () => {
    // Some daemons tell us our own routes again.
    const local = (await pair.bellhop.routes({})).filter((route) => route.peer === 'local');
    const prefixes = new Set(local.map((route) => route.prefix));
    const shown: RouteEntry[] = [];
    for (const address of pair.neighbors) shown.push(...(await pair.bellhop.routes({ received: address })));
    const own = shown.filter((route) => !prefixes.has(route.prefix));
    expect(sorted(own.map(ourComparable))).toEqual(sorted(routes.map((route) => expectedHere(route, as))));
    expect(own.filter((route) => !route.accepted)).toEqual([]);
  });
}

interface Comparable {
  readonly prefix: string;
  readonly nextHop: string;
  readonly asPath: readonly number[];
  /** No MED and a MED of 0 are the same: some daemons do not show the difference. */
  readonly med: number;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly origin: string;
}

function comparable(route: PeerRoute): Comparable {
  return {
    prefix: route.prefix,
    nextHop: route.nextHop,
    asPath: route.asPath,
    med: route.med ?? 0,
    communities: [...route.communities].sort(),
    largeCommunities: [...route.largeCommunities].sort(),
    origin: route.origin,
  };
}

function ourComparable(route: RouteEntry): Comparable {
  return {
    prefix: route.prefix,
    nextHop: route.nextHop,
    asPath: route.asPath.split(' ').filter(Boolean).map(Number),
    med: route.med ?? 0,
    communities: [...route.communities].sort(),
    largeCommunities: [...route.largeCommunities].sort(),
    origin: route.origin.toLowerCase(),
  };
}

function expectedThere(network: BellhopConfig, path: readonly number[]): Comparable {
  const prefix = String(network['prefix']);
  const list = (key: string): readonly string[] =>
    [...((network[key] as readonly string[] | undefined) ?? [])].sort();
  return {
    prefix,
    nextHop: isIpv6(prefix) ? BELLHOP.address6 : BELLHOP.address,
    asPath: path,
    med: Number(network['med'] ?? 0),
    communities: list('communities'),
    largeCommunities: list('large-communities'),
    origin: String(network['origin'] ?? 'igp'),
  };
}

function expectedHere(route: RouteSpec, as: readonly number[]): Comparable {
  return {
    prefix: route.prefix,
    nextHop: route.nextHop ?? (isIpv6(route.prefix) ? PEER.address6 : PEER.address),
    asPath: [...as, ...(route.asPath ?? [])],
    med: route.med ?? 0,
    communities: [...(route.communities ?? [])].sort(),
    largeCommunities: [...(route.largeCommunities ?? [])].sort(),
    origin: route.origin ?? 'igp',
  };
}

/** Those of one family. */
export function ofFamily<T extends { readonly prefix?: unknown }>(
  list: readonly T[],
  family: Family,
): readonly T[] {
  return list.filter((one) => isIpv6(String(one.prefix)) === (family === 'ipv6-unicast'));
}

function sorted(list: readonly Comparable[]): readonly Comparable[] {
  return [...list].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}
