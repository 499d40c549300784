/**
 * SessionHold: why a neighbor has no session by our own decision, and for how long: an operator has disabled it,
 * `shutdown` is in its configuration, or it has too many prefixes.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Disabled } from './status.ts';

/** What keeps the session down: an operator's `disable`, the configuration, or `max-prefixes`. */
export type HoldCause = 'disabled' | 'shutdown' | 'max-prefixes';

/**
 * What an operator and the configuration ask for; undefined: neither of them wants the session down.
 *
 * @param shutdown text of `shutdown`, empty for none; undefined: the key is not there.
 */
export function administrativeHold(
  disabled: Disabled | undefined,
  shutdown: string | undefined,
): { readonly cause: HoldCause; readonly reason: string } | undefined {
  const configured =
    shutdown === undefined
      ? undefined
      : `shut down by configuration${shutdown === '' ? '' : `: ${shutdown}`}`;
  if (disabled === undefined)
    return configured === undefined ? undefined : { cause: 'shutdown', reason: configured };
  const reason = ['the neighbor is disabled', configured].filter(Boolean).join(', and ');
  return { cause: 'disabled', reason };
}

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

  /** Seconds until the session may come up again; undefined: when somebody decides so. */
  get remainingSeconds(): number | undefined {
    if (this.#timer === undefined) return undefined;
    return Math.max(0, Math.ceil((this.#until - this.#clock.now()) / 1000));
  }

  stop(): void {
    this.#timer?.stop();
  }
}
