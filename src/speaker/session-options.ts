/**
 * A neighbor's features in the words of the engine, and in those of people (`show neighbor`).
 */
import { parseIpv4 } from '../base/address.ts';
import type { NeighborConfig } from '../config/types.ts';
import {
  type ExportOptions,
  type ImportOptions,
  SEND_EXTENDED,
  SEND_LARGE,
  SEND_STANDARD,
  type SessionOptions,
} from '../engine/session-options.ts';

/** Our side of a session. */
export interface SessionSide {
  readonly external: boolean;
  readonly peerAs: number;
  readonly routerId: number;
}

const KINDS = { standard: SEND_STANDARD, extended: SEND_EXTENDED, large: SEND_LARGE } as const;

/** What the engine does for this session besides policy. */
export function sessionOptions(settings: NeighborConfig, side: SessionSide): SessionOptions {
  const { maxPrefixes, enforceFirstAs } = settings;
  return {
    firstAs: side.external && enforceFirstAs ? side.peerAs : undefined,
    import: importOptions(settings, side),
    export: exportOptions(settings, side),
    limit:
      maxPrefixes?.action === 'block' ? { count: maxPrefixes.count, counts: maxPrefixes.counts } : undefined,
  };
}

function importOptions(settings: NeighborConfig, side: SessionSide): ImportOptions {
  const { external, peerAs, routerId } = side;
  const { localAs, role, gracefulShutdown } = settings;
  return {
    allowOwnAs: settings.allowOwnAs,
    localAs: localAs?.as ?? 0,
    prependLocalAs: localAs !== undefined && !localAs.noPrepend,
    role,
    peerAs: role === undefined ? 0 : peerAs,
    gracefulShutdown: external ? (gracefulShutdown ? 'all' : 'marked') : 'none',
    clusterId: external ? 0 : clusterNumber(settings, routerId),
  };
}

function exportOptions(settings: NeighborConfig, side: SessionSide): ExportOptions {
  const { external, peerAs, routerId } = side;
  const { localAs, removePrivateAs, asOverride, routeServerClient } = settings;
  return {
    localAs: localAs?.as ?? 0,
    replaceAs: localAs?.replaceAs ?? false,
    prepend: !routeServerClient,
    keepMed: routeServerClient,
    allowAsSets: settings.allowAsSets,
    privateAs: removePrivateAs,
    asOverride,
    peerAs: removePrivateAs !== undefined || asOverride ? peerAs : 0,
    communities: settings.sendCommunities.reduce((bits, kind) => bits | KINDS[kind], 0),
    role: settings.role,
    gracefulShutdown: settings.gracefulShutdown,
    reflectorClient: settings.routeReflectorClient,
    clusterId: external ? 0 : clusterNumber(settings, routerId),
    // RFC 8212: without an export policy an eBGP peer hears nothing at all.
    defaultOriginate: settings.defaultOriginate && (!external || settings.export !== undefined),
    maximumPrefixes: settings.maxPrefixesOut,
  };
}

function clusterNumber({ clusterId }: NeighborConfig, routerId: number): number {
  return (clusterId === undefined ? undefined : parseIpv4(clusterId)) ?? routerId;
}

/** The features that are configured, by the key of each, as a text. */
export function optionTexts(settings: NeighborConfig): Record<string, string> {
  const { localAs, maxPrefixes, removePrivateAs, sendCommunities, maxPrefixesOut } = settings;
  const interval = settings.advertisementIntervalSeconds;
  const texts: Record<string, string | undefined | false> = {
    shutdown: settings.shutdown === '' ? 'yes' : settings.shutdown,
    'graceful-shutdown': settings.gracefulShutdown && 'yes',
    'max-prefixes': maxPrefixes && limitText(maxPrefixes),
    'max-prefixes-out': maxPrefixesOut === undefined ? undefined : String(maxPrefixesOut),
    role: settings.role && `${settings.role}${settings.roleStrict ? ', strict' : ''}`,
    'enforce-first-as': !settings.enforceFirstAs && 'no',
    'local-as':
      localAs &&
      [localAs.as, localAs.noPrepend && 'no-prepend', localAs.replaceAs && 'replace-as']
        .filter(Boolean)
        .join(', '),
    'allow-own-as': settings.allowOwnAs > 0 && String(settings.allowOwnAs),
    'allow-as-sets': settings.allowAsSets && 'yes',
    'as-override': settings.asOverride && 'yes',
    'remove-private-as':
      removePrivateAs && `${removePrivateAs.replace ? 'replace-' : ''}${removePrivateAs.scope}`,
    'send-communities': sendCommunities.length < 3 && (sendCommunities.join(', ') || 'none'),
    'advertisement-interval': interval > 0 && `${interval} s`,
    'default-originate': settings.defaultOriginate && 'yes',
    'route-server-client': settings.routeServerClient && 'yes',
    'route-reflector-client': settings.routeReflectorClient && 'yes',
  };
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => !!entry[1]));
}

function limitText(limit: NonNullable<NeighborConfig['maxPrefixes']>): string {
  const after = limit.action === 'restart' ? ` after ${limit.restartAfterSeconds} s` : '';
  return `${limit.count} ${limit.counts}, then ${limit.action}${after}; warning at ${limit.threshold}%`;
}
