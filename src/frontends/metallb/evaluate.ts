/**
 * Evaluate: from objects to neighbors, policies, routes, and a word about each object. Pure: the same objects,
 * configuration and earlier assignments give the same result, whatever the order of files.
 */
import type { ConfigDiagnostic } from '../../config/diagnostic.ts';
import type { Supplement } from '../../config/supplement.ts';
import type { MetallbConfig } from '../../config/types.ts';
import type { OwnRoute } from '../../speaker/own-routes.ts';
import { type Advertisement, advertisementOf, aliasesOf, type NoAdvertisement } from './advertisements.ts';
import { type Allocation, allocate } from './allocate.ts';
import { type Announced, type Announcements, announcementsOf } from './announcements.ts';
import { indexEndpoints, whyNotServing } from './endpoints.ts';
import type { HeldObject } from './holding.ts';
import type { Kind } from './kinds/index.ts';
import { isKind, type Manifest } from './manifest.ts';
import { type NoPeer, type Peer, peerOf, type Surroundings } from './peers.ts';
import { type Pool, poolsOf } from './pools.ts';
import { type Labels, selectsAny } from './selectors.ts';
import { type NoService, type Service, serviceOf } from './service.ts';

/** A node with this label announces no services (KEP-1143). */
const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

export interface EvaluationInput {
  readonly objects: readonly HeldObject[];
  readonly config: Surroundings;
  readonly metallb: MetallbConfig;
  /** Addresses by key of the service. */
  readonly previous: ReadonlyMap<string, readonly string[]>;
}

/** Everything that was found out, by name or key. */
export interface Evaluation {
  readonly objects: readonly HeldObject[];
  readonly nodeLabels: Labels;
  readonly supplement: Supplement;
  readonly routes: readonly OwnRoute[];
  /** To remember. */
  readonly assigned: ReadonlyMap<string, readonly string[]>;
  readonly pools: readonly Pool[];
  readonly refusedPools: ReadonlyMap<string, string>;
  readonly peers: ReadonlyMap<string, Peer | NoPeer>;
  readonly advertisements: ReadonlyMap<string, Advertisement | NoAdvertisement>;
  readonly communityNotes: ReadonlyMap<string, readonly string[]>;
  readonly services: ReadonlyMap<string, Service | NoService>;
  readonly allocation: Allocation;
  /** Why a service with addresses is not announced. */
  readonly silent: ReadonlyMap<string, string>;
  readonly announcements: Announcements;
}

export function evaluate({ objects, config, metallb, previous }: EvaluationInput): Evaluation {
  const manifests = objects.flatMap(({ manifest, twin }) =>
    twin === undefined && manifest ? [manifest] : [],
  );
  const of = <K extends Kind>(kind: K): Manifest<K>[] => manifests.filter(isKind(kind));
  const nodeLabels = {
    ...metallb.nodeLabels,
    ...of('Node').find(({ name }) => name === metallb.node)?.labels,
  };
  const { pools, refused: refusedPools } = poolsOf(of('IPAddressPool'));
  const { aliases, notes: communityNotes } = aliasesOf(of('Community'));
  const peers = peersOf(of('BGPPeer'), config, nodeLabels, of);
  const context = { pools, nodeLabels, peers: new Set(peers.keys()), aliases };
  const advertisements = new Map(
    sorted(of('BGPAdvertisement')).map((manifest) => [manifest.name, advertisementOf(manifest, context)]),
  );
  const services = new Map(
    of('Service').map((manifest) => [`${manifest.namespace}/${manifest.name}`, serviceOf(manifest)]),
  );
  const wanting = [...services.values()].filter((service) => 'key' in service);
  const namespaces = new Map(of('Namespace').map(({ name, labels }) => [name, labels]));
  const allocation = allocate({ pools, services: wanting, namespaces, previous });
  const silent = new Map<string, string>();
  const announced: Announced[] = [];
  const endpoints = indexEndpoints(of('Endpoints'), of('EndpointSlice'));
  for (const service of [...wanting].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const assignment = allocation.get(service.key)!;
    if (typeof assignment === 'string') continue;
    const why = Object.hasOwn(nodeLabels, EXCLUDE_LABEL)
      ? `this node has the label ${EXCLUDE_LABEL}`
      : whyNotServing(service, endpoints, metallb.node);
    if (why !== undefined) silent.set(service.key, why);
    announced.push({ service, ...assignment, serves: why === undefined });
  }
  const goodPeers = [...peers.values()].filter((peer) => 'neighbor' in peer);
  const goodAdvertisements = [...advertisements.values()].filter((one) => 'pools' in one);
  const announcements = announcementsOf(announced, goodAdvertisements, goodPeers);
  for (const { service, pool, serves } of announced)
    if (serves && announcements.byService.get(service.key)!.length === 0)
      silent.set(service.key, whyUnheard(service, pool, goodAdvertisements, goodPeers));
  return {
    objects,
    nodeLabels,
    supplement: { neighbors: goodPeers.map(({ neighbor }) => neighbor), policies: announcements.policies },
    routes: announcements.routes,
    assigned: new Map(announced.map(({ service, addresses }) => [service.key, addresses])),
    pools,
    refusedPools,
    peers,
    advertisements,
    communityNotes,
    services,
    allocation,
    silent,
    announcements,
  };
}

/** By name; of two with one address the first one has the session. */
function peersOf(
  manifests: readonly Manifest<'BGPPeer'>[],
  config: Surroundings,
  nodeLabels: Labels,
  of: <K extends Kind>(kind: K) => Manifest<K>[],
): Map<string, Peer | NoPeer> {
  const bfdProfiles = new Set(of('BFDProfile').map(({ name }) => name));
  const context = { config, nodeLabels, secrets: of('Secret'), bfdProfiles };
  const byAddress = new Map<string, string>();
  return new Map(
    sorted(manifests).map((manifest): [string, Peer | NoPeer] => {
      const peer = peerOf(manifest, context);
      if (!('neighbor' in peer)) return [manifest.name, peer];
      const { address } = peer.neighbor;
      const other = byAddress.get(address);
      if (other !== undefined)
        return [
          manifest.name,
          { inactive: false, reason: `${address} is the peer of BGPPeer ${other} already` },
        ];
      byAddress.set(address, manifest.name);
      return [manifest.name, peer];
    }),
  );
}

/** Why nobody hears of a service that could be announced. */
function whyUnheard(
  service: Service,
  pool: string,
  advertisements: readonly Advertisement[],
  peers: readonly Peer[],
): string {
  const about = advertisements.filter(
    ({ pools, serviceSelectors }) => pools.has(pool) && selectsAny(serviceSelectors, service.labels),
  );
  if (about.length === 0) return `no BGPAdvertisement that is in force here is about it (pool ${pool})`;
  if (peers.length === 0) return 'no BGPPeer has a session here';
  const names = about.map(({ name }) => name).join(', ');
  return `no BGPPeer that ${names} speaks to has a session here for its IP version`;
}

function sorted<K extends Kind>(manifests: readonly Manifest<K>[]): Manifest<K>[] {
  return [...manifests].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Errors of one object as one sentence. */
export function sentenceOf(errors: readonly ConfigDiagnostic[]): string {
  return errors
    .map(
      ({ message, hint, line, column }) =>
        `${line}:${column}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
    )
    .join('. ');
}
