/**
 * Speaker: a BGP speaker with its neighbors, listeners and engine: the only stateful shell. Everything below it is
 * pure or passive; everything above it asks through {@link SpeakerView}.
 *
 * Over 300 lines because it is the one place where configuration, neighbors and engine meet; each part is a few
 * lines that call into another file.
 */
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { canonicalAddress, parseAddress, splitZone } from '../base/address.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import { parsePrefix, prefixContains } from '../base/prefix.ts';
import { type ConfigDiff, diffConfig } from '../config/diff.ts';
import { chainOf } from '../config/policy-resolve.ts';
import type { Config, DynamicNeighborConfig, NeighborConfig, NetworkConfig } from '../config/types.ts';
import { Engine } from '../engine/engine.ts';
import { localBlob } from '../engine/local-route.ts';
import { systemTransport } from '../net/transport.ts';
import type { ListenKey, Transport } from '../net/types.ts';
import { PolicyRegistry } from '../policy/registry.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import { UNICAST_FAMILIES, unicastFamilyByName } from '../wire/families/index.ts';
import { CeaseSubcode, NotificationCode, notification, shutdownNotification } from '../wire/notification.ts';
import { RouteRefreshSubtype, writeRouteRefresh } from '../wire/route-refresh.ts';
import { closeGently } from './close-gently.ts';
import { ErrorRings } from './error-ring.ts';
import type { SpeakerEvent, SpeakerView } from './events.ts';
import { Listeners } from './listeners.ts';
import { Neighbor, type NeighborHost } from './neighbor.ts';
import { type PolicyLookup, routerIdNumber } from './neighbor-settings.ts';
import { neighborStatus } from './neighbor-status.ts';
import { queryRoutes } from './route-query.ts';
import { Scheduler } from './scheduler.ts';
import type { ErrorEntry, NeighborStatus, RouteEntry, RouteQuery, SpeakerStatus } from './status.ts';

/** Milliseconds {@link Speaker.stop} waits for NOTIFICATIONs to be flushed. */
const STOP_MILLISECONDS = 2000;

export interface SpeakerOptions {
  readonly transport?: Transport;
  readonly clock?: Clock;
  /** Shown in status. */
  readonly version?: string;
}

const ORIGINS = { igp: 0, egp: 1, incomplete: 2 } as const;

export class Speaker implements SpeakerView, NeighborHost {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly localAs: number;
  readonly routerId: number;
  readonly errorRings = new ErrorRings();
  readonly policies: PolicyRegistry;
  readonly #version: string;
  readonly #listeners: Listeners;
  readonly #neighbors = new Map<string, Neighbor>();
  readonly #subscribers = new Set<(event: SpeakerEvent) => void>();
  #config: Config;
  #startedAt = 0;
  #stopped = false;
  #unknownPeerConnections = 0;

