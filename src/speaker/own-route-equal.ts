/** Whether two routes of our own say the same: a member that is left out is its default. */
import type { OwnRoute } from './own-routes.ts';

export function sameRoute(a: OwnRoute, b: OwnRoute): boolean {
  return (
    a.nextHop === b.nextHop &&
    (a.origin ?? 'igp') === (b.origin ?? 'igp') &&
    a.med === b.med &&
    a.localPref === b.localPref &&
    sameList(a.asPath, b.asPath) &&
    (a.asPathAsIs ?? false) === (b.asPathAsIs ?? false) &&
    a.originatorId === b.originatorId &&
    sameList(a.clusterList, b.clusterList) &&
    sameList(a.communities, b.communities) &&
    (a.communitiesAsIs ?? false) === (b.communitiesAsIs ?? false) &&
    sameList(a.largeCommunities?.flat(), b.largeCommunities?.flat()) &&
    sameList(a.extendedCommunities, b.extendedCommunities) &&
    (a.atomicAggregate ?? false) === (b.atomicAggregate ?? false) &&
    a.aggregator?.as === b.aggregator?.as &&
    a.aggregator?.address === b.aggregator?.address &&
    (a.peers === undefined) === (b.peers === undefined) &&
    sameList(a.peers, b.peers)
  );
}

function sameList<T>(a: readonly T[] = [], b: readonly T[] = []): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}
