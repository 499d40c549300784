/**
 * Flush: waits until everything decided so far is in the kernel's socket buffers of the peers, so that a program may
 * end, or take an address away, behind its withdrawals.
 */
import type { Clock } from '../base/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Connection } from './connection.ts';
import type { Scheduler } from './scheduler.ts';

export interface FlushTarget {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  /** Connections of the established sessions. */
  connections(): Connection[];
}

/** True when all of it is out, or its peer gone; false after `timeoutMilliseconds`. */
export async function flushed(target: FlushTarget, timeoutMilliseconds: number): Promise<boolean> {
  const { clock, engine, scheduler } = target;
  const { promise: timeout, resolve: giveUp } = Promise.withResolvers<false>();
  const timer = clock.timer(() => giveUp(false));
  timer.start(timeoutMilliseconds);
  const { promise: encoded, resolve: passed } = Promise.withResolvers<true>();
  const isPast = engine.barrier();
  const unwatch = scheduler.watch(() => {
    if (isPast()) passed(true);
  });
  try {
    if (!(await Promise.race([encoded, timeout]))) return false;
    const sent = Promise.all(target.connections().map((connection) => connection.flushed()));
    return await Promise.race([sent.then(() => true), timeout]);
  } finally {
    unwatch();
    timer.stop();
  }
}
