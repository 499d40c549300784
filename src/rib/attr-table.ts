/**
 * AttrTable: every distinct set of path attributes once, as bytes, under a small integer.
 *
 * HOT. "Tables contain only interned ids" (invariant 4). Blobs live in an arena of fixed chunks that never move
 * while in use; ids are stable and counted. A set whose count falls to zero waits until `collect`, so a flapping
 * route is not derived again. Cost of a set: its bytes and about 42 bytes of columns and slots.
 */
import { equalBytes } from '../base/bytes.ts';
import { growF64, grownCapacity, growU8, growU32 } from '../base/columns.ts';
import { hashBytes } from '../base/hash.ts';
import { AttrArena } from './attr-arena.ts';
import { type Derived, derive } from './attr-derive.ts';

/** Id of an interned attribute set; 0 means none. */
export type AttrId = number;

/** A column somewhere else that is indexed by attribute id and must forget an id that is reused. */
export interface AttrMemo {
  /** Ids up to `capacity` may come. */
  grow(capacity: number): void;
  forget(id: AttrId): void;
}

const WAITING = 0x80;

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
  #slots = new Uint32Array(256);
  #free: number[] = [];
  /** Ids whose count is zero; bit WAITING of `#state` says that an id is here. */
  #waiting: number[] = [];
  #state = new Uint8Array(64);
  readonly #seed: number;
  readonly #arena = new AttrArena();
  readonly #memos = new Set<AttrMemo>();
  readonly #derived: Derived = {
    rank: 0,
    med: 0,
    neighborAs: 0,
    originatorId: 0,
    clusterLength: 0,
    nextHopLength: 0,
    flags: 0,
  };

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Id of the canonical blob `bytes[start..end)` (not empty), made when it is new. Take a reference to keep it.
   * @returns 0 when the arena is full.
   */
  intern(bytes: Uint8Array, start: number, end: number): AttrId {
    const hash = hashBytes(bytes, start, end, this.#seed);
    const slots = this.#slots;
    const mask = slots.length - 1;
    const length = end - start;
    let slot = hash & mask;
    for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
      if (this.#hash[id] === hash && this.#length[id] === length) {
        const chunk = this.#arena.chunkOf(id);
        if (equalBytes(bytes, start, end, chunk, this.#arena.startOf(id))) return id;
      }
      slot = (slot + 1) & mask;
    }
    return this.#insert(bytes, start, end, hash, slot);
  }

  /** Counts one more user of `id`. */
  ref(id: AttrId): void {
    this.#refs[id]!++;
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

  /** Frees the sets that nobody uses any more. */
  collect(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const id of waiting) {
      this.#state[id] = 0;
      if (this.#refs[id] === 0) this.#remove(id);
    }
    if (this.#arena.sparse) this.#arena.compact(this.#ids(), (id) => this.#length[id]!);
  }

  *#ids(): Iterable<AttrId> {
    for (const id of this.#slots) if (id !== 0) yield id;
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
    this.#waiting.push(id);
  }

  #insert(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): AttrId {
    const id = this.#free.pop() ?? this.#limit++;
    if (id >= this.#length.length) this.#growColumns(id + 1);
    if (!this.#arena.store(id, bytes, start, end)) {
      this.#free.push(id);
      return 0;
    }
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
    this.#slots[slot] = id;
    this.count++;
    if (this.count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    this.#wait(id);
    return id;
  }

  #remove(id: AttrId): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#hash[id]! & mask;
    while (slots[hole] !== id) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = this.#hash[slots[next]!]! & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[hole] = slots[next]!;
        hole = next;
      }
    }
    slots[hole] = 0;
    this.#arena.drop(id, this.#length[id]!);
    for (const memo of this.#memos) memo.forget(id);
    this.#free.push(id);
    this.count--;
    if (slots.length > 1024 && this.count * 16 < slots.length) this.#rehash(slots.length / 4);
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

  #rehash(size: number): void {
    const old = this.#slots;
    const slots = new Uint32Array(size);
    for (let i = 0; i < old.length; i++) {
      const id = old[i]!;
      if (id === 0) continue;
      let slot = this.#hash[id]! & (size - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
