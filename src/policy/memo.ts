/**
 * What policies have decided: the result for each attribute set and variant (outcome of all route tests).
 *
 * HOT. A result is two words in a page of a typed array, indexed by attribute id; no reference is held on it. Ids are
 * used again, so each has a generation that counts how often that happened: a result is good while neither its key
 * nor itself has been forgotten, which one sum says, as generations only grow. (References would keep two sets alive
 * for ever where one policy makes the second of the first and another the first of the second.)
 *
 * Bounded: pages by {@link MAX_POLICY_PAGES} for all policies together, variants by {@link MAX_POLICY_VARIANTS} for
 * each. At a bound results are forgotten, counted, and worked out again when they are asked for.
 */
import { growU32 } from '../base/columns.ts';
import { mixSigned } from '../base/hash.ts';
import { MAX_POLICY_PAGES, MAX_POLICY_VARIANTS } from '../base/limits.ts';
import type { AttrId, AttrMemo, AttrTable } from '../rib/attr-table.ts';

/** 512 attribute ids a page, two words each. */
const PAGE_SHIFT = 9;
const PAGE_MASK = (1 << PAGE_SHIFT) - 1;
const EMPTY_PAGE = new Uint32Array(2 << PAGE_SHIFT);

/** What {@link PolicyMemo.get} says when it does not know. */
export const UNKNOWN = -1;

/** Shared by the policies of one attribute table. */
export class PolicyMemory implements AttrMemo {
  /** How often an id was forgotten. Replaced when it grows. */
  generation = new Uint32Array(64);
  /** How often any id was forgotten, or any result: what was known at another number may be wrong. */
  epoch = 0;
  /** Times that all results were forgotten because there were too many. */
  flushes = 0;
  #pages = 0;
  readonly #attrs: AttrTable;
  readonly #memos = new Set<PolicyMemo>();

  constructor(attrs: AttrTable) {
    this.#attrs = attrs;
    attrs.addMemo(this);
  }

  grow(capacity: number): void {
    if (capacity > this.generation.length) this.generation = growU32(this.generation, capacity);
  }

  forget(id: AttrId): void {
    this.generation[id]!++;
    this.epoch++;
  }

  /** Pages in use. */
  get pages(): number {
    return this.#pages;
  }

  /** Ends the connection with the attribute table; no memo may be used any more. */
  dispose(): void {
    this.#attrs.removeMemo(this);
  }

  add(memo: PolicyMemo): void {
    this.#memos.add(memo);
  }

  remove(memo: PolicyMemo): void {
    memo.flush();
    this.#memos.delete(memo);
  }

  /** One more page is needed. */
  allocate(): Uint32Array {
    if (this.#pages >= MAX_POLICY_PAGES) {
      for (const memo of this.#memos) memo.flush();
      this.flushes++;
    }
    this.#pages++;
    return new Uint32Array(2 << PAGE_SHIFT);
  }

  /** Pages are no longer used. */
  release(pages: number): void {
    this.#pages -= pages;
  }
}

/** The results of one policy. */
export class PolicyMemo {
  readonly #memory: PolicyMemory;
  /** Pages by variant, then by the upper bits of the attribute id; made when a result is stored. */
  #variants: (Uint32Array[] | undefined)[] = [];
  /** Open addressing: pairs of `node * tests + test + 1` and the node behind it. Node 0: no test holds. */
  #edges = new Int32Array(64);
  #nodes = 1;
  #pages = 0;
  readonly #tests: number;

  /** @param tests number of route tests of the policy */
  constructor(memory: PolicyMemory, tests: number) {
    this.#memory = memory;
    this.#tests = tests;
    memory.add(this);
  }

  /**
   * A variant is a path along the tests that hold. The node behind `node` when `test` is the next one that does; -1
   * when no route has been there.
   */
  step(node: number, test: number): number {
    const edges = this.#edges;
    const mask = edges.length - 2;
    const key = node * this.#tests + test + 1;
    let slot = (mixSigned(key) << 1) & mask;
    for (let found = edges[slot]!; found !== 0; found = edges[slot]!) {
      if (found === key) return edges[slot + 1]!;
      slot = (slot + 2) & mask;
    }
    return -1;
  }

  /** As {@link step}, made when it is new. */
  grow(node: number, test: number): number {
    const known = this.step(node, test);
    if (known >= 0) return known;
    if (this.#nodes * 4 > this.#edges.length) this.#rehash();
    this.#insert(node * this.#tests + test + 1, this.#nodes);
    return this.#nodes++;
  }

  #insert(key: number, child: number): void {
    const edges = this.#edges;
    const mask = edges.length - 2;
    let slot = (mixSigned(key) << 1) & mask;
    while (edges[slot] !== 0) slot = (slot + 2) & mask;
    edges[slot] = key;
    edges[slot + 1] = child;
  }

  #rehash(): void {
    const old = this.#edges;
    this.#edges = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += 2)
      if (old[slot] !== 0) this.#insert(old[slot]!, old[slot + 1]!);
  }

  /** Whether as many variants are known as may be. The caller flushes before it makes another one. */
  get full(): boolean {
    return this.#nodes >= MAX_POLICY_VARIANTS;
  }

  /** The result for an attribute set for a variant, or {@link UNKNOWN}. */
  get(variant: number, attr: AttrId): number {
    const page = this.#variants[variant]?.[attr >>> PAGE_SHIFT] ?? EMPTY_PAGE;
    const at = (attr & PAGE_MASK) << 1;
    // One more than the result: 0 is an entry that nobody has written.
    const result = page[at]! - 1;
    if (result < 0) return UNKNOWN;
    const { generation } = this.#memory;
    return page[at + 1] === (generation[attr]! + generation[result]!) >>> 0 ? result : UNKNOWN;
  }

  set(variant: number, attr: AttrId, result: AttrId): void {
    while (this.#variants.length <= variant) this.#variants.push(undefined);
    const pages = this.#variants[variant] ?? [];
    this.#variants[variant] = pages;
    const index = attr >>> PAGE_SHIFT;
    while (pages.length <= index) pages.push(EMPTY_PAGE);
    let page = pages[index]!;
    if (page === EMPTY_PAGE) {
      page = this.#memory.allocate();
      this.#pages++;
      // The allocation may have flushed this memo.
      if (this.#variants[variant] !== pages) {
        this.#pages--;
        this.#memory.release(1);
        return;
      }
      pages[index] = page;
    }
    const { generation } = this.#memory;
    const at = (attr & PAGE_MASK) << 1;
    page[at] = result + 1;
    page[at + 1] = generation[attr]! + generation[result]!;
  }

  /** Forgets everything, variants too. */
  flush(): void {
    this.#memory.epoch++;
    this.#memory.release(this.#pages);
    this.#pages = 0;
    this.#variants = [];
    this.#edges = new Int32Array(64);
    this.#nodes = 1;
  }
}
