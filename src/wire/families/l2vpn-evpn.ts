/** Ethernet VPN: AFI 25, SAFI 70 (RFC 7432). */
import { evpnNlri } from './nlri-evpn.ts';
import { anyValues, type FamilySpec } from './spec.ts';

export const l2vpnEvpn = {
  index: 12,
  name: 'l2vpn-evpn',
  afi: 25,
  safi: 70,
  rfc: 'RFC 7432, RFC 9136',
  nextHopLengths: [4, 16],
  nextHopDistinguisher: 0,
  nlri: anyValues(evpnNlri),
} as const satisfies FamilySpec;
