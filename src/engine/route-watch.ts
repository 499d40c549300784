/**
 * RouteWatches: who wants to know whether the Loc-RIB has a route for a prefix, or for prefixes inside of one. An
 * aggregate is announced while it has contributors, a network with a condition while that is there.
 *
 * Told of every selection when there is at least one watch. A prefix that has a best path is in the `members` of each
 * watch it matches: about 50 bytes each.
 */
import { equalBytes } from '../base/bytes.ts';
import { maskInPlace, type Prefix } from '../base/prefix.ts';
import type { AttrTable } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PathRow } from '../rib/path-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';

export interface WatchSpec {
  readonly prefix: Prefix;
  /** `exact`: the prefix itself; `longer`: prefixes inside of it, without it. */
  readonly match: 'exact' | 'longer';
  /** What matches is not told to any peer (`summary-only`). */
  readonly suppress: boolean;
  /**
   * Called when the first matching route comes, when the last one goes, and when their worst ORIGIN changes.
   * @param origin 0 IGP, 1 EGP, 2 INCOMPLETE: the worst of them; undefined when there is no route.
   */
  changed(origin: number | undefined): void;
}

interface Watch {
  readonly spec: WatchSpec;
  /** ORIGIN by prefix id. */
  readonly members: Map<PrefixId, number>;
  readonly byOrigin: [igp: number, egp: number, incomplete: number];
  told: number | undefined;
}

export class RouteWatches {
  readonly #rib: FamilyRib;
  readonly #attrs: AttrTable;
  readonly #watches = new Map<WatchSpec, Watch>();
  #suppressing = 0;

  constructor(rib: FamilyRib, attrs: AttrTable) {
    this.#rib = rib;
    this.#attrs = attrs;
  }

  get size(): number {
    return this.#watches.size;
  }

  /** Begins to watch, and tells what is there already. Returns whether there was something to tell. */
  add(spec: WatchSpec): boolean {
    const watch: Watch = { spec, members: new Map(), byOrigin: [0, 0, 0], told: undefined };
    this.#watches.set(spec, watch);
    if (spec.suppress) this.#suppressing++;
    const { prefixes, best, dirty } = this.#rib;
    for (let id = 1; id < prefixes.limit; id++) {
      if (!prefixes.holds(id) || !this.#matches(spec, id)) continue;
      this.#note(watch, id, this.#originOf(best[id] ?? 0));
      if (spec.suppress) dirty.push(id);
    }
    this.#tell(watch);
    return watch.told !== undefined;
  }

  /** Watches no longer; what was suppressed is looked at again. */
  remove(spec: WatchSpec): void {
    const watch = this.#watches.get(spec);
    if (watch === undefined) return;
    this.#watches.delete(spec);
    if (!spec.suppress) return;
    this.#suppressing--;
    for (const prefix of watch.members.keys()) this.#rib.dirty.push(prefix);
  }

  /** `prefix` was decided again; `best` is its best path, 0 for none. */
  selected(prefix: PrefixId, best: PathRow): void {
    const origin = this.#originOf(best);
    for (const watch of this.#watches.values()) {
      const before = watch.members.get(prefix);
      if (before === origin || (before === undefined && !this.#matches(watch.spec, prefix))) continue;
      this.#note(watch, prefix, origin);
      this.#tell(watch);
    }
  }

  /** ORIGIN of a path; undefined when there is none, or it has lost its attributes and is decided again. */
  #originOf(row: PathRow): number | undefined {
    const attr = row === 0 ? 0 : this.#rib.paths.attr[row]!;
    return attr === 0 ? undefined : this.#attrs.rank[attr]! % 4;
  }

  #note({ members, byOrigin }: Watch, prefix: PrefixId, origin: number | undefined): void {
    const before = members.get(prefix);
    if (before !== undefined) byOrigin[before]!--;
    if (origin === undefined) members.delete(prefix);
    else {
      members.set(prefix, origin);
      byOrigin[origin]!++;
    }
  }

  /** Whether `prefix` is part of an aggregate that is announced in its place. */
  suppresses(prefix: PrefixId): boolean {
    if (this.#suppressing === 0) return false;
    for (const { spec, members } of this.#watches.values())
      if (spec.suppress && members.has(prefix)) return true;
    return false;
  }

  /** Number of prefixes that match and have a route. */
  count(spec: WatchSpec): number {
    return this.#watches.get(spec)?.members.size ?? 0;
  }

  #tell(watch: Watch): void {
    const [igp, egp, incomplete] = watch.byOrigin;
    const origin = incomplete > 0 ? 2 : egp > 0 ? 1 : igp > 0 ? 0 : undefined;
    if (origin === watch.told) return;
    watch.told = origin;
    watch.spec.changed(origin);
  }

  #matches({ prefix, match }: WatchSpec, id: PrefixId): boolean {
    const { prefixes } = this.#rib;
    const length = prefixes.prefixLength(id);
    if (match === 'exact' ? length !== prefix.length : length <= prefix.length) return false;
    const bytes = prefixes.addressBytes(id);
    maskInPlace(bytes, prefix.length);
    return equalBytes(bytes, 0, bytes.length, prefix.bytes, 0);
  }
}
