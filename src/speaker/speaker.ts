/**
 * Speaker: a BGP speaker with its neighbors, listeners and engine: the only stateful shell. Everything below it is
 * pure or passive; everything above it asks through {@link SpeakerView}.
 *
 * Over 300 lines because it is the one place where configuration, neighbors and engine meet; each part is a few
 * lines that call into another file.
 */
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { canonicalAddress } from '../base/address.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import { type ConfigDiff, diffConfig } from '../config/diff.ts';
import { chainOf } from '../config/policy-chain.ts';
import { EMPTY_SUPPLEMENT, type Supplement, supplemented } from '../config/supplement.ts';
import type { Config, DynamicNeighborConfig, NeighborConfig } from '../config/types.ts';
import { Engine } from '../engine/engine.ts';
import { systemTransport } from '../net/transport.ts';
import type { Transport } from '../net/types.ts';
import { PolicyRegistry } from '../policy/registry.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { RouteTransform } from '../rib/transform.ts';
import { CeaseSubcode, NotificationCode, notification, shutdownNotification } from '../wire/notification.ts';
import { BestWatch, type RouteWatch, type RouteWatcher } from './best-watch.ts';
import { closeGently } from './close-gently.ts';
import { DerivedRoutes, type DerivedRoutesOwner } from './derived-routes.ts';
import { ErrorRings } from './error-ring.ts';
import type { SpeakerEvent, SpeakerView } from './events.ts';
import { explain } from './explain.ts';
import type { ExplainQuery, Explanation } from './explanation.ts';
import { flushed } from './flush.ts';
import { listenKeys } from './listen-keys.ts';
import { Listeners } from './listeners.ts';
import type { MessageObserver, MessageSource } from './message-observer.ts';
import { Neighbor, type NeighborHost } from './neighbor.ts';
import { checkShutdownText, refreshIn, refreshOut } from './neighbor-control.ts';
import { isExternalSession, type PolicyLookup, routerIdNumber } from './neighbor-settings.ts';
import { neighborStatus } from './neighbor-status.ts';
import { OwnRouteTable } from './own-route-table.ts';
import { CONFIG_OWNER, type OwnRoute } from './own-routes.ts';
import { type PolicyStatus, policyStatuses } from './policy-status.ts';
import { dynamicSettings, type PeerPlan, planRoutes, rangeOf } from './route-plan.ts';
import type { QueryTarget } from './route-query.ts';
import { RouteWalk, readRoutes } from './route-walk.ts';
import { Scheduler } from './scheduler.ts';
import { speakerCounters } from './speaker-counters.ts';
import type {
  Disabled,
  ErrorEntry,
  NeighborStatus,
  RouteEntry,
  RouteQuery,
  RouteReader,
  SpeakerCounters,
  SpeakerStatus,
} from './status.ts';

/** Milliseconds {@link Speaker.stop} waits for NOTIFICATIONs to be flushed. */
const STOP_MILLISECONDS = 2000;

/** Prefixes that an event names; of more it has the number. */
const NAMED_PREFIXES = 20;

/** What a speaker runs on; default: the sockets and the clock of the process. */
export interface SpeakerOptions {
  /** Default: TCP. */
  readonly transport?: Transport;
  /** Default: that of the process. */
  readonly clock?: Clock;
  /** Shown in status. */
  readonly version?: string;
}

/** A BGP speaker: sessions, tables, routes of our own. `start` it, `apply` configurations, `stop` it. */
export class Speaker implements SpeakerView, NeighborHost, DerivedRoutesOwner, MessageSource {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly localAs: number;
  readonly routerId: number;
  readonly messageObservers = new Set<MessageObserver>();
  readonly errorRings = new ErrorRings();
  readonly policies: PolicyRegistry;
  readonly ownRoutes: OwnRouteTable;
  /** Neighbors that are disabled as soon as they are configured. */
  readonly disabledAtStart = new Map<string, Disabled>();
  readonly #version: string;
  readonly #listeners: Listeners;
  readonly #neighbors = new Map<string, Neighbor>();
  readonly #derived: DerivedRoutes;
  /** Policies that a plan is being made with. */
  readonly #plannedPolicies = new Set<RouteTransform>();
  readonly #subscribers = new Set<(event: SpeakerEvent) => void>();
  /** As in the file, and with what supplements it: in force is the second. */
  #base: Config;
  #supplement: Supplement = EMPTY_SUPPLEMENT;
  #config: Config;
  #startedAt = 0;
  #stopped = false;
  #unknownPeerConnections = 0;

