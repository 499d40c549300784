/** A clock that stands still until the test moves it: virtual time for timers, real sockets all the same. */
import type { Clock, Timer } from '../../src/base/clock.ts';

export class ManualClock implements Clock {
  #now = 0;
  readonly #due = new Map<object, { at: number; fire: () => void }>();

  now(): number {
    return this.#now;
  }

  /** Jitter is at its longest. */
  random(): number {
    return 0.999;
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  timer(fire: () => void): Timer {
    const key = {};
    const due = this.#due;
    return {
      start: (milliseconds) => void due.set(key, { at: this.#now + milliseconds, fire }),
      stop: () => void due.delete(key),
      get running() {
        return due.has(key);
      },
    };
  }

  /** Moves time on; timers fire in the order they are due, and sockets get a turn behind each. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const [key, { at, fire }] = next;
      this.#due.delete(key);
      this.#now = at;
      fire();
      await turns();
    }
    this.#now = end;
    await turns();
  }

  #next(end: number) {
    let first: [object, { at: number; fire: () => void }] | undefined;
    for (const entry of this.#due)
      if (entry[1].at <= end && (first === undefined || entry[1].at < first[1].at)) first = entry;
    return first;
  }
}

/** Lets sockets and immediates have a few turns of the event loop. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}
