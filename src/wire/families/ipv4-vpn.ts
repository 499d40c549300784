/** IPv4 of a VPN: AFI 1, SAFI 128 (RFC 4364). */
import { vpnNlri } from './nlri-labeled.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv4Vpn = {
  index: 6,
  name: 'ipv4-vpn',
  afi: 1,
  safi: 128,
  rfc: 'RFC 4364, RFC 8950',
  nextHopLengths: [12],
  extendedNextHopLengths: [24, 48],
  nextHopDistinguisher: 8,
  nlri: anyValues(vpnNlri(4)),
} as const satisfies FamilySpec;
