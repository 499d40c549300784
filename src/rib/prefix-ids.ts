/**
 * PrefixIds: the part of a prefix table that does not know how long a key is: which ids are in use, their slots,
 * free ids, growing and shrinking.
 *
 * Ids start at 1; 0 means none. An id stays with its prefix until `remove`, then it is reused.
 */
import { free, grownCapacity, growU8, isRoomy } from '../base/columns.ts';
import { FREE, type PrefixId } from './prefix-table.ts';
import {
  ID_MASK,
  MAX_LOAD,
  MIN_LOAD,
  MIN_SLOTS,
  moreSlots,
  place,
  SHRINK,
  type Slots,
  unplace,
} from './robin-hood.ts';

/** 8 MB: a full table is a million prefixes. */
const MANY_SLOTS = 2 ** 21;

export abstract class PrefixIds {
  /** Prefix length of an id in bits; {@link FREE} when nobody has the id. */
  length = new Uint8Array(64);
  /** One more than the highest id in use or free. */
  limit = 1;
  /** Number of prefixes in the table. */
  count = 0;
  /** Means nothing: keeps the loads of `touch` from being left out. */
  touched = 0;
  protected slots: Slots = new Int32Array(MIN_SLOTS);
  /** First of the free ids, each of which names the next one; 0 for none. */
  #free: PrefixId = 0;
  /** Count below which a table of mostly free ids is trimmed: a trim that gained nothing waits for the next half. */
  #trimBelow = Number.POSITIVE_INFINITY;

  /** The slot that the hash of the key of `id` asks for. */
  protected abstract homeOf(id: PrefixId): number;
  /** Makes room in the key columns. */
  protected abstract resizeKeys(capacity: number): void;
  /** A number kept in the key columns of a free id. */
  protected abstract link(id: PrefixId): PrefixId;
  protected abstract setLink(id: PrefixId, next: PrefixId): void;

  /** An id for a new prefix, whose key the caller writes before {@link enter}. */
  protected allocate(): PrefixId {
    const id = this.#free;
    if (id !== 0) {
      this.#free = this.link(id);
      return id;
    }
    if (this.limit >= this.length.length) this.#resize(grownCapacity(this.length.length, this.limit + 1));
    return this.limit++;
  }

  /** Puts an allocated id into the slots, from `slot` on, `distance` from its home. */
  protected enter(id: PrefixId, slot: number, distance: number): void {
    this.count++;
    const { length } = this.slots;
    const left = place(this.slots, slot, distance, id);
    if (left !== 0 || this.count > length * MAX_LOAD) this.#resizeSlots(moreSlots(length, MANY_SLOTS), left);
  }

  /** Loads the slot of an id that is removed soon. */
  touchId(id: PrefixId): void {
    this.touched ^= this.slots[this.homeOf(id)]!;
  }

  /** Forgets a prefix; its id may be given to another one. */
  remove(id: PrefixId): void {
    unplace(this.slots, this.homeOf(id), id);
    this.length[id] = FREE;
    this.setLink(id, this.#free);
    this.#free = id;
    this.count--;
    if (this.count === 0) this.#clear();
    else if (this.slots.length > MIN_SLOTS && this.count < this.slots.length * MIN_LOAD)
      this.#resizeSlots(this.slots.length / SHRINK, 0);
  }

  /** Whether `id` stands for a prefix now. */
  holds(id: PrefixId): boolean {
    return id < this.limit && this.length[id] !== FREE;
  }

  prefixLength(id: PrefixId): number {
    return this.length[id]!;
  }

  /** Bytes of the prefix in an UPDATE. */
  nlriLength(id: PrefixId): number {
    return 1 + ((this.length[id]! + 7) >>> 3);
  }

  /**
   * Gives memory back after most prefixes went: forgets the free ids above the highest one in use.
   * @returns whether {@link limit} is lower now; columns of others that are indexed by prefix id may follow.
   */
  trim(): boolean {
    if (!isRoomy(this.limit, this.count)) {
      this.#trimBelow = Number.POSITIVE_INFINITY;
      return false;
    }
    // A table that has grown meanwhile starts anew.
    if (this.count > this.#trimBelow * 4) this.#trimBelow = this.count >>> 1;
    if (this.count > this.#trimBelow) return false;
    this.#trimBelow = this.count >>> 1;
    const { length } = this;
    let limit = this.limit;
    while (length[limit - 1] === FREE) limit--;
    if (!isRoomy(this.limit, limit)) return false;
    this.limit = limit;
    this.#free = 0;
    for (let id = limit - 1; id > 0; id--) {
      if (length[id] !== FREE) continue;
      this.setLink(id, this.#free);
      this.#free = id;
    }
    this.#resize(Math.max(64, limit));
    return true;
  }

  #clear(): void {
    this.limit = 1;
    this.#free = 0;
    free(this.slots);
    this.slots = new Int32Array(MIN_SLOTS);
    this.#resize(64);
  }

  #resize(capacity: number): void {
    this.length = growU8(this.length, capacity);
    this.resizeKeys(capacity);
  }

  /**
   * Moves all ids, which are in the slots but for `left` (0: none), to `size` slots, or more when these are too few. In
   * the order of the slots: what was neighbors stays so, and the new ones are written from front to back, several times
   * faster than in the order of the ids.
   */
  #resizeSlots(size: number, left: PrefixId): void {
    const old = this.slots;
    for (let wanted = size; ; wanted *= 2) {
      this.slots = new Int32Array(wanted);
      if (this.#moveFrom(old) && (left === 0 || place(this.slots, this.homeOf(left), 0, left) === 0)) break;
      free(this.slots);
    }
    free(old);
  }

  /** Whether all ids of `old` found a slot. */
  #moveFrom(old: Slots): boolean {
    const { slots } = this;
    for (let at = 0; at < old.length; at++) {
      const id = old[at]! & ID_MASK;
      if (id !== 0 && place(slots, this.homeOf(id), 0, id) !== 0) return false;
    }
    return true;
  }
}
