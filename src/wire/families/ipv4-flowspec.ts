/** IPv4 flow specifications: AFI 1, SAFI 133 (RFC 8955). */
import { flowspecNlri } from './nlri-flowspec.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv4Flowspec = {
  index: 8,
  name: 'ipv4-flowspec',
  afi: 1,
  safi: 133,
  rfc: 'RFC 8955',
  nextHopLengths: 'ignored',
  nextHopDistinguisher: 0,
  nlri: anyValues(flowspecNlri(4)),
} as const satisfies FamilySpec;
