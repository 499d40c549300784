/**
 * The daemon: puts configuration, speaker, log and API together and obeys signals.
 *
 * SIGTERM and SIGINT stop it: VIPs are drained for as long as `drain-on-stop` says and withdrawn, then every peer gets
 * a NOTIFICATION Cease/2, exit status 0, bounded in time. A second signal cuts the drain short, one behind that ends
 * it at once. SIGHUP, a request, or with `--watch` a new file, reads the configuration again; a broken one changes
 * nothing and never ends the daemon.
 *
 * Over 300 lines: it is where all parts meet, a few lines for each.
 */
import { type Api, startApi } from './api/server.ts';
import { BellhopError } from './base/errors.ts';
import { VERSION } from './cli/version.ts';
import { type ConfigDiagnostic, formatDiagnostic } from './config/diagnostic.ts';
import { type ConfigText, dropInDirectory, joinTexts } from './config/drop-ins.ts';
import type { LoadResult } from './config/load.ts';
import type { ConfigLoader } from './config/load-apart.ts';
import type { ChangeClass } from './config/plan.ts';
import type { Config } from './config/types.ts';
import { expectTable, loadCode, settleCode } from './daemon-code.ts';
import { DaemonParts } from './daemon-parts.ts';
import { type End, type Hangup, untilEnd, untilHangup } from './daemon-signals.ts';
import { waitForInterfaces } from './net/interface-wait.ts';
import type { ConfigManager } from './speaker/config-manager.ts';
import { type ValidConfig, waitForConfig } from './speaker/config-wait.ts';
import { configText, watchConfig } from './speaker/config-watch.ts';
import { InvalidConfig } from './speaker/invalid-config.ts';
import { attachLog, createLog, type Logger, type LogLevel } from './speaker/log.ts';
import type { Persistence } from './speaker/persistence.ts';
import { ServiceManager } from './speaker/service-manager.ts';
import { Speaker } from './speaker/speaker.ts';

/** Longest time in which processes are told to go, killed if they do not, and have their routes withdrawn. */
const PROCESS_STOP_MILLISECONDS = 2500;

/** Longest time, beside a configured `remove-delay`, in which VIPs lose their addresses and run their last hook. */
const VIP_STOP_MILLISECONDS = 3000;

/** Longest time that telling the peers may take, and that closing the API may take after it. */
const STOP_MILLISECONDS = 2_200;
const CLOSE_MILLISECONDS = 500;

export interface DaemonOptions {
  readonly configPath: string;
  readonly socketPath: string;
  readonly logFormat: 'text' | 'json';
  readonly logLevel: LogLevel;
  /** Reload when the configuration file changes. */
  readonly watch?: boolean;
  /** What a change that {@link watch} finds may cost. */
  readonly watchAtMost?: ChangeClass;
  /** Start when so many links are up, or a minute is over. */
  readonly waitInterfaces?: number;
  /** Wait for a configuration that is valid instead of ending with 2. */
  readonly waitForConfig?: boolean;
}

/**
 * Runs the daemon: `runDaemon` of `main.ts`.
 *
 * @param loader of the configuration; closed when there is one, or none is wanted any more.
 */
export async function runWith(loader: ConfigLoader, options: DaemonOptions): Promise<number> {
  const hangup = untilHangup();
  const log = await createLog({
    format: options.logFormat,
    level: options.logLevel,
    colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  });
  const end = untilEnd(log);
  const service = new ServiceManager(process.env, log);
  const loaded = await loadAtStart(loader, options, { end, hangup, service, log }).finally(() =>
    loader.close(),
  );
  if (typeof loaded === 'number') return loaded;
  const speaker = new Speaker(loaded.config, { version: VERSION });
  const detachLog = attachLog(speaker, log);
  let api: Api | undefined;
  const parts = new DaemonParts(speaker, options.configPath, loaded.texts, log);
  speaker.subscribe((event) => {
    if (event.type === 'stateChange' && event.newState === 'Established') expectTable();
    if (event.type !== 'reloaded') return;
    parts.apply();
    // After the answer to whoever asked for it: their connection may be one of a listener that goes.
    setImmediate(() => void configureApi(api, speaker.config, log));
  });
  log.info({ component: 'daemon', config: options.configPath }, `bellhop ${VERSION}, AS ${loaded.config.as}`);
  logWarnings(log, loaded.warnings);

  if (loaded.config.persist) restore(await parts.persistence(), loaded.config.stateFile, log);
  let unwatch: (() => void) | undefined;
  let started = false;
  try {
    api = await startApi(speaker, {
      socketPath: options.socketPath,
      lateServices: () => parts.services(),
      loadCode,
      onError: (error) => log.error({ component: 'api', err: error }, 'request failed'),
    });
    log.info({ component: 'api', socket: api.socketPath }, 'answering on the control socket');
    parts.observedBy(api.observers);
    await parts.load();
    await configureApi(api, speaker.config, log);
    await speaker.start();
    started = true;
    hangup.obey = () => void reload(parts, log, (work) => service.reload(work));
    await parts.start();
    await Promise.race([parts.manifestsRead, end.asked]);
    settleCode();
    expectTable();
    warm(speaker, () => !started || speaker.hasSession, log);
    if (hangup.wanted) await reload(parts, log);
    if (options.watch === true)
      unwatch = watchFile(options, loaded.texts, log, () =>
        reload(parts, log, undefined, options.watchAtMost),
      );
    service.ready(speaker);
    const code = await end.asked;
    service.stopping();
    // A manifest that changes now would only disturb the drain.
    parts.stopMetallb();
    if (code === 0) await drain(speaker.config, parts, end, log);
    return code;
  } finally {
    started = false;
    hangup.obey = undefined;
    unwatch?.();
    const delay = Math.max(0, ...speaker.config.vips.map((vip) => vip.removeDelaySeconds)) * 1000;
    const { vips, processes } = parts.stop('bellhop is shutting down');
    await Promise.all([
      within(VIP_STOP_MILLISECONDS + delay, vips),
      within(PROCESS_STOP_MILLISECONDS, processes),
    ]);
    await within(STOP_MILLISECONDS, speaker.stop('bellhop is shutting down'));
    await within(CLOSE_MILLISECONDS, api?.close());
    await within(CLOSE_MILLISECONDS, parts.stopPersistence());
    service.stop();
    detachLog();
    exitSoon();
  }
}

