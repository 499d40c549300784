/**
 * All VIPs of a speaker: started, reloaded, drained and stopped together, and asked about by the API.
 *
 * A VIP stands for itself: what goes wrong in one is reported and withdraws that one.
 */
import { type Clock, systemClock, type Timer } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import type { Config } from '../config/types.ts';
import type { CheckProbe, VipConfig } from '../config/vip-types.ts';
import type { SpeakerView } from '../speaker/events.ts';
import { CONFIG_OWNER } from '../speaker/own-routes.ts';
import type { Probe } from './checks/check.ts';
import { probeOf } from './checks/index.ts';
import { diagnose } from './doctor.ts';
import type { Drain } from './drain.ts';
import type { VipEvent } from './events.ts';
import { InterfaceAddresses, type InterfaceAddressOptions } from './interface-address.ts';
import { MaintenanceFiles } from './maintenance.ts';
import { gracefulShutdown } from './routes.ts';
import type { Diagnosis, VipStatus, VipView } from './status.ts';
import { Vip, type VipHost } from './vip.ts';

/** Between two looks at the interfaces. */
const ADDRESS_CHECK_MILLISECONDS = 1000;

/** Time that `doctor` gives the sockets before it calls them not flushed. */
const DOCTOR_FLUSH_MILLISECONDS = 500;

/** Something else that announces services, and is drained when all are. */
export interface Drainable {
  /** As {@link Vip.drain}; undefined when it has nothing to drain. */
  drain(graceSeconds: number): Drain | undefined;
  undrain(): void;
}

/** What VIPs run on. */
export interface VipsOptions {
  readonly alsoDrained?: readonly Drainable[];
  readonly clock?: Clock;
  /** Makes probes; tests script them. */
  readonly probeOf?: (settings: CheckProbe) => Probe;
  readonly addresses?: Pick<InterfaceAddressOptions, 'ip' | 'isPresent'>;
}

interface Entry {
  readonly vip: Vip;
  unwatch: () => void;
}

/** The VIPs of a configuration on a speaker: health checks, announcements, addresses. */
export class Vips implements VipView {
  readonly #speaker: SpeakerView;
  readonly #host: VipHost;
  readonly #maintenance: MaintenanceFiles;
  readonly #addresses: InterfaceAddresses;
  readonly #addressCheck: Timer;
  readonly #alsoDrained: readonly Drainable[];
  readonly #subscribers = new Set<(event: VipEvent) => void>();
  readonly #entries = new Map<string, Entry>();
  #config: Config;
  #started = false;
  #stopped = false;

