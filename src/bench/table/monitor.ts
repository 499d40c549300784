/**
 * Monitor: what one receiver has been told, as two octets a prefix.
 *
 * HOT. It sees every UPDATE the daemon sends; nothing is made into objects. A goal is checked at the end of each chunk
 * of a socket, and its time is taken then.
 */
import { Disposition } from '../../wire/attributes/spec.ts';
import type { WireContext } from '../../wire/session-context.ts';
import { UpdateFrame } from '../../wire/update-frame.ts';
import { agreedContext, type UpdateWatcher } from './peer.ts';
import type { PrefixIndex } from './prefix-index.ts';

/** What a phase waits for. */
export type Goal =
  /** To hold this many prefixes. */
  | { readonly kind: 'hold'; readonly count: number }
  /** To have heard this many different prefixes since the round began. */
  | { readonly kind: 'hear'; readonly count: number }
  /** To hear prefix `id` in this round. */
  | { readonly kind: 'prefix'; readonly id: number };

export class Monitor implements UpdateWatcher {
  /** Prefixes announced and not withdrawn. */
  held = 0;
  /** Different prefixes announced in this round. */
  heard = 0;
  /** UPDATEs that RFC 7606 finds a fault with. */
  faults = 0;
  /** Prefixes announced or withdrawn that nobody had sent. */
  strangers = 0;
  readonly #prefixes: PrefixIndex;
  readonly #context: WireContext;
  readonly #frame = new UpdateFrame();
  /** By prefix: the round it was last announced in, 0 when it is not held. */
  readonly #rounds: Uint16Array;
  #round = 0;
  #goal: Goal | undefined;
  #reached: (() => void) | undefined;

  constructor(prefixes: PrefixIndex) {
    this.#prefixes = prefixes;
    this.#context = agreedContext(prefixes.addressOctets);
    this.#rounds = new Uint16Array(prefixes.count);
  }

  /** Begins a round; `reached` is called once, when the goal is. */
  begin(goal: Goal, reached: () => void): void {
    this.#round++;
    if (this.#round > 0xffff) throw new RangeError('too many rounds');
    this.heard = 0;
    this.#goal = goal;
    this.#reached = reached;
    this.check();
  }

  /** Tells of the goal if it has been reached; to be called at the end of a chunk. */
  check(): void {
    const goal = this.#goal;
    if (goal === undefined) return;
    if (goal.kind === 'hold' && this.held !== goal.count) return;
    if (goal.kind === 'hear' && this.heard < goal.count) return;
    if (goal.kind === 'prefix' && this.#rounds[goal.id] !== this.#round) return;
    const reached = this.#reached;
    this.#goal = undefined;
    this.#reached = undefined;
    reached?.();
  }

  /** Takes the UPDATE body `bytes[start..end)`. */
  update(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    if (frame.scan(bytes, start, end, this.#context) !== Disposition.accept) this.faults++;
    if (this.#prefixes.addressOctets === 4) {
      this.#withdrawn(bytes, frame.withdrawnStart, frame.withdrawnEnd);
      this.#announced(bytes, frame.nlriStart, frame.nlriEnd);
    } else {
      if (frame.unreachFamily >= 0) this.#withdrawn(bytes, frame.unreachStart, frame.unreachEnd);
      if (frame.reachFamily >= 0) this.#announced(bytes, frame.reachStart, frame.reachEnd);
    }
  }

  #announced(bytes: Uint8Array, start: number, end: number): void {
    const prefixes = this.#prefixes;
    const rounds = this.#rounds;
    const round = this.#round;
    for (let at = start; at < end; ) {
      const length = bytes[at]!;
      const id = prefixes.find(bytes, at + 1, length);
      at += 1 + ((length + 7) >>> 3);
      if (id < 0) {
        this.strangers++;
        continue;
      }
      const before = rounds[id]!;
      if (before === round) continue;
      if (before === 0) this.held++;
      this.heard++;
      rounds[id] = round;
    }
  }

  #withdrawn(bytes: Uint8Array, start: number, end: number): void {
    const prefixes = this.#prefixes;
    const rounds = this.#rounds;
    for (let at = start; at < end; ) {
      const length = bytes[at]!;
      const id = prefixes.find(bytes, at + 1, length);
      at += 1 + ((length + 7) >>> 3);
      if (id < 0) {
        this.strangers++;
        continue;
      }
      if (rounds[id] === 0) continue;
      this.held--;
      rounds[id] = 0;
    }
  }
}
