/**
 * What our configuration and the peer's OPEN add up to, or why they do not (RFC 4271 sections 4.2 and 6.2).
 *
 * Checks run in the order of section 6.2: version, AS, identifier, hold time, then capabilities (RFC 5492). The
 * first that fails names the NOTIFICATION. Capabilities the peer repeats or we do not know never fail a session.
 */

import { formatIpv4 } from '../base/address.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { ROLES, type RoleName } from '../wire/capabilities/09-role.ts';
import { type Capability, findCapability, writeCapability } from '../wire/capabilities/index.ts';
import { familyIndex, UNICAST_FAMILIES } from '../wire/families/index.ts';
import { ipv4Unicast } from '../wire/families/ipv4-unicast.ts';
import { ipv6Unicast } from '../wire/families/ipv6-unicast.ts';
import { NotificationCode, type NotificationData, notification, OpenSubcode } from '../wire/notification.ts';
import { AS_TRANS, BGP_VERSION, type OpenMessage, openAs } from '../wire/open.ts';
import type { WireContext } from '../wire/session-context.ts';
import type { FsmConfig, Negotiated } from './types.ts';

/** The OPEN is refused: what to tell the peer, and one sentence for our own people. */
export interface Refusal {
  readonly ok: false;
  readonly notification: NotificationData;
  readonly text: string;
}

/** Outcome of {@link negotiate}. */
export type Negotiation = { readonly ok: true; readonly negotiated: Negotiated } | Refusal;

/** Compares the peer's OPEN with our configuration. Pure; never throws for any OPEN that could be read. */
export function negotiate(config: FsmConfig, open: OpenMessage): Negotiation {
  const peerAs = openAs(open);
  const context = agreedContext(config, open, peerAs !== config.localAs);
  const refusal =
    checkVersion(open) ??
    checkAs(config, peerAs) ??
    checkRouterId(config, open, peerAs) ??
    checkHoldTime(config, open) ??
    checkFamilies(config, context) ??
    checkRole(config, open);
  if (refusal !== undefined) return refusal;

  const holdTimeSeconds = Math.min(config.holdTimeSeconds, open.holdTimeSeconds);
  const ours = config.capabilities;
  const theirs = open.capabilities;
  return {
    ok: true,
    negotiated: {
      peerAs,
      peerRouterId: open.routerId,
      holdTimeSeconds,
      keepaliveSeconds: Math.floor(holdTimeSeconds / 3), // RFC 4271 section 4.4: a third is reasonable
      context,
      routeRefresh: bothAnnounce('route-refresh', ours, theirs),
      enhancedRouteRefresh: bothAnnounce('enhanced-route-refresh', ours, theirs),
      gracefulRestart: findCapability(theirs, 'graceful-restart') !== undefined,
      open,
    },
  };
}

function checkVersion({ version }: OpenMessage): Refusal | undefined {
  if (version === BGP_VERSION) return undefined;
  const data = Uint8Array.of(0, BGP_VERSION);
  return refusal(OpenSubcode.unsupportedVersion, `peer speaks BGP version ${version}, we speak 4`, data);
}

/** AS 0 belongs to nobody (RFC 7607), and AS_TRANS only stands for other numbers (RFC 6793 section 9). */
function checkAs({ peerAs: expected, localAs }: FsmConfig, peerAs: number): Refusal | undefined {
  const bad = (wanted: string) => refusal(OpenSubcode.badPeerAs, `peer is AS ${peerAs}, ${wanted}`);
  if (peerAs === 0 || peerAs === AS_TRANS) return bad('which is reserved');
  if (expected === 'external') return peerAs === localAs ? bad('expected another AS than ours') : undefined;
  if (expected === 'internal') return peerAs === localAs ? undefined : bad(`expected our own AS ${localAs}`);
  return peerAs === expected ? undefined : bad(`expected AS ${expected}`);
}

/** The identifier must be unique inside an AS, not beyond it (RFC 6286 section 2.2). */
function checkRouterId(config: FsmConfig, { routerId }: OpenMessage, peerAs: number): Refusal | undefined {
  if (routerId === 0) return refusal(OpenSubcode.badBgpIdentifier, 'peer has BGP identifier 0.0.0.0');
  if (routerId !== config.routerId || peerAs !== config.localAs) return undefined;
  return refusal(
    OpenSubcode.badBgpIdentifier,
    `internal peer has our BGP identifier ${formatIpv4(routerId)}`,
  );
}

