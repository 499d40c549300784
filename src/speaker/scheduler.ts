/**
 * Scheduler: gives the engine its time in slices, so that sockets and timers are never kept waiting, and pauses
 * reading when the engine falls behind.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { DIRTY_HIGH_MARK, DIRTY_LOW_MARK, SLICE_MILLISECONDS } from '../base/limits.ts';
import type { Engine } from '../engine/engine.ts';

export class Scheduler {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #scheduled = false;
  readonly #paused = new Set<Socket>();
  readonly #watchers = new Set<() => void>();

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** There may be work. */
  kick(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#slice());
  }

  /** Stops reading from `socket` for a while when too much is waiting. */
  throttle(socket: Socket): void {
    if (this.#engine.dirty < DIRTY_HIGH_MARK) return;
    socket.pause();
    this.#paused.add(socket);
  }

  /** Calls `watcher` after each slice of work. Returns the function that ends this. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    this.kick();
    return () => this.#watchers.delete(watcher);
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
    for (const watcher of this.#watchers) watcher();
    if (more) this.kick();
  }
}
