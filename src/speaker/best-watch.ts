/**
 * BestWatch: which best routes changed, from what to what, for somebody who wants to know.
 *
 * The tables keep no history, so a watch has columns of its own: what was best for each prefix when it looked last (6
 * bytes a prefix, while anybody watches). It takes that picture in slices, and reports changes once it is complete.
 * Changes are noted as integers where they happen and become objects later, a few each round of the event loop; when
 * they come faster than that for too long they are counted and dropped, never queued without a bound.
 */
import type { Clock } from '../base/clock.ts';
import { grownCapacity, growU16, growU32 } from '../base/columns.ts';
import { MAX_PENDING_ROUTE_CHANGES } from '../base/limits.ts';
import { formatPrefix } from '../base/prefix.ts';
import type { Engine } from '../engine/engine.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { routeEntry } from './route-entry.ts';
import type { RouteEntry } from './status.ts';

/** Prefixes of which the first picture is taken at a time, and changes that become objects at a time. */
const PICTURE_SLICE = 65_536;
const REPORT_SLICE = 200;

/** A best route that came, went or was replaced. */
export interface RouteChange {
  readonly family: string;
  readonly prefix: string;
  /** undefined: the prefix had no route. */
  readonly old: RouteEntry | undefined;
  /** undefined: the prefix has no route any more. */
  readonly new: RouteEntry | undefined;
}

/** A running watch of best routes, from `Speaker.watchRoutes`. */
export interface RouteWatch {
  /** Resolves when changes are reported: what happens from then on is not missed. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Who hears of changes. */
export interface RouteWatcher {
  changed(change: RouteChange): void;
  /** `count` changes came too fast to be reported. */
  lost(count: number): void;
}

interface Noted {
  readonly rib: FamilyRib;
  readonly address: Uint8Array;
  readonly length: number;
  readonly oldAttr: AttrId;
  readonly oldPeer: string;
  readonly newAttr: AttrId;
  readonly newPeer: string;
}

/** What was best in one family; prefixes below `pictured` are known. */
class Picture {
  readonly rib: FamilyRib;
  attr = new Uint32Array(64);
  peer = new Uint16Array(64);
  pictured: PrefixId = 1;
  complete = false;

  constructor(rib: FamilyRib) {
    this.rib = rib;
  }

  grow(needed: number): void {
    if (needed <= this.attr.length) return;
    const capacity = grownCapacity(this.attr.length, needed);
    this.attr = growU32(this.attr, capacity);
    this.peer = growU16(this.peer, capacity);
  }
}

export class BestWatch implements RouteWatch {
  readonly ready: Promise<void>;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #names: () => (peer: PeerIndex) => string;
  readonly #watcher: RouteWatcher;
  readonly #pictures: readonly Picture[];
  readonly #unsubscribe: (() => void)[] = [];
  #noted: Noted[] = [];
  #lost = 0;
  #reporting = false;
  #closed = false;

  /** @param names gives the address of each peer, as known at the moment of the call. */
  constructor(engine: Engine, clock: Clock, names: () => (peer: PeerIndex) => string, watcher: RouteWatcher) {
    this.#engine = engine;
    this.#clock = clock;
    this.#names = names;
    this.#watcher = watcher;
    this.#pictures = engine.ribs.map((rib) => new Picture(rib));
    for (const [family, exporter] of engine.exporters.entries()) {
      const decided = (prefixes: Uint32Array): void => this.#decided(this.#pictures[family]!, prefixes);
      exporter.watchers.add(decided);
      this.#unsubscribe.push(() => exporter.watchers.delete(decided));
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#take(resolve);
  }

  /** Forgets the picture; nothing is reported after it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    const { attrs } = this.#engine;
    for (const { attr } of this.#pictures) for (const id of attr) if (id !== 0) attrs.unref(id);
    for (const noted of this.#noted) this.#release(noted);
    this.#noted = [];
  }

  /** Goes on with the first picture, a slice each round of the event loop. */
  #take(done: () => void): void {
    const picture = this.#pictures.find(({ complete }) => !complete);
    if (picture === undefined || this.#closed) {
      done();
      return;
    }
    const { rib } = picture;
    const { limit } = rib.prefixes;
    const end = Math.min(picture.pictured + PICTURE_SLICE, limit);
    picture.grow(limit);
    for (let id = picture.pictured; id < end; id++) {
      const row = rib.best[id] ?? 0;
      const attr = row === 0 ? 0 : rib.paths.attr[row]!;
      if (attr === 0) continue;
      this.#engine.attrs.ref(attr);
      picture.attr[id] = attr;
      picture.peer[id] = rib.paths.peer[row]!;
    }
    picture.pictured = end;
    picture.complete = end >= limit;
    this.#clock.soon(() => this.#take(done));
  }

