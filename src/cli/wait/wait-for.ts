/**
 * Waits until a condition holds in a daemon: looks once, then again whenever an event says that something happened.
 * A daemon that does not answer yet is waited for too, so that `bellhop run & bellhop wait ...` works.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonPlace } from '../../api/client.ts';
import { streamEvents } from '../../api/client-streams.ts';
import type { EventKind } from '../../api/types.ts';
import { BellhopError } from '../../base/errors.ts';
import { Progress } from '../progress.ts';
import type { Output } from '../terminal.ts';

/** Time between two attempts to reach a daemon that does not answer. */
const RETRY_MILLISECONDS = 200;

export interface WaitOptions {
  readonly daemon: DaemonPlace;
  /** Events after which the condition may hold. */
  readonly types: readonly EventKind[];
  /** Milliseconds until it is given up; 0 looks once. */
  readonly timeout: number;
  /** Looks again so often without any event, for what events do not tell; undefined: only after events. */
  readonly every?: number | undefined;
  /** What is still missing, in a few words; undefined when the condition holds. */
  readonly check: () => Promise<string | undefined>;
  /** Where progress is shown. */
  readonly output: Output;
}

/** How waiting ended. */
export interface WaitResult {
  readonly end: 'met' | 'unmet' | 'timeout' | 'unreachable';
  /** What was still missing. */
  readonly missing: string;
}

export async function waitFor(options: WaitOptions): Promise<WaitResult> {
  const { timeout, every, check, output } = options;
  const over = new AbortController();
  const deadline = setTimeout(() => over.abort(), timeout);
  const bell = new Bell(over.signal);
  const progress = new Progress(output, 'waiting');
  const startedAt = performance.now();
  const listening = timeout === 0 ? undefined : listen(options, bell, over.signal);
  try {
    for (;;) {
      const { missing, reached } = await look(check);
      if (missing === undefined) return { end: 'met', missing: '' };
      if (timeout === 0) return { end: reached ? 'unmet' : 'unreachable', missing };
      if (over.signal.aborted) return { end: reached ? 'timeout' : 'unreachable', missing };
      const next = reached ? every : RETRY_MILLISECONDS;
      progress.update(performance.now() - startedAt, timeout, missing);
      await bell.next(Math.min(next ?? 1000, 1000), next !== undefined, () =>
        progress.update(performance.now() - startedAt, timeout, missing),
      );
    }
  } finally {
    clearTimeout(deadline);
    over.abort();
    progress.end();
    await listening;
  }
}

async function look(check: WaitOptions['check']): Promise<{ missing: string | undefined; reached: boolean }> {
  try {
    return { missing: await check(), reached: true };
  } catch (error) {
    if (!(error instanceof BellhopError)) throw error;
    if (error.code === 'INVALID_ARGUMENT') throw error;
    return { missing: error.message, reached: error.code !== 'DAEMON_UNREACHABLE' };
  }
}

/** Rings at each event, until `signal`. */
async function listen({ daemon, types }: WaitOptions, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const _event of streamEvents(daemon, { types, signal, reconnect: false })) bell.ring();
    } catch {
      // The check finds out, and says it better.
      bell.ring();
      await pause(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Wakes one who waits; rings that come while nobody waits are one ring. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.ring());
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, or after `milliseconds` when `alsoLater`; else calls `tick` so often meanwhile. */
  async next(milliseconds: number, alsoLater: boolean, tick: () => void): Promise<void> {
    while (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(timer);
      tick();
      if (alsoLater) break;
    }
    this.#rung = false;
    this.#wake = undefined;
  }
}
