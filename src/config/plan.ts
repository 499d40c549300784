/**
 * Plan: what each change between two configurations does to a running speaker, in the terms of the file. What is done
 * is decided by `diff.ts`; this says it key by key.
 *
 * Over 300 lines: a short function for each part of the file.
 */
import { parsePrefix, prefixContains } from '../base/prefix.ts';
import { type ConfigDiff, diffConfig, SOFT_KEYS } from './diff.ts';
import type { MaxPrefixes } from './peer-features.ts';
import type { ApiConfig, Config, DynamicNeighborConfig, MetallbConfig, PeerSettings } from './types.ts';

/**
 * What a change costs. `hot`: takes effect, no route is looked at again. `soft`: routes are evaluated again from our
 * tables. `refresh`: the peer is asked for its routes. `session reset`: the session ends and comes back, or may do so.
 * `restart`: nothing, until bellhop is started again.
 */
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

/** The least disturbing first. */
export const CHANGE_CLASSES = ['hot', 'soft', 'refresh', 'session reset', 'restart'] as const;

/** One changed key. */
export interface PlannedChange {
  readonly class: ChangeClass;
  /** `neighbor 10.0.0.2`, `network 192.0.2.0/24`, `bellhop`. */
  readonly subject: string;
  /** Key in the file; left out when the subject as a whole comes or goes. */
  readonly key?: string;
  /** Values before and after as text; secrets are not shown. */
  readonly from?: string;
  readonly to?: string;
  /** What happens, in one clause. */
  readonly effect: string;
}

/** The changes that cost more than `atMost`. */
export function changesAbove(changes: readonly PlannedChange[], atMost: ChangeClass): PlannedChange[] {
  const limit = CHANGE_CLASSES.indexOf(atMost);
  return changes.filter((change) => CHANGE_CLASSES.indexOf(change.class) > limit);
}

/** Keys that no route depends on. */
const HOT_KEYS: readonly string[] = [
  'description',
  'limit',
  'advertisementIntervalSeconds',
] satisfies (keyof DynamicNeighborConfig)[];

/** Top-level parts that no route depends on. */
const HOT_PARTS: readonly (keyof Config)[] = ['drainOnStopSeconds'];

/** Effects of keys that are not those of their class. */
const KEY_EFFECTS: Readonly<Record<string, string>> = {
  shutdown: 'while it is there the session is down (Cease/2)',
  drainOnStopSeconds: 'takes effect when bellhop is stopped',
};

/** Effect of another limit that ends sessions. */
const LIMIT_EFFECT = 'compared with the number of prefixes at once: may end the session (Cease/1)';

/** Settings of MetalLB by which peers of manifests may come and go. */
const METALLB_PEER_KEYS: readonly string[] = [
  'files',
  'node',
  'nodeLabels',
] satisfies (keyof MetallbConfig)[];

/** Top-level parts that are explained by what is in them, or in `restart`. */
const EXPLAINED: readonly string[] = [
  'as',
  'routerId',
  'persist',
  'stateFile',
  'vipStateFile',
  'neighbors',
  'dynamicNeighbors',
  'networks',
  'aggregates',
  'policies',
  'policyTests',
  'listen',
  'vips',
  'api',
  'metallb',
  'processes',
];

/** Neighbors that an effect names; of more it has the number. */
const MAX_NAMES = 8;

/** Where the key of the file is not the name of the setting with dashes. */
const KEY_NAMES: Readonly<Record<string, string>> = {
  idleHoldSeconds: 'idle-hold-time',
  keepRoutesSeconds: 'keep-routes-for',
  idleHoldMaximumSeconds: 'idle-hold-time-maximum',
};

const EFFECTS: Readonly<Record<ChangeClass, string>> = {
  hot: 'takes effect at once, no session or route is touched',
  soft: 'routes are evaluated again from our tables, the session stays',
  refresh: 'the peer is asked for its routes again, the session stays',
  'session reset': 'the session ends (Cease/6) and comes back',
  restart: 'nothing until bellhop is started again',
};

/**
 * Every change from `old` to `next`; empty when a reload would do nothing.
 *
 * @param dynamicPeers addresses of peers that have a session because they are in a range
 */
