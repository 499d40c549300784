/**
 * Scheduler: gives the engine its time in slices, so that sockets and timers are never kept waiting, and pauses
 * reading when it has had its share or the engine falls behind.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { DIRTY_HIGH_MARK, DIRTY_LOW_MARK, READ_BYTES, SLICE_MILLISECONDS } from '../base/limits.ts';
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
  readonly #watchers = new Set<() => void>();
  /** The engine fell behind and has not caught up yet. */
  #behind = false;
  /** Bytes of UPDATEs taken since the last slice. */
  #taken = 0;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** There may be work. */
  kick(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#burstAt === undefined && this.#engine.dirty > 0) this.#burstAt = this.#clock.now();
    this.#clock.soon(() => this.#slice());
  }

  /**
   * `bytes` of input were taken from `socket`. After {@link READ_BYTES} it is the turn of the engine, of timers and of
   * other sockets: a socket that is full would be read dozens of times in a row. When the engine is far behind, it
   * catches up first.
   */
  taken(socket: Socket, bytes: number): void {
    this.#taken += bytes;
    this.kick();
    if (this.#taken < READ_BYTES && this.#engine.dirty < DIRTY_HIGH_MARK) return;
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
    this.#taken = 0;
    const end = this.#clock.now() + SLICE_MILLISECONDS;
    let more = this.#engine.work();
    while (more && this.#clock.now() < end) more = this.#engine.work();
    if (this.#paused.size > 0 && this.#mayRead()) {
      for (const socket of this.#paused) socket.resume();
      this.#paused.clear();
    }
    for (const watcher of this.#watchers) watcher();
    if (more) this.kick();
    else if (this.#burstAt !== undefined) {
      this.updateLatency.add((this.#clock.now() - this.#burstAt) / 1000);
      this.#burstAt = undefined;
    }
  }

  /** Whether paused sockets are read again: a queue that became too long must be short first. */
  #mayRead(): boolean {
    const { dirty } = this.#engine;
    if (dirty >= DIRTY_HIGH_MARK) this.#behind = true;
    else if (dirty < DIRTY_LOW_MARK) this.#behind = false;
    return !this.#behind;
  }
}
