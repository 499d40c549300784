/** What the daemon is asked by signals: to end, or to read its configuration again. */
import { constants } from 'node:os';
import type { Logger } from './speaker/log.ts';

/** Signals closer together than this are one: a terminal and a parent process may both deliver the same Ctrl-C. */
const SAME_SIGNAL_MILLISECONDS = 100;

/** The end of the daemon. */
export interface End {
  /** Aborted when the end is asked for. */
  readonly signal: AbortSignal;
  /** Resolves with the exit code when a signal or an uncaught error asks the daemon to end. */
  readonly asked: Promise<number>;
  /** Called by the second signal instead of ending the process at once. */
  cutShort: (() => void) | undefined;
}

/** Hears SIGTERM, SIGINT and uncaught errors from now on. */
export function untilEnd(log: Logger): End {
  const { promise, resolve } = Promise.withResolvers<number>();
  const controller = new AbortController();
  void promise.then(() => controller.abort());
  const end: End = { asked: promise, signal: controller.signal, cutShort: undefined };
  let signals = 0;
  let sameMoment = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (sameMoment) return;
    sameMoment = true;
    // Not by the clock: one that came while we were busy is only heard now. The poll for signals is between the two.
    setTimeout(() => setImmediate(() => (sameMoment = false)), SAME_SIGNAL_MILLISECONDS).unref();
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

/** Requests to read the configuration again. */
export interface Hangup {
  /** Whether there was one that nobody has obeyed. */
  wanted: boolean;
  /** Obeys one; undefined while nobody can. */
  obey: (() => void) | undefined;
}

/** Hears SIGHUP from now on, also while there is no configuration yet. */
export function untilHangup(): Hangup {
  const hangup: Hangup = { wanted: false, obey: undefined };
  process.on('SIGHUP', () => {
    if (hangup.obey === undefined) hangup.wanted = true;
    else hangup.obey();
  });
  return hangup;
}
