/**
 * ChangeRuns: the changes of a batch, grouped by attribute set and source peer in the order in which the groups
 * first appeared, each group's prefixes in the order of arrival.
 *
 * HOT. A peer sends prefixes of one attribute set together, so most changes belong to the run of the change before;
 * others find theirs in a small table. Nothing is sorted and nothing is allocated once the columns are big enough.
 */
import { free, grownCapacity, growU32 } from '../base/columns.ts';
import { mixSigned } from '../base/hash.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';

export class ChangeRuns {
  /** Number of runs. */
  count = 0;
  /** Attribute set and source of a run. */
  attr = new Uint32Array(64);
  source = new Uint32Array(64);
  /** First and last change of a run, and how many it has. */
  #head = new Uint32Array(64);
  #tail = new Uint32Array(64);
  #size = new Uint32Array(64);
  /** Where the run stands in `#slots`. */
  #slot = new Uint32Array(64);
  /** Run numbers plus one, by hash of attribute set and source. */
  #slots = new Int32Array(256);
  /** The changes: prefix, and next change of the same run. */
  #prefix = new Uint32Array(64);
  #next = new Uint32Array(64);
  #changes = 0;
  #last = 0;

  add(prefix: PrefixId, attr: AttrId, source: PeerIndex): void {
    const change = this.#changes++;
    if (change >= this.#prefix.length) this.#growChanges();
    this.#prefix[change] = prefix;
    let run = this.#last;
    if (this.count === 0 || this.attr[run] !== attr || this.source[run] !== source) {
      run = this.#find(attr, source);
      this.#last = run;
    }
    if (this.#size[run] === 0) this.#head[run] = change;
    else this.#next[this.#tail[run]!] = change;
    this.#tail[run] = change;
    this.#size[run]!++;
  }

  /** Prefixes of a run. */
  size(run: number): number {
    return this.#size[run]!;
  }

  /** Copies the prefixes of a run to the start of `out`, which has room for them. */
  prefixes(run: number, out: Uint32Array): void {
    let change = this.#head[run]!;
    const size = this.#size[run]!;
    for (let i = 0; i < size; i++) {
      out[i] = this.#prefix[change]!;
      change = this.#next[change]!;
    }
  }

  clear(): void {
    for (let run = 0; run < this.count; run++) this.#slots[this.#slot[run]!] = 0;
    this.count = 0;
    this.#changes = 0;
  }

  /** The run of an attribute set and source, made when it is new. */
  #find(attr: AttrId, source: PeerIndex): number {
    const mask = this.#slots.length - 1;
    let slot = mixSigned(attr ^ Math.imul(source, 0x9e3779b1)) & mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.attr[entry - 1] === attr && this.source[entry - 1] === source) return entry - 1;
      slot = (slot + 1) & mask;
    }
    const run = this.count++;
    if (run >= this.attr.length) this.#growRuns();
    this.attr[run] = attr;
    this.source[run] = source;
    this.#size[run] = 0;
    this.#slot[run] = slot;
    this.#slots[slot] = run + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return run;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    free(this.#slots);
    this.#slots = new Int32Array(mask + 1);
    for (let run = 0; run < this.count; run++) {
      let slot = mixSigned(this.attr[run]! ^ Math.imul(this.source[run]!, 0x9e3779b1)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = run + 1;
      this.#slot[run] = slot;
    }
  }

  #growChanges(): void {
    const capacity = grownCapacity(this.#prefix.length, this.#changes);
    this.#prefix = growU32(this.#prefix, capacity);
    this.#next = growU32(this.#next, capacity);
  }

  #growRuns(): void {
    const capacity = grownCapacity(this.attr.length, this.count);
    this.attr = growU32(this.attr, capacity);
    this.source = growU32(this.source, capacity);
    this.#head = growU32(this.#head, capacity);
    this.#tail = growU32(this.#tail, capacity);
    this.#size = growU32(this.#size, capacity);
    this.#slot = growU32(this.#slot, capacity);
  }
}
