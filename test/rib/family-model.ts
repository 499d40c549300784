/** The tables of a family beside a list of paths: every command runs on both, `check` compares. */
import { expect } from 'vitest';
import { AttrTable } from '../../src/rib/attr-table.ts';
import { FamilyRib } from '../../src/rib/family-rib.ts';
import { PATH_STALE } from '../../src/rib/path-table.ts';
import { PeerTable } from '../../src/rib/peer-table.ts';
import { SELECTION_STEPS, type SelectOptions, Selector } from '../../src/rib/select.ts';
import { ipv4Unicast } from '../../src/wire/families/ipv4-unicast.ts';
import { type Attributes, internAttributes, naiveDecide, peerOf, setPeer } from './candidates.ts';

export const PEERS = [
  peerOf(0, { source: 'local' }),
  peerOf(1),
  peerOf(2),
  peerOf(3, { source: 'internal' }),
  peerOf(4, { source: 'internal', routerId: 1 }),
  peerOf(300, { routerId: 2, address: 5 }),
];

export interface ModelPath {
  readonly prefix: number;
  readonly peer: number;
  received: Attributes;
  accepted: Attributes | undefined;
  stale: boolean;
}

/** The real tables and the model side by side. */
export class Pair {
  readonly attrs = new AttrTable(7);
  readonly peers = new PeerTable();
  readonly options: SelectOptions;
  readonly rib: FamilyRib;
  readonly prefixes: number[];
  paths: ModelPath[] = [];

  constructor(options: SelectOptions) {
    this.options = options;
    for (const peer of PEERS) setPeer(this.peers, { ...peer, routerId: 0x0a000000 + peer.routerId });
    const selector = new Selector(this.attrs, this.peers, options);
    this.rib = new FamilyRib(ipv4Unicast, this.attrs, this.peers, selector, 7);
    // The last id lies behind the columns as they are at first.
    for (let i = 0; i < 100; i++) this.rib.prefixes4.intern(i * 256, 24);
    this.prefixes = [1, 2, 100];
  }

  set(prefix: number, peer: number, received: Attributes, accepted: Attributes | undefined): void {
    const attrIn = internAttributes(this.attrs, received);
    const attr = accepted === undefined ? 0 : internAttributes(this.attrs, accepted);
    this.rib.setPath(prefix, peer, attrIn, attr);
    const path = this.paths.find((p) => p.prefix === prefix && p.peer === peer);
    if (path === undefined) this.paths.push({ prefix, peer, received, accepted, stale: false });
    else Object.assign(path, { received, accepted, stale: false });
  }

  drop(prefix: number, peer: number): void {
    const before = this.paths.length;
    this.paths = this.paths.filter((p) => p.prefix !== prefix || p.peer !== peer);
    expect(this.rib.dropPath(prefix, peer)).toBe(this.paths.length < before);
  }

  markStale(peer: number): void {
    this.rib.markStale(peer);
    for (const path of this.paths) if (path.peer === peer) path.stale = true;
  }

  sweep(peer: number, onlyStale: boolean): void {
    const { paths } = this.rib;
    for (let row = 1; row < paths.limit; row++) {
      if (paths.peer[row] !== peer || paths.prefix[row] === 0) continue;
      if (!onlyStale || (paths.flags[row]! & PATH_STALE) !== 0) this.rib.dropRow(row);
    }
    this.paths = this.paths.filter((p) => p.peer !== peer || (onlyStale && !p.stale));
  }

  /** Selects for every dirty prefix, and for no other. */
  drain(): void {
    for (let prefix = this.rib.dirty.shift(); prefix >= 0; prefix = this.rib.dirty.shift())
      this.rib.select(prefix);
  }

  candidates(prefix: number): { path: ModelPath; row: number }[] {
    return this.paths
      .filter((path) => path.prefix === prefix)
      .map((path) => ({ path, row: this.rib.findPath(prefix, path.peer) }));
  }

  /** Best, rows and counters are what the model has. */
  check(): void {
    const { rib } = this;
    expect(rib.paths.count).toBe(this.paths.length);
    for (const prefix of this.prefixes) this.#checkPrefix(prefix);
    for (const { index } of PEERS) {
      const own = this.paths.filter((path) => path.peer === index);
      expect(rib.received[index] ?? 0, `received of ${index}`).toBe(own.length);
      expect(rib.accepted[index] ?? 0, `accepted of ${index}`).toBe(
        own.filter((path) => path.accepted !== undefined).length,
      );
    }
  }

  #checkPrefix(prefix: number): void {
    const { rib } = this;
    const entries = this.candidates(prefix);
    const all = entries.map(({ path }) => ({ peer: peerWith(path.peer), attributes: path.accepted }));
    for (const { path, row } of entries) {
      expect(rib.paths.prefix[row]).toBe(prefix);
      expect(rib.paths.attrIn[row]).toBe(internAttributes(this.attrs, path.received));
      expect((rib.paths.flags[row]! & PATH_STALE) !== 0).toBe(path.stale);
    }
    if (!this.options.compareRouterId) return;
    const { best, reasons } = naiveDecide(all, this.options);
    expect(rib.best[prefix] ?? 0, `best of ${prefix}`).toBe(entries[best]?.row ?? 0);
    const explained = rib.explain(prefix);
    expect(explained.best).toBe(entries[best]?.row ?? 0);
    const named = new Map([...explained.reasons].map(([row, step]) => [row, SELECTION_STEPS[step]]));
    expect(entries.map(({ row }) => named.get(row))).toEqual(reasons);
  }
}

export const peerWith = (index: number) => PEERS.find((peer) => peer.index === index)!;
