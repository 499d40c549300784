/** The counters of a speaker as a whole, read where they are kept when somebody asks. */
import type { Engine } from '../engine/engine.ts';
import type { OwnRouteTable } from './own-route-table.ts';
import type { Scheduler } from './scheduler.ts';
import type { SpeakerCounters } from './status.ts';

export function speakerCounters(
  engine: Engine,
  scheduler: Scheduler,
  ownRoutes: OwnRouteTable,
): SpeakerCounters {
  return {
    updateLatency: scheduler.updateLatency.toJSON(),
    tableFull: engine.refused.tableFull,
    ignoredFamilies: engine.ignoredFamilies,
    unsendable: engine.exporters.reduce((sum, { unsendable }) => sum + unsendable, 0),
    pendingPrefixes: engine.dirty,
    attributeSets: engine.attrs.count,
    ownRoutes: ownRoutes.count,
    expiredRoutes: ownRoutes.expired,
  };
}
