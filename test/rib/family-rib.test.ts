/** FamilyRib against a list of paths: rows, counters, references, and that nothing that matters is left clean. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AttrTable } from '../../src/rib/attr-table.ts';
import { FamilyRib } from '../../src/rib/family-rib.ts';
import { PATH_STALE } from '../../src/rib/path-table.ts';
import { PeerTable } from '../../src/rib/peer-table.ts';
import { SELECTION_STEPS, type SelectOptions, Selector } from '../../src/rib/select.ts';
import { ipv4Unicast } from '../../src/wire/families/ipv4-unicast.ts';
import {
  type Attributes,
  anyAttributes,
  DEFAULTS,
  internAttributes,
  naiveDecide,
  PLAIN,
  peerOf,
  setPeer,
  tiedAttributes,
} from './candidates.ts';

const PEERS = [
  peerOf(0, { source: 'local' }),
  peerOf(1),
  peerOf(2),
  peerOf(3, { source: 'internal' }),
  peerOf(4, { source: 'internal', routerId: 1 }),
  peerOf(300, { routerId: 2, address: 5 }),
];

interface ModelPath {
  readonly prefix: number;
  readonly peer: number;
  received: Attributes;
  accepted: Attributes | undefined;
  stale: boolean;
}

/** The real tables and the model side by side. */
class Pair {
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

  sweep(peer: number, onlyStale: boolean, slice: number): void {
    for (let row = 1; row !== 0; ) row = this.rib.sweep(peer, onlyStale, row, slice);
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

const peerWith = (index: number) => PEERS.find((peer) => peer.index === index)!;

const prefix = fc.constantFrom(1, 1, 2, 100);
const peer = fc.constantFrom(...PEERS.map(({ index }) => index));
const attributes = fc.oneof(anyAttributes, tiedAttributes);
const accepted = fc.oneof(
  { weight: 5, arbitrary: attributes },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

type Command = (pair: Pair) => void;
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(prefix, peer, attributes, accepted).map(
      ([at, from, received, after]): Command =>
        (pair) =>
          pair.set(at, from, received, after),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(prefix, peer).map(
      ([at, from]): Command =>
        (pair) =>
          pair.drop(at, from),
    ),
  },
  {
    weight: 1,
    arbitrary: peer.map(
      (from): Command =>
        (pair) =>
          pair.markStale(from),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(peer, fc.boolean(), fc.constantFrom(1, 2, 1000)).map(
      ([from, onlyStale, slice]): Command =>
        (pair) =>
          pair.sweep(from, onlyStale, slice),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Command>((pair) => pair.drain()) },
  { weight: 1, arbitrary: fc.constant<Command>((pair) => pair.attrs.collect()) },
);

const options: fc.Arbitrary<SelectOptions> = fc.record({
  alwaysCompareMed: fc.boolean(),
  missingMedAsWorst: fc.boolean(),
  compareRouterId: fc.constant(true),
});

describe('any history of announcements and withdrawals', () => {
  test('leaves the best path that the naive decision process finds, when the dirty prefixes were selected', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), options, (commands, chosen) => {
        const pair = new Pair(chosen);
        for (const run of commands) {
          run(pair);
          if (pair.rib.dirty.size === 0) pair.check();
        }
        pair.drain();
        pair.check();
      }),
      { numRuns: 600 },
    );
  });

  test('leaves no attribute set behind when all paths went', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const pair = new Pair(DEFAULTS);
        for (const run of commands) run(pair);
        for (const { index } of PEERS) pair.sweep(index, false, 3);
        pair.drain();
        pair.check();
        pair.attrs.collect();
        expect(pair.attrs.count).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('with RFC 5004 leaves a best path that only an older eBGP route or router id could set aside', () => {
    const late = ['older eBGP route (RFC 5004)', 'router id', 'cluster list length', 'peer address'];
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), options, (commands, chosen) => {
        const pair = new Pair({ ...chosen, compareRouterId: false });
        for (const run of commands) run(pair);
        pair.drain();
        for (const at of pair.prefixes) {
          const entries = pair.candidates(at);
          const all = entries.map(({ path }) => ({ peer: peerWith(path.peer), attributes: path.accepted }));
          const { best, reasons } = naiveDecide(all, chosen);
          const real = entries.findIndex(({ row }) => row === pair.rib.best[at]);
          if (real !== best) expect(late).toContain(reasons[real]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('setPath', () => {
  test('the same route again: nothing is dirty, but it is not stale any more (RFC 7313 section 4)', () => {
    const pair = new Pair(DEFAULTS);
    pair.set(1, 1, PLAIN, PLAIN);
    pair.drain();
    pair.markStale(1);
    pair.set(1, 1, PLAIN, PLAIN);
    expect(pair.rib.dirty.size).toBe(0);
    pair.sweep(1, true, 10);
    expect(pair.rib.received[1]).toBe(1);
  });

  test('a path that cannot become best: nothing is dirty', () => {
    const pair = new Pair(DEFAULTS);
    pair.set(1, 1, PLAIN, PLAIN);
    pair.drain();
    pair.set(1, 2, PLAIN, { ...PLAIN, asPath: [65001, 2] });
    expect(pair.rib.dirty.size).toBe(0);
    pair.set(1, 2, PLAIN, PLAIN);
    expect(pair.rib.dirty.has(1)).toBe(true);
  });

  test('other attributes before import alone: kept, nothing is dirty', () => {
    const pair = new Pair(DEFAULTS);
    pair.set(1, 1, PLAIN, PLAIN);
    pair.drain();
    pair.set(1, 1, { ...PLAIN, med: 5 }, PLAIN);
    expect(pair.rib.dirty.size).toBe(0);
    pair.check();
  });
});

test('dropPath: an incumbent whose row is used again is not taken for the new path (RFC 5004)', () => {
  const pair = new Pair({ ...DEFAULTS, compareRouterId: false });
  pair.set(1, 2, PLAIN, PLAIN);
  pair.drain();
  pair.set(1, 1, PLAIN, PLAIN);
  pair.drop(1, 2);
  pair.set(1, 300, PLAIN, PLAIN);
  pair.drain();
  expect(pair.rib.best[1]).toBe(pair.rib.findPath(1, 1));
});

test('a prefix that has no columns yet: no path, no best, no reasons', () => {
  const pair = new Pair(DEFAULTS);
  expect(pair.rib.findPath(5000, 1)).toBe(0);
  expect(pair.rib.dropPath(5000, 1)).toBe(false);
  expect(pair.rib.select(5000)).toBe(0);
  expect(pair.rib.explain(5000)).toEqual({ best: 0, reasons: new Map() });
});
