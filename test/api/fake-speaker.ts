/**
 * A SpeakerView without sessions: what tests of API, CLI and log look at.
 */
import type { DaemonStatus } from '../../src/api/types.ts';
import { systemClock } from '../../src/base/clock.ts';
import { BellhopError } from '../../src/base/errors.ts';
import type { RouteWatch, RouteWatcher } from '../../src/speaker/best-watch.ts';
import type { SpeakerEvent, SpeakerView } from '../../src/speaker/events.ts';
import { OwnRouteTable } from '../../src/speaker/own-route-table.ts';
import type { PolicyStatus } from '../../src/speaker/policy-status.ts';
import type {
  ErrorEntry,
  MessageCounters,
  NeighborStatus,
  RouteEntry,
  RouteQuery,
  RouteReader,
  SpeakerCounters,
  SpeakerStatus,
} from '../../src/speaker/status.ts';

const NO_MESSAGES: MessageCounters = {
  opens: 0,
  updates: 0,
  notifications: 0,
  keepalives: 0,
  routeRefreshes: 0,
  total: 0,
};

/** A neighbor in Established unless `changes` says otherwise. */
export function neighborStatus(changes: Partial<NeighborStatus> = {}): NeighborStatus {
  return {
    address: '192.0.2.2',
    description: 'upstream',
    peerAs: 65002,
    localAs: 65001,
    routerId: '192.0.2.2',
    type: 'external',
    state: 'Established',
    uptimeSeconds: 62,
    passive: false,
    dynamic: false,
    localAddress: '192.0.2.1',
    localPort: 179,
    remotePort: 40312,
    holdTimeSeconds: 90,
    keepaliveSeconds: 30,
    importPolicy: 'accept',
    exportPolicy: 'accept',
    options: {},
    held: undefined,
    refusedRoutes: {},
    warnings: [],
    capabilities: {
      local: ['route-refresh', 'four-octet-as 65001'],
      remote: ['route-refresh', 'four-octet-as 65002'],
    },
    families: [
      {
        family: 'ipv4-unicast',
        negotiated: true,
        received: 12,
        accepted: 11,
        advertised: 3,
        endOfRibReceived: true,
        disabled: undefined,
        refused: 0,
        withheld: 0,
      },
      {
        family: 'ipv6-unicast',
        negotiated: false,
        received: 0,
        accepted: 0,
        advertised: 0,
        endOfRibReceived: false,
        disabled: undefined,
        refused: 0,
        withheld: 0,
      },
    ],
    messagesReceived: { ...NO_MESSAGES, opens: 1, updates: 4, keepalives: 7, total: 12 },
    messagesSent: { ...NO_MESSAGES, opens: 1, updates: 2, keepalives: 8, total: 11 },
    flaps: 0,
    updateErrors: { attributeDiscard: 0, treatAsWithdraw: 0, familyDisable: 0, sessionReset: 0 },
    errors: {
      attributeDiscard: 0,
      treatAsWithdraw: 0,
      familyDisable: 0,
      sessionReset: 0,
      connectionClosed: 0,
      overwritten: 0,
    },
    rejectedConnections: {},
    lastError: undefined,
    ...changes,
  };
}

/** A treat-as-withdraw of MED unless `changes` says otherwise. */
export function errorEntry(changes: Partial<ErrorEntry> = {}): ErrorEntry {
  return {
    sequence: 7,
    time: '2026-01-02T03:04:05.678Z',
    peer: '192.0.2.2',
    type: 'UPDATE',
    bytes: `${'ff'.repeat(16)}003402000000194001010040020602010000fdea400304c0000202800402010218cb0071`,
    length: 52,
    truncated: false,
    offset: 43,
    attribute: 'med',
    attributeCode: 4,
    code: 3,
    subcode: 5,
    reason: 'bad attribute length (med)',
    rfc: 'RFC 7606 section 7.4',
    disposition: 'treat-as-withdraw',
    context: {
      as4: true,
      external: true,
      extendedMessage: false,
      families: ['ipv4-unicast'],
      extendedNextHop: [],
      loopback: false,
    },
    expected: undefined,
    ...changes,
  };
}

/** The best route to 203.0.113.0/24 unless `changes` says otherwise. */
export function routeEntry(changes: Partial<RouteEntry> = {}): RouteEntry {
  return {
    family: 'ipv4-unicast',
    prefix: '203.0.113.0/24',
    best: true,
    accepted: true,
    rejectReason: undefined,
    peer: '192.0.2.2',
    nextHop: '192.0.2.2',
    nextHopLinkLocal: undefined,
    origin: 'igp',
    asPath: '65002 65010',
    med: undefined,
    localPref: 100,
    communities: ['65002:100'],
    largeCommunities: [],
    extendedCommunities: [],
    originatorId: undefined,
    clusterList: [],
    atomicAggregate: false,
    aggregator: undefined,
    unknown: [],
    lostBy: undefined,
    ...changes,
  };
}