  constructor(speaker: SpeakerView, config: Config, options: VipsOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.#speaker = speaker;
    this.#config = config;
    this.#alsoDrained = options.alsoDrained ?? [];
    this.#maintenance = new MaintenanceFiles(clock, (reason) =>
      this.#publish({ type: 'vipProblem', vip: undefined, reason }),
    );
    this.#addresses = new InterfaceAddresses({
      ...options.addresses,
      stateFile: config.vipStateFile,
      onProblem: (reason) => this.#publish({ type: 'vipProblem', vip: undefined, reason }),
    });
    this.#addressCheck = clock.timer(() => {
      for (const { vip } of this.#entries.values()) vip.checkAddresses();
      void this.#addresses.repair();
      this.#addressCheck.start(ADDRESS_CHECK_MILLISECONDS);
    });
    this.#host = {
      clock,
      localAs: config.as,
      routes: speaker.ownRoutes,
      addresses: this.#addresses,
      probeOf: options.probeOf ?? probeOf,
      publish: (event) => this.#publish(event),
    };
  }

  subscribe(listener: (event: VipEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  /** Cleans up behind an earlier run and starts the VIPs. Never rejects. */
  async start(): Promise<void> {
    for (const { interface: name, address } of await this.#addresses.cleanLeftovers())
      this.#publish({ type: 'addressRemoved', vip: undefined, interface: name, address });
    if (this.#stopped) return;
    this.#started = true;
    for (const config of this.#config.vips) this.#add(config);
    this.#addressCheck.start(ADDRESS_CHECK_MILLISECONDS);
  }

  /** Applies a new configuration: what did not change is not touched. */
  apply(config: Config): void {
    const wanted = new Map(config.vips.map((vip) => [vip.name, vip]));
    this.#config = config;
    if (!this.#started || this.#stopped) return;
    for (const [name, { vip }] of this.#entries)
      if (!wanted.has(name)) this.#remove(name, vip, 'it is not configured any more');
    for (const [name, next] of wanted) {
      const entry = this.#entries.get(name);
      if (entry === undefined) this.#add(next);
      else if (JSON.stringify(entry.vip.config) !== JSON.stringify(next)) this.#change(entry, next);
    }
  }

  /** Withdraws everything and takes the addresses away; resolves when that is done. */
  async stop(reason: string): Promise<void> {
    this.#stopped = true;
    this.#addressCheck.stop();
    this.#maintenance.stop();
    await Promise.all([...this.#entries.values()].map(({ vip }) => vip.stop(reason)));
  }

  /**
   * The speaker is about to stop: drains all VIPs and what else is drained with them, and marks the networks of the
   * configuration, which end with the sessions. Resolves when all of them are withdrawn, without any behind the
   * grace time; `hurry` cuts that short.
   */
  async drainAll(graceSeconds: number, hurry: Promise<unknown>): Promise<void> {
    const { ownRoutes } = this.#speaker;
    ownRoutes.set(
      CONFIG_OWNER,
      ownRoutes.entries(CONFIG_OWNER).map(({ route }) => gracefulShutdown(route)),
    );
    const drains = [
      ...[...this.#entries.values()].map(({ vip }) => vip.drain(graceSeconds)),
      ...this.#drainOthers(graceSeconds),
    ];
    void hurry.then(() => {
      for (const drain of drains) drain.hurry();
    });
    await Promise.all(drains.map(({ done }) => done));
    if (drains.length === 0) await this.#pause(graceSeconds, hurry);
  }

  vips(): VipStatus[] {
    return [...this.#entries.values()].map(({ vip }) => vip.status());
  }

  vip(name: string): VipStatus | undefined {
    return this.#entries.get(name)?.vip.status();
  }

  async doctor(name?: string): Promise<Diagnosis[]> {
    this.#named(name);
    const isFlushed = await this.#speaker.ownRoutes.flushed(DOCTOR_FLUSH_MILLISECONDS);
    const neighbors = this.#speaker.neighbors();
    return this.#named(name).map(({ vip }) => diagnose(vip.status(), this.#speaker, neighbors, isFlushed));
  }

  drain(name: string | undefined, graceSeconds: number): VipStatus[] {
    if (name === undefined) this.#drainOthers(graceSeconds);
    return this.#named(name).map(({ vip }) => {
      vip.drain(graceSeconds);
      return vip.status();
    });
  }

  undrain(name: string | undefined): VipStatus[] {
    if (name === undefined) for (const other of this.#alsoDrained) other.undrain();
    return this.#named(name).map(({ vip }) => {
      vip.undrain();
      return vip.status();
    });
  }

  #drainOthers(graceSeconds: number): Drain[] {
    return this.#alsoDrained.flatMap((other) => other.drain(graceSeconds) ?? []);
  }

  async #pause(seconds: number, hurry: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#host.clock.timer(resolve);
    timer.start(seconds * 1000);
    await Promise.race([promise, hurry]);
    timer.stop();
  }

  #named(name: string | undefined): readonly Entry[] {
    if (name === undefined) return [...this.#entries.values()];
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new BellhopError('NOT_FOUND', `there is no VIP ${name}`);
    return [entry];
  }

  #add(config: VipConfig): void {
    const vip = new Vip(this.#host, config);
    const entry: Entry = { vip, unwatch: () => undefined };
    this.#entries.set(config.name, entry);
    this.#watch(entry);
    vip.start();
  }

  #change(entry: Entry, config: VipConfig): void {
    const isOtherFile = entry.vip.config.maintenanceFile !== config.maintenanceFile;
    entry.vip.update(config);
    if (isOtherFile) this.#watch(entry);
  }

  #remove(name: string, vip: Vip, reason: string): void {
    this.#entries.get(name)?.unwatch();
    this.#entries.delete(name);
    void vip.stop(reason);
  }

  #watch(entry: Entry): void {
    entry.unwatch();
    const { maintenanceFile } = entry.vip.config;
    entry.unwatch =
      maintenanceFile === undefined
        ? () => undefined
        : this.#maintenance.watch(maintenanceFile, (exists) => entry.vip.setMaintenance(exists));
  }

  #publish(event: VipEvent): void {
    for (const listener of this.#subscribers) listener(event);
  }
}
