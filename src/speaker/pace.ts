/**
 * Pace: the least time between two batches of changes to a peer (`advertisement-interval`, RFC 4271 section 9.2.1.1).
 *
 * Works like a socket that takes no more: after a batch the engine is told to wait, and its update group of one
 * collects the changes; when the time is over it goes on, with the newest state of each prefix. Withdrawals wait as
 * well. Not used while the first table is sent.
 */
import type { Clock, Timer } from '../base/clock.ts';

export class Pace {
  readonly #timer: Timer;

  /** @param resume called when the time is over. */
  constructor(clock: Clock, resume: () => void) {
    this.#timer = clock.timer(resume);
  }

  /** Whether the peer has to wait. */
  get waiting(): boolean {
    return this.#timer.running;
  }

  /** A batch was sent: the time begins, unless it is running. */
  sent(seconds: number): void {
    if (seconds > 0 && !this.#timer.running) this.#timer.start(seconds * 1000);
  }

  stop(): void {
    this.#timer.stop();
  }
}
