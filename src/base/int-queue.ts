/**
 * IntQueue: a first-in first-out queue of small unsigned integers in which each stands at most once.
 *
 * HOT. Memory: 4 bytes per queued entry (ring) and one bit per possible value (bitmap).
 */
import { powerOfTwoAtLeast } from './hash.ts';

export class IntQueue {
  #ring: Uint32Array;
  #queued: Uint32Array;
  #head = 0;
  #size = 0;
  /** Number of values removed so far: what waits now is gone when it has grown by `size`. */
  taken = 0;

  constructor(capacity = 256) {
    this.#ring = new Uint32Array(powerOfTwoAtLeast(capacity));
    this.#queued = new Uint32Array(8);
  }

  /** Number of values waiting. */
  get size(): number {
    return this.#size;
  }

  /** Adds `value` at the end unless it is waiting already. */
  push(value: number): void {
    const word = value >>> 5;
    const bit = 1 << (value & 31);
    if (word >= this.#queued.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.#queued.length * 2));
      grown.set(this.#queued);
      this.#queued = grown;
    }
    if ((this.#queued[word]! & bit) !== 0) return;
    this.#queued[word]! |= bit;
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = value;
    this.#size++;
  }

  /** Removes and returns the oldest value, or -1 when nothing waits. */
  shift(): number {
    if (this.#size === 0) return -1;
    const value = this.#ring[this.#head]!;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    this.taken++;
    this.#queued[value >>> 5]! &= ~(1 << (value & 31));
    if (this.#size === 0 && this.#ring.length > 65_536) {
      this.#ring = new Uint32Array(256);
      this.#head = 0;
    }
    return value;
  }

  /** Whether `value` is waiting. */
  has(value: number): boolean {
    return ((this.#queued[value >>> 5] ?? 0) & (1 << (value & 31))) !== 0;
  }

  #grow(): void {
    const grown = new Uint32Array(this.#ring.length * 2);
    for (let i = 0; i < this.#size; i++) grown[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)]!;
    this.#ring = grown;
    this.#head = 0;
  }
}
