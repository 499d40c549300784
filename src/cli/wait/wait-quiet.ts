/** Waits until no best route and no session has changed for a while: the network has settled. */
import type { DaemonPlace } from '../../api/client.ts';
import { streamEvents } from '../../api/client-streams.ts';
import { Progress } from '../progress.ts';
import type { Output } from '../terminal.ts';
import type { WaitResult } from './wait-for.ts';

export interface QuietOptions {
  readonly daemon: DaemonPlace;
  /** Milliseconds without an event that are quiet enough. */
  readonly quiet: number;
  /** Milliseconds until it is given up. */
  readonly timeout: number;
  readonly output: Output;
}

/** @throws BellhopError DAEMON_UNREACHABLE when the daemon does not answer, or goes away. */
export async function waitQuiet({ daemon, quiet, timeout, output }: QuietOptions): Promise<WaitResult> {
  const over = new AbortController();
  let end: WaitResult['end'] = 'timeout';
  let changes = 0;
  const stop = (how: WaitResult['end']): void => {
    end = how;
    over.abort();
  };
  const deadline = setTimeout(() => stop('timeout'), timeout);
  let silence: NodeJS.Timeout | undefined;
  const progress = new Progress(output, 'waiting');
  const startedAt = performance.now();
  const redraw = setInterval(
    () => progress.update(performance.now() - startedAt, timeout, `${changes} changes so far`),
    250,
  );
  try {
    const events = streamEvents(daemon, {
      types: ['route', 'session'],
      signal: over.signal,
      reconnect: false,
    });
    for await (const { type } of events) {
      if (type !== 'ready') changes++;
      clearTimeout(silence);
      silence = setTimeout(() => stop('met'), quiet);
    }
  } finally {
    clearTimeout(deadline);
    clearTimeout(silence);
    clearInterval(redraw);
    progress.end();
  }
  return { end, missing: `${changes} changes of routes and sessions in ${timeout / 1000} s` };
}
