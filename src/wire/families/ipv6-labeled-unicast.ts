/** IPv6 with MPLS labels: AFI 2, SAFI 4 (RFC 8277; 6PE in RFC 4798 has IPv4-mapped next hops). */
import { labeledNlri } from './nlri-labeled.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv6LabeledUnicast = {
  index: 5,
  name: 'ipv6-labeled-unicast',
  afi: 2,
  safi: 4,
  rfc: 'RFC 4798, RFC 8277',
  nextHopLengths: [16, 32],
  nextHopDistinguisher: 0,
  nlri: anyValues(labeledNlri(16)),
} as const satisfies FamilySpec;
