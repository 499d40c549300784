/**
 * Clock: the only source of time and timers, so that tests can run a speaker on virtual time.
 */

/** A restartable one-shot timer. */
export interface Timer {
  /** Starts or restarts the timer: it fires once, `milliseconds` from now. */
  start(milliseconds: number): void;
  /** Stops the timer; stopping a stopped timer does nothing. */
  stop(): void;
  /** Whether the timer is waiting to fire. */
  readonly running: boolean;
}

/** Where time, timers and chance come from. Implement it to run a speaker on a time of your own. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number;
  /** Makes a stopped timer that calls `fire` when it runs out. */
  timer(fire: () => void): Timer;
  /** Calls `run` once, after input and timers that are due have had their turn; in the order of the calls. */
  soon(run: () => void): void;
  /** A random number in [0, 1) for jitter. */
  random(): number;
}

/** The clock of the process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  soon: (run) => void setImmediate(run),
  timer(fire) {
    let handle: ReturnType<typeof setTimeout> | undefined;
    return {
      start(milliseconds) {
        clearTimeout(handle);
        handle = setTimeout(() => {
          handle = undefined;
          fire();
        }, milliseconds);
      },
      stop() {
        clearTimeout(handle);
        handle = undefined;
      },
      get running() {
        return handle !== undefined;
      },
    };
  },
};
