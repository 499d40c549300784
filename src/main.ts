/**
 * The daemon: puts configuration, speaker, log and API together and obeys signals.
 *
 * SIGTERM and SIGINT stop it: VIPs are drained for as long as `drain-on-stop` says and withdrawn, then every peer gets
 * a NOTIFICATION Cease/2, exit status 0, bounded in time. A second signal cuts the drain short, one behind that ends
 * it at once. SIGHUP, a request, or with `--watch` a new file, reads the configuration again; a broken one changes
 * nothing and never ends the daemon.
 */
import { constants } from 'node:os';
import { resolve as resolvePath } from 'node:path';
import { type Api, startApi } from './api/server.ts';
import { VERSION } from './cli/version.ts';
import { type ConfigDiagnostic, formatDiagnostic } from './config/diagnostic.ts';
import { dropInDirectory } from './config/drop-ins.ts';
import { loadConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { attachProcessLog } from './frontends/exabgp/log.ts';
import { Processes } from './frontends/exabgp/processes.ts';
import { attachMetallbLog } from './frontends/metallb/events.ts';
import { Metallb } from './frontends/metallb/metallb.ts';
import { waitForInterfaces } from './net/interface-wait.ts';
import { ConfigManager, InvalidConfig } from './speaker/config-manager.ts';
import { type ValidConfig, waitForConfig } from './speaker/config-wait.ts';
import { watchConfig } from './speaker/config-watch.ts';
import { attachLog, createLog, type Logger, type LogLevel } from './speaker/log.ts';
import { Persistence } from './speaker/persistence.ts';
import { ServiceManager } from './speaker/service-manager.ts';
import { Speaker } from './speaker/speaker.ts';
import { attachVipLog } from './vip/log.ts';
import { Vips } from './vip/vips.ts';
import { warmUp } from './warm-up.ts';

/** Longest time in which processes are told to go, killed if they do not, and have their routes withdrawn. */
const PROCESS_STOP_MILLISECONDS = 2500;

/** Longest time, beside a configured `remove-delay`, in which VIPs lose their addresses and run their last hook. */
const VIP_STOP_MILLISECONDS = 3000;

/** Longest time that telling the peers may take, and that closing the API may take after it. */
const STOP_MILLISECONDS = 2_200;
const CLOSE_MILLISECONDS = 500;

/** Signals closer together than this are one: a terminal and a parent process may both deliver the same Ctrl-C. */
const SAME_SIGNAL_MILLISECONDS = 100;

export interface DaemonOptions {
  readonly configPath: string;
  readonly socketPath: string;
  readonly logFormat: 'text' | 'json';
  readonly logLevel: LogLevel;
  /** Reload when the configuration file changes. */
  readonly watch?: boolean;
  /** Start when so many links are up, or a minute is over. */
  readonly waitInterfaces?: number;
  /** Wait for a configuration that is valid instead of ending with 2. */
  readonly waitForConfig?: boolean;
}

/**
 * Runs the daemon until a signal ends it; resolves with the exit code. Takes over the process: signals, uncaught
 * errors and standard output.
 *
 * @throws BellhopError LISTEN_FAILED when the control socket cannot be used.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const log = await createLog({
    format: options.logFormat,
    level: options.logLevel,
    colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  });
  const end = untilEnd(log);
  const service = new ServiceManager(process.env, log);
  const loaded = await loadAtStart(options, end, service, log);
  if (typeof loaded === 'number') return loaded;
  const speaker = new Speaker(loaded.config, { version: VERSION });
  const detachLog = attachLog(speaker, log);
  let api: Api | undefined;
  const vips = new Vips(speaker, loaded.config);
  attachVipLog(vips, log);
  const processes = new Processes(speaker, loaded.config.processes);
  attachProcessLog(processes, log);
  const metallb = new Metallb(speaker);
  attachMetallbLog(metallb, log);
  speaker.subscribe((event) => {
    if (event.type !== 'reloaded') return;
    vips.apply(speaker.config);
    metallb.apply(speaker.config);
    processes.apply(speaker.config.processes);
    // After the answer to whoever asked for it: their connection may be one of a listener that goes.
    setImmediate(() => void configureApi(api, speaker.config, log));
  });
  log.info({ component: 'daemon', config: options.configPath }, `bellhop ${VERSION}, AS ${loaded.config.as}`);
  logWarnings(log, loaded.warnings);

  const manager = new ConfigManager(speaker, options.configPath);
  const textAtStart = options.watch === true ? manager.text() : undefined;
  const persistence = new Persistence(speaker);
  if (loaded.config.persist) restore(persistence, loaded.config.stateFile, log);
  let unwatch: (() => void) | undefined;
  let started = false;
  let reloadWanted = false;
  process.on('SIGHUP', () => {
    if (started) service.reload(() => reload(manager, log));
    else reloadWanted = true;
  });
  try {
    api = await startApi(speaker, {
      socketPath: options.socketPath,
      vips,
      metallb,
      processes,
      configManager: manager,
      saved: () => persistence.saved(),
      save: () => persistence.save(resolvePath(options.configPath)),
      onError: (error) => log.error({ component: 'api', err: error }, 'request failed'),
    });
    log.info({ component: 'api', socket: api.socketPath }, 'answering on the control socket');
    await configureApi(api, loaded.config, log);
    await speaker.start();
    started = true;
    warmUp(loaded.config, speaker.clock, () => !started || speaker.hasSession).catch((error: unknown) =>
      log.warn({ component: 'daemon', err: error }, 'not warmed up'),
    );
    metallb.start();
    await vips.start();
    processes.start();
    if (reloadWanted) reload(manager, log);
    if (options.watch === true) unwatch = watchFile(manager, textAtStart, log);
    service.ready(speaker);
    const code = await end.asked;
    service.stopping();
    // A manifest that changes now would only disturb the drain.
    metallb.stop();
    if (code === 0) await drain(speaker.config, vips, end, log);
    return code;
  } finally {
    started = false;
    unwatch?.();
    metallb.stop();
    manager.stop();
    const delay = Math.max(0, ...speaker.config.vips.map((vip) => vip.removeDelaySeconds)) * 1000;
    await Promise.all([
      within(VIP_STOP_MILLISECONDS + delay, vips.stop('bellhop is shutting down')),
      within(PROCESS_STOP_MILLISECONDS, processes.stop()),
    ]);
    await within(STOP_MILLISECONDS, speaker.stop('bellhop is shutting down'));
    await within(CLOSE_MILLISECONDS, api?.close());
    await within(CLOSE_MILLISECONDS, persistence.stop());
    service.stop();
    detachLog();
    exitSoon();
  }
}

/** The configuration; an exit code when there is none, or the end was asked for while we waited. */
async function loadAtStart(
  { configPath, waitInterfaces = 0, waitForConfig: mayWait = false }: DaemonOptions,
  end: End,
  service: ServiceManager,
  log: Logger,
): Promise<ValidConfig | number> {
  const { signal } = end;
  // While we wait, every look is a new one: a SIGHUP must only not end us.
  process.on('SIGHUP', () => undefined);
  if (waitInterfaces > 0) {
    service.waiting(`waiting for ${waitInterfaces} links`);
    log.info({ component: 'daemon', wanted: waitInterfaces }, `waiting for ${waitInterfaces} links`);
    const links = await waitForInterfaces({ count: waitInterfaces, signal });
    if (links < waitInterfaces && !signal.aborted)
      log.warn({ component: 'daemon', wanted: waitInterfaces, links }, 'starting without the other links');
  }
  if (!mayWait && !signal.aborted) {
    const loaded = loadConfig(configPath);
    if (loaded.ok) return loaded;
    for (const error of loaded.errors) process.stderr.write(`${formatDiagnostic(error, 'error')}\n\n`);
    return 2;
  }
  const report = (errors: readonly ConfigDiagnostic[]): void => {
    for (const error of errors) log.error(diagnosticFields(error), error.message);
    log.error({ component: 'config', config: configPath }, 'waiting for a configuration that is valid');
    service.waiting(`${configPath} is not valid, waiting for another one`);
  };
  const loaded = await waitForConfig({ path: configPath, signal, report });
  return loaded ?? (await end.asked);
}

interface End {
  /** Aborted when the end is asked for. */
  readonly signal: AbortSignal;
  /** Resolves with the exit code when a signal or an uncaught error asks the daemon to end. */
  readonly asked: Promise<number>;
  /** Called by the second signal instead of ending the process at once. */
  cutShort: (() => void) | undefined;
}

function untilEnd(log: Logger): End {
  const { promise, resolve } = Promise.withResolvers<number>();
  const controller = new AbortController();
  void promise.then(() => controller.abort());
  const end: End = { asked: promise, signal: controller.signal, cutShort: undefined };
  let signals = 0;
  let lastSignalAt = Number.NEGATIVE_INFINITY;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (now - lastSignalAt < SAME_SIGNAL_MILLISECONDS) return;
    lastSignalAt = now;
    signals++;
    if (signals === 1) {
      log.info({ component: 'daemon', signal }, 'shutting down');
      resolve(0);
    } else if (end.cutShort !== undefined) {
      log.info({ component: 'daemon', signal }, 'not waiting for the drain');
      end.cutShort();
      end.cutShort = undefined;
    } else process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => {
    log.fatal({ component: 'daemon', err: error }, 'uncaught error, shutting down');
    resolve(1);
    end.cutShort?.();
  });
  return end;
}

