/** The status of a neighbor as plain data. */
import { formatIpv4 } from '../base/address.ts';
import { formatCapability } from '../wire/capabilities/index.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import type { Neighbor } from './neighbor.ts';
import { isExternalSession, offeredCapabilities } from './neighbor-settings.ts';
import type { SessionHold } from './session-hold.ts';
import { optionTexts } from './session-options.ts';
import type { NeighborFamilyStatus, NeighborStatus } from './status.ts';

const NO_POLICY = 'none (RFC 8212)';

/** What `show neighbor` tells. */
export function neighborStatus(neighbor: Neighbor): NeighborStatus {
  const { settings, negotiated, connection, host } = neighbor;
  const socket = connection.socket;
  const established = connection.state === 'Established';
  const peerAs = negotiated?.peerAs ?? settings.peerAs;
  const external = isExternalSession(settings, peerAs, host.localAs);
  const localAs = settings.localAs?.as ?? host.localAs;
  return {
    address: settings.address,
    description: settings.description,
    peerAs,
    localAs,
    routerId: negotiated === undefined ? undefined : formatIpv4(negotiated.peerRouterId),
    type: external ? 'external' : 'internal',
    state: connection.state,
    disabled: neighbor.disabled,
    uptimeSeconds: established ? Math.floor((host.clock.now() - neighbor.establishedAt) / 1000) : 0,
    passive: settings.passive,
    dynamic: neighbor.dynamic,
    localAddress: socket?.localAddress ?? settings.localAddress,
    localPort: socket?.localPort,
    remotePort: socket?.remotePort,
    holdTimeSeconds: negotiated?.holdTimeSeconds,
    keepaliveSeconds: negotiated?.keepaliveSeconds,
    importPolicy: settings.import?.join(', ') ?? (external ? NO_POLICY : 'accept'),
    exportPolicy: settings.export?.join(', ') ?? (external ? NO_POLICY : 'accept'),
    options: optionTexts(settings),
    held: neighbor.held && {
      cause: neighbor.held.cause,
      reason: neighbor.held.reason,
      remainingSeconds: neighbor.held.remainingSeconds,
    },
    refusedRoutes: neighbor.index === undefined ? {} : host.engine.refusedByRule(neighbor.index),
    warnings: neighborWarnings(neighbor),
    capabilities: {
      local: offeredCapabilities(settings, localAs).map(formatCapability),
      remote: (negotiated?.open.capabilities ?? []).map(formatCapability),
    },
    families: familyStatus(neighbor),
    messagesReceived: neighbor.received.toJSON(),
    messagesSent: neighbor.sent.toJSON(),
    flaps: neighbor.flaps,
    updateErrors: { ...neighbor.updateErrors },
    errors: host.errorRings.totals(settings.address),
    rejectedConnections: neighbor.rejected.toJSON(),
    lastError: neighbor.lastError,
  };
}

function familyStatus(neighbor: Neighbor): NeighborFamilyStatus[] {
  const { settings, negotiated, index, host } = neighbor;
  return UNICAST_FAMILIES.filter((family) => settings.families.includes(family.name)).map((family) => {
    const rib = host.engine.ribs[family.index]!;
    const exporter = host.engine.exporters[family.index]!;
    return {
      family: family.name,
      negotiated: negotiated !== undefined && (negotiated.context.families & (1 << family.index)) !== 0,
      received: index === undefined ? 0 : (rib.received[index] ?? 0),
      accepted: index === undefined ? 0 : (rib.accepted[index] ?? 0),
      advertised: index === undefined ? 0 : (exporter.groupOf(index)?.advertisedTo(index) ?? 0),
      endOfRibReceived: index !== undefined && host.engine.endOfRibReceived(index, family.index),
      disabled: index === undefined ? undefined : host.engine.disabledReason(index, family.index),
      refused: index === undefined ? 0 : host.engine.refusedByLimit(index, family.index),
      withheld: index === undefined ? 0 : (exporter.groupOf(index)?.withheld.size ?? 0),
    };
  });
}

/** What keeps the neighbor from doing all that is configured, with what to do about it. */
export function neighborWarnings(neighbor: Neighbor): string[] {
  const { settings, negotiated, host } = neighbor;
  const warnings: string[] = [];
  const unsupported = neighbor.unsupported;
  if (unsupported !== undefined) warnings.push(unsupported);
  if (neighbor.held !== undefined) warnings.push(heldWarning(neighbor.held));
  if (isExternalSession(settings, negotiated?.peerAs ?? settings.peerAs, host.localAs)) {
    if (settings.import === undefined)
      warnings.push('no import policy: every route received is rejected (RFC 8212); set `import: accept`');
    if (settings.export === undefined)
      warnings.push('no export policy: no route is announced (RFC 8212); set `export: accept`');
  }
  return [...warnings, ...sessionWarnings(neighbor)];
}

/** What the running session lacks of what is configured; nothing while there is none. */
export function sessionWarnings(neighbor: Neighbor): string[] {
  const { settings, negotiated, index, host } = neighbor;
  const warnings: string[] = [];
  if (negotiated === undefined || index === undefined) return warnings;
  for (const family of UNICAST_FAMILIES) {
    if (!settings.families.includes(family.name)) continue;
    if ((negotiated.context.families & (1 << family.index)) === 0)
      warnings.push(`the peer does not offer ${family.name}`);
    const disabled = host.engine.disabledReason(index, family.index);
    if (disabled !== undefined)
      warnings.push(`${family.name} is disabled until the next session: ${disabled}`);
    if ((negotiated.context.families & (1 << family.index)) === 0) continue;
    const refused = host.engine.refusedByLimit(index, family.index);
    if (refused > 0)
      warnings.push(
        `${family.name} announcements refused: ${refused}, max-prefixes is ${settings.maxPrefixes?.count}; when there is room, ask for them with \`bellhop refresh ${settings.address}\``,
      );
    const withheld = host.engine.exporters[family.index]!.groupOf(index)?.withheld.size ?? 0;
    if (withheld > 0)
      warnings.push(
        `${family.name} prefixes withheld from the peer: ${withheld}, max-prefixes-out is ${settings.maxPrefixesOut}`,
      );
    if (host.engine.exporters[family.index]!.groupOf(index)?.params.nextHop.self === undefined)
      warnings.push(
        `no ${family.name} next hop of our own on this session; set \`next-hop\` to an address of that family`,
      );
  }
  return warnings;
}

function heldWarning({ reason, remainingSeconds }: SessionHold): string {
  return remainingSeconds === undefined
    ? `no session: ${reason}`
    : `no session for another ${remainingSeconds} s: ${reason}`;
}
