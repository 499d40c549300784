/**
 * AttrRewrite: one attribute set made from another, remembered by id.
 *
 * HOT. Holds a reference to each result that is not the original, for as long as the original lives, so that an id
 * that is remembered always means what it meant. Takes no memory before it is used.
 */
import { growU32 } from '../base/columns.ts';
import type { AttrId, AttrMemo, AttrTable } from '../rib/attr-table.ts';

export class AttrRewrite implements AttrMemo {
  readonly #attrs: AttrTable;
  readonly #make: (id: AttrId) => AttrId;
  /** Results; 0: not made yet. */
  #results = new Uint32Array(0);
  #capacity = 64;

  /** @param make gives the id of the new set, the same id for no change, or 0 when the table is full. */
  constructor(attrs: AttrTable, make: (id: AttrId) => AttrId) {
    this.#attrs = attrs;
    this.#make = make;
  }

  grow(capacity: number): void {
    this.#capacity = Math.max(this.#capacity, capacity);
  }

  forget(id: AttrId): void {
    if (id >= this.#results.length) return;
    const result = this.#results[id]!;
    this.#results[id] = 0;
    if (result !== 0 && result !== id) this.#attrs.unref(result);
  }

  /** Forgets everything. */
  clear(): void {
    for (let id = 1; id < this.#results.length; id++) this.forget(id);
  }

  /** The set made from `id`; 0 when the table is full. */
  apply(id: AttrId): AttrId {
    const known = id < this.#results.length ? this.#results[id]! : 0;
    if (known !== 0) return known;
    const made = this.#make(id);
    if (this.#results.length < this.#capacity) this.#results = growU32(this.#results, this.#capacity);
    if (made !== 0 && made !== id) this.#attrs.ref(made);
    this.#results[id] = made;
    return made;
  }
}
