/**
 * Turns: a few pieces of work for each round of the event loop, whoever asks and however many they are.
 *
 * A thousand clients that read the whole table at once cost a session no more than one client does: each of them just
 * gets its turn less often.
 */
export class Turns {
  readonly #perRound: number;
  #waiting: (() => void)[] = [];
  #next = 0;

  /** @param perRound pieces of one round; one, when a piece may take milliseconds. */
  constructor(perRound = 1) {
    this.#perRound = perRound;
  }

  /** Resolves when it is the caller's turn, after sockets and timers had theirs. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#next === this.#waiting.length) setImmediate(() => this.#give());
    this.#waiting.push(resolve);
    return promise;
  }

  #give(): void {
    const end = Math.min(this.#next + this.#perRound, this.#waiting.length);
    const given = this.#waiting.slice(this.#next, end);
    this.#next = end;
    if (end === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    } else setImmediate(() => this.#give());
    for (const resolve of given) resolve();
  }
}
