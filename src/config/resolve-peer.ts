/**
 * Settings of one peer: inheritance, the checks that need more than one key, and defaults.
 *
 * Reports at the line that decides, which may be in the peer group. A bad value has already been reported and is
 * missing here; no check complains about it a second time.
 */
import { type FamilyName, UNICAST_FAMILIES } from '../wire/families/index.ts';
import type { Report } from './diagnostic.ts';
import { EXCLUSIVE_KEYS, type InheritedPeer, inherit } from './inherit.ts';
import type { KeyPath } from './key-path.ts';
import { checkFeatures, type PeerFeatures, resolveFeatures } from './peer-features.ts';
import { resolvePolicyNames } from './policy-resolve.ts';
import { itemsOf } from './policy-sets.ts';
import type { FileInput, PeerInput } from './schema.ts';
import { PEER_DEFAULTS } from './schema-peer.ts';
import { Complaint } from './schema-types.ts';
import { PASSWORD_KEYS, readPassword, type SecretSources } from './secrets.ts';
import { suggest } from './suggest.ts';
import type { NeighborConfig, PeerSettings } from './types.ts';

/** What the settings of a peer are resolved against. */
export interface PeerContext {
  readonly file: FileInput;
  readonly report: Report;
  readonly sources: SecretSources;
}

/** The peer whose settings are resolved. */
export interface PeerSubject {
  /** Where it is in the file: `['neighbors', 0]`. */
  readonly path: KeyPath;
  /** Path of what identifies it, its address or prefix. */
  readonly identity: KeyPath;
  /** Its address or prefix; undefined when that is missing or wrong. */
  readonly address: string | undefined;
  /** What to call it in a message. */
  readonly label: string;
}

type Input = PeerInput & { readonly 'peer-group'?: string | undefined };