function warm(speaker: Speaker, isBusy: () => boolean, log: Logger): void {
  loadCode(() => import('./warm-up.ts'))
    .then(({ warmUp }) => warmUp(speaker.config, speaker.clock, isBusy))
    .catch((error: unknown) => log.warn({ component: 'daemon', err: error }, 'not warmed up'));
}

/** Who is heard and told while the configuration is loaded. */
interface Surroundings {
  readonly end: End;
  readonly hangup: Hangup;
  readonly service: ServiceManager;
  readonly log: Logger;
}

/** The configuration; an exit code when there is none, or the end was asked for while we waited. */
async function loadAtStart(
  loader: ConfigLoader,
  { configPath, waitInterfaces = 0, waitForConfig: mayWait = false }: DaemonOptions,
  { end, hangup, service, log }: Surroundings,
): Promise<ValidConfig | number> {
  const { signal } = end;
  const load = (): Promise<LoadResult> => {
    // The files are read only now.
    hangup.wanted = false;
    return loader.load(configPath);
  };
  if (waitInterfaces > 0) {
    const wait = `waiting for ${waitInterfaces} ${waitInterfaces === 1 ? 'link' : 'links'}`;
    service.waiting(wait);
    log.info({ component: 'daemon', wanted: waitInterfaces }, wait);
    const links = await waitForInterfaces({ count: waitInterfaces, signal });
    if (links < waitInterfaces && !signal.aborted)
      log.warn({ component: 'daemon', wanted: waitInterfaces, links }, 'starting without the other links');
  }
  if (!mayWait && !signal.aborted) {
    const loaded = await Promise.race([load(), end.asked]).catch((error: unknown) => {
      // Ctrl-C may have ended that process as well.
      if (signal.aborted) return end.asked;
      throw error;
    });
    if (typeof loaded === 'number' || loaded.ok) return loaded;
    for (const error of loaded.errors) process.stderr.write(`${formatDiagnostic(error, 'error')}\n\n`);
    return 2;
  }
  const report = (errors: readonly ConfigDiagnostic[]): void => {
    for (const error of errors) log.error(diagnosticFields(error), error.message);
    log.error({ component: 'config', config: configPath }, 'waiting for a configuration that is valid');
    service.waiting(`${configPath} is not valid, waiting for another one`);
  };
  const failed = (error: Error): void =>
    log.error({ component: 'config', config: configPath, err: error }, `${error.message}, trying again`);
  const loaded = await waitForConfig({ load, signal, report, failed });
  return loaded ?? (await end.asked);
}

/** Graceful shutdown of VIPs, services of MetalLB and networks (RFC 8326), if it is configured; the next signal cuts it short. */
async function drain(
  { vips: configured, networks, aggregates, metallb, drainOnStopSeconds }: Config,
  parts: DaemonParts,
  end: End,
  log: Logger,
): Promise<void> {
  const isNothing = configured.length + networks.length + aggregates.length === 0 && metallb === undefined;
  if (drainOnStopSeconds === 0 || isNothing) return;
  const vips = await parts.vips();
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

/** Reads the configuration again, within `tell`; whatever goes wrong with it, nothing changes, and the log says so. */
async function reload(
  parts: DaemonParts,
  log: Logger,
  tell: (work: () => void) => void = (work) => work(),
  atMost?: ChangeClass,
): Promise<void> {
  try {
    const manager = await parts.manager();
    tell(() => reloadWith(manager, log, atMost));
  } catch (error) {
    // The package may have been exchanged on disk, or there are too many open files.
    const message = `cannot reload, nothing changed: ${(error as Error).message}`;
    tell(() => log.error({ component: 'config', err: error }, message));
  }
}

function reloadWith(manager: ConfigManager, log: Logger, atMost: ChangeClass | undefined): void {
  try {
    logWarnings(log, manager.reload({ atMost }).warnings);
  } catch (error) {
    if (error instanceof InvalidConfig)
      for (const diagnostic of error.diagnostics) log.error(diagnosticFields(diagnostic), diagnostic.message);
    const message =
      error instanceof InvalidConfig
        ? 'configuration is not valid, nothing changed'
        : error instanceof BellhopError && error.code === 'REFUSED'
          ? error.message
          : `${(error as Error).message}, nothing changed`;
    log.error({ component: 'config', config: manager.path }, message);
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

/** Nothing of what reloads is loaded before there is a change. */
function watchFile(
  { configPath: path }: DaemonOptions,
  loaded: readonly ConfigText[],
  log: Logger,
  changed: () => Promise<void>,
): () => void {
  return watchConfig({
    path,
    read: () => configText(path),
    since: joinTexts(loaded),
    directories: () => [dropInDirectory(path)],
    changed() {
      log.info({ component: 'config', config: path }, 'the configuration file has changed');
      void changed();
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
