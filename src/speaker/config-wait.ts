/**
 * Waits for a configuration that is valid: for containers, which lose their links when they end. Mistakes are logged
 * once, and again when they have changed; the file may be missing at first.
 */
import { type Clock, systemClock } from '../base/clock.ts';
import type { ConfigDiagnostic } from '../config/diagnostic.ts';
import type { LoadResult } from '../config/load.ts';

/** The whole file is read again so often: what is wrong may also be in a file that it names. */
const LOOK_AGAIN_MILLISECONDS = 1000;

export type ValidConfig = Extract<LoadResult, { ok: true }>;

export interface ConfigWait {
  /** Reads the configuration and all that belongs to it. */
  readonly load: () => Promise<LoadResult>;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told what is wrong, once for each different set of mistakes. */
  readonly report: (errors: readonly ConfigDiagnostic[]) => void;
  readonly clock?: Clock;
}

/** Resolves with the first valid configuration, or undefined when the wait was ended; rejects when `load` does. */
export function waitForConfig({
  load,
  signal,
  report,
  clock = systemClock,
}: ConfigWait): Promise<ValidConfig | undefined> {
  let reported = '';
  return new Promise((resolve, reject) => {
    const end = (config: ValidConfig | undefined): void => {
      timer.stop();
      signal.removeEventListener('abort', abort);
      resolve(config);
    };
    const abort = (): void => end(undefined);
    const seen = (loaded: LoadResult): void => {
      if (signal.aborted) return;
      if (loaded.ok) {
        end(loaded);
        return;
      }
      const text = JSON.stringify(loaded.errors);
      if (text !== reported) report(loaded.errors);
      reported = text;
      timer.start(LOOK_AGAIN_MILLISECONDS);
    };
    const look = (): void => {
      load().then(seen, reject);
    };
    const timer = clock.timer(look);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else look();
  });
}
