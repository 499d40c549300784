/**
 * AttrRewrite: one attribute set made from another, remembered by id.
 *
 * HOT. Holds a reference to each result that is not the original, for as long as the original lives, so that an id
 * that is remembered always means what it meant.
 */
import { growU32 } from '../base/columns.ts';
import type { AttrId, AttrMemo, AttrTable } from '../rib/attr-table.ts';

export class AttrRewrite implements AttrMemo {
  readonly #attrs: AttrTable;
  readonly #make: (id: AttrId) => AttrId;
  /** Results; 0: not made yet. */
  #results = new Uint32Array(64);

  /** @param make gives the id of the new set, the same id for no change, or 0 when the table is full. */
  constructor(attrs: AttrTable, make: (id: AttrId) => AttrId) {
    this.#attrs = attrs;
    this.#make = make;
  }

  grow(capacity: number): void {
    if (capacity > this.#results.length) this.#results = growU32(this.#results, capacity);
  }

  forget(id: AttrId): void {
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
    const known = this.#results[id]!;
    if (known !== 0) return known;
    // Making a set may grow this column.
    const made = this.#make(id);
    if (made !== 0 && made !== id) this.#attrs.ref(made);
    this.#results[id] = made;
    return made;
  }
}
