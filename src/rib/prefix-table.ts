/**
 * PrefixTable: what the rest of the tables need of a table of prefixes, whatever the size of its keys.
 * The loops that know the size use `find` and `intern` of the concrete classes.
 */
import type { ByteWriter } from '../base/byte-writer.ts';

/** Dense id of a prefix within its family; 0 means none. */
export type PrefixId = number;

/** In the length column: the id is not in use. */
export const FREE = 255;

export interface PrefixTable {
  /** Number of prefixes in the table. */
  readonly count: number;
  /** One more than the highest id ever given out: `[1, limit)` covers every prefix. */
  readonly limit: number;
  /** Appends length and significant octets as in an UPDATE (RFC 4271 section 4.3). */
  writeNlri(id: PrefixId, out: ByteWriter): void;
  /** Bytes {@link writeNlri} will append. */
  nlriLength(id: PrefixId): number;
  /** A copy of the address bytes (4 or 16). */
  addressBytes(id: PrefixId): Uint8Array;
  /** Length in bits. */
  prefixLength(id: PrefixId): number;
  /** Id of the prefix with these address bytes (host bits zero), or 0. */
  findBytes(bytes: Uint8Array, length: number): PrefixId;
  /** As {@link findBytes}, made when it is new. */
  internBytes(bytes: Uint8Array, length: number): PrefixId;
  /** Whether `id` stands for a prefix now. */
  holds(id: PrefixId): boolean;
  /** Loads what {@link remove} of `id` needs: called for several ids first, it waits for memory once. */
  touchId(id: PrefixId): void;
  /** Forgets a prefix; its id may be given to another one. */
  remove(id: PrefixId): void;
  /**
   * Gives memory back after most prefixes went.
   * @returns whether {@link limit} is lower now; columns indexed by prefix id may follow.
   */
  trim(): boolean;
}
