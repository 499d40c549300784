/**
 * A neighbor's configuration in the words of the layers below: state machine, transport, engine.
 */
import { parseAddress, parseIpv4, splitZone } from '../base/address.ts';
import type { NeighborConfig } from '../config/types.ts';
import type { PeerParams } from '../engine/peer-params.ts';
import { localCapabilities } from '../fsm/local-open.ts';
import type { FsmConfig, Negotiated } from '../fsm/types.ts';
import type { TransportOptions, TransportSupport } from '../net/types.ts';
import type { PolicySession } from '../policy/types.ts';
import type { RouteTransform } from '../rib/transform.ts';
import type { Capability } from '../wire/capabilities/index.ts';
import type { WireContext } from '../wire/session-context.ts';
import { nextHopParams, ownAddresses } from './next-hops.ts';
import { type SessionSide, sessionOptions } from './session-options.ts';

/** Whether a peer of this AS is an eBGP peer. */
export function isExternal(peerAs: number | 'external' | 'internal', localAs: number): boolean {
  return peerAs === 'external' || (peerAs !== 'internal' && peerAs !== localAs);
}

/** Whether the session with a neighbor whose AS is known (or expected) is an eBGP one. */
export function isExternalSession(
  settings: NeighborConfig,
  peerAs: number | 'external' | 'internal',
  localAs: number,
): boolean {
  return settings.localAs !== undefined || isExternal(peerAs, localAs);
}

/** Capabilities that the neighbor is offered; `as` is the number we go by on the session. */
export function offeredCapabilities(settings: NeighborConfig, as: number): readonly Capability[] {
  const { families, fourOctetAs, extendedMessage, role } = settings;
  return localCapabilities({ as, families, fourOctetAs, extendedMessage, role });
}

/** Configuration of the state machine; `ownAs` is our AS, which `local-as` may hide. */
export function fsmConfig(settings: NeighborConfig, ownAs: number, routerId: number): FsmConfig {
  const localAs = settings.localAs?.as ?? ownAs;
  return {
    localAs,
    routerId,
    peerAs: settings.peerAs,
    passive: settings.passive,
    holdTimeSeconds: settings.holdTimeSeconds,
    minimumHoldTimeSeconds: settings.minimumHoldTimeSeconds,
    connectRetrySeconds: settings.connectRetrySeconds,
    idleHoldSeconds: settings.idleHoldSeconds,
    idleHoldMaximumSeconds: settings.idleHoldMaximumSeconds,
    capabilities: offeredCapabilities(settings, localAs),
    families: settings.families,
    role: settings.role,
    roleStrict: settings.roleStrict,
  };
}

/**
 * TTLs of the session's packets: 255 with GTSM (RFC 5082), the configured one for multihop, 1 for other eBGP peers,
 * the system's for iBGP. The 1 is a convention and left out where the system cannot set it.
 */
export function transportOptions(
  settings: NeighborConfig,
  localAs: number,
  support: TransportSupport,
): TransportOptions {
  if (settings.ttlSecurity !== undefined) return { ttl: 255, minimumTtl: 256 - settings.ttlSecurity };
  if (!isExternal(settings.peerAs, localAs)) return {};
  if (settings.multihop !== undefined) return { ttl: settings.multihop };
  return support.ttl === undefined ? { ttl: 1 } : {};
}

/** What the system lacks for this neighbor, as one sentence; undefined when it lacks nothing. */
export function unsupportedReason(settings: NeighborConfig, support: TransportSupport): string | undefined {
  if (settings.password !== undefined && support.md5 !== undefined)
    return `TCP MD5 (password) is not available: ${support.md5}`;
  if (settings.ttlSecurity !== undefined && (support.minimumTtl ?? support.ttl) !== undefined)
    return `GTSM (ttl-security) is not available: ${support.minimumTtl ?? support.ttl}`;
  if (settings.multihop !== undefined && support.ttl !== undefined)
    return `multihop is not available: ${support.ttl}`;
  return undefined;
}

/** Finds the policies of a chain of names for a session; undefined names are none at all (RFC 8212). */
export type PolicyLookup = (
  names: readonly string[] | undefined,
  external: boolean,
  session: Omit<PolicySession, 'localAs'>,
) => RouteTransform;

/** What the engine is told when the session is Established. */
export function peerParams(
  settings: NeighborConfig,
  negotiated: Negotiated,
  localAddress: string | undefined,
  side: SessionSide,
  policyOf: PolicyLookup,
  send: PeerParams['send'],
): PeerParams {
  const { external } = side;
  const address = parseAddress(splitZone(settings.address).address) ?? new Uint8Array(4);
  const local = localAddress ?? settings.localAddress ?? settings.address;
  const context = sessionContext(settings, negotiated);
  const nextHop = nextHopParams(
    { localAddress: local, peerAddress: settings.address, external },
    settings.nextHop,
    context,
  );
  const identity = { address: settings.address, group: settings.peerGroup };
  const session = {
    address: settings.address,
    peerGroup: settings.peerGroup,
    self: nextHop.map(({ self }) => self),
    peerAs: negotiated.peerAs,
  };
  return {
    external,
    peerAs: negotiated.peerAs,
    routerId: negotiated.peerRouterId,
    address,
    ownAddresses: ownAddresses(local, settings.address),
    context,
    nextHop,
    identity,
    import: policyOf(settings.import, external, { ...session, direction: 'import' }),
    export: policyOf(settings.export, external, { ...session, direction: 'export' }),
    options: sessionOptions(settings, side),
    send,
  };
}

/** What was agreed about the bytes of the session, and what its addresses add to it. */
export function sessionContext(
  { address, allowAsSets }: NeighborConfig,
  { context }: Negotiated,
): WireContext {
  return {
    ...context,
    rejectAsSet: !allowAsSets,
    // With a second family at stake a fault that is confined to one closes that one (RFC 7606 section 2).
    familyDisable: (context.families & (context.families - 1)) !== 0,
    loopback: isLoopback(parseAddress(splitZone(address).address) ?? new Uint8Array(4)),
  };
}

function isLoopback(address: Uint8Array): boolean {
  if (address.length === 4) return address[0] === 127;
  return address.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

/** The unsigned integer of a dotted-quad router id that was validated before. */
export function routerIdNumber(text: string): number {
  return parseIpv4(text) ?? 0;
}
