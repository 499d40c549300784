/**
 * What is special about a session, after inheritance, checks and defaults: limits, AS numbers, communities, roles,
 * shutdown. The keys are in `schema-peer-features.ts`.
 */
import type { RoleName } from '../wire/capabilities/09-role.ts';
import type { Report } from './diagnostic.ts';
import type { InheritedPeer } from './inherit.ts';
import type { KeyPath } from './key-path.ts';
import type { FileInput, PeerInput } from './schema.ts';
import { FEATURE_DEFAULTS, LIMIT_DEFAULTS } from './schema-peer-features.ts';

export type LimitAction = 'warn' | 'block' | 'restart' | 'shutdown';

export interface MaxPrefixes {
  readonly count: number;
  readonly action: LimitAction;
  readonly counts: 'received' | 'accepted';
  /** Percent of `count`. */
  readonly threshold: number;
  readonly restartAfterSeconds: number;
}

export interface LocalAs {
  readonly as: number;
  readonly noPrepend: boolean;
  readonly replaceAs: boolean;
}

export interface RemovePrivateAs {
  readonly scope: 'all' | 'leading' | 'only';
  readonly replace: boolean;
}

export type CommunityKind = (typeof FEATURE_DEFAULTS)['send-communities'][number];

export interface PeerFeatures {
  /** The session is kept down; the text for the peer, empty for none. */
  readonly shutdown: string | undefined;
  readonly gracefulShutdown: boolean;
  readonly maxPrefixes: MaxPrefixes | undefined;
  readonly maxPrefixesOut: number | undefined;
  /** Our role, which the eBGP peer has to match. */
  readonly role: RoleName | undefined;
  readonly roleStrict: boolean;
  /** Means nothing on an iBGP session. */
  readonly enforceFirstAs: boolean;
  readonly localAs: LocalAs | undefined;
  readonly allowOwnAs: number;
  /** Routes with an AS_SET are neither refused nor kept back. */
  readonly allowAsSets: boolean;
  readonly asOverride: boolean;
  readonly removePrivateAs: RemovePrivateAs | undefined;
  /** In the order of the default, each once. */
  readonly sendCommunities: readonly CommunityKind[];
  readonly advertisementIntervalSeconds: number;
  readonly defaultOriginate: boolean;
  readonly routeServerClient: boolean;
  readonly routeReflectorClient: boolean;
  /** Dotted-quad text; undefined: the router id. */
  readonly clusterId: string | undefined;
}

/** The features of a peer with all defaults in place. */
export function resolveFeatures(settings: PeerInput, file: FileInput): PeerFeatures {
  const { role } = settings;
  const limit = settings['max-prefixes'];
  const localAs = settings['local-as'];
  const kinds: readonly CommunityKind[] =
    settings['send-communities'] ?? FEATURE_DEFAULTS['send-communities'];
  return {
    shutdown: settings.shutdown === false ? undefined : settings.shutdown,
    gracefulShutdown: settings['graceful-shutdown'] ?? file['graceful-shutdown'] ?? false,
    maxPrefixes: limit && {
      count: limit.count,
      action: limit.action ?? LIMIT_DEFAULTS.action,
      counts: limit.counts ?? LIMIT_DEFAULTS.counts,
      threshold: limit.threshold ?? LIMIT_DEFAULTS.threshold,
      restartAfterSeconds: limit['restart-after'] ?? LIMIT_DEFAULTS['restart-after'],
    },
    maxPrefixesOut: settings['max-prefixes-out'],
    role,
    roleStrict: settings['role-strict'] ?? false,
    enforceFirstAs: settings['enforce-first-as'] ?? role !== 'rs-client',
    localAs: localAs && {
      as: localAs.as,
      noPrepend: localAs['no-prepend'] ?? false,
      replaceAs: localAs['replace-as'] ?? false,
    },
    allowOwnAs: settings['allow-own-as'] ?? FEATURE_DEFAULTS['allow-own-as'],
    allowAsSets: settings['allow-as-sets'] ?? false,
    asOverride: settings['as-override'] ?? false,
    removePrivateAs: removal(settings['remove-private-as']),
    sendCommunities: FEATURE_DEFAULTS['send-communities'].filter((kind) => kinds.includes(kind)),
    advertisementIntervalSeconds:
      settings['advertisement-interval'] ?? FEATURE_DEFAULTS['advertisement-interval'],
    defaultOriginate: settings['default-originate'] ?? false,
    routeServerClient: settings['route-server-client'] ?? false,
    routeReflectorClient: settings['route-reflector-client'] ?? false,
    clusterId: file['cluster-id'],
  };
}

function removal(word: PeerInput['remove-private-as']): RemovePrivateAs | undefined {
  if (word === undefined) return undefined;
  const replace = word.startsWith('replace-');
  const scope = (replace ? word.slice('replace-'.length) : word) as RemovePrivateAs['scope'];
  return { scope, replace };
}

/** Keys that mean something on eBGP sessions alone; with an iBGP peer each is an error. */
const EXTERNAL_ONLY = [
  'role',
  'role-strict',
  'local-as',
  'as-override',
  'remove-private-as',
  'route-server-client',
] as const satisfies readonly (keyof PeerInput)[];

/**
 * Checks what needs more than one key.
 *
 * @param internal whether the peer is in our AS; undefined when that is not known.
 */
export function checkFeatures(
  peer: InheritedPeer,
  file: FileInput,
  internal: boolean | undefined,
  report: Report,
): void {
  const { settings, pathOf } = peer;
  const isOn = (key: keyof PeerInput) => settings[key] !== undefined && settings[key] !== false;
  if (internal === true)
    for (const key of EXTERNAL_ONLY)
      if (isOn(key))
        report.error(
          pathOf(key),
          `\`${key}\` is for eBGP peers, and this one is in our AS`,
          'remove it',
          'key',
        );
  if (internal === false && isOn('route-reflector-client'))
    report.error(
      pathOf('route-reflector-client'),
      '`route-reflector-client` is for iBGP peers, and this one is in another AS (RFC 4456)',
      'remove it',
      'key',
    );
  if (isOn('role-strict') && settings.role === undefined)
    report.error(
      pathOf('role-strict'),
      '`role-strict` needs a `role` of our own',
      'add `role: customer`, `provider`, `peer`, `rs-server` or `rs-client`',
      'key',
    );
  checkLocalAs(peer, file, report);
  checkLimit(peer, report);
}

function checkLocalAs({ settings, pathOf }: InheritedPeer, file: FileInput, report: Report): void {
  const as = settings['local-as']?.as;
  if (as === undefined) return;
  const path: KeyPath = [...pathOf('local-as'), 'as'];
  if (as === file.as) report.error(path, `${as} is our AS number anyway`, 'remove `local-as`');
  if (as === settings['peer-as'])
    report.error(path, `${as} is the AS number of the peer`, 'write the one that the peer expects of us');
}

function checkLimit({ settings, pathOf }: InheritedPeer, report: Report): void {
  const limit = settings['max-prefixes'];
  if (limit?.['restart-after'] === undefined) return;
  const action = limit.action ?? LIMIT_DEFAULTS.action;
  if (action !== 'restart')
    report.warning(
      [...pathOf('max-prefixes'), 'restart-after'],
      `\`restart-after\` does nothing with \`action: ${action}\``,
      'remove it',
      'key',
    );
}
