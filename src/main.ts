/** Starts the daemon: another process reads the configuration while this one loads the program. */
import { ConfigLoader } from './config/load-apart.ts';
import type { DaemonOptions } from './daemon.ts';

let prepared: ConfigLoader | undefined;

/** Begins what takes longest in a start, before anything is known of the command line but that it is `run`. */
export function prepareDaemon(): void {
  prepared = new ConfigLoader();
}

/**
 * Runs the daemon until a signal ends it; resolves with the exit code. Takes over the process: signals, uncaught
 * errors and standard output.
 *
 * @throws BellhopError LISTEN_FAILED when the control socket cannot be used.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const loader = prepared ?? new ConfigLoader();
  prepared = undefined;
  const { runWith } = await import('./daemon.ts');
  return runWith(loader, options);
}
