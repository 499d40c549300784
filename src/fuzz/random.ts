/**
 * Random: the source of everything that is random in a fuzz run. A run is its seed: message N of seed S is the same
 * on every machine, and can be made without the messages before it.
 */
import { mix32 } from '../base/hash.ts';

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed of the run, 32 bits
   * @param stream which of its independent sequences; by convention the number of a message
   */
  constructor(seed: number, stream = 0) {
    this.#a = mix32(seed);
    this.#b = mix32(stream ^ 0x5bd1e995);
    this.#c = mix32(seed ^ mix32(stream));
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** An unsigned 32-bit integer (the generator is sfc32 of PractRand). */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** An integer of 0..limit-1; 0 when `limit` is below 1. */
  below(limit: number): number {
    return limit < 1 ? 0 : Math.floor((this.u32() / 2 ** 32) * limit);
  }

  /** An integer of `low`..`high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  octet(): number {
    return this.u32() & 0xff;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.octet();
    return bytes;
  }

  /** A size of 0..`high`, small ones far more often than large ones. */
  size(high: number): number {
    if (this.oneIn(12)) return this.between(0, high);
    return this.between(0, Math.min(high, 4));
  }
}
