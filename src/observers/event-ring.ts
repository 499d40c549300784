/** EventRing: the newest events in the order in which they happened, at most so many. */

/** An event as clients get it. */
export interface StreamEvent {
  /** Place in the stream: a client that comes back names the last it has seen. */
  readonly sequence: number;
  readonly type: EventType;
  /** ISO 8601 time. */
  readonly time: string;
  readonly data: object;
}

/** `gap`: events are missing at this place. `ready`: from here on nothing of what was asked for is missed. */
export type EventType = 'session' | 'route' | 'error' | 'policy' | 'vip' | 'daemon' | 'gap' | 'ready';

export class EventRing {
  readonly #capacity: number;
  readonly #events: StreamEvent[] = [];
  /** Where the oldest event is, once the ring is full. */
  #oldest = 0;
  /** The newest event that gave way; 0 for none. */
  forgotten = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Keeps `event`; the oldest gives way when the ring is full. */
  push(event: StreamEvent): void {
    if (this.#events.length < this.#capacity) {
      this.#events.push(event);
      return;
    }
    this.forgotten = this.#events[this.#oldest]!.sequence;
    this.#events[this.#oldest] = event;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
  }

  /** The events behind `sequence`, oldest first. */
  after(sequence: number): StreamEvent[] {
    const inOrder = [...this.#events.slice(this.#oldest), ...this.#events.slice(0, this.#oldest)];
    return inOrder.filter((event) => event.sequence > sequence);
  }
}
