/**
 * The decision process (RFC 4271 section 9.1.2.2, RFC 4456 section 9) as elimination from a set of candidates.
 *
 * HOT. Elimination, unlike comparing pairs, does not depend on the order in which paths arrived: MED compares only
 * paths of the same neighbor AS and is therefore no ordering. The one step that looks at history is RFC 5004.
 */
import { ATTR_HAS_MED } from './attr-derive.ts';
import type { AttrTable } from './attr-table.ts';
import type { PathRow, PathTable } from './path-table.ts';
import { type PeerTable, SOURCE_EXTERNAL, SOURCE_LOCAL } from './peer-table.ts';

/** Steps of the decision process in order; a loser's reason is the step that removed it. */
export const SELECTION_STEPS = [
  'not accepted',
  'local route preferred',
  'LOCAL_PREF',
  'AS path length',
  'ORIGIN',
  'MED',
  'eBGP over iBGP',
  'older eBGP route (RFC 5004)',
  'router id',
  'cluster list length',
  'peer address',
] as const;

/** Knobs of the decision process; see the configuration reference. */
export interface SelectOptions {
  /** Compare MED between different neighbor ASes too. */
  readonly alwaysCompareMed: boolean;
  /** A route without MED has the worst one (4294967295) instead of 0. */
  readonly missingMedAsWorst: boolean;
  /** Compare router ids of eBGP routes instead of keeping the older one. */
  readonly compareRouterId: boolean;
}

const MISSING_WORST = 0xffffffff;

export class Selector {
  readonly #attrs: AttrTable;
  readonly #peers: PeerTable;
  options: SelectOptions;
  /** Candidates still in the race, then compacted in place. */
  #rows = new Uint32Array(64);
  #count = 0;

  constructor(attrs: AttrTable, peers: PeerTable, options: SelectOptions) {
    this.#attrs = attrs;
    this.#peers = peers;
    this.options = options;
  }

