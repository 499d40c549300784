/** THE list of conformance cases, in the order of the report. */
import type { ConformanceCase } from '../case.ts';
import { as4Path, asPath } from './as-path.ts';
import { communities, extendedCommunities, largeCommunities } from './communities.ts';
import { header } from './header.ts';
import { mpReach, mpUnreach } from './multiprotocol.ts';
import { nlri } from './nlri.ts';
import { early, opening } from './open.ts';
import { clusterList, originatorId } from './reflection.ts';
import { refresh } from './refresh.ts';
import { unknown } from './unknown.ts';
import { structure } from './update-structure.ts';
import { aggregator, atomicAggregate, localPref, med, nextHop, origin } from './well-known.ts';

const ALL: readonly ConformanceCase[] = [
  ...header,
  ...opening,
  ...early,
  ...refresh,
  ...structure,
  ...nlri,
  ...origin,
  ...asPath,
  ...as4Path,
  ...nextHop,
  ...med,
  ...localPref,
  ...atomicAggregate,
  ...aggregator,
  ...communities,
  ...extendedCommunities,
  ...largeCommunities,
  ...originatorId,
  ...clusterList,
  ...mpReach,
  ...mpUnreach,
  ...unknown,
];

/** Faults confined to one family: bellhop closes that family, and so loses the routes of it, not the session. */
const CLOSES_FAMILY: Readonly<Record<string, string>> = {
  'two faults: one withdraws, one resets': 'withdraw',
  'next hop of 0 octets': 'withdraw',
  'next hop of 4 octets': 'withdraw',
  'next hop of 15 octets': 'withdraw',
  'next hop of 17 octets': 'withdraw',
  'next hop of 24 octets': 'withdraw',
  'prefix of length 129': 'withdraw',
  'prefix cut short': 'withdraw',
};
const AFI_SAFI_DISABLE = `bellhop does not end the session: it closes the one family for the rest of it (AFI/SAFI
  disable, RFC 7606 section 2), logs it and shows it, where the session has another family.`;

function withFamilyClosed(one: ConformanceCase): ConformanceCase {
  if (one.verdict !== 'session-reset 3/9' || one.deviation !== undefined) return one;
  const closes = one.name.startsWith('IPv4 unicast with an IPv6 next hop')
    ? 'stuck'
    : CLOSES_FAMILY[one.name];
  return closes === undefined ? one : { ...one, deviation: closes, note: AFI_SAFI_DISABLE };
}

export const CASES: readonly ConformanceCase[] = ALL.map(withFamilyClosed);
