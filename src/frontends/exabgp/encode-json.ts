/**
 * Events as JSON, one line each, with the field names of ExaBGP. Version 5 differs in the version it says and in the
 * AS path, which is a list of segments there.
 */
import { hostname } from 'node:os';
import { formatIpv4 } from '../../base/address.ts';
import type { PathAttributes } from '../../wire/attributes/index.ts';
import { type Capability, capabilityCode, formatCapability } from '../../wire/capabilities/index.ts';
import { formatExtendedCommunity } from '../../wire/community-text.ts';
import { type OpenMessage, openAs } from '../../wire/open.ts';
import type { ReceivedUpdate } from '../../wire/update-read.ts';
import type { EventEncoder, EventNeighbor, NeighborEvent } from './events.ts';
import { type FamilyRoutes, updateFacts } from './update-facts.ts';

/** What the `exabgp` field says: the version of the encoding. */
const VERSIONS = { 4: '4.0.1', 5: '5.0.0' } as const;

const AFIS: Readonly<Record<number, string>> = { 1: 'ipv4', 2: 'ipv6' };
const SAFIS: Readonly<Record<number, string>> = { 1: 'unicast', 2: 'multicast' };

/** Segments of an AS path, by type: names in version 4 and 5. */
const SEGMENT_NAMES: Readonly<Record<string, readonly [string, string]>> = {
  sequence: ['as-path', 'as-sequence'],
  set: ['as-set', 'as-set'],
  'confed-sequence': ['confederation-path', 'confederation-sequence'],
  'confed-set': ['confederation-set', 'confederation-set'],
};

export class JsonEncoder implements EventEncoder {
  readonly #version: 4 | 5;
  /** Events so far, by neighbor. */
  readonly #counters = new Map<string, number>();

  constructor(version: 4 | 5) {
    this.#version = version;
  }

  event(event: NeighborEvent, neighbor: EventNeighbor): string {
    const counter = (this.#counters.get(neighbor.address) ?? 0) + 1;
    this.#counters.set(neighbor.address, counter);
    const { localAddress = null, address, localAs, peerAs = null } = neighbor;
    return this.#line({
      counter,
      type: event.type,
      neighbor: {
        address: { local: localAddress, peer: address },
        asn: { local: localAs, peer: peerAs },
        ...this.#content(event),
      },
    });
  }

  shutdown(): string {
    return this.#line({ type: 'notification', notification: 'shutdown' });
  }

  gap(dropped: number): string {
    return this.#line({ type: 'gap', dropped });
  }

  #line(content: object): string {
    const envelope = {
      exabgp: VERSIONS[this.#version],
      time: Date.now() / 1000,
      host: hostname(),
      pid: process.pid,
      ppid: process.ppid,
    };
    return `${JSON.stringify({ ...envelope, ...content })}\n`;
  }

  #content(event: NeighborEvent): object {
    switch (event.type) {
      case 'state':
        return { state: event.state, ...(event.state === 'down' && { reason: event.reason }) };
      case 'fsm':
        return { state: event.state };
      case 'notification': {
        const { direction, code, subcode, dataHex } = event;
        return { direction, notification: { code, subcode, data: `0x${dataHex.toUpperCase()}` } };
      }
      case 'open':
        return { direction: 'receive', open: openJson(event.open) };
      case 'update':
        return { direction: 'receive', message: updateJson(event.update, this.#version) };
      case 'keepalive':
        return { direction: 'receive' };
      case 'refresh': {
        const afi = AFIS[event.afi] ?? String(event.afi);
        const safi = SAFIS[event.safi] ?? String(event.safi);
        return {
          direction: 'receive',
          'route-refresh': { afi, safi, subtype: REFRESHES[event.subtype] ?? 'query' },
        };
      }
    }
  }
}

const REFRESHES: Readonly<Record<number, string>> = { 0: 'query', 1: 'begin', 2: 'end' };

function openJson(open: OpenMessage): object {
  return {
    version: open.version,
    asn: openAs(open),
    hold_time: open.holdTimeSeconds,
    router_id: formatIpv4(open.routerId),
    capabilities: capabilitiesJson(open.capabilities),
  };
}

