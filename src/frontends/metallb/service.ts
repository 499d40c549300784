/** Services: what of a Service manifest decides about its addresses. Annotations have an older prefix, too. */
import { canonicalAddress } from '../../base/address.ts';
import type { IpVersion } from './addresses.ts';
import type { Manifest } from './manifest.ts';
import type { Labels } from './selectors.ts';

/** A service that wants addresses. */
export interface Service {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly created: string;
  /** IP versions it can have; the first one first. */
  readonly versions: readonly IpVersion[];
  /** One version is enough. */
  readonly oneIsEnough: boolean;
  /** Addresses it asks for, canonical; empty: any. */
  readonly requested: readonly string[];
  readonly requestedPool: string | undefined;
  /** Empty: it shares with nobody. */
  readonly sharingKey: string;
  /** Services that share an address must have the same. */
  readonly backendKey: string;
  /** `TCP/80`. */
  readonly ports: readonly string[];
  readonly localTraffic: boolean;
  /** What its status says it has. */
  readonly assigned: readonly string[];
}

const PREFIXES = ['metallb.io', 'metallb.universe.tf'];

/** Why a service gets no address: it is not for us, or it is wrong. */
export interface NoService {
  readonly inactive: boolean;
  readonly reason: string;
}

export function serviceOf(manifest: Manifest<'Service'>): Service | NoService {
  const { spec, status } = manifest.contents;
  const { annotations, namespace, name, labels, created } = manifest;
  const inactive = (reason: string): NoService => ({ inactive: true, reason });
  if (spec.type !== 'LoadBalancer') return inactive(`its type is ${spec.type}, not LoadBalancer`);
  if (spec.loadBalancerClass !== undefined)
    return inactive(`spec.loadBalancerClass says that \`${spec.loadBalancerClass}\` is to look after it`);
  const requested = requestedBy(annotations, spec.loadBalancerIP);
  if (typeof requested === 'string') return { inactive: false, reason: requested };
  const versions = versionsOf(spec, requested);
  if (typeof versions === 'string') return { inactive: false, reason: versions };
  const localTraffic = spec.externalTrafficPolicy === 'Local';
  return {
    key: `${namespace}/${name}`,
    namespace,
    labels,
    created,
    versions,
    oneIsEnough: spec.ipFamilyPolicy !== 'RequireDualStack',
    requested,
    requestedPool: annotation(annotations, 'address-pool'),
    sharingKey: annotation(annotations, 'allow-shared-ip') ?? '',
    // With Cluster, any node forwards to any endpoint; with Local, the endpoints must be the same.
    backendKey: localTraffic ? selectorText(spec.selector) : '',
    ports: spec.ports.map(({ port, protocol }) => `${protocol}/${port}`),
    localTraffic,
    assigned: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []),
  };
}

function annotation(annotations: Labels, name: string): string | undefined {
  const values = PREFIXES.map((prefix) => annotations[`${prefix}/${name}`]);
  return values.find((value) => value !== undefined && value !== '');
}

function requestedBy(annotations: Labels, field: string | undefined): readonly string[] | string {
  const text = annotation(annotations, 'loadBalancerIPs');
  if (text !== undefined && field)
    return 'both metallb.io/loadBalancerIPs and spec.loadBalancerIP ask for addresses';
  const wanted = (text ?? field ?? '').split(',').flatMap((part) => part.trim() || []);
  const addresses = wanted.map(canonicalAddress);
  const wrong = addresses.indexOf(undefined);
  if (wrong >= 0) return `it asks for \`${wanted[wrong]}\`, which is not an IP address`;
  const versions = addresses.map((address) => versionOf(address!));
  if (addresses.length > 2 || new Set(versions).size < addresses.length)
    return `it asks for ${wanted.join(' and ')}; a service has one address of each IP version`;
  return addresses as string[];
}

type Spec = Manifest<'Service'>['contents']['spec'];

/** From the cluster's own addresses of the service, where they are known, else from what it says about families. */
function versionsOf(spec: Spec, requested: readonly string[]): readonly IpVersion[] | string {
  const clusterIps = spec.clusterIPs.length > 0 ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : [];
  if (clusterIps.includes('None')) return 'it is headless (clusterIP None)';
  const families: IpVersion[] = spec.ipFamilies.map((family) => (family === 'IPv4' ? 4 : 6));
  let versions: readonly IpVersion[] = families;
  if (clusterIps.length > 0) versions = clusterIps.map(versionOf);
  const first = versions[0] ?? (requested[0] === undefined ? 4 : versionOf(requested[0]));
  if (spec.ipFamilyPolicy === 'SingleStack') return [first];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && clusterIps.length === 1)
    return 'it requires both IP versions, but has one cluster address';
  return clusterIps.length === 1 ? [first] : [first, first === 4 ? 6 : 4];
}

export function versionOf(address: string): IpVersion {
  return address.includes(':') ? 6 : 4;
}

function selectorText(selector: Labels): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
