/**
 * From the file's own terms to a {@link Config}: inheritance, defaults, and the checks that need more than one key.
 *
 * Works on what could be salvaged of the file, so that its errors are reported together with those of the schema.
 * The result is complete only when the report has no errors.
 */
import { resolve as resolvePath } from 'node:path';
import { DEFAULT_DYNAMIC_LIMIT } from '../base/limits.ts';
import type { PolicyFunctions } from '../policy/program-types.ts';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import { resolveFunctions, withNames } from './policy-functions.ts';
import { resolvePolicies, resolvePolicyNames } from './policy-resolve.ts';
import { resolvePolicyTests } from './policy-tests.ts';
import { resolveApi } from './resolve-api.ts';
import { checkExclusive, ipVersion, type PeerContext, resolvePeer } from './resolve-peer.ts';
import { resolveProcesses } from './resolve-processes.ts';
import { resolveVips } from './resolve-vip.ts';
import {
  type AggregateInput,
  DEFAULT_STATE_FILE,
  type DynamicNeighborInput,
  type FileInput,
  type NeighborInput,
  type NetworkInput,
} from './schema.ts';
import { resolveMetallb } from './schema-metallb.ts';
import type { SecretSources } from './secrets.ts';
import type {
  AggregateConfig,
  Config,
  DynamicNeighborConfig,
  ListenAddress,
  NeighborConfig,
  NetworkConfig,
} from './types.ts';

/** Where to listen when the file does not say: everywhere. */
const DEFAULT_LISTEN: readonly ListenAddress[] = [
  { address: '0.0.0.0', port: 179 },
  { address: '::', port: 179 },
];

/** Where state is kept unless the service manager says otherwise (systemd's `StateDirectory=`). */
const STATE_DIRECTORY = '/var/lib/bellhop';
const VIP_STATE_FILE = 'vip-addresses.json';

/** What there is besides the file. */
export interface Surroundings {
  /** Where relative paths start; default `/`. */
  readonly folder?: string;
  readonly functions?: PolicyFunctions | undefined;
}

/** The configuration, or undefined when `as` or `router-id` is missing. Use it only when `report` has no errors. */
export function resolveConfig(
  file: FileInput,
  report: Report,
  sources: SecretSources,
  { folder = '/', functions = {} }: Surroundings = {},
): Config | undefined {
  const named = withNames(file, functions);
  const context: PeerContext = { file: named, report, sources };
  for (const [name, group] of Object.entries(file['peer-groups'] ?? {}))
    checkExclusive(group, ['peer-groups', name], report);
  const neighbors = collect(file.neighbors, (input, i) => resolveNeighbor(input, i, context));
  const ranges = collect(file['dynamic-neighbors'], (input, i) => resolveRange(input, i, context));
  const networks = collect(file.networks, (input, i) => resolveNetwork(input, i, report));
  const aggregates = collect(file.aggregates, (input, i) => resolveAggregate(input, i, context));
  checkUnique('aggregates', 'prefix', file.aggregates, (input) => input.prefix, report);
  for (const direction of ['import', 'export'] as const)
    resolvePolicyNames(file[direction], [direction], named, report);
  const policies = [...resolvePolicies(file, report), ...resolveFunctions(file, functions, report)];
  checkUnique('neighbors', 'address', file.neighbors, (input) => input.address, report);
  checkUnique('dynamic-neighbors', 'prefix', file['dynamic-neighbors'], (input) => input.prefix, report);
  checkUnique('networks', 'prefix', file.networks, (input) => input.prefix, report);
  const vips = resolveVips(file, report);
  const processes = resolveProcesses(file, report);
  checkUnique('processes', 'name', file.processes, (input) => input.name, report);
  checkUnique('vips', 'name', file.vips, (input) => input.name, report);
  checkUnique('listen', undefined, file.listen, ({ address, port }) => `${address} port ${port}`, report);
  const api = resolveApi(file.api, report, sources);
  if (file.as === undefined || file['router-id'] === undefined) return undefined;
  const bestPath = file['best-path'];
  const stateDirectory = sources.env['STATE_DIRECTORY'] || STATE_DIRECTORY;
  return {
    persist: file.persist ?? false,
    stateFile: resolvePath(folder, file['state-file'] ?? DEFAULT_STATE_FILE),
    as: file.as,
    routerId: file['router-id'],
    listen: file.listen ?? DEFAULT_LISTEN,
    bestPath: {
      alwaysCompareMed: bestPath?.['always-compare-med'] ?? false,
      missingMedAsWorst: bestPath?.['missing-med-as-worst'] ?? false,
      compareRouterId: bestPath?.['compare-router-id'] ?? false,
    },
    api,
    neighbors,
    policies,
    policyTests: resolvePolicyTests(named, { policies, neighbors }, report),
    dynamicNeighbors: ranges.sort((a, b) => prefixLength(b) - prefixLength(a)),
    networks,
    vips,
    processes,
    drainOnStopSeconds: file['drain-on-stop'] ?? 0,
    vipStateFile: resolvePath(folder, file['vip-state-file'] ?? `${stateDirectory}/${VIP_STATE_FILE}`),
    metallb: resolveMetallb(file.metallb, folder, stateDirectory, report),
    aggregates,
  };
}

