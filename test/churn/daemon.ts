/** The daemon under churn: a process of its own, and what it says of itself. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import type { SpeakerStatus } from '../../src/api/types.ts';
import { DaemonProcess } from '../../src/bench/table/daemon-process.ts';
import { bellhop } from '../../src/bench/table/daemons.ts';

/** Delays of the daemon's event loop since it started, in milliseconds. */
export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Starts it so that equal routes are told apart by router id, not by age: the model has no clock. */
export function startDaemon(peers: number): Promise<DaemonProcess> {
  const spec = bellhop();
  return DaemonProcess.start(
    {
      ...spec,
      prepare(setup) {
        const command = spec.prepare(setup);
        appendFileSync(join(setup.directory, 'bellhop.yaml'), 'best-path: { compare-router-id: true }\n');
        return command;
      },
    },
    peers,
    4,
  );
}

export function statusOf(daemon: DaemonProcess): Promise<SpeakerStatus> {
  return fetchAnswer(join(daemon.directory, 'bellhop.sock'), requests.status());
}

/** Undefined when this daemon does not tell. */
export function eventLoopDelayOf(status: SpeakerStatus): EventLoopDelay | undefined {
  return (status as { readonly eventLoopDelay?: EventLoopDelay }).eventLoopDelay;
}
