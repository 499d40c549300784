/**
 * The parts of a daemon that many configurations do without: VIPs, processes, MetalLB, reloading, kept state. Each is
 * loaded when the configuration asks for it, or the first client of the API comes, which may ask for any of them: a
 * daemon that only speaks BGP has neither their code nor the schemas of the configuration in memory.
 */
import { readFileSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { ApiServices } from './api/context.ts';
import type { ConfigText } from './config/drop-ins.ts';
import type { Config } from './config/types.ts';
import { loadCode } from './daemon-code.ts';
import type { Processes } from './frontends/exabgp/processes.ts';
import type { Metallb } from './frontends/metallb/metallb.ts';
import type { Observers } from './observers/observers.ts';
import type { ConfigManager } from './speaker/config-manager.ts';
import type { Logger } from './speaker/log.ts';
import type { Persistence } from './speaker/persistence.ts';
import type { Speaker } from './speaker/speaker.ts';
import type { Drainable, Vips } from './vip/vips.ts';

export class DaemonParts {
  readonly #speaker: Speaker;
  readonly #configPath: string;
  readonly #configTexts: readonly ConfigText[];
  readonly #log: Logger;
  /** Settles when the manifests of MetalLB are in force for the first time; undefined when there are none. */
  manifestsRead: Promise<void> | undefined;
  #observers: Observers | undefined;
  #started = false;
  #stopped = false;
  #vips: Vips | undefined;
  #processes: Processes | undefined;
  #metallb: Metallb | undefined;
  #manager: ConfigManager | undefined;
  #persistence: Persistence | undefined;

  /** @param configTexts that the configuration of the speaker was read from */
  constructor(speaker: Speaker, configPath: string, configTexts: readonly ConfigText[], log: Logger) {
    this.#speaker = speaker;
    this.#configPath = configPath;
    this.#configTexts = configTexts;
    this.#log = log;
  }

  /** Lets `observers` hear of VIPs. Call it before any of them is loaded. */
  observedBy(observers: Observers): void {
    this.#observers = observers;
  }

  /** What the configuration asks for. */
  async load(): Promise<void> {
    const { vips, processes, metallb } = wantedBy(this.#speaker.config);
    await Promise.all([vips && this.vips(), processes && this.processes(), metallb && this.metallb()]);
  }

  /** Starts what is loaded, once the speaker is started; what is loaded later starts at once. */
  async start(): Promise<void> {
    this.#started = true;
    this.manifestsRead = this.#metallb?.start();
    await Promise.all([this.#vips?.start(), this.#processes?.start()]);
  }

  /** Obeys the configuration of the speaker after a reload. */
  apply(): void {
    const { config } = this.#speaker;
    this.#vips?.apply(config);
    this.#metallb?.apply(config);
    this.#processes?.apply(config.processes);
    if (this.#started)
      this.load().catch((error: unknown) =>
        this.#log.error({ component: 'daemon', err: error }, 'a part of bellhop cannot be loaded'),
      );
  }

  /** What the API may be asked about: all of it. */
  async services(): Promise<ApiServices> {
    // One at a time, with a turn of sockets and timers between: each takes a while to load.
    const vips = await this.vips();
    await turn();
    const processes = await this.processes();
    await turn();
    const metallb = await this.metallb();
    await turn();
    const configManager = await this.manager();
    await turn();
    const persistence = await this.persistence();
    return {
      vips,
      processes,
      metallb,
      configManager,
      saved: () => persistence.saved(),
      save: () => persistence.save(resolvePath(this.#configPath)),
    };
  }

  readonly vips = once(async () => {
    const [{ Vips }, { attachVipLog }] = await Promise.all([import('./vip/vips.ts'), import('./vip/log.ts')]);
    const services: Drainable = {
      drain: (graceSeconds) => this.#metallb?.drain(graceSeconds),
      undrain: () => this.#metallb?.undrain(),
    };
    const vips = new Vips(this.#speaker, this.#speaker.config, { alsoDrained: [services] });
    attachVipLog(vips, this.#log);
    this.#observers?.watchVips(vips);
    this.#vips = vips;
    if (this.#isRunning) await vips.start();
    return vips;
  });

  readonly processes = once(async () => {
    const [{ Processes }, { attachProcessLog }] = await Promise.all([
      import('./frontends/exabgp/processes.ts'),
      import('./frontends/exabgp/log.ts'),
    ]);
    const processes = new Processes(this.#speaker, this.#speaker.config.processes);
    attachProcessLog(processes, this.#log);
    this.#processes = processes;
    if (this.#isRunning) processes.start();
    return processes;
  });

  readonly metallb = once(async () => {
    const [{ Metallb }, { attachMetallbLog }] = await Promise.all([
      import('./frontends/metallb/metallb.ts'),
      import('./frontends/metallb/events.ts'),
    ]);
    const metallb = new Metallb(this.#speaker);
    attachMetallbLog(metallb, this.#log);
    this.#metallb = metallb;
    if (this.#isRunning) this.manifestsRead = metallb.start();
    return metallb;
  });

  /** Reads the configuration again. */
  readonly manager = once(async () => {
    const { ConfigManager } = await import('./speaker/config-manager.ts');
    this.#manager = new ConfigManager(this.#speaker, this.#configPath, this.#configTexts);
    return this.#manager;
  });

  readonly persistence = once(async () => {
    const { Persistence } = await import('./speaker/persistence.ts');
    this.#persistence = new Persistence(this.#speaker);
    return this.#persistence;
  });

  get #isRunning(): boolean {
    return this.#started && !this.#stopped;
  }

  /** Manifests that change from now on change nothing. */
  stopMetallb(): void {
    this.#metallb?.stop();
  }

  /** Ends configuration changes, VIPs and processes; nothing is started any more. Both lists of work are to be awaited. */
  stop(reason: string): {
    readonly vips: Promise<void> | undefined;
    readonly processes: Promise<void> | undefined;
  } {
    this.#stopped = true;
    this.#metallb?.stop();
    this.#manager?.stop();
    return { vips: this.#vips?.stop(reason), processes: this.#processes?.stop() };
  }

  /** Resolves when the state file is whole and closed. */
  async stopPersistence(): Promise<void> {
    await this.#persistence?.stop();
  }
}

function wantedBy(config: Config): { vips: boolean; processes: boolean; metallb: boolean } {
  return {
    // A drain is theirs even if only networks take part; and what a crash left on interfaces must go.
    vips: config.vips.length > 0 || config.drainOnStopSeconds > 0 || mayHaveAddresses(config.vipStateFile),
    processes: config.processes.length > 0,
    metallb: config.metallb !== undefined,
  };
}

/** Whether an earlier run has left addresses on interfaces, according to its state file; VIPs read it in earnest. */
function mayHaveAddresses(stateFile: string): boolean {
  try {
    const { addresses } = JSON.parse(readFileSync(stateFile, 'utf8'));
    return !Array.isArray(addresses) || addresses.length > 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** The same promise for all who call. When nothing comes of it, the next who calls tries again. */
function once<Part>(load: () => Promise<Part>): () => Promise<Part> {
  let loaded: Promise<Part> | undefined;
  return () => {
    loaded ??= loadCode(load).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
