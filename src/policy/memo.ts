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
  /** Pages by variant, then by the upper bits of the attribute id. */
  #variants: Uint32Array[][] = [[]];
  /** Child of `node * 2 + outcome` plus one; the tests of a route lead from node 0 to a leaf. */
  #trie = new Int32Array(64);
  #nodes = 1;
  #pages = 0;

  constructor(memory: PolicyMemory) {
    this.#memory = memory;
    memory.add(this);
  }

  /** The node behind `node` for the outcome of the next test; -1 when nobody has been there. */
  step(node: number, outcome: boolean): number {
    return this.#trie[node * 2 + (outcome ? 1 : 0)]! - 1;
  }

  /** The node behind `node`, made when it is new. */
  grow(node: number, outcome: boolean): number {
    const at = node * 2 + (outcome ? 1 : 0);
    if (this.#trie[at] === 0) {
      const child = this.#nodes++;
      if (child * 2 + 2 > this.#trie.length) {
        const grown = new Int32Array(this.#trie.length * 2);
        grown.set(this.#trie);
        this.#trie = grown;
      }
      this.#trie[at] = child + 1;
      this.#variants.push([]);
    }
    return this.#trie[at]! - 1;
  }

  /** Whether as many variants are known as may be. The caller flushes before it walks the trie again. */
  get full(): boolean {
    return this.#nodes >= MAX_POLICY_VARIANTS;
  }

  /** The result for an attribute set at the leaf `variant`, or {@link UNKNOWN}. */
  get(variant: number, attr: AttrId): number {
    const page = this.#variants[variant]![attr >>> PAGE_SHIFT] ?? EMPTY_PAGE;
    const at = (attr & PAGE_MASK) << 1;
    // One more than the result: 0 is an entry that nobody has written.
    const result = page[at]! - 1;
    if (result < 0) return UNKNOWN;
    const { generation } = this.#memory;
    return page[at + 1] === (generation[attr]! + generation[result]!) >>> 0 ? result : UNKNOWN;
  }

  set(variant: number, attr: AttrId, result: AttrId): void {
    const pages = this.#variants[variant];
    // The variant may have been flushed meanwhile: then the result is simply not remembered.
    if (pages === undefined) return;
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
    this.#memory.release(this.#pages);
    this.#pages = 0;
    this.#variants = [[]];
    this.#trie = new Int32Array(64);
    this.#nodes = 1;
  }
}
