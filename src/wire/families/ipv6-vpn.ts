/** IPv6 of a VPN: AFI 2, SAFI 128 (RFC 4659). */
import { vpnNlri } from './nlri-labeled.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv6Vpn = {
  index: 7,
  name: 'ipv6-vpn',
  afi: 2,
  safi: 128,
  rfc: 'RFC 4659',
  nextHopLengths: [24, 48],
  nextHopDistinguisher: 8,
  nlri: anyValues(vpnNlri(16)),
} as const satisfies FamilySpec;
