/** IPv6 unicast: AFI 2, SAFI 1 (RFC 2545, RFC 4760). */
import type { FamilySpec } from './spec.ts';

export const ipv6Unicast = {
  index: 1,
  name: 'ipv6-unicast',
  afi: 2,
  safi: 1,
  keyWords: 4,
  maxLength: 128,
} as const satisfies FamilySpec;
