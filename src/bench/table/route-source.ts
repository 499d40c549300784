/** Where the routes of a benchmark come from: a seed (`synthetic.ts`) or a recording (`mrt.ts`). */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { PrefixIndex } from './prefix-index.ts';

/** One sender in one round of announcements. */
export interface Announcer {
  /** Its place among the senders: each sends other attributes for the same prefixes. */
  readonly sender: number;
  readonly as: number;
  /** 4 or 16 octets. */
  readonly nextHop: Uint8Array;
  /** 0 when the prefixes are announced first; each further round has other attributes. */
  readonly round: number;
}

/** Draws sets of attributes, one after the other. */
export interface AttributeDraw {
  /** How many of the next `left` prefixes of `order`, from `at` on, share a set: 1 to `left`. */
  size(order: Uint32Array, at: number, left: number): number;
  /** Appends the attributes of prefix `id` and those that share its set, without MP_REACH_NLRI. */
  write(id: number, out: ByteWriter): void;
}

/** A table: prefixes, and attributes for them. The same arguments give the same octets. */
export interface RouteSource {
  readonly prefixes: PrefixIndex;
  /** How it came to be, for people. */
  readonly description: string;
  draw(announcer: Announcer): AttributeDraw;
}