  constructor(config: Config, options: SpeakerOptions = {}) {
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
    this.policies = new PolicyRegistry(this.engine, () => this.engine.policies());
    this.scheduler = new Scheduler(this.engine, this.clock);
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
    for (const network of this.#config.networks) this.#announce(network);
    this.#setKeys();
    await Promise.all(this.#config.listen.map((address) => this.#listeners.add(address)));
    if (this.#stopped) return;
    for (const settings of this.#config.neighbors) this.#addNeighbor(settings);
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
    this.publish({ type: 'stopped', reason });
  }

  /** Applies a new configuration: only what changed is touched. Does nothing after {@link stop}. */
  apply(config: Config): void {
    if (this.#stopped) return;
    const diff = diffConfig(this.#config, config);
    // The AS and router id are in every table; they stay as they are until the daemon is started again.
    this.#config = { ...config, as: this.#config.as, routerId: this.#config.routerId };
    for (const key of diff.restart)
      this.publish({ type: 'warning', reason: `\`${key}\` takes effect when bellhop is started again` });
    if (diff.bestPathChanged) this.engine.selectAgain(config.bestPath);
    for (const address of diff.removedNeighbors) this.#removeNeighbor(address);
    this.#applyRanges(diff);
    this.#setKeys();
    for (const address of diff.removedListen) void this.#listeners.remove(address);
    for (const address of diff.addedListen) void this.#listeners.add(address);
    for (const settings of diff.softNeighbors) this.#neighbors.get(settings.address)?.update(settings);
    for (const settings of diff.resetNeighbors) {
      this.#removeNeighbor(settings.address, CeaseSubcode.otherConfigurationChange);
      this.#addNeighbor(settings);
    }
    for (const settings of diff.addedNeighbors) this.#addNeighbor(settings);
    this.#updateDynamic(diff);
    this.policies.collect();
    const withdrawn = diff.removedNetworks.filter((prefix) => this.#withdraw(prefix)).length;
    for (const network of diff.addedNetworks) this.#announce(network);
    this.scheduler.kick();
    this.publish({
      type: 'reloaded',
      added: diff.addedNeighbors.map(({ address }) => address),
      removed: diff.removedNeighbors,
      changed: [...diff.resetNeighbors, ...diff.softNeighbors].map(({ address }) => address),
      networksAnnounced: diff.addedNetworks.length,
      networksWithdrawn: withdrawn,
    });
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
      unknownPeerConnections: this.#unknownPeerConnections,
      forgottenErrorRings: this.errorRings.forgotten,
      policies: this.policies.counters,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  neighbors(): NeighborStatus[] {
    return [...this.#neighbors.values()].map(neighborStatus);
  }

  neighbor(address: string): NeighborStatus | undefined {
    const neighbor = this.#neighbors.get(canonicalAddress(address) ?? address);
    return neighbor === undefined ? undefined : neighborStatus(neighbor);
  }

  routes(query: RouteQuery): RouteEntry[] {
    const names = new Map<PeerIndex, string>();
    for (const { index, settings } of this.#neighbors.values())
      if (index !== undefined) names.set(index, settings.address);
    return queryRoutes(
      {
        engine: this.engine,
        peerName: (peer) => (peer === 0 ? 'local' : (names.get(peer) ?? 'gone')),
        peerIndex: (address) => this.#find(address).index,
      },
      query,
    );
  }

  refresh(address: string, family?: string): void {
    const { connection, negotiated } = this.#find(address);
    if (negotiated === undefined)
      throw new BellhopError('UNSUPPORTED', `${address} has no session: nothing to refresh`);
    if (!negotiated.routeRefresh)
      throw new BellhopError('UNSUPPORTED', `${address} does not offer route refresh (RFC 2918)`);
    const wanted = family === undefined ? UNICAST_FAMILIES : [unicastFamilyByName(family)];
    for (const spec of wanted) {
      if (spec === undefined) throw new BellhopError('INVALID_ARGUMENT', `unknown family ${family}`);
      if ((negotiated.context.families & (1 << spec.index)) === 0) {
        if (family === undefined) continue;
        throw new BellhopError('UNSUPPORTED', `${family} is not negotiated with ${address}`);
      }
      connection.send(writeRouteRefresh(spec.afi, spec.safi, RouteRefreshSubtype.request));
    }
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

  readonly policyOf: PolicyLookup = (names, external, session) =>
    this.policies.transform(names && chainOf(names, this.#config.policies), external, {
      ...session,
      localAs: this.localAs,
    });

  publish(event: SpeakerEvent): void {
    for (const listener of this.#subscribers) listener(event);
  }

  released(neighbor: Neighbor): void {
    const { address } = neighbor.settings;
    if (this.#neighbors.get(address) === neighbor) this.#removeNeighbor(address);
  }

  #find(address: string): Neighbor {
    const neighbor = this.#neighbors.get(canonicalAddress(address) ?? address);
    if (neighbor === undefined) throw new BellhopError('NOT_FOUND', `there is no neighbor ${address}`);
    return neighbor;
  }

  #addNeighbor(settings: NeighborConfig): Neighbor {
    // A peer of a range that gets a configuration of its own has a session already.
    this.#removeNeighbor(settings.address, CeaseSubcode.otherConfigurationChange);
    const neighbor = new Neighbor(this, settings, false);
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
    if (diff.addedRanges.length + diff.removedRanges.length + diff.changedRanges.length === 0) return;
    for (const [address, neighbor] of this.#neighbors) {
      if (!neighbor.dynamic) continue;
      const range = this.#rangeOf(address);
      const touched = diff.changedRanges.includes(range!) || diff.addedRanges.includes(range!);
      if (range === undefined || touched)
        this.#removeNeighbor(address, CeaseSubcode.otherConfigurationChange);
    }
  }

  /** Sessions of ranges whose policies changed, by name or by content, go on with the new ones. */
  #updateDynamic(diff: ConfigDiff): void {
    if (diff.softRanges.length === 0) return;
    for (const neighbor of this.#neighbors.values()) {
      const range = neighbor.dynamic ? this.#rangeOf(neighbor.settings.address) : undefined;
      if (range !== undefined && diff.softRanges.includes(range))
        neighbor.update(dynamicSettings(range, neighbor.settings.address));
    }
  }

  #setKeys(): void {
    const { neighbors, dynamicNeighbors } = this.#config;
    const keys: ListenKey[] = [];
    if (this.transport.support().md5 !== undefined) return;
    for (const { address, password } of neighbors)
      if (password !== undefined) keys.push({ from: address, md5Key: password });
    for (const { prefix, password } of dynamicNeighbors)
      if (password !== undefined) keys.push({ from: prefix, md5Key: password });
    const failure = this.#listeners.setKeys(keys);
    if (failure !== undefined) this.publish({ type: 'warning', reason: failure });
  }

  #accept(socket: Socket): void {
    const address = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    const known = this.#neighbors.get(address);
    if (known !== undefined) known.accept(socket);
    else {
      const range = this.#stopped ? undefined : this.#rangeOf(address);
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
      (neighbor) => neighbor.dynamic && this.#rangeOf(neighbor.settings.address) === range,
    ).length;
    const { limit } = range;
    const neighbor = new Neighbor(this, dynamicSettings(range, address), true);
    const full =
      inRange >= limit ? `the range ${range.prefix} has its limit of ${limit} neighbors` : undefined;
    const refusal = full ?? neighbor.unsupported;
    if (refusal !== undefined) {
      // There is no neighbor to count it at.
      this.#unknownPeerConnections++;
      neighbor.reject(socket, refusal, notification(NotificationCode.cease, CeaseSubcode.connectionRejected));
      return;
    }
    this.#neighbors.set(address, neighbor);
    neighbor.start();
    neighbor.accept(socket);
  }

  /** The dynamic range of an address; the configuration lists the longest prefixes first. */
  #rangeOf(address: string): DynamicNeighborConfig | undefined {
    const bytes = parseAddress(splitZone(address).address);
    if (bytes === undefined) return undefined;
    return this.#config.dynamicNeighbors.find((range) => prefixContains(parsePrefix(range.prefix)!, bytes));
  }

  #announce(network: NetworkConfig): void {
    const { bytes, length } = parsePrefix(network.prefix)!;
    const blob = localBlob({
      nextHop: network.nextHop === undefined ? undefined : parseAddress(network.nextHop),
      origin: ORIGINS[network.origin],
      med: network.med,
      localPref: network.localPref,
      communities: network.communities,
      largeCommunities: network.largeCommunities,
    });
    this.engine.announce(bytes.length === 4 ? 0 : 1, bytes, length, blob);
    this.scheduler.kick();
  }

  #withdraw(prefix: string): boolean {
    const { bytes, length } = parsePrefix(prefix)!;
    return this.engine.withdraw(bytes.length === 4 ? 0 : 1, bytes, length);
  }
}

/** Settings of a peer that connects from an address of a range. */
function dynamicSettings(range: DynamicNeighborConfig, address: string): NeighborConfig {
  const { prefix: _prefix, limit: _limit, ...settings } = range;
  return { ...settings, address, passive: true };
}
