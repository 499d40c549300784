/**
 * Metrics: the exposition of a speaker for Prometheus. Names and labels follow GoBGP where it has the same thing, so
 * that dashboards can be carried over; there are no labels by prefix. `neighbor-metrics.ts` has those of the peers.
 */
import { Registry } from 'prom-client';
import type { SpeakerView } from '../speaker/events.ts';
import { LATENCY_BOUNDS_SECONDS } from '../speaker/latency.ts';
import type { NeighborStatus, SpeakerCounters, SpeakerStatus } from '../speaker/status.ts';
import type { VipStatus } from '../vip/status.ts';
import { frrAliases } from './frr-metrics.ts';
import { type Metric, register, type Sample } from './metric.ts';
import { METALLB_ALIASES, NEIGHBOR_METRICS } from './neighbor-metrics.ts';
import type { Observers } from './observers.ts';
import { VIP_METRICS } from './vip-metrics.ts';

/** What all metrics of one scrape are read from. */
export interface MetricSource {
  readonly status: SpeakerStatus;
  readonly counters: SpeakerCounters;
  readonly neighbors: readonly NeighborStatus[];
  readonly observers: Observers;
  readonly vips: readonly VipStatus[];
}

const one = (value: number): readonly Sample[] => [{ value }];

const SPEAKER_METRICS: readonly Metric<MetricSource>[] = [
  {
    name: 'bgp_build_info',
    type: 'gauge',
    help: 'Version of bellhop and of Node; always 1.',
    read: ({ status }) => [{ labels: { version: status.version, node: process.versions.node }, value: 1 }],
  },
  {
    name: 'bgp_local_info',
    type: 'gauge',
    help: 'Our AS number and BGP identifier; always 1.',
    read: ({ status }) => [{ labels: { asn: status.as, router_id: status.routerId }, value: 1 }],
  },
  {
    name: 'bgp_uptime_seconds',
    type: 'gauge',
    help: 'Seconds since the speaker was started.',
    read: ({ status }) => one(status.uptimeSeconds),
  },
  {
    name: 'bgp_rib_prefixes',
    type: 'gauge',
    help: 'Prefixes in the tables.',
    read: ({ status }) =>
      status.families.map(({ family, prefixes }) => ({ labels: { route_family: family }, value: prefixes })),
  },
  {
    name: 'bgp_rib_paths',
    type: 'gauge',
    help: 'Paths in the tables, of all peers and our own.',
    read: ({ status }) =>
      status.families.map(({ family, paths }) => ({ labels: { route_family: family }, value: paths })),
  },
  {
    name: 'bgp_rib_attribute_sets',
    type: 'gauge',
    help: 'Distinct sets of path attributes.',
    read: ({ counters }) => one(counters.attributeSets),
  },
  {
    name: 'bgp_rib_pending_prefixes',
    type: 'gauge',
    help: 'Prefixes whose change has not been worked on yet.',
    read: ({ counters }) => one(counters.pendingPrefixes),
  },
  {
    name: 'bgp_own_routes',
    type: 'gauge',
    help: 'Routes of our own, of all owners, also those that wait behind another owner.',
    read: ({ counters }) => one(counters.ownRoutes),
  },
  {
    name: 'bgp_own_routes_expired_total',
    type: 'counter',
    help: 'Routes of our own that were withdrawn because nobody announced them again in time.',
    read: ({ counters }) => one(counters.expiredRoutes),
  },
  {
    name: 'bgp_update_latency_seconds',
    type: 'histogram',
    help: 'From the first change of a burst of UPDATEs until all that it led to was written.',
    read: ({ counters }) => histogram(counters),
  },
  {
    name: 'bgp_routes_refused_total',
    type: 'counter',
    help: 'Routes that were not taken or not sent: table full, attributes too large for a message.',
    read: ({ counters }) => [
      { labels: { reason: 'table_full' }, value: counters.tableFull },
      { labels: { reason: 'unsendable' }, value: counters.unsendable },
    ],
  },
  {
    name: 'bgp_ignored_family_updates_total',
    type: 'counter',
    help: 'UPDATEs with routes of a family that was not negotiated.',
    read: ({ counters }) => one(counters.ignoredFamilies),
  },
  {
    name: 'bgp_unknown_peer_connections_total',
    type: 'counter',
    help: 'Connections from addresses that are no neighbor.',
    read: ({ status }) => one(status.unknownPeerConnections),
  },
  {
    name: 'bgp_event_streams',
    type: 'gauge',
    help: 'Event streams of the API.',
    read: ({ observers }) => one(observers.events.listeners),
  },
  {
    name: 'bgp_event_streams_disconnected_total',
    type: 'counter',
    help: 'Event streams closed because their readers were too slow.',
    read: ({ observers }) => one(observers.slowReaders),
  },
  {
    name: 'bgp_route_events_lost_total',
    type: 'counter',
    help: 'Changes of best routes that came too fast to become events.',
    read: ({ observers }) => one(observers.events.lostRouteEvents),
  },
  {
    name: 'bgp_api_connections_dropped_total',
    type: 'counter',
    help: 'API connections closed because there were too many.',
    read: ({ observers }) => one(observers.droppedConnections),
  },
  {
    name: 'event_loop_lag_seconds',
    type: 'summary',
    help: 'How long the event loop kept sockets and timers waiting, since the start.',
    read: ({ observers }) => lag(observers),
  },
  {
    name: 'event_loop_lag_max_seconds',
    type: 'gauge',
    help: 'The longest that the event loop kept sockets and timers waiting, since the start.',
    read: ({ observers }) => one(observers.eventLoop.status().maxMs / 1000),
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory of the daemon.',
    read: ({ status }) => one(status.memoryBytes),
  },
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of the daemon, user and system.',
    read: () => {
      const { user, system } = process.cpuUsage();
      return one((user + system) / 1e6);
    },
  },
];

