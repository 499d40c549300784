/**
 * ManualClock: time that moves only when it is told to, so that hours of protocol pass in a moment and two runs of a
 * test are the same.
 *
 * All that happens at one instant is worked through before time moves on: timers that are due, what `soon` was asked
 * for, and the reactions of promises and streams in between. The event loop is used only to wait for those.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';

/** Rounds of work at one instant behind which something goes round in a circle. */
const MAX_ROUNDS = 1_000_000;

interface Due {
  readonly at: number;
  /** Order among timers of one instant: that of their start. */
  readonly sequence: number;
  readonly fire: () => void;
}

/** How a {@link ManualClock} begins. */
export interface ManualClockOptions {
  /** Seed of {@link ManualClock.random}, an integer; default 1. */
  readonly seed?: number;
}

/** Virtual time: it stands still until a method moves it. */
export class ManualClock implements Clock {
  #now = 0;
  #random: number;
  #sequence = 0;
  /** Sorted by time, then by sequence. */
  readonly #timers: Due[] = [];
  #soon: (() => void)[] = [];
  #advancing = false;

  constructor({ seed = 1 }: ManualClockOptions = {}) {
    this.#random = seed >>> 0;
  }

  /** Virtual milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** The next number in [0, 1) of the sequence that the seed begins. */
  random(): number {
    this.#random = (this.#random + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), this.#random | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  timer(fire: () => void): Timer {
    let due: Due | undefined;
    const stop = (): void => {
      if (due !== undefined) this.#timers.splice(this.#place(due), 1);
      due = undefined;
    };
    return {
      start: (milliseconds) => {
        stop();
        due = {
          at: this.#now + Math.max(0, milliseconds),
          sequence: this.#sequence++,
          fire: () => {
            due = undefined;
            fire();
          },
        };
        this.#timers.splice(this.#place(due), 0, due);
      },
      stop,
      get running() {
        return due !== undefined;
      },
    };
  }

  /**
   * Moves time on by `milliseconds` and does everything that falls into them.
   *
   * @throws BellhopError INVALID_ARGUMENT while another call is at it, or for a negative number
   */
  async advance(milliseconds: number): Promise<void> {
    await this.advanceUntil(() => false, milliseconds);
  }

  /**
   * Moves time on until `holds` says so, at most by `milliseconds`; it is asked after each instant at which anything
   * happened. Returns what it said last: false means that the time is over.
   *
   * @throws BellhopError INVALID_ARGUMENT as {@link advance} does; what `holds` or a timer throws
   */
  async advanceUntil(holds: () => boolean, milliseconds: number): Promise<boolean> {
    if (!(milliseconds >= 0))
      throw new BellhopError('INVALID_ARGUMENT', `time does not move by ${milliseconds} ms`);
    if (this.#advancing)
      throw new BellhopError('INVALID_ARGUMENT', 'the clock is moving already: await the first call');
    this.#advancing = true;
    try {
      const end = this.#now + milliseconds;
      await this.#settle();
      while (!holds()) {
        const next = this.#timers[0];
        if (next === undefined || next.at > end) {
          this.#now = end;
          return holds();
        }
        this.#now = next.at;
        await this.#settle();
      }
      return true;
    } finally {
      this.#advancing = false;
    }
  }

  /**
   * Moves time on until `promise` settles, at most by `milliseconds` (default a minute), and returns its value.
   *
   * @throws what the promise rejects with; BellhopError LIMIT_REACHED when the time is over before
   */
  async finish<Value>(promise: Promise<Value>, milliseconds = 60_000): Promise<Value> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    if (!(await this.advanceUntil(() => settled, milliseconds)))
      throw new BellhopError('LIMIT_REACHED', `not finished after ${milliseconds} ms of virtual time`);
    return promise;
  }

  /** Does everything that is due now. */
  async #settle(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      while (this.#timers.length > 0 && this.#timers[0]!.at <= this.#now) this.#timers.shift()!.fire();
      await reactions();
      const soon = this.#soon;
      this.#soon = [];
      for (const run of soon) run();
      if (soon.length === 0 && !(this.#timers.length > 0 && this.#timers[0]!.at <= this.#now)) return;
    }
    throw new BellhopError('LIMIT_REACHED', `work without end at ${this.#now} ms of virtual time`);
  }

  /** Where a timer stands in the order, or belongs. */
  #place({ at, sequence }: Due): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle]!;
      if (other.at < at || (other.at === at && other.sequence < sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Resolves when all reactions of promises and streams that are waiting have run, and those that they caused. */
function reactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
