/**
 * Sweeps: work over all routes of a peer, done in slices: dropping them when the session ended or a family was
 * closed, dropping what a refresh did not repeat, and judging them again under another import policy.
 *
 * A slice is bounded twice: by the rows it looks at (a scan of one column, a nanosecond each) and by those it changes.
 */
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PathRow } from '../rib/path-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';

/** Rows looked at, and rows changed, before sockets and timers get their turn. */
const SCAN_ROWS = 262_144;
const CHANGE_ROWS = 2048;

export interface Sweep {
  readonly peer: PeerIndex;
  /** Index of the family. */
  readonly family: number;
  /** `retell`: as `reimport`, and other peers are told what stays the same too. */
  readonly kind: 'drop' | 'drop-stale' | 'reimport' | 'retell';
  /** The next row to look at. */
  row: PathRow;
  /** The peer index is free when this was the last sweep of a peer that left. */
  readonly last: boolean;
}

/** Does what a sweep has to do with one row of its peer; returns whether that was a change. */
export type SweepRow = (rib: FamilyRib, row: PathRow, sweep: Sweep) => boolean;

export class Sweeps {
  readonly #ribs: readonly FamilyRib[];
  readonly #visit: SweepRow;
  readonly #queue: Sweep[] = [];

  /** @param visit is called for each row of a sweep's peer. */
  constructor(ribs: readonly FamilyRib[], visit: SweepRow) {
    this.#ribs = ribs;
    this.#visit = visit;
  }

  add(peer: PeerIndex, family: number, kind: Sweep['kind'], last = false): void {
    this.#queue.push({ peer, family, kind, row: 1, last });
  }

  /** Whether such a sweep has not ended yet. */
  has(peer: PeerIndex, family: number, kind: Sweep['kind']): boolean {
    return this.#find(peer, family, kind) >= 0;
  }

  /** Forgets all sweeps of a peer. */
  cancel(peer: PeerIndex): void {
    for (let i = this.#queue.length - 1; i >= 0; i--)
      if (this.#queue[i]!.peer === peer) this.#queue.splice(i, 1);
  }

  /** Ends a sweep now, however long it takes. */
  finish(peer: PeerIndex, family: number, kind: Sweep['kind']): void {
    const at = this.#find(peer, family, kind);
    const [sweep] = at < 0 ? [] : this.#queue.splice(at, 1);
    if (sweep !== undefined) this.#walk(sweep, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** Begins a sweep anew, in the place where it stood. */
  restart(peer: PeerIndex, family: number, kind: Sweep['kind']): void {
    const at = this.#find(peer, family, kind);
    if (at < 0) this.add(peer, family, kind);
    else this.#queue[at]!.row = 1;
  }

  /** One slice; returns the sweep that got it, with row 0 when it is done, or undefined when there is none. */
  work(): Sweep | undefined {
    const sweep = this.#queue[0];
    if (sweep === undefined) return undefined;
    this.#walk(sweep, SCAN_ROWS, CHANGE_ROWS);
    if (sweep.row === 0) this.#queue.shift();
    return sweep;
  }

  #walk(sweep: Sweep, rows: number, changes: number): void {
    const rib = this.#ribs[sweep.family]!;
    const { paths } = rib;
    const end = Math.min(sweep.row + rows, paths.limit);
    let row = sweep.row;
    for (let left = changes; row < end && left > 0; row++) {
      if (paths.peer[row] !== sweep.peer || paths.prefix[row] === 0) continue;
      if (this.#visit(rib, row, sweep)) left--;
    }
    sweep.row = row >= paths.limit ? 0 : row;
  }

  #find(peer: PeerIndex, family: number, kind: Sweep['kind']): number {
    return this.#queue.findIndex(
      (sweep) => sweep.peer === peer && sweep.family === family && sweep.kind === kind,
    );
  }
}
