/** IPv6 flow specifications of a VPN: AFI 2, SAFI 134 (RFC 8956). */
import { flowspecVpnNlri } from './nlri-flowspec.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv6FlowspecVpn = {
  index: 11,
  name: 'ipv6-flowspec-vpn',
  afi: 2,
  safi: 134,
  rfc: 'RFC 8956 section 3.8',
  nextHopLengths: 'ignored',
  nextHopDistinguisher: 0,
  nlri: anyValues(flowspecVpnNlri(16)),
} as const satisfies FamilySpec;