/** Programs under whose names there are metrics too; those of GoBGP are our own. */
export const METRIC_ALIASES = ['metallb', 'frr'] as const;
export type MetricAliases = (typeof METRIC_ALIASES)[number];

/** Exposes a speaker; `text` is one scrape. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #aliases = { metallb: new Registry(), frr: new Registry() };
  readonly #speaker: SpeakerView;
  readonly #observers: Observers;
  #source: MetricSource;

  constructor(speaker: SpeakerView, observers: Observers) {
    this.#speaker = speaker;
    this.#observers = observers;
    this.#source = this.#read();
    for (const metric of [...SPEAKER_METRICS, ...NEIGHBOR_METRICS, ...VIP_METRICS])
      register(this.#registry, metric, () => this.#source);
    for (const metric of METALLB_ALIASES) register(this.#aliases.metallb, metric, () => this.#source);
    for (const metric of frrAliases()) register(this.#aliases.frr, metric, () => this.#source);
  }

  /** Media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /**
   * All metrics in the text format of Prometheus, of one moment.
   *
   * @param aliases adds the numbers that MetalLB, or the exporter for FRR, has too under its names.
   */
  async text(aliases?: MetricAliases): Promise<string> {
    this.#source = this.#read();
    const own = await this.#registry.metrics();
    return aliases === undefined ? own : `${own}\n${await this.#aliases[aliases].metrics()}`;
  }

  #read(): MetricSource {
    return {
      status: this.#speaker.status(),
      counters: this.#speaker.counters(),
      neighbors: this.#speaker.neighbors(),
      observers: this.#observers,
      vips: this.#observers.vips?.vips() ?? [],
    };
  }
}

function histogram({ updateLatency: { buckets, count, sumSeconds } }: SpeakerCounters): Sample[] {
  let sum = 0;
  const lines = LATENCY_BOUNDS_SECONDS.map((le, i): Sample => {
    sum += buckets[i] ?? 0;
    return { suffix: '_bucket', labels: { le }, value: sum };
  });
  return [
    ...lines,
    { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
    { suffix: '_sum', value: sumSeconds },
    { suffix: '_count', value: count },
  ];
}

function lag({ eventLoop }: Observers): Sample[] {
  const { p50Ms, p99Ms } = eventLoop.status();
  const { count, sumSeconds } = eventLoop.totals();
  return [
    { labels: { quantile: 0.5 }, value: p50Ms / 1000 },
    { labels: { quantile: 0.99 }, value: p99Ms / 1000 },
    { suffix: '_sum', value: sumSeconds },
    { suffix: '_count', value: count },
  ];
}
