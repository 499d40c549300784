/** FamilyRib against a list of paths: rows, counters, references, and that nothing that matters is left clean. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SelectOptions } from '../../src/rib/select.ts';
import { anyAttributes, DEFAULTS, naiveDecide, PLAIN, tiedAttributes } from './candidates.ts';
import { Pair, PEERS, peerWith } from './family-model.ts';

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
    arbitrary: fc.tuple(peer, fc.boolean()).map(
      ([from, onlyStale]): Command =>
        (pair) =>
          pair.sweep(from, onlyStale),
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
        for (const { index } of PEERS) pair.sweep(index, false);
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
    pair.sweep(1, true);
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

  test('a loser whose MED kept another path out: dirty when it gets worse', () => {
    const pair = new Pair(DEFAULTS);
    const [keptOut, keeper] = [1, 300];
    pair.set(1, keptOut, PLAIN, { ...PLAIN, med: 10 });
    pair.set(1, keeper, PLAIN, { ...PLAIN, med: 5 });
    pair.set(1, 2, PLAIN, { ...PLAIN, asPath: [65002] });
    pair.drain();
    expect(pair.rib.best[1], 'the lowest router id of those that MED left').toBe(pair.rib.findPath(1, 2));
    pair.set(1, keeper, PLAIN, { ...PLAIN, med: 5, localPref: 50 });
    pair.drain();
    expect(pair.rib.best[1]).toBe(pair.rib.findPath(1, keptOut));
  });

  test('a learned path beside a route of our own: nothing is dirty', () => {
    const pair = new Pair(DEFAULTS);
    pair.set(1, 0, PLAIN, PLAIN);
    pair.drain();
    pair.set(1, 1, PLAIN, { ...PLAIN, localPref: 500 });
    expect(pair.rib.dirty.size).toBe(0);
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
