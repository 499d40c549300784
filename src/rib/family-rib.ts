/**
 * FamilyRib: Adj-RIB-In and Loc-RIB of one address family.
 *
 * HOT. Passive: it keeps rows, marks prefixes dirty when their best path may have changed, and selects when asked.
 * `best` is current for every prefix that is not in the dirty queue.
 */
import { grownCapacity, growU32, isRoomy } from '../base/columns.ts';
import { IntQueue } from '../base/int-queue.ts';
import type { TableFamily } from '../wire/families/spec.ts';
import type { AttrId, AttrTable } from './attr-table.ts';
import { PATH_STALE, type PathRow, PathTable } from './path-table.ts';
import { type PeerIndex, type PeerTable, SOURCE_LOCAL } from './peer-table.ts';
import type { PrefixId, PrefixTable } from './prefix-table.ts';
import { PrefixTable4 } from './prefix-table4.ts';
import { PrefixTable6 } from './prefix-table6.ts';
import type { Selector } from './select.ts';

export class FamilyRib {
  readonly family: TableFamily;
  readonly prefixes: PrefixTable;
  /** The same table under its concrete class, for the loops that know the key size. */
  readonly prefixes4: PrefixTable4;
  readonly prefixes6: PrefixTable6;
  readonly paths = new PathTable();
  /** First row of a prefix's list. */
  head = new Uint32Array(64);
  /** Best row of a prefix, 0 for none. */
  best = new Uint32Array(64);
  /** Prefixes whose best path may have changed. */
  readonly dirty = new IntQueue();
  received = new Uint32Array(16);
  accepted = new Uint32Array(16);
  readonly #attrs: AttrTable;
  readonly #peers: PeerTable;
  readonly #selector: Selector;

  constructor(family: TableFamily, attrs: AttrTable, peers: PeerTable, selector: Selector, seed: number) {
    this.family = family;
    this.#attrs = attrs;
    this.#peers = peers;
    this.#selector = selector;
    this.prefixes4 = new PrefixTable4(seed);
    this.prefixes6 = new PrefixTable6(seed);
    this.prefixes = family.keyWords === 1 ? this.prefixes4 : this.prefixes6;
  }

  /** The row of `peer` in the list of `prefix`, or 0. */
  findPath(prefix: PrefixId, peer: PeerIndex): PathRow {
    if (prefix >= this.head.length) return 0;
    const { next, peer: peers } = this.paths;
    let row = this.head[prefix]!;
    while (row !== 0 && peers[row] !== peer) row = next[row]!;
    return row;
  }