/** Graceful shutdown of VIPs and networks (RFC 8326), if it is configured; the next signal cuts it short. */
async function drain(
  { vips: configured, networks, aggregates, drainOnStopSeconds }: Config,
  vips: Vips,
  end: End,
  log: Logger,
): Promise<void> {
  if (drainOnStopSeconds === 0 || configured.length + networks.length + aggregates.length === 0) return;
  const hurry = Promise.withResolvers<void>();
  end.cutShort = hurry.resolve;
  log.info({ component: 'vip', graceSeconds: drainOnStopSeconds }, `draining for ${drainOnStopSeconds} s`);
  await vips.drainAll(drainOnStopSeconds, hurry.promise);
  end.cutShort = undefined;
}

function restore(persistence: Persistence, path: string, log: Logger): void {
  const { routes, expired, disabled } = persistence.start(path);
  if (persistence.damage === undefined)
    log.info({ component: 'state', file: path, routes, expired, disabled }, 'runtime state is kept');
}

function reload(manager: ConfigManager, log: Logger): void {
  try {
    logWarnings(log, manager.reload().warnings);
  } catch (error) {
    if (error instanceof InvalidConfig)
      for (const diagnostic of error.diagnostics) log.error(diagnosticFields(diagnostic), diagnostic.message);
    const reason = error instanceof InvalidConfig ? 'configuration is not valid' : (error as Error).message;
    log.error({ component: 'config', config: manager.path }, `${reason}, nothing changed`);
  }
}

