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
  /** Told why `load` rejected, which is tried again; once for each different reason. */
  readonly failed: (error: Error) => void;
  readonly clock?: Clock;
}

/** Resolves with the first valid configuration, or undefined when the wait was ended. */
export function waitForConfig({
  load,
  signal,
  report,
  failed,
  clock = systemClock,
}: ConfigWait): Promise<ValidConfig | undefined> {
  let reported = '';
  return new Promise((resolve) => {
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
      lookAgain(JSON.stringify(loaded.errors), () => report(loaded.errors));
    };
    const rejected = (error: Error): void => {
      if (!signal.aborted) lookAgain(error.message, () => failed(error));
    };
    const lookAgain = (text: string, tell: () => void): void => {
      if (text !== reported) tell();
      reported = text;
      timer.start(LOOK_AGAIN_MILLISECONDS);
    };
    const look = (): void => {
      load().then(seen, rejected);
    };
    const timer = clock.timer(look);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else look();
  });
}
