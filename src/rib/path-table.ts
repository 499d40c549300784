/**
 * PathTable: one row for every path that some peer announces, in columns; the paths of a prefix are a linked list.
 *
 * HOT. 19 bytes a path. Rows start at 1; 0 means none. Free rows are chained through `next`.
 */
import { grownCapacity, growU8, growU16, growU32, isRoomy } from '../base/columns.ts';

/** Row of a path; 0 means none. */
export type PathRow = number;

/** {@link PathTable.flags}: the peer has begun to send its routes again and not repeated this one (RFC 7313). */
export const PATH_STALE = 1;

export class PathTable {
  /** Prefix id; 0 in a free row. */
  prefix = new Uint32Array(64);
  /** Attributes as received (canonical), before import. */
  attrIn = new Uint32Array(64);
  /** Attributes after import: what selection sees; 0 when the path was not accepted. */
  attr = new Uint32Array(64);
  /** Next row of the same prefix. */
  next = new Uint32Array(64);
  /** Peer index; 0 for our own routes. */
  peer = new Uint16Array(64);
  flags = new Uint8Array(64);
  /** One more than the highest row ever used. */
  limit = 1;
  /** Number of rows in use. */
  count = 0;
  #free = 0;
  /** Count below which {@link trim} tries: one that gained nothing waits for the next half. */
  #trimBelow = Number.POSITIVE_INFINITY;

  /** A row with all columns but `next` still to be filled. */
  allocate(): PathRow {
    this.count++;
    const row = this.#free;
    if (row !== 0) {
      this.#free = this.next[row]!;
      return row;
    }
    if (this.limit >= this.prefix.length) this.#resize(grownCapacity(this.prefix.length, this.limit + 1));
    return this.limit++;
  }

  /** Gives a row back; it must be in no list any more. */
  release(row: PathRow): void {
    this.prefix[row] = 0;
    this.attrIn[row] = 0;
    this.attr[row] = 0;
    this.next[row] = this.#free;
    this.#free = row;
    this.count--;
    if (this.count === 0) {
      this.#free = 0;
      this.limit = 1;
    }
  }

  /** Gives memory back after most paths went: forgets the free rows above the highest one in use. */
  trim(): void {
    if (!isRoomy(this.prefix.length, this.count)) this.#trimBelow = Number.POSITIVE_INFINITY;
    else if (this.count > this.#trimBelow * 4) this.#trimBelow = this.count >>> 1;
    else if (this.count <= this.#trimBelow) {
      this.#trimBelow = this.count >>> 1;
      const { prefix, next } = this;
      let { limit } = this;
      while (limit > 1 && prefix[limit - 1] === 0) limit--;
      if (!isRoomy(prefix.length, limit)) return;
      this.limit = limit;
      this.#free = 0;
      for (let row = limit - 1; row > 0; row--) {
        if (prefix[row] !== 0) continue;
        next[row] = this.#free;
        this.#free = row;
      }
      this.#resize(Math.max(64, limit));
    }
  }

  #resize(capacity: number): void {
    this.prefix = growU32(this.prefix, capacity);
    this.attrIn = growU32(this.attrIn, capacity);
    this.attr = growU32(this.attr, capacity);
    this.next = growU32(this.next, capacity);
    this.peer = growU16(this.peer, capacity);
    this.flags = growU8(this.flags, capacity);
  }
}
