/**
 * VIPs without a network: scripted probes, a table of routes that records what it is told, interfaces in memory, all
 * in one list of steps in the order in which they happened.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/load.ts';
import type { CheckProbe, VipConfig } from '../../src/config/vip-types.ts';
import type { OwnRoute, OwnRouteChange } from '../../src/speaker/own-routes.ts';
import { failed, healthy, type Probe, type ProbeResult } from '../../src/vip/checks/check.ts';
import type { VipEvent } from '../../src/vip/events.ts';
import { InterfaceAddresses } from '../../src/vip/interface-address.ts';
import { Vip, type VipHost } from '../../src/vip/vip.ts';
import { ManualClock } from '../speaker/manual-clock.ts';

export const folder = mkdtempSync(join(tmpdir(), 'bellhop-vip-'));

/** The VIPs in the text of a `vips:` list. */
export function vipsOf(text: string): readonly VipConfig[] {
  const loaded = parseConfig(`as: 65000\nrouter-id: 10.0.0.1\nvips:\n${text}`, 'test.yaml');
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.config.vips;
}

/** Routes of one owner after another, as `OwnRoutes` keeps them; says what it did. */
export class RecordingRoutes {
  readonly steps: string[];
  readonly sets = new Map<string, readonly OwnRoute[]>();
  /** Resolves flushes only when told to. */
  holdFlushes = false;
  failNext: Error | undefined;
  readonly #held: (() => void)[] = [];

  constructor(steps: string[]) {
    this.steps = steps;
  }

  set(owner: string, routes: readonly OwnRoute[]): OwnRouteChange {
    if (this.failNext !== undefined) {
      const error = this.failNext;
      this.failNext = undefined;
      throw error;
    }
    const before = new Map(this.sets.get(owner)?.map((route) => [route.prefix, JSON.stringify(route)]));
    this.sets.set(owner, routes);
    let announced = 0;
    let changed = 0;
    for (const route of routes) {
      if (!before.has(route.prefix)) announced++;
      else if (before.get(route.prefix) !== JSON.stringify(route)) changed++;
      before.delete(route.prefix);
    }
    const change = { announced, changed, withdrawn: before.size };
    if (announced + changed + before.size > 0)
      this.steps.push(`announce ${routes.map(routeText).join(', ')}`);
    return change;
  }

  remove(owner: string): number {
    const count = this.sets.get(owner)?.length ?? 0;
    this.sets.delete(owner);
    if (count > 0) this.steps.push(`withdraw ${owner}`);
    return count;
  }

  flushed(): Promise<boolean> {
    if (!this.holdFlushes) return Promise.resolve(true);
    return new Promise((resolve) =>
      this.#held.push(() => {
        resolve(true);
      }),
    );
  }

  release(): void {
    this.holdFlushes = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

function routeText({ prefix, med, localPref, asPath = [], communities = [] }: OwnRoute): string {
  const parts = [
    prefix,
    ...(med === undefined ? [] : [`med ${med}`]),
    ...(localPref === undefined ? [] : [`local-pref ${localPref}`]),
    ...(asPath.length === 0 ? [] : [`path ${asPath.join(' ')}`]),
    ...communities.map((community) => `${community >>> 16}:${community & 0xffff}`),
  ];
  return parts.join(' ');
}

/** What the probe of a check answers, by its URL or program; `hang` obeys the abort signal. */
export type Answer = 'ok' | 'fail' | 'hang' | ProbeResult;

export class World {
  readonly clock = new ManualClock();
  readonly steps: string[] = [];
  readonly events: VipEvent[] = [];
  readonly routes = new RecordingRoutes(this.steps);
  readonly interfaces = new Map<string, Set<string>>([['lo', new Set()]]);
  readonly answers = new Map<string, Answer>();
  readonly runs = new Map<string, number>();
  readonly stateFile: string | undefined;
  readonly host: VipHost;
  /** What `ip` says instead of doing something. */
  ipFailure: string | undefined;

  /** @param stateFile name of a file for the addresses; without one they are not kept. */
  constructor(stateFile?: string) {
    this.stateFile = stateFile === undefined ? undefined : join(folder, stateFile);
    this.host = {
      clock: this.clock,
      localAs: 65000,
      routes: this.routes,
      addresses: this.addresses(),
      probeOf: (settings) => this.probe(settings),
      publish: (event) => void this.events.push(event),
    };
  }

  addresses(): InterfaceAddresses {
    return new InterfaceAddresses({
      stateFile: this.stateFile,
      onProblem: (reason) => this.steps.push(`problem ${reason}`),
      isPresent: (name, address) => this.interfaces.get(name)?.has(address) === true,
      ip: (words) => Promise.resolve(this.#ip(words)),
    });
  }

  /** A VIP of the configuration, started. */
  start(config: VipConfig): Vip {
    const vip = new Vip(this.host, config);
    vip.start();
    return vip;
  }

  problems(): string[] {
    return this.events.flatMap((event) => (event.type === 'vipProblem' ? [event.reason] : []));
  }

  probe(settings: CheckProbe): Probe {
    const key = settings.kind === 'http' ? settings.url : settings.kind;
    return (signal) => {
      this.runs.set(key, (this.runs.get(key) ?? 0) + 1);
      const answer = this.answers.get(key) ?? 'ok';
      if (answer === 'ok') return Promise.resolve(healthy('200 OK'));
      if (answer === 'fail') return Promise.resolve(failed('connection refused'));
      if (answer !== 'hang') return Promise.resolve(answer);
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(failed('no answer in time')));
      });
    };
  }

  #ip([, verb, address = '', , name = '']: readonly string[]): string | undefined {
    if (this.ipFailure !== undefined) return this.ipFailure;
    const addresses = this.interfaces.get(name);
    if (addresses === undefined) return `Cannot find device "${name}"`;
    if (verb === 'add') {
      if (addresses.has(address)) return 'File exists';
      addresses.add(address);
      this.steps.push(`add ${address}`);
    } else {
      if (!addresses.delete(address)) return 'Cannot assign requested address';
      this.steps.push(`remove ${address}`);
    }
    return undefined;
  }
}
