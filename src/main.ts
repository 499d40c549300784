/**
 * The daemon: puts configuration, speaker, log and API together and obeys signals.
 *
 * SIGTERM and SIGINT stop it: VIPs are drained for as long as `drain-on-stop` says and withdrawn, then every peer gets
 * a NOTIFICATION Cease/2, exit status 0, bounded in time. A second signal cuts the drain short, one behind that ends
 * it at once. SIGHUP reads the configuration again; a broken file changes nothing and never ends the daemon.
 */
import { constants } from 'node:os';
import { type Api, startApi } from './api/server.ts';
import { VERSION } from './cli/version.ts';
import { type ConfigDiagnostic, formatDiagnostic } from './config/diagnostic.ts';
import { loadConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { attachLog, createLog, type Logger, type LogLevel } from './speaker/log.ts';
import { Speaker } from './speaker/speaker.ts';
import { attachVipLog } from './vip/log.ts';
import { Vips } from './vip/vips.ts';

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
  const speaker = new Speaker(loaded.config, { version: VERSION });
  const detachLog = attachLog(speaker, log);
  const vips = new Vips(speaker, loaded.config);
  attachVipLog(vips, log);
  log.info({ component: 'daemon', config: options.configPath }, `bellhop ${VERSION}, AS ${loaded.config.as}`);
  logWarnings(log, loaded.warnings);

  let api: Api | undefined;
  let config = loaded.config;
  let started = false;
  let reloadWanted = false;
  const readAgain = (): void => {
    config =
      reload(options.configPath, log, (next) => {
        speaker.apply(next);
        vips.apply(next);
      }) ?? config;
  };
  process.on('SIGHUP', () => {
    if (started) readAgain();
    else reloadWanted = true;
  });
  try {
    api = await startApi(speaker, {
      socketPath: options.socketPath,
      vips,
      onError: (error) => log.error({ component: 'api', err: error }, 'request failed'),
    });
    log.info({ component: 'api', socket: api.socketPath }, 'answering on the control socket');
    await speaker.start();
    started = true;
    await vips.start();
    if (reloadWanted) readAgain();
    const code = await end.asked;
    const grace = config.drainOnStopSeconds;
    if (code === 0 && grace > 0 && config.vips.length > 0) {
      const hurry = Promise.withResolvers<void>();
      end.cutShort = hurry.resolve;
      log.info({ component: 'vip', graceSeconds: grace }, `draining for ${grace} s`);
      await vips.drainAll(grace, hurry.promise);
      end.cutShort = undefined;
    }
    return code;
  } finally {
    started = false;
    const delay = Math.max(0, ...config.vips.map((vip) => vip.removeDelaySeconds)) * 1000;
    await within(VIP_STOP_MILLISECONDS + delay, vips.stop('bellhop is shutting down'));
    await within(STOP_MILLISECONDS, speaker.stop('bellhop is shutting down'));
    await within(CLOSE_MILLISECONDS, api?.close());
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

/** The configuration that was applied; undefined when nothing was. */
function reload(path: string, log: Logger, apply: (config: Config) => void): Config | undefined {
  const loaded = loadConfig(path);
  if (!loaded.ok) {
    for (const error of loaded.errors) log.error(diagnosticFields(error), error.message);
    log.error({ component: 'config', config: path }, 'configuration is not valid, nothing changed');
    return undefined;
  }
  logWarnings(log, loaded.warnings);
  try {
    apply(loaded.config);
  } catch (error) {
    log.error({ component: 'config', config: path, err: error }, 'configuration could not be applied');
  }
  return loaded.config;
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
