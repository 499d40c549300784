/**
 * The OPEN we send: what we are (RFC 4271 section 4.2) and what we offer (RFC 5492).
 */
import { ROLES, type RoleName } from '../wire/capabilities/09-role.ts';
import type { Capability } from '../wire/capabilities/index.ts';
import { type FamilyName, UNICAST_FAMILIES } from '../wire/families/index.ts';
import { ipv4Unicast } from '../wire/families/ipv4-unicast.ts';
import { ipv6Unicast } from '../wire/families/ipv6-unicast.ts';
import { AS_TRANS, BGP_VERSION, type OpenMessage } from '../wire/open.ts';
import type { FsmConfig } from './types.ts';

/** What decides about the capabilities of a neighbor. */
export interface LocalOffer {
  /** Our AS number, 32 bits. */
  readonly as: number;
  readonly families: readonly FamilyName[];
  /** False makes us a 2-octet speaker (RFC 6793 section 4.2). */
  readonly fourOctetAs: boolean;
  /** Messages of up to 65,535 octets (RFC 8654). */
  readonly extendedMessage: boolean;
  /** Our role on an eBGP session (RFC 9234); undefined: none. */
  readonly role?: RoleName | undefined;
}

/** The capabilities to announce, in order of their codes. */
export function localCapabilities({
  as,
  families,
  fourOctetAs,
  extendedMessage,
  role,
}: LocalOffer): readonly Capability[] {
  const capabilities: Capability[] = [];
  for (const { name, afi, safi } of UNICAST_FAMILIES)
    if (families.includes(name)) capabilities.push({ name: 'multiprotocol', value: { afi, safi } });
  capabilities.push({ name: 'route-refresh', value: true });
  if (families.includes(ipv4Unicast.name)) capabilities.push(IPV4_OVER_IPV6);
  if (extendedMessage) capabilities.push({ name: 'extended-message', value: true });
  if (role !== undefined) capabilities.push({ name: 'role', value: { role: ROLES.indexOf(role) } });
  capabilities.push(END_OF_RIB);
  if (fourOctetAs) capabilities.push({ name: 'four-octet-as', value: { as } });
  capabilities.push({ name: 'enhanced-route-refresh', value: true });
  return capabilities;
}

/** Our OPEN; an AS number that needs four octets shows as AS_TRANS in the 2-octet field (RFC 6793 section 4.1). */
export function localOpen(config: FsmConfig): OpenMessage {
  return {
    version: BGP_VERSION,
    as: config.localAs > 0xffff ? AS_TRANS : config.localAs,
    holdTimeSeconds: config.holdTimeSeconds,
    routerId: config.routerId,
    capabilities: config.capabilities,
  };
}

/** IPv4 routes may have IPv6 next hops (RFC 8950 section 4): IPv4 over sessions and links without IPv4 addresses. */
const IPV4_OVER_IPV6: Capability = {
  name: 'extended-next-hop',
  value: [{ afi: ipv4Unicast.afi, safi: ipv4Unicast.safi, nextHopAfi: ipv6Unicast.afi }],
};

/**
 * Graceful restart for the sake of End-of-RIB. Without families it says that we keep no forwarding state over a
 * restart of ours, but mark the end of our first routes and understand the peer's mark (RFC 4724 section 3); BIRD
 * and FRR send theirs only to speakers with this capability. It also makes us a "receiving speaker" for the restart
 * of the peer: its routes are dropped at once, which is the retention bound of section 4.2 set to zero.
 */
const END_OF_RIB: Capability = {
  name: 'graceful-restart',
  value: { restarting: false, notification: false, restartTimeSeconds: 0, families: [] },
};