  constructor(config: Config, options: SpeakerOptions = {}) {
    this.#base = config;
    this.#config = config;
    this.clock = options.clock ?? systemClock;
    this.transport = options.transport ?? systemTransport;
    this.#version = options.version ?? 'unknown';
    this.localAs = config.as;
    this.routerId = routerIdNumber(config.routerId);
    this.engine = new Engine({
      localAs: this.localAs,
      routerId: this.routerId,
      select: config.bestPath,
      seed: randomInt(2 ** 32),
    });
    this.policies = new PolicyRegistry(
      this.engine,
      () => [...this.engine.policies(), ...this.#plannedPolicies],
      // Not from inside of the tables.
      (reason) => this.clock.soon(() => this.publish({ type: 'warning', reason })),
    );
    this.scheduler = new Scheduler(this.engine, this.clock);
    this.ownRoutes = new OwnRouteTable(this);
    this.#derived = new DerivedRoutes(this);
    this.engine.reimported = (peer) => this.#neighborAt(peer)?.checkLimits();
    this.#listeners = new Listeners(
      this.transport,
      this.clock,
      (socket) => this.#accept(socket),
      (event) => this.publish(event),
    );
  }

  /** Announces the networks, listens and starts all neighbors. Resolves when every listener has been tried. */
  async start(): Promise<void> {
    this.#startedAt = this.clock.now();
    this.#derived.check(this.#config);
    this.ownRoutes.set(CONFIG_OWNER, this.#derived.routes(this.#config));
    this.#derived.apply(this.#config);
    this.#setKeys();
    await Promise.all(this.#config.listen.map((address) => this.#listeners.add(address)));
    if (this.#stopped) return;
    for (const settings of this.#config.neighbors) this.#addNeighbor(settings);
  }

  /** Whether a session is Established. */
  get hasSession(): boolean {
    return [...this.#neighbors.values()].some(({ index }) => index !== undefined);
  }

  /**
   * Ends all sessions with Cease/2 and `reason` as shutdown text (RFC 9003). Resolves when sockets are flushed and
   * closed, after 2 s at the latest.
   */
  async stop(reason: string): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const cease = shutdownNotification(CeaseSubcode.administrativeShutdown, reason);
    const timeout = Promise.withResolvers<void>();
    const timer = this.clock.timer(timeout.resolve);
    timer.start(STOP_MILLISECONDS);
    const closing = [...this.#neighbors.values()].map((neighbor) => neighbor.stop(cease));
    await Promise.race([Promise.all([...closing, this.#listeners.close()]), timeout.promise]);
    timer.stop();
    this.ownRoutes.stop();
    this.publish({ type: 'stopped', reason });
  }

  /**
   * Applies a new configuration: only what changed is touched. Does nothing after {@link stop}.
   *
   * @throws BellhopError LIMIT_REACHED, INVALID_ARGUMENT when its networks cannot be announced; nothing has changed.
   */
  apply(config: Config): void {
    this.#apply(config, this.#supplement);
  }

  /** Replaces the neighbors and policies beside those of the configuration; reloads leave them as they are. */
  supplement(supplement: Supplement): void {
    this.#apply(this.#base, supplement);
  }

  #apply(base: Config, supplement: Supplement): void {
    if (this.#stopped) return;
    const config = supplemented(base, supplement);
    const diff = diffConfig(this.#config, config);
    // First, because it is the part that can fail, and then nothing has changed.
    this.#derived.check(config);
    const networks = this.ownRoutes.set(CONFIG_OWNER, this.#derived.routes(config));
    // The AS and router id are in every table; they stay as they are until the daemon is started again.
    const { as, routerId } = this.#config;
    this.#config = { ...config, as, routerId };
    this.#base = base.as === as && base.routerId === routerId ? base : { ...base, as, routerId };
    this.#supplement = supplement;
    for (const key of diff.restart)
      this.publish({ type: 'warning', reason: `\`${key}\` takes effect when bellhop is started again` });
    if (diff.bestPathChanged) this.engine.selectAgain(config.bestPath);
    for (const address of diff.removedNeighbors) this.#removeNeighbor(address);
    this.#applyRanges(diff);
    this.#setKeys();
    for (const address of diff.removedListen) void this.#listeners.remove(address);
    for (const address of diff.addedListen) void this.#listeners.add(address);
    for (const settings of diff.softNeighbors) this.#neighbors.get(settings.address)?.update(settings);
    for (const settings of diff.resetNeighbors) this.#addNeighbor(settings);
    for (const settings of diff.addedNeighbors) this.#addNeighbor(settings);
    this.#derived.apply(this.#config);
    this.policies.collect();
    this.scheduler.kick();
    this.publish({
      type: 'reloaded',
      added: diff.addedNeighbors.map(({ address }) => address),
      removed: diff.removedNeighbors,
      changed: [...diff.resetNeighbors, ...diff.softNeighbors].map(({ address }) => address),
      networksAnnounced: networks.announced + networks.changed,
      networksWithdrawn: networks.withdrawn,
    });
  }

  /** The configuration in force, without what supplements it. */
  get config(): Config {
    return this.#base;
  }

  /** The routes of our own that `config` would announce at once. */
  configRoutes(config: Config): OwnRoute[] {
    return this.#derived.routes(config);
  }

  /** What `config` would change of the routes of each running session. @throws BellhopError UNSUPPORTED. */
  planRoutes(config: Config): Promise<PeerPlan[]> {
    return planRoutes(this, this.#neighbors, this.#plannedPolicies, config);
  }

  /** Addresses of the peers that have a session because they are in a range. */
  dynamicPeers(): string[] {
    return [...this.#neighbors].flatMap(([address, { dynamic }]) => (dynamic ? [address] : []));
  }

  status(): SpeakerStatus {
    return {
      version: this.#version,
      as: this.localAs,
      routerId: this.#config.routerId,
      uptimeSeconds: Math.floor((this.clock.now() - this.#startedAt) / 1000),
      listen: this.#listeners.status,
      families: this.engine.ribs.map((rib) => ({
        family: rib.family.name,
        prefixes: rib.prefixes.count,
        paths: rib.paths.count,
      })),
      aggregates: this.#derived.aggregates(),
      unknownPeerConnections: this.#unknownPeerConnections,
      forgottenErrorRings: this.errorRings.forgotten,
      policies: this.policies.counters,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  counters(): SpeakerCounters {
    return speakerCounters(this.engine, this.scheduler, this.ownRoutes);
  }

  neighbors(): NeighborStatus[] {
    return [...this.#neighbors.values()].map(neighborStatus);
  }

  neighbor(address: string): NeighborStatus | undefined {
    const neighbor = this.#neighbors.get(canonicalAddress(address) ?? address);
    return neighbor === undefined ? undefined : neighborStatus(neighbor);
  }

  policyStatuses(): PolicyStatus[] {
    return policyStatuses(this.#config, this.#neighbors.values());
  }

  routes(query: RouteQuery): RouteEntry[] {
    return readRoutes(this.walkRoutes(query), query.limit);
  }

  walkRoutes(query: RouteQuery): RouteReader {
    return new RouteWalk(() => this.#queryTarget(), query);
  }

  explain(query: ExplainQuery): Explanation {
    const target = {
      ...this.#queryTarget(),
      neighbors: [...this.#neighbors.values()],
      ownRoutes: this.ownRoutes,
      config: this.#config,
      aggregates: this.#derived.aggregates(),
      errors: (address: string) => this.errorRings.entries(address),
    };
    return explain(target, query);
  }

  refresh(address: string, family?: string): void {
    refreshIn(this.#find(address), family);
  }

  clear(address: string, soft?: 'in' | 'out', message = ''): void {
    checkShutdownText(message);
    const neighbor = this.#find(address);
    if (soft === 'in') refreshIn(neighbor);
    else if (soft === 'out') refreshOut(neighbor);
    else neighbor.reset(message);
  }

  disable(address: string, message = ''): void {
    checkShutdownText(message);
    const neighbor = this.#find(address);
    const disabled = { message, since: new Date().toISOString() };
    neighbor.setDisabled(disabled);
    this.publish({ type: 'administrative', peer: neighbor.settings.address, disabled });
  }

  enable(address: string): void {
    const neighbor = this.#find(address);
    neighbor.setDisabled(undefined);
    this.publish({ type: 'administrative', peer: neighbor.settings.address });
  }

  errors(address?: string): ErrorEntry[] {
    if (address === undefined) return this.errorRings.entries();
    const canonical = canonicalAddress(address) ?? address;
    if (!this.errorRings.has(canonical)) this.#find(canonical);
    return this.errorRings.entries(canonical);
  }

  subscribe(listener: (event: SpeakerEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  observeMessages(observer: MessageObserver): () => void {
    this.messageObservers.add(observer);
    return () => this.messageObservers.delete(observer);
  }

  watchRoutes(watcher: RouteWatcher): RouteWatch {
    return new BestWatch(this.engine, this.clock, () => this.#queryTarget().peerName, watcher);
  }

  readonly policyOf: PolicyLookup = (names, external, session) =>
    this.policies.transform(names && chainOf(names, this.#config.policies), external, {
      ...session,
      localAs: this.localAs,
    });

  publish(event: SpeakerEvent): void {
    for (const listener of this.#subscribers) listener(event);
  }

  audiencesOf(address: string): readonly number[] {
    return this.ownRoutes.audiences.of(address);
  }

  audiencesChanged(address: string): void {
    const neighbor = this.#neighbors.get(address);
    neighbor?.update(neighbor.settings);
  }

  announcementsExpired(owner: string, prefixes: readonly string[]): void {
    const count = prefixes.length;
    this.publish({ type: 'announcementsExpired', owner, count, prefixes: prefixes.slice(0, NAMED_PREFIXES) });
  }

  /** See `OwnRoutes.flushed`. */
  flushed(timeoutMilliseconds: number): Promise<boolean> {
    const { clock, engine, scheduler } = this;
    const connections = () =>
      [...this.#neighbors.values()].flatMap(({ index, connection }) =>
        index === undefined ? [] : [connection],
      );
    return flushed({ clock, engine, scheduler, connections }, timeoutMilliseconds);
  }

  released(neighbor: Neighbor): void {
    const { address } = neighbor.settings;
    if (this.#neighbors.get(address) === neighbor) this.#removeNeighbor(address);
  }

  /** The tables, and who is who in them at this moment. */
  #queryTarget(): QueryTarget {
    const names = new Map<PeerIndex, string>([[0, 'local']]);
    const unpoliced = new Set<PeerIndex>();
    for (const { index, settings, negotiated } of this.#neighbors.values()) {
      if (index === undefined) continue;
      names.set(index, settings.address);
      const external = isExternalSession(settings, negotiated?.peerAs ?? settings.peerAs, this.localAs);
      if (external && settings.import === undefined) unpoliced.add(index);
    }
    return {
      engine: this.engine,
      peerName: (peer) => names.get(peer) ?? 'gone',
      lacksImport: (peer) => unpoliced.has(peer),
      peerIndex: (address) => (address === 'local' ? 0 : this.#find(address).index),
    };
  }

  #find(address: string): Neighbor {
    const neighbor = this.#neighbors.get(canonicalAddress(address) ?? address);
    if (neighbor === undefined) throw new BellhopError('NOT_FOUND', `there is no neighbor ${address}`);
    return neighbor;
  }

  #neighborAt(peer: PeerIndex): Neighbor | undefined {
    for (const neighbor of this.#neighbors.values()) if (neighbor.index === peer) return neighbor;
    return undefined;
  }

  #addNeighbor(settings: NeighborConfig): Neighbor {
    // A peer of a range that gets a configuration of its own has a session already.
    const { address } = settings;
    const disabled = this.#neighbors.get(address)?.disabled ?? this.disabledAtStart.get(address);
    this.disabledAtStart.delete(address);
    this.#removeNeighbor(settings.address, CeaseSubcode.otherConfigurationChange);
    const neighbor = new Neighbor(this, settings, false);
    neighbor.disabled = disabled;
    this.#neighbors.set(settings.address, neighbor);
    neighbor.start();
    return neighbor;
  }

  #removeNeighbor(address: string, subcode: number = CeaseSubcode.peerDeconfigured): void {
    const neighbor = this.#neighbors.get(address);
    this.#neighbors.delete(address);
    void neighbor?.stop(notification(NotificationCode.cease, subcode));
  }

  /** Sessions of a range that is gone or different end; the next connection sees the new settings. */
  #applyRanges(diff: ConfigDiff): void {
    const { addedRanges, removedRanges, changedRanges, softRanges } = diff;
    if (addedRanges.length + removedRanges.length + changedRanges.length + softRanges.length === 0) return;
    for (const [address, neighbor] of this.#neighbors) {
      if (!neighbor.dynamic) continue;
      const range = rangeOf(this.#config, address);
      const touched = changedRanges.includes(range!) || addedRanges.includes(range!);
      if (range === undefined || touched)
        this.#removeNeighbor(address, CeaseSubcode.otherConfigurationChange);
      else if (softRanges.includes(range)) neighbor.update(dynamicSettings(range, address));
    }
  }

  #setKeys(): void {
    if (this.transport.support().md5 !== undefined) return;
    const failure = this.#listeners.setKeys(listenKeys(this.#config));
    if (failure !== undefined) this.publish({ type: 'warning', reason: failure });
  }

  #accept(socket: Socket): void {
    const address = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    const known = this.#neighbors.get(address);
    if (known !== undefined) known.accept(socket);
    else {
      const range = this.#stopped ? undefined : rangeOf(this.#config, address);
      if (range === undefined) this.#refuseUnknown(socket, address);
      else this.#acceptDynamic(socket, address, range);
    }
  }

  #refuseUnknown(socket: Socket, peer: string): void {
    this.#unknownPeerConnections++;
    void closeGently(socket, this.clock);
    this.publish({ type: 'connectionRejected', peer, known: false, reason: 'no neighbor has this address' });
  }

  #acceptDynamic(socket: Socket, address: string, range: DynamicNeighborConfig): void {
    const inRange = [...this.#neighbors.values()].filter(
      (neighbor) => neighbor.dynamic && rangeOf(this.#config, neighbor.settings.address) === range,
    ).length;
    const { limit } = range;
    const neighbor = new Neighbor(this, dynamicSettings(range, address), true);
    const full =
      inRange >= limit ? `the range ${range.prefix} has its limit of ${limit} neighbors` : undefined;
    // A neighbor that is shut down would take a place of the range for nothing.
    const isShutDown = range.shutdown === undefined ? undefined : 'the range is shut down by configuration';
    const refusal = full ?? neighbor.unsupported ?? isShutDown;
    if (refusal !== undefined) {
      // There is no neighbor to count it at.
      this.#unknownPeerConnections++;
      neighbor.reject(socket, refusal, notification(NotificationCode.cease, CeaseSubcode.connectionRejected));
      return;
    }
    neighbor.disabled = this.disabledAtStart.get(address);
    this.disabledAtStart.delete(address);
    this.#neighbors.set(address, neighbor);
    neighbor.start();
    neighbor.accept(socket);
  }
}