  /** The best routes of `prefixes` have just been decided. */
  #decided(picture: Picture, prefixes: Uint32Array): void {
    const { rib } = picture;
    const { attrs } = this.#engine;
    picture.grow(rib.prefixes.limit);
    let names: ((peer: PeerIndex) => string) | undefined;
    for (const id of prefixes) {
      if (!picture.complete && id >= picture.pictured) continue;
      const row = rib.best[id] ?? 0;
      const attr = row === 0 ? 0 : rib.paths.attr[row]!;
      const peer = attr === 0 ? 0 : rib.paths.peer[row]!;
      const oldAttr = picture.attr[id]!;
      const oldPeer = picture.peer[id]!;
      if (attr === oldAttr && peer === oldPeer) continue;
      picture.attr[id] = attr;
      picture.peer[id] = peer;
      if (attr !== 0) attrs.ref(attr);
      if (this.#noted.length >= MAX_PENDING_ROUTE_CHANGES) {
        this.#lost++;
        if (oldAttr !== 0) attrs.unref(oldAttr);
        continue;
      }
      // What the picture gives up, the note keeps; what the picture takes, the note needs too.
      if (attr !== 0) attrs.ref(attr);
      names ??= this.#names();
      this.#noted.push({
        rib,
        address: rib.prefixes.addressBytes(id),
        length: rib.prefixes.prefixLength(id),
        oldAttr,
        oldPeer: names(oldPeer),
        newAttr: attr,
        newPeer: names(peer),
      });
    }
    if (this.#noted.length > 0 && !this.#reporting) {
      this.#reporting = true;
      this.#clock.soon(() => this.#report());
    }
  }

  #report(): void {
    this.#reporting = false;
    if (this.#closed) return;
    const isReady = this.#pictures.every(({ complete }) => complete);
    const batch = this.#noted.splice(0, REPORT_SLICE);
    for (const noted of batch) {
      if (isReady) this.#watcher.changed(this.#change(noted));
      this.#release(noted);
    }
    if (this.#noted.length > 0) {
      this.#reporting = true;
      this.#clock.soon(() => this.#report());
    } else if (this.#lost > 0) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#watcher.lost(lost);
    }
  }

  #change({ rib, address, length, oldAttr, oldPeer, newAttr, newPeer }: Noted): RouteChange {
    const prefix = formatPrefix(address, length);
    const entry = (attr: AttrId, peer: string): RouteEntry | undefined => {
      if (attr === 0) return undefined;
      const { bytes, start, end } = this.#engine.attrs.blob(attr);
      const facts = { best: true, accepted: true, rejectReason: undefined, lostBy: undefined };
      return routeEntry({ ...facts, family: rib.family.name, prefix, peer }, bytes, start, end);
    };
    return { family: rib.family.name, prefix, old: entry(oldAttr, oldPeer), new: entry(newAttr, newPeer) };
  }

  #release({ oldAttr, newAttr }: Noted): void {
    if (oldAttr !== 0) this.#engine.attrs.unref(oldAttr);
    if (newAttr !== 0) this.#engine.attrs.unref(newAttr);
  }
}
