/**
 * Reimports: a new import policy for routes that are in the tables already (Adj-RIB-In), without asking the peer.
 *
 * In slices, as one peer may have a million routes and a reload may change many peers. Until its slice comes a route
 * stays as the policy before made it; one that is announced meanwhile is judged by the new one.
 */
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import { IMPORT_ACCEPT, type ImportRules } from './import-rules.ts';
import type { PeerParams } from './peer-params.ts';

/** Rows looked at before sockets and timers get their turn. */
const ROWS = 16_384;

/** What is needed of a session. */
interface ReimportSession {
  readonly params: PeerParams;
  readonly rules: ImportRules;
}

interface Walk {
  readonly peer: PeerIndex;
  /** Routes that stay the same are told again: something else about the peer changed. */
  readonly always: boolean;
  family: number;
  row: number;
}

export class Reimports {
  readonly #ribs: readonly FamilyRib[];
  readonly #sessionOf: (peer: PeerIndex) => ReimportSession | undefined;
  readonly #walks: Walk[] = [];

  constructor(ribs: readonly FamilyRib[], sessionOf: (peer: PeerIndex) => ReimportSession | undefined) {
    this.#ribs = ribs;
    this.#sessionOf = sessionOf;
  }

  /** All routes of `peer` are judged again; with `always` other peers are told those that stay as they are too. */
  start(peer: PeerIndex, always: boolean): void {
    const before = this.drop(peer);
    this.#walks.push({ peer, always: always || before, family: 0, row: 1 });
  }

  /** The session ended. Returns whether a walk was under way that would have told every route. */
  drop(peer: PeerIndex): boolean {
    const at = this.#walks.findIndex((walk) => walk.peer === peer);
    const [walk] = at < 0 ? [] : this.#walks.splice(at, 1);
    return walk?.always ?? false;
  }

  /** One slice; returns whether there was anything to do. */
  work(): boolean {
    const walk = this.#walks[0];
    if (walk === undefined) return false;
    const session = this.#sessionOf(walk.peer);
    const rib = this.#ribs[walk.family];
    if (session === undefined || rib === undefined) {
      this.#walks.shift();
      return true;
    }
    const end = Math.min(walk.row + ROWS, rib.paths.limit);
    for (; walk.row < end; walk.row++) {
      const { paths } = rib;
      if (paths.peer[walk.row] !== walk.peer || paths.prefix[walk.row] === 0) continue;
      this.#judge(rib, walk, session);
    }
    if (walk.row < rib.paths.limit) return true;
    walk.family++;
    walk.row = 1;
    return true;
  }

  #judge(rib: FamilyRib, { row, peer, always }: Walk, { rules, params }: ReimportSession): void {
    const { paths } = rib;
    const attrIn = paths.attrIn[row]!;
    const prefix = paths.prefix[row]!;
    const flags = paths.flags[row]!;
    const accepted = rules.verdict(attrIn) === IMPORT_ACCEPT;
    const attr = accepted ? params.import.apply(attrIn, rib.family.index, prefix, peer) : 0;
    rib.setPath(prefix, peer, attrIn, attr);
    // The peer has not repeated it: a stale path stays stale.
    paths.flags[row] = flags;
    if (always) rib.dirty.push(prefix);
  }
}
