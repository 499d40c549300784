/**
 * Scheduler: gives the engine its time in slices, so that sockets and timers are never kept waiting, and pauses
 * reading when the engine falls behind.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { DIRTY_HIGH_MARK, DIRTY_LOW_MARK, SLICE_MILLISECONDS } from '../base/limits.ts';
import type { Engine } from '../engine/engine.ts';
import { Latency } from './latency.ts';

export class Scheduler {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #scheduled = false;
  readonly #paused = new Set<Socket>();
  /** From the first change of a burst to the moment when all that it led to had been written. */
  readonly updateLatency = new Latency();
  #burstAt: number | undefined;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** There may be work. */
  kick(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#burstAt === undefined && this.#engine.dirty > 0) this.#burstAt = this.#clock.now();
    setImmediate(() => this.#slice());
  }

  /** Stops reading from `socket` for a while when too much is waiting. */
  throttle(socket: Socket): void {
    if (this.#engine.dirty < DIRTY_HIGH_MARK) return;
    socket.pause();
    this.#paused.add(socket);
  }

  #slice(): void {
    this.#scheduled = false;
    const end = this.#clock.now() + SLICE_MILLISECONDS;
    let more = this.#engine.work();
    while (more && this.#clock.now() < end) more = this.#engine.work();
    if (this.#paused.size > 0 && this.#engine.dirty < DIRTY_LOW_MARK) {
      for (const socket of this.#paused) socket.resume();
      this.#paused.clear();
    }
    if (more) this.kick();
    else if (this.#burstAt !== undefined) {
      this.updateLatency.add((this.#clock.now() - this.#burstAt) / 1000);
      this.#burstAt = undefined;
    }
  }
}
