/**
 * One VIP at work: its checks run, their verdicts decide the state, the state decides the routes.
 *
 * The order is what matters. Down: the routes are taken back in the very turn of the deciding result; the interface
 * address, hooks and log lines come behind. Up: the address first, then the routes. Whatever goes wrong in here, the
 * routes are withdrawn. Over 300 lines because every reason to announce or not meets here.
 */
import type { Clock } from '../base/clock.ts';
import type { CheckConfig, VipConfig } from '../config/vip-types.ts';
import type { OwnRoute, OwnRoutes } from '../speaker/own-routes.ts';
import { CheckRunner } from './check-runner.ts';
import { errorText, type Probe, type ProbeResult, printable } from './checks/check.ts';
import { Drain } from './drain.ts';
import type { AnnounceMode, VipEvent } from './events.ts';
import { HookRunner } from './hooks.ts';
import type { InterfaceAddresses } from './interface-address.ts';
import { routesOf } from './routes.ts';
import { type CheckState, isAvailable, trusted, type VipState, vipState } from './state.ts';
import type { VipStatus } from './status.ts';
import { VipAddresses } from './vip-addresses.ts';

/** Longest time that a withdrawal is watched on its way into the sockets. */
const FLUSH_MILLISECONDS = 5000;

export interface VipHost {
  readonly clock: Clock;
  readonly localAs: number;
  readonly routes: Pick<OwnRoutes, 'set' | 'remove' | 'flushed'>;
  readonly addresses: InterfaceAddresses;
  probeOf(settings: CheckConfig['probe']): Probe;
  publish(event: VipEvent): void;
}

export class Vip {
  readonly #host: VipHost;
  readonly #owner: string;
  readonly #hooks: HookRunner;
  #config: VipConfig;
  #checks: readonly CheckRunner[] = [];
  #addresses: VipAddresses;
  /** Those of the configuration before, until the new ones are there. */
  #oldAddresses: VipAddresses | undefined;
  #drain: Drain | undefined;
  #state: VipState = 'INIT';
  #reason = 'no result yet';
  #since = new Date().toISOString();
  #maintenance = false;
  /** False until the maintenance file was looked for: nothing is announced before. */
  #maintenanceKnown: boolean;
  /** DOWN has been reached and UP not since: what `on-down` says counts. */
  #degraded = false;
  /** Wanted; {@link #announced} is what was done. */
  #mode: AnnounceMode = 'withdrawn';
  #announced: AnnounceMode = 'withdrawn';
  #prefixes: readonly string[] = [];
  #fault: string | undefined;
  #changes = 0;
  #lastWithdrawal: VipStatus['lastWithdrawal'];
  #stopped = false;