/** A port that is taken is no reason to leave the peers alone. */
async function configureApi(api: Api | undefined, config: Config, log: Logger): Promise<void> {
  if (api === undefined) return;
  const before = api.url;
  try {
    await api.configure(config.api);
  } catch (error) {
    log.error({ component: 'api', err: error }, 'the API does not listen on TCP');
  }
  const { url } = api;
  if (url !== undefined && url !== before) log.info({ component: 'api', url }, 'answering on TCP');
}

function watchFile(manager: ConfigManager, since: string | undefined, log: Logger): () => void {
  return watchConfig({
    path: manager.path,
    read: () => manager.text(),
    since,
    directories: () => [dropInDirectory(manager.path)],
    changed() {
      log.info({ component: 'config', config: manager.path }, 'the configuration file has changed');
      reload(manager, log);
    },
  });
}

function logWarnings(log: Logger, warnings: readonly ConfigDiagnostic[]): void {
  for (const warning of warnings) log.warn(diagnosticFields(warning), warning.message);
}

function diagnosticFields({ file, line, column, hint }: ConfigDiagnostic): object {
  return { component: 'config', file, line, column, hint };
}

/** Waits for `work`, but not longer than `milliseconds`, and not for what goes wrong in it. */
async function within(milliseconds: number, work: Promise<unknown> | undefined): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([timeout, work?.catch(() => undefined)]);
  clearTimeout(timer);
}

/** The process ends by itself once nothing is open; a handle that someone forgot must not keep it alive. */
function exitSoon(): void {
  setTimeout(() => process.exit(), 200).unref();
}
