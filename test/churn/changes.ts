/** Changes of a running network, from a seed: told to the model and written as UPDATEs, both at once. */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { Random } from '../../src/bench/random.ts';
import type { PrefixIndex } from '../../src/bench/table/prefix-index.ts';
import { HEADER_LENGTH, MAX_MESSAGE_LENGTH, MessageType, writeHeader } from '../../src/wire/message.ts';
import { ABSENT, type ChurnModel, routeOf, sentAttributes, VERSIONS } from './model.ts';

/** Peers that announce a prefix. */
const ANNOUNCERS = 2;
/** Of the changes to a route that is there, those that take it away. */
const WITHDRAWALS_IN_TEN = 3;
/** Most prefixes that change together. */
const MOST_TOGETHER = 4;

export class Changes {
  /** Counters for the report. */
  announced = 0;
  withdrawn = 0;
  readonly #prefixes: PrefixIndex;
  readonly #model: ChurnModel;
  readonly #peers: number;
  readonly #random: Random;
  readonly #out = new ByteWriter(MAX_MESSAGE_LENGTH);

  constructor(prefixes: PrefixIndex, model: ChurnModel, peers: number, seed: number) {
    this.#prefixes = prefixes;
    this.#model = model;
    this.#peers = peers;
    this.#random = new Random(seed);
  }

  /** A prefix that is left alone, for whoever wants to time its own changes. */
  get probe(): number {
    return this.#prefixes.count - 1;
  }

  /** Everything that `peer` announces at first, one message for each few prefixes. */
  initial(peer: number): Uint8Array {
    const out = new ByteWriter(1 << 16);
    const own: number[] = [];
    for (let prefix = 0; prefix < this.probe; prefix++)
      for (let i = 0; i < ANNOUNCERS; i++) if (this.#announcer(prefix, i) === peer) own.push(prefix);
    for (let at = 0; at < own.length; ) {
      const together = own.slice(at, at + 1 + this.#random.below(MOST_TOGETHER));
      at += together.length;
      out.copy(this.announce(peer, together));
    }
    return out.take();
  }

  /** One message of one peer, and how many prefixes it changes, at most `most`. */
  next(most: number): { readonly peer: number; readonly bytes: Uint8Array; readonly prefixes: number } {
    const random = this.#random;
    const first = random.below(this.probe);
    const peer = this.#announcer(first, random.below(ANNOUNCERS));
    // Others that this peer may announce.
    const together: number[] = [];
    for (
      let prefix = first, left = Math.min(most, 1 + random.below(MOST_TOGETHER));
      left > 0 && prefix < this.probe;
      prefix += this.#peers, left--
    )
      together.push(prefix);
    const isThere = together.every((prefix) => this.#model.version(prefix, peer) !== ABSENT);
    const bytes =
      isThere && random.below(10) < WITHDRAWALS_IN_TEN
        ? this.#withdraw(peer, together)
        : this.announce(peer, together);
    return { peer, bytes, prefixes: together.length };
  }

  /** Prefixes that get new attributes from `peer`, all the same. */
  announce(peer: number, together: readonly number[]): Uint8Array {
    const version = this.#random.below(VERSIONS);
    for (const prefix of together) this.#model.set(prefix, peer, version);
    this.announced += together.length;
    const attributes = sentAttributes(peer, routeOf(peer, version));
    return this.#message((out) => {
      out.u16(0);
      out.u16(attributes.length);
      out.copy(attributes);
      this.#nlri(together, out);
    });
  }

  #withdraw(peer: number, together: readonly number[]): Uint8Array {
    for (const prefix of together) this.#model.set(prefix, peer, ABSENT);
    this.withdrawn += together.length;
    return this.#message((out) => {
      const at = out.length;
      out.u16(0);
      this.#nlri(together, out);
      out.patchU16(at, out.length - at - 2);
      out.u16(0);
    });
  }

  /** The peers that announce a prefix now and then; the same for prefixes a round of all peers apart. */
  #announcer(prefix: number, i: number): number {
    const first = prefix % this.#peers;
    return (first + i * (1 + ((first * 7) % (this.#peers - 1)))) % this.#peers;
  }

  #nlri(prefixes: readonly number[], out: ByteWriter): void {
    for (const prefix of prefixes) out.length = this.#prefixes.write(prefix, out.bytes, out.length);
  }

  #message(write: (out: ByteWriter) => void): Uint8Array {
    const out = this.#out;
    out.reset();
    out.length = HEADER_LENGTH;
    write(out);
    writeHeader(out.bytes, 0, out.length, MessageType.update);
    return out.take();
  }
}
