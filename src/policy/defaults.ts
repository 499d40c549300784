/**
 * The policies that need no configuration, and the default of RFC 8212: an eBGP neighbor without a policy accepts and
 * announces nothing.
 */
import { REJECT, type RouteTransform } from '../rib/transform.ts';

/** Every route as it is. */
export const acceptPolicy: RouteTransform = {
  name: 'accept',
  key: 'accept',
  perPrefix: false,
  passesNextHop: false,
  apply: (attr) => attr,
  explain: () => ({ verdict: 'accept', reason: 'the built-in policy `accept` takes every route', steps: [] }),
};

/** No route. */
export const rejectPolicy: RouteTransform = {
  name: 'reject',
  key: 'reject',
  perPrefix: false,
  passesNextHop: false,
  apply: () => REJECT,
  explain: () => ({ verdict: 'reject', reason: 'the built-in policy `reject` takes no route', steps: [] }),
};

/** RFC 8212: no policy is configured on an eBGP session. */
export const missingPolicy: RouteTransform = {
  name: 'none',
  key: 'none',
  perPrefix: false,
  passesNextHop: false,
  apply: () => REJECT,
  explain: () => ({ verdict: 'reject', reason: 'no policy is configured (RFC 8212)', steps: [] }),
};
