/**
 * The two policies that need no configuration, and the default of RFC 8212: an eBGP neighbor without a policy
 * accepts and announces nothing.
 */
import { REJECT, type RouteTransform } from '../rib/transform.ts';

/** Every route as it is. */
export const acceptPolicy: RouteTransform = { name: 'accept', apply: (attr) => attr };

/** No route. */
export const rejectPolicy: RouteTransform = { name: 'reject', apply: () => REJECT };

/** RFC 8212: no policy is configured on an eBGP session. */
export const missingPolicy: RouteTransform = { name: 'none', apply: () => REJECT };

/**
 * The policy for a direction of a session.
 *
 * @param name what the configuration says, undefined for nothing: then eBGP rejects and iBGP accepts.
 */
export function policyFor(name: 'accept' | 'reject' | undefined, external: boolean): RouteTransform {
  if (name === 'accept') return acceptPolicy;
  if (name === 'reject') return rejectPolicy;
  return external ? missingPolicy : acceptPolicy;
}
