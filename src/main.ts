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
import { ConfigManager, InvalidConfig } from './speaker/config-manager.ts';
import { watchConfig } from './speaker/config-watch.ts';
import { attachLog, createLog, type Logger, type LogLevel } from './speaker/log.ts';
import { Persistence } from './speaker/persistence.ts';
import { Speaker } from './speaker/speaker.ts';
import { attachVipLog } from './vip/log.ts';
import { Vips } from './vip/vips.ts';

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
}

/**
 * Runs the daemon until a signal ends it; resolves with the exit code. Takes over the process: signals, uncaught
 * errors and standard output.
 *
 * @throws BellhopError LISTEN_FAILED when the control socket cannot be used.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const loaded = loadConfig(options.configPath);
  if (!loaded.ok) {
    for (const error of loaded.errors) process.stderr.write(`${formatDiagnostic(error, 'error')}\n\n`);
    return 2;
  }
  const log = await createLog({
    format: options.logFormat,
    level: options.logLevel,
    colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  });
  const end = untilEnd(log);
  const speaker = new Speaker(loaded.config, { version: VERSION, warmUp: true });
  const detachLog = attachLog(speaker, log);
  const vips = new Vips(speaker, loaded.config);
  attachVipLog(vips, log);
  const processes = new Processes(speaker, loaded.config.processes);
  attachProcessLog(processes, log);
  speaker.subscribe((event) => {
    if (event.type !== 'reloaded') return;
    vips.apply(speaker.config);
    processes.apply(speaker.config.processes);
  });
  log.info({ component: 'daemon', config: options.configPath }, `bellhop ${VERSION}, AS ${loaded.config.as}`);
  logWarnings(log, loaded.warnings);

  const manager = new ConfigManager(speaker, options.configPath);
  const persistence = new Persistence(speaker);
  if (loaded.config.persist) restore(persistence, loaded.config.stateFile, log);
  let api: Api | undefined;
  let unwatch: (() => void) | undefined;
  let started = false;
  let reloadWanted = false;
  process.on('SIGHUP', () => {
    if (started) reload(manager, log);
    else reloadWanted = true;
  });
  try {
    api = await startApi(speaker, {
      socketPath: options.socketPath,
      vips,
      processes,
      configManager: manager,
      saved: () => persistence.saved(),
      save: () => persistence.save(resolvePath(options.configPath)),
      onError: (error) => log.error({ component: 'api', err: error }, 'request failed'),
    });
    log.info({ component: 'api', socket: api.socketPath }, 'answering on the control socket');
    await speaker.start();
    started = true;
    await vips.start();
    processes.start();
    if (reloadWanted) reload(manager, log);
    if (options.watch === true) unwatch = watchFile(manager, log);
    const code = await end.asked;
    if (code === 0) await drain(speaker.config, vips, end, log);
    return code;
  } finally {
    started = false;
    unwatch?.();
    manager.stop();
    const delay = Math.max(0, ...speaker.config.vips.map((vip) => vip.removeDelaySeconds)) * 1000;
    await Promise.all([
      within(VIP_STOP_MILLISECONDS + delay, vips.stop('bellhop is shutting down')),
      within(PROCESS_STOP_MILLISECONDS, processes.stop()),
    ]);
    await within(STOP_MILLISECONDS, speaker.stop('bellhop is shutting down'));
    await within(CLOSE_MILLISECONDS, api?.close());
    await within(CLOSE_MILLISECONDS, persistence.stop());
    detachLog();
    exitSoon();
  }
}

interface End {
  /** Resolves with the exit code when a signal or an uncaught error asks the daemon to end. */
  readonly asked: Promise<number>;
  /** Called by the second signal instead of ending the process at once. */
  cutShort: (() => void) | undefined;
}

function untilEnd(log: Logger): End {
  const { promise, resolve } = Promise.withResolvers<number>();
  const end: End = { asked: promise, cutShort: undefined };
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
  { vips: configured, networks, drainOnStopSeconds }: Config,
  vips: Vips,
  end: End,
  log: Logger,
): Promise<void> {
  if (drainOnStopSeconds === 0 || configured.length + networks.length === 0) return;
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

function watchFile(manager: ConfigManager, log: Logger): () => void {
  return watchConfig({
    path: manager.path,
    read: () => manager.text(),
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
