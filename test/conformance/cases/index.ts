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

export const CASES: readonly ConformanceCase[] = [
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
