/**
 * The daemon: puts configuration, speaker, log and API together and obeys signals.
 *
 * SIGTERM and SIGINT stop it (NOTIFICATION Cease/2 to every peer, exit status 0, bounded in time); a second one
 * ends it at once. SIGHUP reads the configuration again; a broken file changes nothing and never ends the daemon.
 */
import { constants } from 'node:os';
import { type Api, startApi } from './api/server.ts';
import { VERSION } from './cli/version.ts';
import { type ConfigDiagnostic, formatDiagnostic } from './config/diagnostic.ts';
import { loadConfig } from './config/load.ts';
import type { Config } from './config/types.ts';
import { attachLog, createLog, type Logger, type LogLevel } from './speaker/log.ts';
import { Speaker } from './speaker/speaker.ts';

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
  log.info({ component: 'daemon', config: options.configPath }, `bellhop ${VERSION}, AS ${loaded.config.as}`);
  logWarnings(log, loaded.warnings);

  let api: Api | undefined;
  let started = false;
  let reloadWanted = false;
  process.on('SIGHUP', () => {
    if (started) reload(options.configPath, speaker, api, log);
    else reloadWanted = true;
  });
  try {
    api = await startApi(speaker, {
      socketPath: options.socketPath,
      onError: (error) => log.error({ component: 'api', err: error }, 'request failed'),
    });
    log.info({ component: 'api', socket: api.socketPath }, 'answering on the control socket');
    await configureApi(api, loaded.config, log);
    await speaker.start();
    started = true;
    if (reloadWanted) reload(options.configPath, speaker, api, log);
    return await end;
  } finally {
    started = false;
    await within(STOP_MILLISECONDS, speaker.stop('bellhop is shutting down'));
    await within(CLOSE_MILLISECONDS, api?.close());
    detachLog();
    exitSoon();
  }
}

/** Resolves with the exit code when a signal or an uncaught error asks the daemon to end. */
function untilEnd(log: Logger): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let firstSignalAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstSignalAt === undefined) {
      firstSignalAt = now;
      log.info({ component: 'daemon', signal }, 'shutting down');
      resolve(0);
    } else if (now - firstSignalAt >= SAME_SIGNAL_MILLISECONDS) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => {
    log.fatal({ component: 'daemon', err: error }, 'uncaught error, shutting down');
    resolve(1);
  });
  return promise;
}

function reload(path: string, speaker: Speaker, api: Api | undefined, log: Logger): void {
  const loaded = loadConfig(path);
  if (!loaded.ok) {
    for (const error of loaded.errors) log.error(diagnosticFields(error), error.message);
    log.error({ component: 'config', config: path }, 'configuration is not valid, nothing changed');
    return;
  }
  logWarnings(log, loaded.warnings);
  if (api !== undefined) void configureApi(api, loaded.config, log);
  try {
    speaker.apply(loaded.config);
  } catch (error) {
    log.error({ component: 'config', config: path, err: error }, 'configuration could not be applied');
  }
}

/** A port that is taken is no reason to leave the peers alone. */
async function configureApi(api: Api, config: Config, log: Logger): Promise<void> {
  const before = api.url;
  try {
    await api.configure(config.api);
  } catch (error) {
    log.error({ component: 'api', err: error }, 'the API does not listen on TCP');
  }
  const { url } = api;
  if (url !== undefined && url !== before) log.info({ component: 'api', url }, 'answering on TCP');
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
