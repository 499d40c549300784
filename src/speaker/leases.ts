/**
 * Leases: calls back when something was not renewed in time. One timer and a binary heap, so that a million leases
 * that are renewed all the time cost a comparison each: a renewal only moves the end, and the heap notices when the
 * old end comes.
 */
import type { Clock, Timer } from '../base/clock.ts';

/** Something that ends at `expiresAt` (`clock.now()`); undefined: never. */
export interface Lease {
  expiresAt: number | undefined;
}

interface Item<Entry> {
  readonly at: number;
  readonly entry: Entry;
}

export class Leases<Entry extends Lease> {
  readonly #clock: Clock;
  readonly #expire: (entries: readonly Entry[]) => void;
  readonly #timer: Timer;
  #heap: Item<Entry>[] = [];
  /** When the heap looks at an entry next. */
  readonly #looksAt = new Map<Entry, number>();

  /** @param expire called with the entries that have run out, the first one first; they are forgotten before. */
  constructor(clock: Clock, expire: (entries: readonly Entry[]) => void) {
    this.#clock = clock;
    this.#expire = expire;
    this.#timer = clock.timer(() => this.#run());
  }

  /** The entry ends `milliseconds` from now. */
  grant(entry: Entry, milliseconds: number): void {
    const at = this.#clock.now() + milliseconds;
    entry.expiresAt = at;
    const looksAt = this.#looksAt.get(entry);
    if (looksAt !== undefined && looksAt <= at) return;
    this.#look(entry, at);
    this.#arm();
  }

  /** The entry never ends by itself. */
  revoke(entry: Entry): void {
    entry.expiresAt = undefined;
    this.#looksAt.delete(entry);
  }

  stop(): void {
    this.#timer.stop();
    this.#heap = [];
    this.#looksAt.clear();
  }

  #run(): void {
    const now = this.#clock.now();
    const expired: Entry[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      const { entry, at } = first;
      if (this.#looksAt.get(entry) !== at) continue;
      this.#looksAt.delete(entry);
      if (entry.expiresAt! > now) this.#look(entry, entry.expiresAt!);
      else expired.push(entry);
    }
    if (expired.length > 0) this.#expire(expired);
    this.#arm();
  }

  #arm(): void {
    const first = this.#heap[0];
    // Node's timers hold 31 bits of milliseconds.
    if (first === undefined) this.#timer.stop();
    else this.#timer.start(Math.min(Math.max(first.at - this.#clock.now(), 0), 2 ** 31 - 1));
  }

  #look(entry: Entry, at: number): void {
    // Items that an earlier end has overtaken wait for their time; they may not pile up.
    if (this.#heap.length > 2 * this.#looksAt.size + 64) this.#rebuild();
    this.#looksAt.set(entry, at);
    this.#push({ entry, at });
  }

  #rebuild(): void {
    this.#heap = [...this.#looksAt].map(([entry, at]) => ({ entry, at })).sort((a, b) => a.at - b.at);
  }

  #push(item: Item<Entry>): void {
    const heap = this.#heap;
    let i = heap.length;
    for (let parent = (i - 1) >> 1; i > 0 && heap[parent]!.at > item.at; parent = (i - 1) >> 1) {
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
      if (heap[child]!.at >= last.at) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