/** By code; the families of all multiprotocol capabilities stand together. */
function capabilitiesJson(capabilities: readonly Capability[]): object {
  const families = capabilities.flatMap((one) =>
    one.name === 'multiprotocol' ? [formatCapability(one).split(' ')[1]!.replace('-', '/')] : [],
  );
  const entries = capabilities.map((one): [string, object] => {
    const key = String(capabilityCode(one));
    if (one.name === 'multiprotocol') return [key, { name: 'multiprotocol', families }];
    if (one.name === 'four-octet-as') return [key, { name: 'asn4', asn4: one.value.as }];
    const [name = '', ...text] = formatCapability(one).split(' ');
    return [key, { name, ...(text.length > 0 && { value: text.join(' ') }) }];
  });
  return Object.fromEntries(entries);
}

function updateJson(update: ReceivedUpdate, version: 4 | 5): object {
  const { endOfRib } = update;
  if (endOfRib !== undefined)
    return { eor: { afi: AFIS[endOfRib.afi] ?? '', safi: SAFIS[endOfRib.safi] ?? '' } };
  const { announced, withdrawn } = updateFacts(update);
  const attribute = attributesJson(update.attributes, version);
  return {
    update: {
      ...(Object.keys(attribute).length > 0 && { attribute }),
      ...(announced.length > 0 && { announce: announceJson(announced) }),
      ...(withdrawn.length > 0 && {
        withdraw: Object.fromEntries(withdrawn.map((field) => [field.family, routesJson(field)])),
      }),
    },
  };
}

function announceJson(fields: readonly FamilyRoutes[]): object {
  const families: Record<string, Record<string, object>> = {};
  for (const field of fields) {
    families[field.family] ??= {};
    families[field.family]![field.nextHop ?? ''] = routesJson(field);
  }
  return families;
}

function routesJson({ routes }: FamilyRoutes): object[] {
  return routes.map(({ prefix, pathId }) => ({
    nlri: prefix,
    ...(pathId !== undefined && { 'path-information': formatIpv4(pathId) }),
  }));
}

function attributesJson(attributes: PathAttributes, version: 4 | 5): Record<string, unknown> {
  const { origin, asPath, med, localPref, atomicAggregate, aggregator, originatorId, clusterList } =
    attributes;
  return {
    ...(origin !== undefined && { origin }),
    ...(asPath !== undefined && pathJson(asPath, version)),
    ...(med !== undefined && { med }),
    ...(localPref !== undefined && { 'local-preference': localPref }),
    ...(atomicAggregate !== undefined && { 'atomic-aggregate': true }),
    ...(aggregator !== undefined && { aggregator: `${aggregator.as}:${aggregator.address}` }),
    ...(attributes.communities !== undefined && {
      community: attributes.communities.map((value) => [value >>> 16, value & 0xffff]),
    }),
    ...(originatorId !== undefined && { 'originator-id': originatorId }),
    ...(clusterList !== undefined && { 'cluster-list': clusterList }),
    ...(attributes.extendedCommunities !== undefined && {
      'extended-community': attributes.extendedCommunities.map((community) => ({
        // Above 2^53 JSON readers with doubles lose digits, as they do with ExaBGP.
        value: Number((BigInt(community.high) << 32n) | BigInt(community.low)),
        string: formatExtendedCommunity(community),
      })),
    }),
    ...(attributes.largeCommunities !== undefined && {
      'large-community': attributes.largeCommunities.map((community) => [...community]),
    }),
  };
}

function pathJson(path: NonNullable<PathAttributes['asPath']>, version: 4 | 5): object {
  if (version === 5)
    return {
      'as-path': Object.fromEntries(
        path.map(({ type, asns }, i) => [i, { element: SEGMENT_NAMES[type]![1], value: asns }]),
      ),
    };
  const lists: Record<string, number[]> = { 'as-path': [], 'confederation-path': [] };
  for (const { type, asns } of path) {
    const name = SEGMENT_NAMES[type]![0];
    lists[name] = [...(lists[name] ?? []), ...asns];
  }
  return lists;
}