  /**
   * The best of the paths in the list that starts at `head`, or 0.
   *
   * @param incumbent row that is best now, for RFC 5004; 0 for none.
   * @param reasons when given, receives for each losing row the index in {@link SELECTION_STEPS}.
   */
  select(paths: PathTable, head: PathRow, incumbent: PathRow, reasons?: Map<PathRow, number>): PathRow {
    const next = paths.next;
    const attr = paths.attr;
    if (reasons === undefined && head !== 0 && next[head] === 0) return attr[head] !== 0 ? head : 0;
    this.#count = 0;
    for (let row = head; row !== 0; row = next[row]!) {
      if (attr[row] === 0) reasons?.set(row, 0);
      else {
        if (this.#count === this.#rows.length) this.#growRows();
        this.#rows[this.#count++] = row;
      }
    }
    if (this.#count > 1) this.#eliminate(paths, incumbent, reasons);
    return this.#count === 0 ? 0 : this.#rows[0]!;
  }

  #growRows(): void {
    const grown = new Uint32Array(this.#rows.length * 2);
    grown.set(this.#rows);
    this.#rows = grown;
  }

  #eliminate(paths: PathTable, incumbent: PathRow, reasons: Map<PathRow, number> | undefined): void {
    const { attr, peer } = paths;
    const { source, routerId } = this.#peers;
    const attrs = this.#attrs;
    this.#keepLowest((row) => (source[peer[row]!] === SOURCE_LOCAL ? 0 : 1), 1, reasons);
    if (this.#count === 1) return;
    if (reasons === undefined) this.#keepLowest((row) => attrs.rank[attr[row]!]!, 2, undefined);
    else {
      // The rank holds three steps; taken apart only when somebody wants to know.
      this.#keepLowest((row) => Math.floor(attrs.rank[attr[row]!]! / 0x40000), 2, reasons);
      this.#keepLowest((row) => Math.floor((attrs.rank[attr[row]!]! % 0x40000) / 4), 3, reasons);
      this.#keepLowest((row) => attrs.rank[attr[row]!]! % 4, 4, reasons);
    }
    if (this.#count === 1) return;
    this.#eliminateByMed(paths, reasons);
    if (this.#count === 1) return;
    this.#keepLowest((row) => (source[peer[row]!] === SOURCE_EXTERNAL ? 0 : 1), 6, reasons);
    if (this.#count === 1) return;
    if (!this.options.compareRouterId && this.#keepIncumbent(paths, incumbent, reasons)) return;
    this.#keepLowest((row) => attrs.originatorId[attr[row]!]! || routerId[peer[row]!]!, 8, reasons);
    if (this.#count === 1) return;
    this.#keepLowest((row) => attrs.clusterLength[attr[row]!]!, 9, reasons);
    if (this.#count === 1) return;
    this.#keepLowestAddress(paths, reasons);
  }

  /** Removes every candidate whose `key` is above the lowest. */
  #keepLowest(key: (row: PathRow) => number, step: number, reasons: Map<PathRow, number> | undefined): void {
    const rows = this.#rows;
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#count; i++) {
      const value = key(rows[i]!);
      if (value < lowest) lowest = value;
    }
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const row = rows[i]!;
      if (key(row) === lowest) rows[kept++] = row;
      else reasons?.set(row, step);
    }
    this.#count = kept;
  }

  /** RFC 4271 section 9.1.2.2 (c): out goes who has a higher MED than another candidate of the same neighbor AS. */
  #eliminateByMed(paths: PathTable, reasons: Map<PathRow, number> | undefined): void {
    const rows = this.#rows;
    const attr = paths.attr;
    const always = this.options.alwaysCompareMed;
    const { neighborAs } = this.#attrs;
    const beaten = (row: PathRow): boolean => {
      const med = this.#med(attr[row]!);
      for (let i = 0; i < this.#count; i++) {
        const other = attr[rows[i]!]!;
        if ((always || neighborAs[other] === neighborAs[attr[row]!]) && this.#med(other) < med) return true;
      }
      return false;
    };
    // Decide for all before removing any: a removed candidate still beats others of its AS.
    let anyBeaten = 0;
    for (let i = 0; i < this.#count; i++) if (beaten(rows[i]!)) anyBeaten++;
    if (anyBeaten === 0) return;
    const survivors: PathRow[] = [];
    for (let i = 0; i < this.#count; i++) {
      const row = rows[i]!;
      if (beaten(row)) reasons?.set(row, 5);
      else survivors.push(row);
    }
    rows.set(survivors);
    this.#count = survivors.length;
  }

  #med(attr: number): number {
    if ((this.#attrs.flags[attr]! & ATTR_HAS_MED) !== 0) return this.#attrs.med[attr]!;
    return this.options.missingMedAsWorst ? MISSING_WORST : 0;
  }

  /** RFC 5004: among eBGP paths the one that is best already stays, which saves the network a change. */
  #keepIncumbent(paths: PathTable, incumbent: PathRow, reasons: Map<PathRow, number> | undefined): boolean {
    const rows = this.#rows;
    let present = false;
    for (let i = 0; i < this.#count; i++) {
      if (this.#peers.source[paths.peer[rows[i]!]!] !== SOURCE_EXTERNAL) return false;
      if (rows[i] === incumbent) present = true;
    }
    if (!present) return false;
    this.#keepLowest((row) => (row === incumbent ? 0 : 1), 7, reasons);
    return true;
  }

  #keepLowestAddress(paths: PathTable, reasons: Map<PathRow, number> | undefined): void {
    const rows = this.#rows;
    let lowest = rows[0]!;
    for (let i = 1; i < this.#count; i++)
      if (this.#peers.compareAddress(paths.peer[rows[i]!]!, paths.peer[lowest]!) < 0) lowest = rows[i]!;
    this.#keepLowest((row) => (row === lowest ? 0 : 1), 10, reasons);
  }
}
