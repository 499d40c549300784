/**
 * Counters of connections that did not become sessions, by reason. Peers can provoke reasons, so their number is
 * bounded; what comes beyond is counted as `other`.
 */

/** Distinct reasons kept for one neighbor. */
const MAX_REASONS = 32;

export class RejectionCounts {
  readonly #counts = new Map<string, number>();

  /** Counts one more connection rejected for `reason`. */
  add(reason: string): void {
    const key = this.#counts.has(reason) || this.#counts.size < MAX_REASONS ? reason : 'other';
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Counts by reason. */
  toJSON(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
