/** IPv4 multicast: routes for the reverse path check, AFI 1, SAFI 2 (RFC 4760). */
import { prefixNlri } from './nlri-prefix.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv4Multicast = {
  index: 2,
  name: 'ipv4-multicast',
  afi: 1,
  safi: 2,
  rfc: 'RFC 4760, RFC 8950',
  nextHopLengths: [4],
  extendedNextHopLengths: [16, 32],
  nextHopDistinguisher: 0,
  nlri: anyValues(prefixNlri(4)),
} as const satisfies FamilySpec;
