/** Latency: how often something took how long, in fixed buckets. Adding costs a few comparisons. */

/** Upper bounds of the buckets in seconds; one more bucket takes what is above the last. */
export const LATENCY_BOUNDS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30] as const;

/** The buckets at one moment. */
export interface LatencyCounts {
  /** By bucket of {@link LATENCY_BOUNDS_SECONDS}, the last one for what is above; not cumulated. */
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

export class Latency {
  readonly #buckets = new Float64Array(LATENCY_BOUNDS_SECONDS.length + 1);
  #count = 0;
  #sumSeconds = 0;

  /** Counts one that took `seconds`. */
  add(seconds: number): void {
    let bucket = 0;
    while (bucket < LATENCY_BOUNDS_SECONDS.length && seconds > LATENCY_BOUNDS_SECONDS[bucket]!) bucket++;
    this.#buckets[bucket]!++;
    this.#count++;
    this.#sumSeconds += seconds;
  }

  toJSON(): LatencyCounts {
    return { buckets: [...this.#buckets], count: this.#count, sumSeconds: this.#sumSeconds };
  }
}
