/** Route target membership: AFI 1, SAFI 132 (RFC 4684). */
import { routeTargetNlri } from './nlri-route-target.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const routeTargetConstraint = {
  index: 13,
  name: 'route-target-constraint',
  afi: 1,
  safi: 132,
  rfc: 'RFC 4684',
  nextHopLengths: [4, 16],
  nextHopDistinguisher: 0,
  nlri: anyValues(routeTargetNlri),
} as const satisfies FamilySpec;
