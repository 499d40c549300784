/** IPv6 flow specifications: AFI 2, SAFI 133 (RFC 8956). */
import { flowspecNlri } from './nlri-flowspec.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv6Flowspec = {
  index: 9,
  name: 'ipv6-flowspec',
  afi: 2,
  safi: 133,
  rfc: 'RFC 8956',
  nextHopLengths: 'ignored',
  nextHopDistinguisher: 0,
  nlri: anyValues(flowspecNlri(16)),
} as const satisfies FamilySpec;
