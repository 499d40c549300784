/**
 * EventLoopDelay: how long the one thread of the daemon keeps sockets and timers waiting.
 *
 * Node's own sampler (`monitorEventLoopDelay`): a timer in native code, no JavaScript until somebody reads. It
 * records the time between two of its ticks, so the interval it was asked for is taken off again.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two samples: 50 wake-ups a second. */
const RESOLUTION_MILLISECONDS = 20;

/** Delays of the event loop since the daemon started, in milliseconds to the microsecond. */
export interface EventLoopDelayStatus {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS });

  constructor() {
    this.#histogram.enable();
  }

  /** The delays so far; all 0 before the first sample. */
  status(): EventLoopDelayStatus {
    const histogram = this.#histogram;
    return {
      p50Ms: delayOf(histogram.percentile(50)),
      p99Ms: delayOf(histogram.percentile(99)),
      maxMs: histogram.count === 0 ? 0 : delayOf(histogram.max),
    };
  }

  /** Number of samples, and their delays taken together. */
  totals(): { readonly count: number; readonly sumSeconds: number } {
    const { count, mean } = this.#histogram;
    return { count, sumSeconds: count === 0 ? 0 : (delayOf(mean) * count) / 1000 };
  }

  /** Ends the sampling. */
  close(): void {
    this.#histogram.disable();
  }
}

function delayOf(nanoseconds: number): number {
  const milliseconds = nanoseconds / 1e6 - RESOLUTION_MILLISECONDS;
  return Math.max(0, Math.round(milliseconds * 1000) / 1000);
}
