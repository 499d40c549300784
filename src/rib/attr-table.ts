/**
 * AttrTable: every distinct set of path attributes once, as bytes, under a small integer.
 *
 * HOT. "Tables contain only interned ids" (invariant 4). Blobs live in an arena of fixed chunks that never move
 * while in use; ids are stable and counted. A set whose count falls to zero waits until `collect`, so a flapping
 * route is not derived again. Cost of a set: its bytes and about 45 bytes of columns and slots.
 */
import { equalBytes } from '../base/bytes.ts';
import { free, growF64, grownCapacity, growU8, growU32 } from '../base/columns.ts';
import { hashBytes } from '../base/hash.ts';
import { AttrArena } from './attr-arena.ts';
import { type Derived, derive } from './attr-derive.ts';
import {
  ID_BITS,
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

/** Id of an interned attribute set; 0 means none. */
export type AttrId = number;

/** A column somewhere else that is indexed by attribute id and must forget an id that is reused. */
export interface AttrMemo {
  /** Ids up to `capacity` may come. */
  grow(capacity: number): void;
  forget(id: AttrId): void;
}

const WAITING = 0x80;
/** 2 MB: a full table has some 200,000 sets. */
const MANY_SLOTS = 2 ** 19;
/** Ids looked at by one step of a compaction. */
const COMPACT_IDS = 16_384;

export class AttrTable {
  rank = new Float64Array(64);
  med = new Uint32Array(64);
  neighborAs = new Uint32Array(64);
  originatorId = new Uint32Array(64);
  clusterLength = new Uint8Array(64);
  nextHopLength = new Uint8Array(64);
  /** `ATTR_` bits of `attr-derive.ts`. */
  flags = new Uint8Array(64);
  /** Number of sets in the table. */
  count = 0;
  #limit = 1;
  #length = new Uint32Array(64);
  #hash = new Uint32Array(64);
  #refs = new Uint32Array(64);
  #slots: Slots = new Int32Array(MIN_SLOTS);
  /** First of the free ids, whose `#hash` names the next one; 0 for none. Their `#length` is 0. */
  #free: AttrId = 0;
  /** Ids whose count is zero; bit WAITING of `#state` says that an id is here. */
  #waiting = new Uint32Array(256);
  #waitingCount = 0;
  /** Next id that a compaction of the arena looks at; 0 when there is none. */
  #compactAt: AttrId = 0;
  #state = new Uint8Array(64);
  readonly #seed: number;
  readonly #arena = new AttrArena();
  readonly #memos = new Set<AttrMemo>();
  /** Numbers too large for a small integer, as they may be: the object has its shape for life. */
  readonly #derived: Derived = {
    rank: 0xffffffff,
    med: 0xffffffff,
    neighborAs: 0xffffffff,
    originatorId: 0xffffffff,
    clusterLength: 0,
    nextHopLength: 0,
    flags: 0,
  };

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Id of the canonical blob `bytes[start..end)` (not empty), made when it is new. Take a reference to keep it.
   * @returns 0 when the table is full.
   */
  intern(bytes: Uint8Array, start: number, end: number): AttrId {
    const hash = hashBytes(bytes, start, end, this.#seed);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    let distance = 0;
    for (let entry = slots[slot]!; entry !== 0 && entry >>> ID_BITS >= distance; entry = slots[slot]!) {
      const id = entry & ID_MASK;
      if (entry >>> ID_BITS === distance && this.#hash[id] === hash && this.#length[id] === end - start) {
        const chunk = this.#arena.chunkOf(id);
        if (equalBytes(bytes, start, end, chunk, this.#arena.startOf(id))) return id;
      }
      slot = (slot + 1) & mask;
      distance++;
    }
    return this.#insert(bytes, start, end, hash, slot, distance);
  }

  /** Counts one more user of `id`. */
  ref(id: AttrId): void {
    this.#refs[id]!++;
  }

  /** Counts one more user for each element of `ids` that is not 0. */
  refAll(ids: Uint32Array): void {
    const refs = this.#refs;
    for (let i = 0; i < ids.length; i++) refs[ids[i]!]!++;
    refs[0] = 0;
  }

  /** Counts one user less; a set without users goes at the next {@link collect}. */
  unref(id: AttrId): void {
    if (--this.#refs[id]! === 0) this.#wait(id);
  }

  /** The blob of `id`: `bytes[start..end)`. Do not keep it across a call that may intern or collect. */
  blob(id: AttrId): { bytes: Uint8Array; start: number; end: number } {
    const start = this.#arena.startOf(id);
    return { bytes: this.#arena.chunkOf(id), start, end: start + this.#length[id]! };
  }

  /** Where the blob of `id` is, without an object: see {@link blob}. */
  bytesOf(id: AttrId): Uint8Array {
    return this.#arena.chunkOf(id);
  }

  startOf(id: AttrId): number {
    return this.#arena.startOf(id);
  }

  endOf(id: AttrId): number {
    return this.#arena.startOf(id) + this.#length[id]!;
  }

  /**
   * Frees the sets that nobody uses any more, and does one step of the compaction that may be due.
   * @returns whether there is more to do.
   */
  collect(): boolean {
    for (let i = 0; i < this.#waitingCount; i++) {
      const id = this.#waiting[i]!;
      this.#state[id] = 0;
      if (this.#refs[id] === 0) this.#remove(id);
    }
    this.#waitingCount = 0;
    if (this.#compactAt !== 0) this.#compact();
    else if (this.#arena.sparse) {
      this.#arena.beginCompaction();
      this.#compactAt = 1;
    }
    return this.#compactAt !== 0;
  }

  #compact(): void {
    const end = Math.min(this.#compactAt + COMPACT_IDS, this.#limit);
    this.#moveAll(this.#compactAt, end);
    this.#compactAt = end === this.#limit ? 0 : end;
    if (this.#compactAt === 0) this.#arena.endCompaction();
  }

  /** A function of its own: the loop is compiled while it runs, without what comes once behind it. */
  #moveAll(from: AttrId, end: AttrId): void {
    for (let id = from; id < end; id++) if (this.#length[id] !== 0) this.#arena.move(id, this.#length[id]!);
  }

  /** Connects a column indexed by attribute id with the life of the ids. */
  addMemo(memo: AttrMemo): void {
    this.#memos.add(memo);
    memo.grow(this.#length.length);
  }

  /** Disconnects a column connected with {@link addMemo}. */
  removeMemo(memo: AttrMemo): void {
    this.#memos.delete(memo);
  }

  /** Bytes held by the arena. */
  get arenaBytes(): number {
    return this.#arena.bytes;
  }

  #wait(id: AttrId): void {
    if ((this.#state[id]! & WAITING) !== 0) return;
    this.#state[id] = WAITING;
    if (this.#waitingCount === this.#waiting.length)
      this.#waiting = growU32(this.#waiting, this.#waiting.length * 2);
    this.#waiting[this.#waitingCount++] = id;
  }

  #insert(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    slot: number,
    distance: number,
  ): AttrId {
    const id = this.#free === 0 ? this.#limit : this.#free;
    if (id > ID_MASK) return 0;
    if (id >= this.#length.length) this.#growColumns(id + 1);
    if (!this.#arena.store(id, bytes, start, end)) return 0;
    if (id === this.#free) this.#free = this.#hash[id]!;
    else this.#limit++;
    this.#length[id] = end - start;
    this.#hash[id] = hash;
    this.#refs[id] = 0;
    const derived = this.#derived;
    derive(bytes, start, end, derived);
    this.rank[id] = derived.rank;
    this.med[id] = derived.med;
    this.neighborAs[id] = derived.neighborAs;
    this.originatorId[id] = derived.originatorId;
    this.clusterLength[id] = derived.clusterLength;
    this.nextHopLength[id] = derived.nextHopLength;
    this.flags[id] = derived.flags;
    this.count++;
    const left = place(this.#slots, slot, distance, id);
    if (left !== 0 || this.count > this.#slots.length * MAX_LOAD)
      this.#resizeSlots(moreSlots(this.#slots.length, MANY_SLOTS), left);
    this.#wait(id);
    return id;
  }

  #remove(id: AttrId): void {
    unplace(this.#slots, this.#homeOf(id), id);
    this.#arena.drop(id, this.#length[id]!);
    for (const memo of this.#memos) memo.forget(id);
    this.#length[id] = 0;
    this.#hash[id] = this.#free;
    this.#free = id;
    this.count--;
    if (this.#slots.length > MIN_SLOTS && this.count < this.#slots.length * MIN_LOAD)
      this.#resizeSlots(this.#slots.length / SHRINK, 0);
  }

  #growColumns(needed: number): void {
    const capacity = grownCapacity(this.#length.length, needed);
    this.rank = growF64(this.rank, capacity);
    this.med = growU32(this.med, capacity);
    this.neighborAs = growU32(this.neighborAs, capacity);
    this.originatorId = growU32(this.originatorId, capacity);
    this.clusterLength = growU8(this.clusterLength, capacity);
    this.nextHopLength = growU8(this.nextHopLength, capacity);
    this.flags = growU8(this.flags, capacity);
    this.#length = growU32(this.#length, capacity);
    this.#hash = growU32(this.#hash, capacity);
    this.#refs = growU32(this.#refs, capacity);
    this.#state = growU8(this.#state, capacity);
    this.#arena.grow(capacity);
    for (const memo of this.#memos) memo.grow(capacity);
  }

  /** As in `prefix-ids.ts`: all ids, which are in the slots but for `left` (0: none), to `size` slots or more. */
  #resizeSlots(size: number, left: AttrId): void {
    const old = this.#slots;
    for (let wanted = size; ; wanted *= 2) {
      this.#slots = new Int32Array(wanted);
      if (this.#moveFrom(old) && (left === 0 || place(this.#slots, this.#homeOf(left), 0, left) === 0)) break;
      free(this.#slots);
    }
    free(old);
  }

  /** Whether all ids of `old` found a slot. */
  #moveFrom(old: Slots): boolean {
    const slots = this.#slots;
    for (let at = 0; at < old.length; at++) {
      const id = old[at]! & ID_MASK;
      if (id !== 0 && place(slots, this.#homeOf(id), 0, id) !== 0) return false;
    }
    return true;
  }

  /** The slot that the hash of `id` asks for. */
  #homeOf(id: AttrId): number {
    return this.#hash[id]! & (this.#slots.length - 1);
  }
}
