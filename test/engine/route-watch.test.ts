/** Who waits for routes: aggregates (RFC 4271 section 9.2.2.2) and networks with a condition. */
import { expect, test } from 'vitest';
import type { WatchSpec } from '../../src/engine/route-watch.ts';
import { Bench } from './harness.ts';
import { prefix } from './update-body.ts';

/** A watch that notes what it is told. */
function watch(text: string, match: WatchSpec['match'], suppress = false) {
  const told: (number | undefined)[] = [];
  const spec: WatchSpec = { prefix: prefix(text), match, suppress, changed: (origin) => told.push(origin) };
  return { spec, told };
}

function setUp() {
  const bench = new Bench();
  const a = bench.peer({ routerId: 1, address: '10.0.0.1' });
  const b = bench.peer({ routerId: 2, address: '10.0.0.2' });
  const { watches } = bench.engine.exporters[0]!;
  return { bench, a, b, watches };
}

test('longer: told of the first route inside, of the last one that goes, and of the worst ORIGIN', () => {
  const { bench, a, watches } = setUp();
  const { spec, told } = watch('10.0.0.0/8', 'longer');
  watches.add(spec);
  bench.announce(a, {}, '10.0.0.0/8', '11.0.0.0/16');
  expect(told).toEqual([]);
  bench.announce(a, {}, '10.1.0.0/16');
  bench.announce(a, { origin: 2 }, '10.2.0.0/16');
  bench.announce(a, { origin: 1 }, '10.3.0.0/16');
  expect(watches.count(spec)).toBe(3);
  bench.withdraw(a, '10.2.0.0/16');
  bench.withdraw(a, '10.3.0.0/16', '10.1.0.0/16');
  expect(told).toEqual([0, 2, 1, 0, undefined]);
});

test('exact: told of the prefix itself, and of what is there already', () => {
  const { bench, a, watches } = setUp();
  bench.announce(a, {}, '10.0.0.0/8', '10.1.0.0/16');
  const { spec, told } = watch('10.0.0.0/8', 'exact');
  watches.add(spec);
  bench.drain();
  expect(told).toEqual([0]);
  bench.drop(a);
  expect(told).toEqual([0, undefined]);
});

test('a route that is not accepted does not count', () => {
  const { bench, a, watches } = setUp();
  const { spec, told } = watch('10.0.0.0/8', 'longer');
  watches.add(spec);
  bench.announce(a, { path: [65001, 65000] }, '10.1.0.0/16');
  expect(told).toEqual([]);
});

test('suppress: what is inside is told to nobody until the watch is gone', () => {
  const { bench, a, b, watches } = setUp();
  bench.announce(a, {}, '10.1.0.0/16', '10.0.0.0/8');
  const { spec } = watch('10.0.0.0/8', 'longer', true);
  watches.add(spec);
  bench.drain();
  bench.announce(a, {}, '10.2.0.0/16');
  expect([...b.receiver.tables[0]!.keys()]).toEqual(['10.0.0.0/8']);
  expect(b.receiver.updates.flatMap(({ announced }) => announced)).not.toContain('10.2.0.0/16');
  watches.remove(spec);
  bench.drain();
  expect([...b.receiver.tables[0]!.keys()].sort()).toEqual(['10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16']);
  bench.drop(a);
  bench.drop(b);
  bench.expectEmpty();
});