  constructor(host: VipHost, config: VipConfig) {
    this.#host = host;
    this.#config = config;
    this.#owner = `vip:${config.name}`;
    this.#maintenanceKnown = config.maintenanceFile === undefined;
    this.#addresses = this.#newAddresses(config);
    this.#hooks = new HookRunner(
      {
        clock: host.clock,
        failed: (hook, reason) => host.publish({ type: 'hookFailed', vip: config.name, hook, reason }),
      },
      config.hooks,
    );
  }

  get config(): VipConfig {
    return this.#config;
  }

  start(): void {
    this.#guard(() => {
      this.#checks = this.#config.checks.map((check) => this.#runner(check, undefined));
      for (const check of this.#checks) check.start();
      this.#decide('it has no checks');
    });
  }

  /**
   * Goes on with a new configuration. Checks that are the same keep their state; new ones of a VIP that is up are
   * trusted until their first result, so that nothing is withdrawn only because something was edited.
   */
  update(config: VipConfig): void {
    this.#guard(() => {
      const kept = new Map(this.#checks.map((check) => [JSON.stringify(check.settings), check]));
      // Whatever maintenance says: only what was seen healthy vouches for a check that is new.
      const isUp = isAvailable(this.#verdict());
      const started: CheckRunner[] = [];
      const wasSame =
        JSON.stringify(addressSettings(this.#config)) === JSON.stringify(addressSettings(config));
      this.#checks = config.checks.map((settings) => {
        const key = JSON.stringify(settings);
        const same = kept.get(key);
        kept.delete(key);
        if (same !== undefined) return same;
        const runner = this.#runner(settings, isUp ? trusted(settings.fall) : undefined);
        started.push(runner);
        return runner;
      });
      for (const check of kept.values()) check.stop();
      if (config.maintenanceFile === undefined) {
        this.#maintenance = false;
        this.#maintenanceKnown = true;
      }
      this.#config = config;
      this.#hooks.update(config.hooks);
      if (!wasSame) this.#replaceAddresses(config);
      this.#fault = undefined;
      for (const check of started) check.start();
      this.#decide('the configuration changed');
    });
  }

  /** Tells whether the maintenance file exists. */
  setMaintenance(active: boolean): void {
    if (this.#maintenanceKnown && this.#maintenance === active) return;
    this.#maintenance = active;
    this.#maintenanceKnown = true;
    const file = this.#config.maintenanceFile;
    this.#guard(() => this.#decide(active ? `${file} exists` : `${file} is gone`));
  }

  /** Begins to drain, or begins again with another grace time. */
  drain(graceSeconds: number): Drain {
    if (this.#drain?.stage === 'withdrawn') return this.#drain;
    this.#drain?.end();
    const { clock, routes } = this.#host;
    const drain = new Drain(
      {
        clock,
        flushed: (timeout) => routes.flushed(timeout),
        stageChanged: () => this.#guard(() => this.#decide('it is drained')),
        reached: (stage, milliseconds) =>
          this.#host.publish({ type: 'drain', vip: this.#config.name, stage, milliseconds }),
      },
      // Nobody has to be told of the end of what is not announced.
      this.#announced === 'withdrawn' ? 0 : graceSeconds,
    );
    this.#drain = drain;
    drain.begin();
    return drain;
  }

  /** Ends the drain; returns whether there was one. */
  undrain(): boolean {
    const drain = this.#drain;
    if (drain === undefined) return false;
    drain.end();
    this.#drain = undefined;
    this.#host.publish({ type: 'drain', vip: this.#config.name, stage: 'ended', milliseconds: 0 });
    this.#guard(() => this.#decide('the drain has ended'));
    return true;
  }

  /** Withdraws, takes the addresses away and runs the hook; resolves when all that is done. */
  async stop(reason: string): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const check of this.#checks) check.stop();
    this.#drain?.end();
    this.#mode = 'withdrawn';
    this.#reason = reason;
    this.#apply(reason);
    await Promise.all([this.#addresses.settled(), this.#hooks.idle()]);
  }

  /** Withdraws because something in here does not work; the checks go on. */
  fail(reason: string): void {
    this.#fault = printable(reason);
    this.#host.publish({ type: 'vipProblem', vip: this.#config.name, reason: this.#fault });
    this.#mode = 'withdrawn';
    this.#apply(this.#fault);
  }

  /** Looks after the addresses; called once a second. */
  checkAddresses(): void {
    if (this.#stopped || this.#addresses.check()) return;
    this.#apply(this.#addresses.problem ?? 'an address is missing');
    this.#addresses.repair();
  }

  status(): VipStatus {
    const { name, addresses, announce, required, maintenanceFile } = this.#config;
    return {
      name,
      state: this.#state,
      reason: this.#reason,
      since: this.#since,
      announced: this.#announced,
      addresses,
      prefixes: this.#announced === 'withdrawn' ? this.#wantedPrefixes() : this.#prefixes,
      peers: announce.peers,
      required,
      checks: this.#checks.map((check) => check.status()),
      maintenanceFile,
      maintenance: this.#maintenance,
      drain: this.#drain?.status(),
      interfaceAddresses: this.#addresses.status(),
      problem: this.#fault ?? this.#addresses.problem,
      changes: this.#changes,
      lastWithdrawal: this.#lastWithdrawal,
    };
  }

  #runner(settings: CheckConfig, state: CheckState | undefined): CheckRunner {
    return new CheckRunner(settings, {
      clock: this.#host.clock,
      probe: this.#host.probeOf(settings.probe),
      onResult: (runner, before, result) => this.#guard(() => this.#onResult(runner, before, result)),
      ...(state === undefined ? {} : { state }),
    });
  }

  #onResult(runner: CheckRunner, before: CheckState, result: ProbeResult): void {
    const { name } = runner.settings;
    const { phase } = runner.state;
    // Verdicts count phases: one more result of the same kind decides nothing.
    if (before.phase === phase) return;
    this.#decide(`${name}: ${result.detail}`);
    const { detail: reason } = result;
    this.#host.publish({
      type: 'checkState',
      vip: this.#config.name,
      check: name,
      oldState: before.phase,
      newState: phase,
      reason,
    });
  }

  /** From verdicts, maintenance and drain to what is announced. Routes first, words behind. */
  #decide(reason: string): void {
    if (this.#stopped) return;
    const old = this.#state;
    const verdict = this.#verdict();
    if (isAvailable(verdict)) this.#degraded = false;
    else if (verdict === 'DOWN') this.#degraded = true;
    this.#state = this.#maintenance ? 'MAINTENANCE' : verdict;
    this.#mode = this.#modeFor(verdict);
    this.#apply(reason);
    if (old === this.#state) return;
    this.#reason = reason;
    this.#since = new Date().toISOString();
    this.#host.publish({
      type: 'vipState',
      vip: this.#config.name,
      oldState: old,
      newState: this.#state,
      reason,
    });
    this.#fireHook();
  }

  /** What the checks say. */
  #verdict(): VipState {
    const states = this.#checks.map((check) => check.state);
    return this.#maintenanceKnown ? vipState(states, this.#config.required, false) : 'INIT';
  }

  #modeFor(verdict: VipState): AnnounceMode {
    if (this.#fault !== undefined || this.#maintenance || this.#drain?.stage === 'withdrawn')
      return 'withdrawn';
    const isUp = isAvailable(verdict);
    // Before the first verdict nothing is announced; afterwards `on-down` counts until it is UP again.
    if (!isUp && (!this.#degraded || this.#config.onDown.withdraw)) return 'withdrawn';
    if (this.#drain !== undefined) return 'draining';
    return isUp ? 'up' : 'degraded';
  }

  #apply(reason: string): void {
    const { localAs } = this.#host;
    const wanted = routesOf(this.#config, this.#mode, this.#degraded, localAs);
    this.#addresses.want(wanted.length > 0);
    const isReady = this.#addresses.ready;
    // An edit of the addresses leaves the routes alone until the new addresses are there.
    if (wanted.length > 0 && !isReady && this.#oldAddresses?.ready === true) return;
    if (wanted.length === 0 || !isReady) this.#withdraw(reason);
    else this.#announce(wanted);
    this.#oldAddresses?.want(false);
    this.#oldAddresses = undefined;
  }

  #announce(wanted: readonly OwnRoute[]): void {
    if (this.#mode === 'withdrawn') return;
    const change = this.#host.routes.set(this.#owner, wanted);
    const before = this.#announced;
    this.#announced = this.#mode;
    this.#prefixes = wanted.map(({ prefix }) => prefix);
    if (change.announced + change.changed + change.withdrawn === 0 && before === this.#mode) return;
    if (before === 'withdrawn') this.#changes++;
    this.#host.publish({
      type: 'vipAnnounced',
      vip: this.#config.name,
      mode: this.#mode,
      prefixes: this.#prefixes,
    });
    this.#fireHook();
  }

  #withdraw(reason: string): void {
    const decidedAt = this.#host.clock.now();
    const withdrawn = this.#host.routes.remove(this.#owner);
    if (this.#announced === 'withdrawn' && withdrawn === 0) return;
    this.#announced = 'withdrawn';
    this.#changes++;
    const record = { time: new Date().toISOString(), reason, flushMilliseconds: undefined };
    this.#lastWithdrawal = record;
    void this.#host.routes.flushed(FLUSH_MILLISECONDS).then((isOut) => {
      const elapsed = Math.round((this.#host.clock.now() - decidedAt) * 10) / 10;
      const flushMilliseconds = isOut ? elapsed : undefined;
      if (this.#lastWithdrawal === record) this.#lastWithdrawal = { ...record, flushMilliseconds };
      const prefixes = this.#prefixes;
      this.#host.publish({ type: 'vipWithdrawn', vip: this.#config.name, prefixes, flushMilliseconds });
    });
    this.#fireHook();
  }

  /** `up` once it is announced as healthy, `down` once it is decided that it is not; waiting for an address is neither. */
  #fireHook(): void {
    const isServing = this.#announced === 'up' || this.#announced === 'draining';
    const isMeant = this.#mode === 'up' || this.#mode === 'draining';
    const isDecided = this.#degraded || this.#state === 'MAINTENANCE' || this.#hooks.last === 'up';
    if (!isServing && (isMeant || !isDecided)) return;
    this.#hooks.fire(isServing ? 'up' : 'down', {
      BELLHOP_VIP: this.#config.name,
      BELLHOP_REASON: this.#reason,
      STATE: this.#state,
    });
  }

  #wantedPrefixes(): readonly string[] {
    return routesOf(this.#config, 'up', false, this.#host.localAs).map(({ prefix }) => prefix);
  }

  #newAddresses(config: VipConfig): VipAddresses {
    const { clock, routes, addresses, publish } = this.#host;
    const vip = config.name;
    return new VipAddresses(
      {
        clock,
        addresses,
        flushed: (timeout) => routes.flushed(timeout),
        addressesReady: () => this.#guard(() => this.#apply('the addresses are there')),
        addressChanged: (what, name, address) =>
          publish.call(this.#host, {
            type: what === 'added' ? 'addressAdded' : 'addressRemoved',
            vip,
            interface: name,
            address,
          }),
        addressProblem: (reason) => {
          publish.call(this.#host, { type: 'vipProblem', vip, reason });
          this.#guard(() => this.#onAddressProblem(reason));
        },
      },
      config,
    );
  }

  /** The old ones stay until the new ones are announced. */
  #replaceAddresses(config: VipConfig): void {
    this.#oldAddresses?.want(false);
    this.#oldAddresses = this.#addresses;
    this.#addresses = this.#newAddresses(config);
  }

  /** A new configuration whose addresses cannot be had is withdrawn, not announced as it was before. */
  #onAddressProblem(reason: string): void {
    if (this.#oldAddresses === undefined) return;
    this.#oldAddresses.want(false);
    this.#oldAddresses = undefined;
    this.#apply(reason);
  }

  /** Fails closed: an exception withdraws. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(`internal error: ${errorText(error)}`);
    }
  }
}

function addressSettings({ interface: name, addresses, removeDelaySeconds }: VipConfig): unknown {
  return [name, addresses, removeDelaySeconds];
}
