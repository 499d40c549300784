/**
 * Endpoints: whether a service has one that serves, anywhere (externalTrafficPolicy Cluster) or on this node (Local).
 * EndpointSlices go before Endpoints when a service has both.
 */
import type { Manifest } from './manifest.ts';
import type { Service } from './service.ts';

/** The endpoints of services, by their keys. */
export type EndpointIndex = ReadonlyMap<string, readonly Endpoint[]>;

export interface Endpoint {
  readonly node: string | undefined;
  readonly serves: boolean;
}

/** Why the service is not announced from this node, or undefined when an endpoint serves. */
export function whyNotServing(service: Service, index: EndpointIndex, node: string): string | undefined {
  const all = index.get(service.key);
  if (all === undefined) return 'there are no Endpoints or EndpointSlices of it';
  if (all.length === 0) return 'it has no endpoints';
  const counted = service.localTraffic ? all.filter((endpoint) => endpoint.node === node) : all;
  if (counted.length === 0) return `it has no endpoint on ${node} (externalTrafficPolicy Local)`;
  if (counted.some(({ serves }) => serves)) return undefined;
  const where = service.localTraffic ? ` on ${node} (externalTrafficPolicy Local)` : '';
  return `none of its ${counted.length} endpoints${where} is ready`;
}

export function indexEndpoints(
  endpoints: readonly Manifest<'Endpoints'>[],
  slices: readonly Manifest<'EndpointSlice'>[],
): EndpointIndex {
  const ofSlices = new Map<string, Endpoint[]>();
  for (const slice of slices) {
    const key = `${slice.namespace}/${slice.labels['kubernetes.io/service-name']}`;
    const known = ofSlices.get(key);
    if (known === undefined) ofSlices.set(key, ofSlice(slice));
    else known.push(...ofSlice(slice));
  }
  const own = endpoints.map((one): [string, Endpoint[]] => [
    `${one.namespace}/${one.name}`,
    ofEndpoints(one),
  ]);
  return new Map([...own, ...ofSlices]);
}

/** An endpoint that terminates but still serves counts; one that says nothing about itself is ready. */
function ofSlice({ contents }: Manifest<'EndpointSlice'>): Endpoint[] {
  return contents.endpoints.map(({ conditions, nodeName, topology, deprecatedTopology }) => ({
    node: nodeName ?? (topology ?? deprecatedTopology)?.['kubernetes.io/hostname'],
    serves: canServe(conditions),
  }));
}

function canServe({
  ready,
  serving,
}: {
  ready?: boolean | undefined;
  serving?: boolean | undefined;
}): boolean {
  return ready === true || serving === true || (ready === undefined && serving === undefined);
}

/** An address that is not ready for one of its ports is not ready. */
function ofEndpoints({ contents }: Manifest<'Endpoints'>): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const { addresses, notReadyAddresses } of contents.subsets) {
    for (const { ip, nodeName } of addresses)
      if (!found.has(ip)) found.set(ip, { node: nodeName, serves: true });
    for (const { ip, nodeName } of notReadyAddresses) found.set(ip, { node: nodeName, serves: false });
  }
  return [...found.values()];
}
