/** The routes of a VIP in each way to announce it. Pure. */
import { announcedPrefixes } from '../config/vip-prefixes.ts';
import type { VipConfig } from '../config/vip-types.ts';
import type { OwnRoute } from '../speaker/own-routes.ts';
import type { AnnounceMode } from './events.ts';

/** GRACEFUL_SHUTDOWN (RFC 8326 section 3). */
const GRACEFUL_SHUTDOWN = 0xffff0000;

/** A route as it is announced shortly before it goes (RFC 8326): least preferred, and marked for other ASes. */
export function gracefulShutdown(route: OwnRoute): OwnRoute {
  return {
    ...route,
    localPref: 0,
    communities: [...new Set([...(route.communities ?? []), GRACEFUL_SHUTDOWN])],
  };
}

/** What is announced for `vip`; empty: withdrawn. `degraded`: its service is DOWN and `on-down` keeps it announced. */
export function routesOf(
  vip: VipConfig,
  mode: AnnounceMode,
  degraded: boolean,
  localAs: number,
): readonly OwnRoute[] {
  const { announce, onDown } = vip;
  if (mode === 'withdrawn' || (degraded && onDown.withdraw)) return [];
  const communities = [...announce.communities, ...(degraded ? onDown.communities : [])];
  const down = degraded ? onDown : undefined;
  const attributes = {
    med: down?.med ?? announce.med,
    localPref: down?.localPref ?? announce.localPref,
    asPath: new Array<number>(down?.prepend ?? 0).fill(localAs),
    communities: [...new Set(communities)],
    // They are for the peers that hear it: NO_EXPORT keeps it in their AS, not in ours.
    communitiesAsIs: true,
    largeCommunities: announce.largeCommunities,
    extendedCommunities:
      announce.linkBandwidth === undefined ? [] : [linkBandwidth(announce.linkBandwidth, localAs)],
    peers: announce.peers,
  };
  const routes = announcedPrefixes(vip).map((prefix) => ({ prefix, ...attributes }));
  return mode === 'draining' ? routes.map(gracefulShutdown) : routes;
}

/**
 * Link bandwidth as 16 hexadecimal digits: type 0x00 (transitive two-octet AS), sub-type 4, AS, bytes a second as
 * float32. The non-transitive type would not leave our AS (draft-ietf-idr-link-bandwidth).
 */
function linkBandwidth(bytesPerSecond: number, localAs: number): string {
  const octets = Buffer.alloc(8);
  octets[1] = 0x04;
  octets.writeUInt16BE(localAs > 0xffff ? 23456 : localAs, 2);
  octets.writeFloatBE(bytesPerSecond, 4);
  return octets.toString('hex');
}
