/** IPv4 unicast: AFI 1, SAFI 1 (RFC 4760; carried outside MP attributes by RFC 4271). */
import type { FamilySpec } from './spec.ts';

export const ipv4Unicast = {
  index: 0,
  name: 'ipv4-unicast',
  afi: 1,
  safi: 1,
  keyWords: 1,
  maxLength: 32,
} as const satisfies FamilySpec;
