/** IPv4 with MPLS labels: AFI 1, SAFI 4 (RFC 8277). */
import { labeledNlri } from './nlri-labeled.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv4LabeledUnicast = {
  index: 4,
  name: 'ipv4-labeled-unicast',
  afi: 1,
  safi: 4,
  rfc: 'RFC 8277, RFC 8950',
  nextHopLengths: [4],
  extendedNextHopLengths: [16, 32],
  nextHopDistinguisher: 0,
  nlri: anyValues(labeledNlri(4)),
} as const satisfies FamilySpec;