/** The IP version of an address or a prefix in text. */
export function ipVersion(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** Checked and defaulted settings, or undefined when it is not even known who the peer is. */
export function resolvePeer(
  input: Input,
  subject: PeerSubject,
  context: PeerContext,
): PeerSettings | undefined {
  const { report } = context;
  const groupName = input['peer-group'];
  const peer = inherit(input, subject.path, findGroup(groupName, subject, context), [
    'peer-groups',
    groupName ?? '',
  ]);
  checkExclusive(input, subject.path, report);
  checkVersions(peer, subject, report);
  checkTimers(peer, report);
  checkMultihop(peer, context);
  checkPolicies(peer, subject, context);
  checkFeatures(peer, context.file, isInternal(peer, context), report);
  const password = resolvePassword(peer, context);
  const peerAs = peer.settings['peer-as'];
  const policies = resolvePeerPolicies(peer, context);
  if (peerAs !== undefined) {
    const features = resolveFeatures(peer.settings, context.file);
    const settings = { ...withDefaults(peer.settings, subject), ...policies, ...features };
    return { ...settings, peerGroup: groupName, peerAs, password };
  }
  reportMissingAs(groupName, subject, report);
  return undefined;
}

/** Reports keys in one place of which there may be only one. */
export function checkExclusive(input: PeerInput, path: KeyPath, report: Report): void {
  for (const set of EXCLUSIVE_KEYS) {
    const [first, ...others] = set.filter((key) => input[key] !== undefined);
    for (const other of others)
      report.error(
        [...path, other],
        `\`${other}\` and \`${first}\` exclude each other`,
        'remove one of them',
        'key',
      );
  }
}

function findGroup(
  name: string | undefined,
  subject: PeerSubject,
  context: PeerContext,
): PeerInput | undefined {
  const groups = context.file['peer-groups'] ?? {};
  if (name === undefined) return undefined;
  if (Object.hasOwn(groups, name)) return groups[name];
  if (context.report.isReported(['peer-groups'])) return undefined;
  const names = Object.keys(groups);
  const meant = suggest(name, names);
  let hint = names.length === 0 ? 'there are none in `peer-groups`' : `known: ${names.join(', ')}`;
  if (meant !== undefined) hint = `did you mean \`${meant}\`?`;
  context.report.error([...subject.path, 'peer-group'], `unknown peer group \`${name}\``, hint);
  return undefined;
}

function reportMissingAs(groupName: string | undefined, subject: PeerSubject, report: Report): void {
  const path = [...subject.path, 'peer-as'];
  const group = ['peer-groups', groupName ?? ''];
  const explained = [subject.path, path, [...subject.path, 'peer-group'], group, [...group, 'peer-as']];
  if (explained.some((reported) => report.isReported(reported))) return;
  const where = groupName === undefined ? '' : `, nor has its peer group \`${groupName}\``;
  report.error(
    path,
    `${subject.label} has no \`peer-as\`${where}`,
    'add `peer-as: 65001`, `external` or `internal`',
    'key',
  );
}

function checkVersions(peer: InheritedPeer, subject: PeerSubject, report: Report): void {
  const local = peer.settings['local-address'];
  if (local === undefined || subject.address === undefined) return;
  const wanted = ipVersion(subject.address);
  if (ipVersion(local) !== wanted)
    report.error(
      peer.pathOf('local-address'),
      `\`${local}\` is an IPv${ipVersion(local)} address, but ${subject.label} has IPv${wanted}`,
      `write an IPv${wanted} address of this host`,
    );
}

function checkTimers(peer: InheritedPeer, report: Report): void {
  const idle = peer.settings['idle-hold-time'] ?? PEER_DEFAULTS['idle-hold-time'];
  const maximum = peer.settings['idle-hold-time-maximum'] ?? PEER_DEFAULTS['idle-hold-time-maximum'];
  if (idle > maximum) {
    const given = peer.settings['idle-hold-time-maximum'] !== undefined;
    report.error(
      peer.pathOf(given ? 'idle-hold-time-maximum' : 'idle-hold-time'),
      `\`idle-hold-time\` (${idle}s) is longer than \`idle-hold-time-maximum\` (${maximum}s)`,
      `set \`idle-hold-time-maximum: ${idle}s\` or more`,
    );
  }
  const send = peer.settings['send-hold-time'];
  const hold = peer.settings['hold-time'] ?? PEER_DEFAULTS['hold-time'];
  if (send !== undefined && send < hold)
    report.warning(
      peer.pathOf('send-hold-time'),
      `\`send-hold-time\` (${send}s) is shorter than \`hold-time\` (${hold}s)`,
      'RFC 9687 wants it longer',
    );
}

/** Whether the peer is in our own AS; undefined when that cannot be told. */
function isInternal(peer: InheritedPeer, context: PeerContext): boolean | undefined {
  const peerAs = peer.settings['peer-as'];
  if (peerAs === 'internal' || peerAs === 'external') return peerAs === 'internal';
  return peerAs === undefined || context.file.as === undefined ? undefined : peerAs === context.file.as;
}

function checkMultihop(peer: InheritedPeer, context: PeerContext): void {
  if (peer.settings.multihop === undefined || isInternal(peer, context) !== true) return;
  const message = '`multihop` does nothing for an iBGP peer, which may be any number of hops away';
  context.report.warning(peer.pathOf('multihop'), message, 'remove it', 'key');
}

/** RFC 8212: an eBGP session without policies is legal, but carries no routes. */
function checkPolicies(peer: InheritedPeer, subject: PeerSubject, context: PeerContext): void {
  if (isInternal(peer, context) !== false) return;
  const missing = (['import', 'export'] as const).filter(
    (key) =>
      peer.settings[key] === undefined &&
      context.file[key] === undefined &&
      !context.report.isReported(peer.pathOf(key)),
  );
  if (missing.length === 0) return;
  const names = missing.map((key) => `\`${key}\``).join(' and no ');
  const effects = missing
    .map((key) => (key === 'import' ? 'accepted from it' : 'announced to it'))
    .join(' or ');
  const fix = missing.map((key) => `\`${key}: accept\``).join(' and ');
  context.report.warning(
    subject.identity,
    `eBGP ${subject.label} has no ${names}: nothing is ${effects} (RFC 8212)`,
    `add ${fix}`,
  );
}

function resolvePassword(peer: InheritedPeer, context: PeerContext): string | undefined {
  for (const key of PASSWORD_KEYS) {
    const value = peer.settings[key];
    if (value === undefined) continue;
    const password = readPassword(key, value, context.sources);
    if (!(password instanceof Complaint)) return password;
    context.report.error(peer.pathOf(key), password.message, password.hint);
  }
  return undefined;
}

/** The policies of a peer: its own or its group's, else those of the whole file. */
function resolvePeerPolicies(
  peer: InheritedPeer,
  { file, report }: PeerContext,
): Pick<PeerSettings, 'import' | 'export'> {
  const namesOf = (key: 'import' | 'export') =>
    resolvePolicyNames(peer.settings[key], peer.pathOf(key), file, report) ??
    itemsOf(file[key], [key]).map(({ value }) => String(value));
  const chain = (key: 'import' | 'export') => {
    const names = namesOf(key);
    return names.length === 0 ? undefined : names;
  };
  return { import: chain('import'), export: chain('export') };
}

/** A neighbor that no file describes: `settings` in the words of the file, with defaults, without policies. */
export function neighborOf(
  address: string,
  peerAs: PeerSettings['peerAs'],
  settings: PeerInput,
): NeighborConfig {
  const defaults = withDefaults(settings, { address });
  const { password } = settings;
  return {
    address,
    ...defaults,
    ...resolveFeatures(settings, {}),
    import: undefined,
    export: undefined,
    peerGroup: undefined,
    peerAs,
    password,
  };
}

function withDefaults(
  settings: PeerInput,
  subject: Pick<PeerSubject, 'address'>,
): Omit<PeerSettings, 'peerAs' | 'password' | 'import' | 'export' | 'peerGroup' | keyof PeerFeatures> {
  return {
    description: settings.description,
    passive: settings.passive ?? PEER_DEFAULTS.passive,
    localAddress: settings['local-address'],
    port: settings.port ?? PEER_DEFAULTS.port,
    holdTimeSeconds: settings['hold-time'] ?? PEER_DEFAULTS['hold-time'],
    minimumHoldTimeSeconds: settings['minimum-hold-time'] ?? PEER_DEFAULTS['minimum-hold-time'],
    connectRetrySeconds: settings['connect-retry'] ?? PEER_DEFAULTS['connect-retry'],
    idleHoldSeconds: settings['idle-hold-time'] ?? PEER_DEFAULTS['idle-hold-time'],
    idleHoldMaximumSeconds: settings['idle-hold-time-maximum'] ?? PEER_DEFAULTS['idle-hold-time-maximum'],
    multihop: settings.multihop,
    ttlSecurity: settings['ttl-security'],
    families: inListOrder(settings.families) ?? [
      subject.address?.includes(':') ? 'ipv6-unicast' : 'ipv4-unicast',
    ],
    nextHop: settings['next-hop'] ?? defaultNextHop(settings),
    fourOctetAs: settings['four-octet-as'] ?? PEER_DEFAULTS['four-octet-as'],
    extendedMessage: settings['extended-message'] ?? PEER_DEFAULTS['extended-message'],
    sendHoldTimeSeconds: settings['send-hold-time'],
  };
}

/** A route server is no router: it leaves the next hop as it is (RFC 7947 section 2.2.1). */
function defaultNextHop(settings: PeerInput): PeerSettings['nextHop'] {
  const mode = settings['route-server-client'] === true ? 'unchanged' : 'default';
  return { mode, ipv4: undefined, ipv6: undefined };
}

/** The families once each in the order of the registry, so that writing them in another order changes nothing. */
function inListOrder(names: readonly FamilyName[] | undefined): readonly FamilyName[] | undefined {
  return names && UNICAST_FAMILIES.map((family) => family.name).filter((name) => names.includes(name));
}
