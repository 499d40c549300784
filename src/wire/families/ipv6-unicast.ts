/** IPv6 unicast: AFI 2, SAFI 1 (RFC 2545, RFC 4760). */
import { prefixNlri } from './nlri-prefix.ts';
import { anyValues, type TableFamily } from './spec.ts';

export const ipv6Unicast = {
  index: 1,
  name: 'ipv6-unicast',
  afi: 2,
  safi: 1,
  rfc: 'RFC 2545, RFC 4760',
  keyWords: 4,
  maxLength: 128,
  nextHopLengths: [16, 32],
  nextHopDistinguisher: 0,
  nlri: anyValues(prefixNlri(16)),
} as const satisfies TableFamily;
