/** IPv4 flow specifications of a VPN: AFI 1, SAFI 134 (RFC 8955 section 8). */
import { flowspecVpnNlri } from './nlri-flowspec.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const ipv4FlowspecVpn = {
  index: 10,
  name: 'ipv4-flowspec-vpn',
  afi: 1,
  safi: 134,
  rfc: 'RFC 8955 section 8',
  nextHopLengths: 'ignored',
  nextHopDistinguisher: 0,
  nlri: anyValues(flowspecVpnNlri(4)),
} as const satisfies FamilySpec;