export function explainChanges(
  old: Config,
  next: Config,
  dynamicPeers: readonly string[] = [],
): PlannedChange[] {
  const diff = diffConfig(old, next);
  return [
    ...restartChanges(old, next, diff),
    ...listenChanges(diff),
    ...otherChanges(old, next, diff),
    ...policyChanges(next, diff),
    ...neighborChanges(old, next, diff, new Set(dynamicPeers)),
    ...rangeChanges(old, next, diff),
    ...networkChanges(old, diff),
    ...vipChanges(old, next),
    ...aggregateChanges(old, diff),
    ...apiChanges(old.api, next.api),
    ...metallbChanges(old, next),
    ...processChanges(old, next),
  ];
}

function restartChanges(old: Config, next: Config, diff: ConfigDiff): PlannedChange[] {
  return diff.restart.map((key) => {
    const name = (Object.keys(next) as (keyof Config)[]).find((setting) => keyName(setting) === key);
    return {
      class: 'restart',
      subject: 'bellhop',
      key,
      ...(name !== undefined && { from: valueText(name, old[name]), to: valueText(name, next[name]) }),
      effect: EFFECTS.restart,
    };
  });
}

function listenChanges({ addedListen, removedListen }: ConfigDiff): PlannedChange[] {
  const change = (address: string, port: number, effect: string): PlannedChange => ({
    class: 'hot',
    subject: `listen ${address.includes(':') ? `[${address}]` : address}:${port}`,
    effect,
  });
  return [
    ...removedListen.map(({ address, port }) =>
      change(address, port, 'nobody can connect there; sessions stay'),
    ),
    ...addedListen.map(({ address, port }) => change(address, port, 'peers can connect there')),
  ];
}

/** Parts of the configuration that concern no neighbor by name: of most, all routes are looked at again. */
function otherChanges(old: Config, next: Config, { restart }: ConfigDiff): PlannedChange[] {
  return (Object.keys(next) as (keyof Config)[])
    .filter((name) => !EXPLAINED.includes(name) && !restart.includes(keyName(name)))
    .flatMap((name) =>
      settingChanges('bellhop', { [name]: old[name] }, { [name]: next[name] }, () =>
        HOT_PARTS.includes(name) ? 'hot' : 'soft',
      ),
    );
}

/** Token, certificate and key are secrets: that they changed is all that is said. */
function apiChanges(old: ApiConfig, next: ApiConfig): PlannedChange[] {
  const shown = ({ listen, ready }: ApiConfig): object => ({
    listen: listen && `${listen.address} port ${listen.port}`,
    ready,
  });
  const changes = settingChanges('api', shown(old), shown(next), () => 'hot', 'takes effect at once');
  const secrets = [
    ['token-file', old.token, next.token],
    ['tls', old.tls, next.tls],
  ] as const;
  const text = (value: unknown): string => (value === undefined ? 'none' : '(secret)');
  const effect = 'takes effect at once; TCP clients of the API have to connect again';
  for (const [key, before, after] of secrets)
    if (JSON.stringify(before) !== JSON.stringify(after))
      changes.push({ class: 'hot', subject: 'api', key, from: text(before), to: text(after), effect });
  return changes;
}

/** Sessions have nothing to do with VIPs: what was announced for one is withdrawn or replaced. */
function vipChanges(old: Config, next: Config): PlannedChange[] {
  const before = new Map(old.vips.map((vip) => [vip.name, vip]));
  const changes = next.vips.flatMap((vip) => {
    const earlier = before.get(vip.name);
    before.delete(vip.name);
    return earlier === undefined
      ? [whole('hot', `vip ${vip.name}`, 'added: announced once it is healthy')]
      : settingChanges(`vip ${vip.name}`, earlier, vip, () => 'hot', 'takes effect at once, sessions stay');
  });
  const removed = [...before.keys()].map((name) => whole('hot', `vip ${name}`, 'removed: withdrawn'));
  return [...removed, ...changes];
}

/** Policies that do something else than before, with who has them: what they say is in the files. */
function policyChanges(next: Config, { changedPolicies }: ConfigDiff): PlannedChange[] {
  return changedPolicies.map((name) => {
    const uses = (peer: PeerSettings) => [...(peer.import ?? []), ...(peer.export ?? [])].includes(name);
    const peers = [
      ...next.neighbors.filter(uses).map(({ address }) => address),
      ...next.dynamicNeighbors.filter(uses).map(({ prefix }) => prefix),
    ];
    return peers.length === 0
      ? whole('hot', `policy ${name}`, 'no neighbor has it')
      : whole(
          'soft',
          `policy ${name}`,
          `routes of ${nameList(peers)} are evaluated again, the sessions stay`,
        );
  });
}