function resolveNeighbor(
  input: NeighborInput,
  index: number,
  context: PeerContext,
): NeighborConfig | undefined {
  const path = ['neighbors', index];
  const { address } = input;
  const label = `neighbor ${address ?? `number ${index + 1}`}`;
  const settings = resolvePeer(input, { path, identity: [...path, 'address'], address, label }, context);
  return settings && address !== undefined ? { address, ...settings } : undefined;
}

function resolveRange(
  input: DynamicNeighborInput,
  index: number,
  context: PeerContext,
): DynamicNeighborConfig | undefined {
  const path = ['dynamic-neighbors', index];
  const { prefix } = input;
  const label = `dynamic neighbor ${prefix ?? `number ${index + 1}`}`;
  const settings = resolvePeer(
    input,
    { path, identity: [...path, 'prefix'], address: prefix, label },
    context,
  );
  if (settings === undefined || prefix === undefined) return undefined;
  return { prefix, limit: input.limit ?? DEFAULT_DYNAMIC_LIMIT, ...settings, passive: true };
}

function resolveNetwork(input: NetworkInput, index: number, report: Report): NetworkConfig | undefined {
  const { prefix, 'next-hop': nextHop } = input;
  if (prefix === undefined) return undefined;
  if (nextHop !== undefined && ipVersion(nextHop) !== ipVersion(prefix))
    report.error(
      ['networks', index, 'next-hop'],
      `\`${nextHop}\` is an IPv${ipVersion(nextHop)} address, but ${prefix} has IPv${ipVersion(prefix)}`,
      `write an IPv${ipVersion(prefix)} address`,
    );
  if (input['announce-if-present'] === prefix)
    report.error(
      ['networks', index, 'announce-if-present'],
      `${prefix} would wait for itself`,
      'write the prefix it depends on, such as `0.0.0.0/0`',
    );
  return {
    prefix,
    nextHop,
    med: input.med,
    localPref: input['local-pref'],
    origin: input.origin ?? 'igp',
    communities: [...new Set(input.communities)],
    largeCommunities: input['large-communities'] ?? [],
    asPath: input['as-path'] ?? [],
    extendedCommunities: input['extended-communities'] ?? [],
    atomicAggregate: input['atomic-aggregate'] ?? false,
    aggregator: input.aggregator,
    peers: input.peers,
    announceIfPresent: input['announce-if-present'],
  };
}

function resolveAggregate(
  input: AggregateInput,
  index: number,
  { file, report }: PeerContext,
): AggregateConfig | undefined {
  const { prefix } = input;
  if (prefix === undefined) return undefined;
  const path = ['aggregates', index, 'prefix'];
  if (file.networks?.some((network) => network.prefix === prefix))
    report.error(path, `${prefix} is in \`networks\` too, and announced anyway`, 'remove one of them');
  const longest = ipVersion(prefix) === 4 ? 32 : 128;
  if (prefix.endsWith(`/${longest}`))
    report.error(path, `nothing can be inside of ${prefix}`, 'write a shorter prefix, or use `networks`');
  return {
    prefix,
    summaryOnly: input['summary-only'] ?? false,
    med: input.med,
    localPref: input['local-pref'],
    communities: [...new Set(input.communities)],
    largeCommunities: input['large-communities'] ?? [],
  };
}

/** Reports entries of a list that have the same identity as an earlier one. */
function checkUnique<Entry>(
  list: string,
  key: string | undefined,
  entries: readonly Entry[] | undefined,
  identify: (entry: Entry) => string | undefined,
  report: Report,
): void {
  const first = new Map<string, KeyPath>();
  for (const [index, entry] of (entries ?? []).entries()) {
    const identity = identify(entry);
    if (identity === undefined) continue;
    const path: KeyPath = key === undefined ? [list, index] : [list, index, key];
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, path);
    else
      report.error(
        path,
        `${identity} appears twice in \`${list}\``,
        `it is already in ${report.placeOf(earlier, path)}`,
      );
  }
}

function collect<Input, Output>(
  inputs: readonly Input[] | undefined,
  resolve: (input: Input, index: number) => Output | undefined,
): Output[] {
  return (inputs ?? []).map(resolve).filter((output) => output !== undefined);
}

function prefixLength({ prefix }: DynamicNeighborConfig): number {
  return Number(prefix.slice(prefix.indexOf('/') + 1));
}
