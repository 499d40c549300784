/**
 * One direction of a TCP connection put together again: out of order, repeated and overlapping segments, and gaps.
 *
 * Octets are delivered in order, each once, as soon as those before them are there; the first copy of an octet wins.
 * Memory is bounded: segments ahead of a hole are kept up to {@link MAX_HELD_BYTES} and {@link MAX_HELD_SEGMENTS};
 * above, and at the end of the capture, the hole is given up and reported as a gap. What is held are views of the
 * capture, not copies.
 */
import type { Segment } from './segment.ts';

/** Octets of one direction that wait behind a hole; above, the hole is given up. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024;

/** Segments of one direction that wait behind a hole; above, the hole is given up. */
export const MAX_HELD_SEGMENTS = 4096;

/** Receives the octets of one direction. */
export interface OctetSink {
  /** The next octets; `bytes` is a view of the capture. */
  data(bytes: Uint8Array, time: number | undefined): void;
  /** Octets that the capture does not have; their number when it is known. */
  gap(octets: number, time: number | undefined): void;
}

interface Held {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly time: number | undefined;
}

/** Distance from `b` to `a` in sequence space, -2^31 to 2^31 - 1 (RFC 9293 section 3.4). */
function distance(a: number, b: number): number {
  return (a - b) | 0;
}

export class Reassembly {
  readonly #sink: OctetSink;
  /** Sequence number of the next octet to deliver; undefined before the first segment. */
  #next: number | undefined;
  /** Ascending by sequence number, all ahead of `#next`. */
  #held: Held[] = [];
  #heldBytes = 0;

  constructor(sink: OctetSink) {
    this.#sink = sink;
  }

  /** Takes the next captured segment of this direction. A SYN begins the stream anew. */
  push(segment: Segment): void {
    const { syn, payload, time } = segment;
    let { sequence } = segment;
    if (syn) {
      sequence = (sequence + 1) >>> 0;
      if (this.#next === undefined || distance(sequence, this.#next) !== 0) {
        this.flush();
        this.#next = sequence;
      }
    }
    if (segment.length === 0) return;
    this.#next ??= sequence;
    if (distance(sequence, this.#next) <= 0) {
      this.#deliver({ sequence, bytes: payload, time });
      // The rest of a packet that the capture cut off will not come.
      const missing = distance((sequence + segment.length) >>> 0, this.#next);
      if (payload.length < segment.length && missing > 0) this.#miss(missing, time);
      this.#drain();
    } else {
      this.#hold({ sequence, bytes: payload, time });
      if (this.#heldBytes > MAX_HELD_BYTES || this.#held.length > MAX_HELD_SEGMENTS) this.#skip();
    }
  }

  /** Gives up all holes: nothing more will come. */
  flush(): void {
    while (this.#held.length > 0) this.#skip();
  }

  /** Delivers what is new in `held`, which does not begin behind the next octet. */
  #deliver({ sequence, bytes, time }: Held): void {
    const known = -distance(sequence, this.#next!);
    if (known >= bytes.length) return;
    this.#next = (sequence + bytes.length) >>> 0;
    this.#sink.data(known === 0 ? bytes : bytes.subarray(known), time);
  }

  /** Segments mostly come in order, so the place is looked for from the end. */
  #hold(held: Held): void {
    let at = this.#held.length;
    while (at > 0 && distance(this.#held[at - 1]!.sequence, held.sequence) > 0) at--;
    const before = this.#held[at - 1];
    if (before?.sequence === held.sequence && before.bytes.length >= held.bytes.length) return;
    this.#held.splice(at, 0, held);
    this.#heldBytes += held.bytes.length;
  }

  /** Delivers everything up to the next hole. */
  #drain(): void {
    let count = 0;
    for (const held of this.#held) {
      if (distance(held.sequence, this.#next!) > 0) break;
      this.#deliver(held);
      this.#heldBytes -= held.bytes.length;
      count++;
    }
    if (count > 0) this.#held.splice(0, count);
  }

  /** Gives up the first hole. */
  #skip(): void {
    const { sequence, time } = this.#held[0]!;
    this.#miss(distance(sequence, this.#next!), time);
    this.#drain();
  }

  #miss(octets: number, time: number | undefined): void {
    this.#sink.gap(octets, time);
    this.#next = (this.#next! + octets) >>> 0;
  }
}
