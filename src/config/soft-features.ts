/** Which features of a session a reload changes without ending it: apart from their schema, for running daemons. */
import type { PeerFeatures } from './peer-features.ts';

/** Settings that take effect in a running session. */
export const SOFT_FEATURES = [
  'shutdown',
  'gracefulShutdown',
  'maxPrefixes',
  'maxPrefixesOut',
  'enforceFirstAs',
  'allowOwnAs',
  'asOverride',
  'removePrivateAs',
  'sendCommunities',
  'advertisementIntervalSeconds',
  'defaultOriginate',
  'routeServerClient',
  'clusterId',
] as const satisfies readonly (keyof PeerFeatures)[];
