/**
 * SessionHold: why a neighbor has no session by our own decision, and for how long: `shutdown`, or too many prefixes.
 */
import type { Clock, Timer } from '../base/clock.ts';

/** What keeps the session down: the operator, or `max-prefixes`. */
export type HoldCause = 'shutdown' | 'max-prefixes';

export class SessionHold {
  readonly cause: HoldCause;
  /** One clause for people. */
  readonly reason: string;
  readonly #clock: Clock;
  readonly #timer: Timer | undefined;
  readonly #until: number;

  /** @param seconds after which `release` is called; undefined: never. */
  constructor(
    clock: Clock,
    cause: HoldCause,
    reason: string,
    seconds: number | undefined,
    release: () => void,
  ) {
    this.cause = cause;
    this.reason = reason;
    this.#clock = clock;
    this.#until = clock.now() + (seconds ?? 0) * 1000;
    this.#timer = seconds === undefined ? undefined : clock.timer(release);
    this.#timer?.start((seconds ?? 0) * 1000);
  }

  /** Seconds until the session may come up again; undefined: when the configuration changes. */
  get remainingSeconds(): number | undefined {
    if (this.#timer === undefined) return undefined;
    return Math.max(0, Math.ceil((this.#until - this.#clock.now()) / 1000));
  }

  stop(): void {
    this.#timer?.stop();
  }
}
