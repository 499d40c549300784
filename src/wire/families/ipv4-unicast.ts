/** IPv4 unicast: AFI 1, SAFI 1 (RFC 4760; carried outside MP attributes by RFC 4271). */
import { prefixNlri } from './nlri-prefix.ts';
import { anyValues, type TableFamily } from './spec.ts';

export const ipv4Unicast = {
  index: 0,
  name: 'ipv4-unicast',
  afi: 1,
  safi: 1,
  rfc: 'RFC 4271, RFC 4760, RFC 8950',
  keyWords: 1,
  maxLength: 32,
  nextHopLengths: [4],
  extendedNextHopLengths: [16, 32],
  nextHopDistinguisher: 0,
  nlri: anyValues(prefixNlri(4)),
} as const satisfies TableFamily;
