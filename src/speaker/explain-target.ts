/** What the two halves of `explain` work on. */
import type { Config } from '../config/types.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import type { Neighbor } from './neighbor.ts';
import type { OwnRouteTable } from './own-route-table.ts';
import type { QueryTarget } from './route-query.ts';
import type { AggregateStatus, ErrorEntry } from './status.ts';

/** What an explanation looks at. */
export interface ExplainTarget extends QueryTarget {
  readonly neighbors: readonly Neighbor[];
  readonly ownRoutes: Pick<OwnRouteTable, 'entry' | 'ownersOf'>;
  readonly config: Config;
  readonly aggregates: readonly AggregateStatus[];
  /** Malformed messages of an address, newest first. */
  errors(address: string): readonly ErrorEntry[];
}

/** A prefix in its table; `id` 0: it is not there. */
export interface Subject {
  readonly rib: FamilyRib;
  readonly id: PrefixId;
  readonly prefix: string;
}

/** Why there is no session. */
export function sessionText({ held, state, lastError }: Neighbor): string {
  const reason = held?.reason ?? lastError?.reason;
  return `there is no session (${state}${reason === undefined ? '' : `: ${reason}`})`;
}