/** The status that the API makes of a speaker's, with an event loop that is fast. */
export function daemonStatus(speaker: SpeakerView): DaemonStatus {
  return { ...speaker.status(), eventLoopDelay: { p50Ms: 0.1, p99Ms: 2.5, maxMs: 17 } };
}

/** Remembers what it was asked and publishes what a test tells it to. */
export class FakeSpeaker implements SpeakerView {
  neighborList: NeighborStatus[] = [neighborStatus()];
  routeList: RouteEntry[] = [routeEntry()];
  errorList: ErrorEntry[] = [errorEntry()];
  policyList: PolicyStatus[] = [];
  /** Without an engine: what is wanted, and nobody who hears it. */
  readonly ownRoutes = new OwnRouteTable({
    clock: systemClock,
    engine: { announce: () => true, withdraw: () => true },
    scheduler: { kick: () => undefined },
    audiencesChanged: () => undefined,
    announcementsExpired: () => undefined,
    flushed: () => Promise.resolve(true),
  });
  readonly controls: (string | undefined)[][] = [];
  readonly queries: RouteQuery[] = [];
  readonly refreshes: [address: string, family: string | undefined][] = [];
  readonly watchers = new Set<RouteWatcher>();
  readonly #listeners = new Set<(event: SpeakerEvent) => void>();

  status(): SpeakerStatus {
    return {
      version: '9.9.9',
      as: 65001,
      routerId: '192.0.2.1',
      uptimeSeconds: 3723,
      listen: [
        { address: '0.0.0.0', port: 179, error: undefined },
        { address: '::', port: 179, error: 'address in use' },
      ],
      families: [{ family: 'ipv4-unicast', prefixes: 1, paths: 2 }],
      aggregates: [],
      unknownPeerConnections: 0,
      forgottenErrorRings: 0,
      policies: { policies: 1, evaluations: 2, tableFull: 0, failures: 0, flushes: 0 },
      memoryBytes: 64 * 2 ** 20,
    };
  }

  counters(): SpeakerCounters {
    return {
      updateLatency: { buckets: [3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1], count: 6, sumSeconds: 40.5 },
      tableFull: 0,
      ignoredFamilies: 4,
      unsendable: 0,
      pendingPrefixes: 7,
      attributeSets: 2,
      ownRoutes: 3,
      expiredRoutes: 1,
    };
  }

  neighbors(): NeighborStatus[] {
    return this.neighborList;
  }

  neighbor(address: string): NeighborStatus | undefined {
    return this.neighborList.find((neighbor) => neighbor.address === address);
  }

  policyStatuses(): PolicyStatus[] {
    return this.policyList;
  }

  routes(query: RouteQuery): RouteEntry[] {
    this.queries.push(query);
    const peer = query.received ?? query.advertised;
    if (peer !== undefined && this.neighbor(peer) === undefined)
      throw new BellhopError('NOT_FOUND', `no neighbor ${peer}`);
    return this.routeList.slice(0, query.limit);
  }

  walkRoutes(query: RouteQuery): RouteReader {
    this.routes(query);
    const routes = this.routeList;
    let at = Number(query.cursor ?? 0);
    return {
      get cursor() {
        return at < routes.length ? String(at) : undefined;
      },
      read(count) {
        at += count;
        return routes.slice(at - count, at);
      },
    };
  }

  explain(): never {
    throw new BellhopError('UNSUPPORTED', 'there is no engine to explain');
  }

  refresh(address: string, family?: string): void {
    if (this.neighbor(address)?.state !== 'Established')
      throw new BellhopError('UNSUPPORTED', `${address} is not established`);
    this.refreshes.push([address, family]);
  }

  clear(address: string, soft?: 'in' | 'out', message?: string): void {
    this.controls.push(['clear', address, soft, message]);
  }

  disable(address: string, message?: string): void {
    this.controls.push(['disable', address, message]);
  }

  enable(address: string): void {
    this.controls.push(['enable', address]);
  }

  errors(address?: string): ErrorEntry[] {
    if (address === undefined) return this.errorList;
    if (this.neighbor(address) === undefined) throw new BellhopError('NOT_FOUND', `no neighbor ${address}`);
    return this.errorList.filter(({ peer }) => peer === address);
  }

  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchRoutes(watcher: RouteWatcher): RouteWatch {
    this.watchers.add(watcher);
    return { ready: Promise.resolve(), close: () => void this.watchers.delete(watcher) };
  }

  publish(event: SpeakerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
