/**
 * How long the timers of a session run, in seconds, before the driver applies jitter (RFC 4271 section 10).
 */
import { OPEN_HOLD_MILLISECONDS } from '../base/limits.ts';
import type { FsmConfig } from './types.ts';

/** The hold time until the peer's OPEN says another: the "large value" of RFC 4271 section 8.2.2. */
export const OPEN_HOLD_SECONDS = OPEN_HOLD_MILLISECONDS / 1000;

/** Doublings after which a back-off no longer grows; keeps the arithmetic finite whatever the counters say. */
const MAX_DOUBLINGS = 16;

/**
 * Pause before the next connect after `attempts` that came to nothing: 1, 2, 4... seconds up to
 * `connectRetrySeconds`. A peer that is just starting is found at once, one that is away costs one attempt per
 * `connectRetrySeconds`. RFC 4271 section 8.2.2 has the one long pause only.
 */
export function connectPauseSeconds(attempts: number, config: FsmConfig): number {
  return Math.min(2 ** doublings(attempts), config.connectRetrySeconds);
}

/** Time in Idle after the given number of consecutive errors: `idleHoldSeconds`, doubled by each error but the first. */
export function idleHoldSeconds(errors: number, config: FsmConfig): number {
  return Math.min(config.idleHoldSeconds * 2 ** doublings(errors), config.idleHoldMaximumSeconds);
}

function doublings(count: number): number {
  return Math.min(Math.max(count - 1, 0), MAX_DOUBLINGS);
}