function nameList(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

/** What manifests bring is not known to a plan: they are read when it is applied. */
function metallbChanges(old: Config, next: Config): PlannedChange[] {
  if (old.metallb !== undefined && next.metallb !== undefined)
    return settingChanges(
      'metallb',
      old.metallb,
      next.metallb,
      (name) => (METALLB_PEER_KEYS.includes(name) ? 'session reset' : 'hot'),
      (kind) =>
        kind === 'hot'
          ? 'manifests are read again; what they say about services changes accordingly'
          : 'manifests are read again; sessions of peers that they no longer name, or name otherwise, may end',
    );
  if (old.metallb === undefined && next.metallb === undefined) return [];
  return next.metallb === undefined
    ? [whole('session reset', 'metallb', 'removed: its peers go, its routes are withdrawn')]
    : [whole('hot', 'metallb', 'added: its peers and routes are set up')];
}

/** A process whose entry changed is started anew. */
function processChanges(old: Config, next: Config): PlannedChange[] {
  const before = new Map(old.processes.map((one) => [one.name, one]));
  const changes = next.processes.flatMap((one) => {
    const earlier = before.get(one.name);
    before.delete(one.name);
    return earlier === undefined
      ? [whole('hot', `process ${one.name}`, 'added: started')]
      : settingChanges(`process ${one.name}`, earlier, one, () => 'hot', 'the program is started again');
  });
  const removed = [...before.keys()].map((name) =>
    whole('hot', `process ${name}`, 'removed: ended, its routes withdrawn'),
  );
  return [...removed, ...changes];
}

function neighborChanges(
  old: Config,
  next: Config,
  diff: ConfigDiff,
  dynamicPeers: ReadonlySet<string>,
): PlannedChange[] {
  const before = new Map(old.neighbors.map((neighbor) => [neighbor.address, neighbor]));
  return [
    ...diff.removedNeighbors.map((address) =>
      whole('session reset', `neighbor ${address}`, 'removed: its session ends (Cease/3), its routes go'),
    ),
    ...diff.addedNeighbors.map(({ address }) =>
      dynamicPeers.has(address)
        ? whole(
            'session reset',
            `neighbor ${address}`,
            'added: its session as a peer of a range ends (Cease/6)',
          )
        : whole('hot', `neighbor ${address}`, 'added: a session is set up'),
    ),
    ...next.neighbors.flatMap((neighbor) => {
      const earlier = before.get(neighbor.address);
      return earlier === undefined
        ? []
        : settingChanges(`neighbor ${neighbor.address}`, earlier, neighbor, peerClass);
    }),
  ];
}

function rangeChanges(old: Config, next: Config, diff: ConfigDiff): PlannedChange[] {
  const before = new Map(old.dynamicNeighbors.map((range) => [range.prefix, range]));
  const reset = new Set(diff.changedRanges.map(({ prefix }) => prefix));
  return [
    ...diff.removedRanges.map((prefix) =>
      whole(
        'session reset',
        `dynamic-neighbor ${prefix}`,
        'removed: the sessions of its peers end (Cease/6)',
      ),
    ),
    ...diff.addedRanges.map(({ prefix }) =>
      old.dynamicNeighbors.some((range) => contains(range.prefix, prefix))
        ? whole('session reset', `dynamic-neighbor ${prefix}`, 'added: its peers belonged to a wider range')
        : whole('hot', `dynamic-neighbor ${prefix}`, 'added: peers may connect'),
    ),
    ...next.dynamicNeighbors.flatMap((range) => {
      const earlier = before.get(range.prefix);
      if (earlier === undefined) return [];
      const classOf = reset.has(range.prefix) ? (): ChangeClass => 'session reset' : peerClass;
      return settingChanges(`dynamic-neighbor ${range.prefix}`, earlier, range, classOf);
    }),
  ];
}

function networkChanges(old: Config, diff: ConfigDiff): PlannedChange[] {
  const before = new Map(old.networks.map((network) => [network.prefix, network]));
  return [
    ...diff.removedNetworks.map((prefix) =>
      whole('hot', `network ${prefix}`, 'removed: withdrawn, unless another owner announces it'),
    ),
    ...diff.addedNetworks.flatMap((network) => {
      const earlier = before.get(network.prefix);
      const subject = `network ${network.prefix}`;
      if (earlier === undefined) return [whole('hot', subject, 'added: announced')];
      return settingChanges(
        subject,
        earlier,
        network,
        () => 'hot',
        'announced again with the new attributes',
      );
    }),
  ];
}

function aggregateChanges(old: Config, diff: ConfigDiff): PlannedChange[] {
  const before = new Map(old.aggregates.map((aggregate) => [aggregate.prefix, aggregate]));
  const kept = new Set(diff.addedAggregates.map(({ prefix }) => prefix));
  return [
    ...diff.removedAggregates
      .filter((prefix) => !kept.has(prefix))
      .map((prefix) =>
        whole('hot', `aggregate ${prefix}`, 'removed: withdrawn, and the routes inside are told again'),
      ),
    ...diff.addedAggregates.flatMap((aggregate) => {
      const subject = `aggregate ${aggregate.prefix}`;
      const earlier = before.get(aggregate.prefix);
      if (earlier === undefined)
        return [whole('hot', subject, 'added: announced while there are routes inside')];
      return settingChanges(subject, earlier, aggregate, () => 'hot', 'told with the new settings');
    }),
  ];
}

function whole(kind: ChangeClass, subject: string, effect: string): PlannedChange {
  return { class: kind, subject, effect };
}

/** One change for each setting that is different. */
function settingChanges(
  subject: string,
  before: object,
  after: object,
  classOf: (name: string, before: unknown, after: unknown) => ChangeClass,
  effect?: string | ((kind: ChangeClass) => string),
): PlannedChange[] {
  const old = new Map(Object.entries(before) as [string, unknown][]);
  return (Object.entries(after) as [string, unknown][]).flatMap(([name, value]) => {
    if (JSON.stringify(old.get(name)) === JSON.stringify(value)) return [];
    const kind = classOf(name, old.get(name), value);
    return [
      {
        class: kind,
        subject,
        key: keyName(name),
        from: valueText(name, old.get(name)),
        to: valueText(name, value),
        effect: (typeof effect === 'function' ? effect(kind) : effect) ?? effectOf(name, kind),
      },
    ];
  });
}

function effectOf(name: string, kind: ChangeClass): string {
  if (name === ('maxPrefixes' satisfies keyof PeerSettings) && kind === 'session reset') return LIMIT_EFFECT;
  return KEY_EFFECTS[name] ?? EFFECTS[kind];
}

function peerClass(name: string, before: unknown, after: unknown): ChangeClass {
  if (HOT_KEYS.includes(name)) return 'hot';
  if (name === ('maxPrefixes' satisfies keyof PeerSettings))
    return mayEndSession(before as MaxPrefixes | undefined, after as MaxPrefixes | undefined)
      ? 'session reset'
      : 'hot';
  // With another text the session stays down; without one it is set up.
  if (name === ('shutdown' satisfies keyof PeerSettings))
    return before === undefined ? 'session reset' : 'hot';
  return (SOFT_KEYS as readonly string[]).includes(name) ? 'soft' : 'session reset';
}

/** Whether a session that one limit suffers may be too much for the other. How many prefixes there are is not looked at. */
function mayEndSession(before: MaxPrefixes | undefined, after: MaxPrefixes | undefined): boolean {
  if (after === undefined || !endsSession(after)) return false;
  return (
    before === undefined ||
    !endsSession(before) ||
    after.count < before.count ||
    (after.counts === 'received' && before.counts === 'accepted')
  );
}

function endsSession({ action }: MaxPrefixes): boolean {
  return action === 'restart' || action === 'shutdown';
}

/** The key of the file for a setting: `holdTimeSeconds` is `hold-time`. */
function keyName(name: string): string {
  return (
    KEY_NAMES[name] ?? name.replace(/Seconds$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  );
}

function valueText(name: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (name === ('password' satisfies keyof PeerSettings)) return '(secret)';
  if (name.endsWith('Seconds')) return `${String(value)}s`;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.join(', ') || 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && !Array.isArray(value)) return objectText(value as object);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** `count 100, action restart`: what is set of a key with keys of its own. */
function objectText(value: object): string {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `${keyName(name)} ${valueText(name, item)}`)
    .join(', ');
}

function contains(outer: string, inner: string): boolean {
  const range = parsePrefix(outer)!;
  const prefix = parsePrefix(inner)!;
  return prefix.length >= range.length && prefixContains(range, prefix.bytes);
}