  /**
   * `peer` announces `prefix`: a new row, or an implicit replacement.
   * @param attr attributes after import, 0 when the route was not accepted.
   */
  setPath(prefix: PrefixId, peer: PeerIndex, attrIn: AttrId, attr: AttrId): void {
    const paths = this.paths;
    const attrs = this.#attrs;
    if (prefix >= this.head.length) this.#grow(prefix + 1);
    let row = this.findPath(prefix, peer);
    let old = 0;
    if (row === 0) {
      row = paths.allocate();
      paths.prefix[row] = prefix;
      paths.peer[row] = peer;
      paths.flags[row] = 0;
      paths.attrIn[row] = attrIn;
      paths.attr[row] = attr;
      paths.next[row] = this.head[prefix]!;
      this.head[prefix] = row;
      attrs.ref(attrIn);
      if (attr !== 0) attrs.ref(attr);
      this.#count(peer, 1, attr !== 0 ? 1 : 0);
    } else {
      const oldIn = paths.attrIn[row]!;
      old = paths.attr[row]!;
      paths.flags[row] = 0;
      if (oldIn === attrIn && old === attr) return;
      attrs.ref(attrIn);
      if (attr !== 0) attrs.ref(attr);
      attrs.unref(oldIn);
      if (old !== 0) attrs.unref(old);
      paths.attrIn[row] = attrIn;
      paths.attr[row] = attr;
      if ((old !== 0) !== (attr !== 0)) this.#count(peer, 0, attr !== 0 ? 1 : -1);
      if (old === attr) return;
    }
    if (this.#mayChangeBest(prefix, row, old, attr)) this.dirty.push(prefix);
  }

  /** `peer` withdraws `prefix`. Returns whether there was a path. */
  dropPath(prefix: PrefixId, peer: PeerIndex): boolean {
    const row = this.findPath(prefix, peer);
    if (row === 0) return false;
    this.dropRow(row);
    return true;
  }

  /** Removes a row: withdrawn, swept or its peer gone. */
  dropRow(row: PathRow): void {
    const { next, prefix: prefixes, peer, attrIn, attr } = this.paths;
    const prefix = prefixes[row]!;
    if (this.head[prefix] === row) this.head[prefix] = next[row]!;
    else {
      let before = this.head[prefix]!;
      while (next[before] !== row) before = next[before]!;
      next[before] = next[row]!;
    }
    this.#count(peer[row]!, -1, attr[row] !== 0 ? -1 : 0);
    this.#attrs.unref(attrIn[row]!);
    if (attr[row] !== 0) this.#attrs.unref(attr[row]!);
    // A row number may be reused before selection runs: the incumbent must not be mistaken for another path.
    if (this.best[prefix] === row) this.best[prefix] = 0;
    this.paths.release(row);
    this.dirty.push(prefix);
  }

  /**
   * Gives memory back after most routes went; the dirty queue must be empty.
   * @returns whether prefix ids are bounded more narrowly: columns indexed by them may follow.
   */
  trim(): boolean {
    this.paths.trim();
    this.prefixes.trim();
    const { limit } = this.prefixes;
    if (!isRoomy(this.head.length, limit)) return false;
    this.head = growU32(this.head, limit);
    this.best = growU32(this.best, limit);
    return true;
  }

  /** Selects the best path of `prefix` and stores it. Returns its row, or 0. */
  select(prefix: PrefixId): PathRow {
    if (prefix >= this.head.length) return 0;
    const best = this.#selector.select(this.paths, this.head[prefix]!, this.best[prefix]!);
    this.best[prefix] = best;
    return best;
  }

  /** Decides about `prefix` without storing the result: the best row, and for each loser the step that removed it. */
  explain(prefix: PrefixId): { best: PathRow; reasons: Map<PathRow, number> } {
    const reasons = new Map<PathRow, number>();
    const best = this.#selector.select(this.paths, this.head[prefix] ?? 0, this.best[prefix] ?? 0, reasons);
    return { best, reasons };
  }

  /** Marks all paths of `peer` stale (RFC 7313 section 4: begin of route refresh). */
  markStale(peer: PeerIndex): void {
    const { peer: peers, flags, prefix, limit } = this.paths;
    for (let row = 1; row < limit; row++)
      if (peers[row] === peer && prefix[row] !== 0) flags[row]! |= PATH_STALE;
  }

  /**
   * Whether a path that was `old` and is `attr` now can alter the choice. One with a worse rank than the best path
   * cannot, unless it had that rank before: its MED may have kept another path out. Nothing beats a route of our
   * own. Wrongly true costs a selection, wrongly false would be a bug.
   */
  #mayChangeBest(prefix: PrefixId, row: PathRow, old: AttrId, attr: AttrId): boolean {
    const best = this.best[prefix]!;
    if (best === 0 || best === row) return true;
    const { peer, attr: attrs } = this.paths;
    const source = this.#peers.source;
    if (source[peer[row]!] === SOURCE_LOCAL) return true;
    if (source[peer[best]!] === SOURCE_LOCAL) return false;
    const rank = this.#attrs.rank;
    const bestRank = rank[attrs[best]!]!;
    return (attr !== 0 && rank[attr]! <= bestRank) || (old !== 0 && rank[old]! <= bestRank);
  }

  #count(peer: PeerIndex, received: number, accepted: number): void {
    if (peer >= this.received.length) {
      const capacity = grownCapacity(this.received.length, peer + 1);
      this.received = growU32(this.received, capacity);
      this.accepted = growU32(this.accepted, capacity);
    }
    this.received[peer]! += received;
    this.accepted[peer]! += accepted;
  }

  #grow(needed: number): void {
    const capacity = grownCapacity(this.head.length, needed);
    this.head = growU32(this.head, capacity);
    this.best = growU32(this.best, capacity);
  }
}
