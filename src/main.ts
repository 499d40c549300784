/**
 * Starts the daemon: the configuration is read in a thread of its own while this one loads the program.
 */
import { ConfigLoader } from './config/load-apart.ts';
import type { DaemonOptions } from './daemon.ts';

/**
 * Runs the daemon until a signal ends it; resolves with the exit code. Takes over the process: signals, uncaught
 * errors and standard output.
 *
 * @throws BellhopError LISTEN_FAILED when the control socket cannot be used.
 */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const loader = new ConfigLoader();
  const { runWith } = await import('./daemon.ts');
  return runWith(loader, options);
}
