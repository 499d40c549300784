/**
 * Turns: one piece of a long answer for each round of the event loop, whoever asks and however many they are.
 *
 * A thousand clients that read the whole table at once cost a session no more than one client does: each of them just
 * gets its turn less often.
 */
export class Turns {
  #waiting: (() => void)[] = [];
  #next = 0;

  /** Resolves when it is the caller's turn, after sockets and timers had theirs. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#next === this.#waiting.length) setImmediate(() => this.#give());
    this.#waiting.push(resolve);
    return promise;
  }

  #give(): void {
    const resolve = this.#waiting[this.#next++];
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    } else setImmediate(() => this.#give());
    resolve?.();
  }
}
