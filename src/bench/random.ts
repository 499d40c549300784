/** Random numbers that a seed determines, so that two runs measure the same work. */
import { mix32 } from '../base/hash.ts';

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = mix32(seed ^ 0x2545f491);
  }

  /** An integer in `[0, below)`. */
  below(below: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return Math.floor((mix32(this.#state) / 2 ** 32) * below);
  }

  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}
