/** IPv6 multicast: routes for the reverse path check, AFI 2, SAFI 2 (RFC 4760). */
import { prefixNlri } from './nlri-prefix.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv6Multicast = {
  index: 3,
  name: 'ipv6-multicast',
  afi: 2,
  safi: 2,
  rfc: 'RFC 2545, RFC 4760',
  nextHopLengths: [16, 32],
  nextHopDistinguisher: 0,
  nlri: anyValues(prefixNlri(16)),
} as const satisfies FamilySpec;