function checkHoldTime(config: FsmConfig, { holdTimeSeconds }: OpenMessage): Refusal | undefined {
  const bad = (why: string) =>
    refusal(OpenSubcode.unacceptableHoldTime, `peer proposes hold time ${holdTimeSeconds}, ${why}`);
  if (holdTimeSeconds === 1 || holdTimeSeconds === 2) return bad('which must be 0 or at least 3');
  const minimum = config.minimumHoldTimeSeconds;
  return holdTimeSeconds < minimum ? bad(`the minimum here is ${minimum}`) : undefined;
}

/** The data are the capabilities that would have helped (RFC 5492 section 5). */
function checkFamilies({ capabilities, families }: FsmConfig, context: WireContext): Refusal | undefined {
  if (context.families !== 0) return undefined;
  const missing = new ByteWriter();
  for (const capability of capabilities)
    if (capability.name === 'multiprotocol') writeCapability(capability, missing);
  const text = `no address family in common: the peer does not offer ${families.join(' or ')}`;
  return refusal(OpenSubcode.unsupportedCapability, text, missing.take());
}

/** Which role the peer of each role has (RFC 9234 section 4.2, table 2). */
const COUNTERPARTS: Readonly<Record<RoleName, RoleName>> = {
  provider: 'customer',
  customer: 'provider',
  'rs-server': 'rs-client',
  'rs-client': 'rs-server',
  peer: 'peer',
};

/** Roles have to match when both sides say theirs; several that contradict each other never do. */
function checkRole({ role, roleStrict }: FsmConfig, { capabilities }: OpenMessage): Refusal | undefined {
  if (role === undefined) return undefined;
  const theirs = new Set<number>();
  for (const { name, value } of capabilities) if (name === 'role') theirs.add(value.role);
  const bad = (why: string) =>
    refusal(OpenSubcode.roleMismatch, `our role is ${role}, but ${why} (RFC 9234)`);
  if (theirs.size === 0)
    return roleStrict ? bad('the peer says none, and `role-strict` asks for one') : undefined;
  const names = [...theirs].map((number) => ROLES[number] ?? `number ${number}`);
  if (names.length > 1) return bad(`the peer says several: ${names.join(', ')}`);
  return names[0] === COUNTERPARTS[role] ? undefined : bad(`that of the peer is ${names[0]}`);
}

function refusal(subcode: number, text: string, data?: Uint8Array): Refusal {
  return { ok: false, notification: notification(NotificationCode.open, subcode, data), text };
}

function agreedContext(config: FsmConfig, open: OpenMessage, external: boolean): WireContext {
  const ours = config.capabilities;
  const theirs = open.capabilities;
  const families = wantedFamilies(config) & offeredFamilies(theirs);
  return {
    as4: bothAnnounce('four-octet-as', ours, theirs),
    external,
    extendedMessage: bothAnnounce('extended-message', ours, theirs),
    families,
    extendedNextHop: families & extendedNextHops(ours) & extendedNextHops(theirs),
  };
}

function bothAnnounce(
  name: Capability['name'],
  ours: readonly Capability[],
  theirs: readonly Capability[],
): boolean {
  return findCapability(ours, name) !== undefined && findCapability(theirs, name) !== undefined;
}

function wantedFamilies(config: FsmConfig): number {
  let mask = 0;
  for (const { name, index } of UNICAST_FAMILIES)
    if (config.families.includes(name)) mask |= familyBit(index);
  return mask;
}

/** A speaker without the multiprotocol capability is one of RFC 4271: IPv4 unicast and nothing else. */
function offeredFamilies(capabilities: readonly Capability[]): number {
  let mask = 0;
  let multiprotocol = false;
  for (const { name, value } of capabilities) {
    if (name !== 'multiprotocol') continue;
    multiprotocol = true;
    mask |= familyBit(familyIndex(value.afi, value.safi));
  }
  return multiprotocol ? mask : familyBit(ipv4Unicast.index);
}

/** Families whose routes may have an IPv6 next hop; we use that for IPv4 only, IPv6 needs no permission. */
function extendedNextHops(capabilities: readonly Capability[]): number {
  const found = capabilities.some(
    ({ name, value }) =>
      name === 'extended-next-hop' &&
      value.some(
        ({ afi, safi, nextHopAfi }) =>
          afi === ipv4Unicast.afi && safi === ipv4Unicast.safi && nextHopAfi === ipv6Unicast.afi,
      ),
  );
  return found ? familyBit(ipv4Unicast.index) : 0;
}

function familyBit(index: number): number {
  return index < 0 ? 0 : 1 << index;
}
