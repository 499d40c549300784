/**
 * Whatever happens, a session that has lived through it has been told the same as one that has just come up: for
 * listeners with all kinds of options, while three peers announce and withdraw, sockets fill and settings change.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WatchSpec } from '../../src/engine/route-watch.ts';
import { Bench, LOCAL_AS, type PeerSettings, type TestPeer } from './harness.ts';
import { prefix, type Route } from './update-body.ts';

const PREFIXES = ['10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16', '0.0.0.0/0', '192.0.2.0/24', '2001:db8::/32'];
const CLUSTER = 0x0a0000fe;

const internal = (id: number, reflectorClient: boolean): PeerSettings => ({
  as: LOCAL_AS,
  routerId: id,
  address: `192.0.2.${id}`,
  mode: 'unchanged',
  exportOptions: { reflectorClient, clusterId: CLUSTER },
});

const ANNOUNCERS: readonly PeerSettings[] = [
  { routerId: 1, address: '192.0.2.1', as: 65001 },
  internal(2, true),
  internal(3, false),
];

/** Those at addresses 12 and 13 are next hops of some routes. */
const LISTENERS: readonly PeerSettings[] = [
  { routerId: 11, address: '192.0.2.11', as: 65011, exportOptions: { defaultOriginate: true } },
  internal(12, true),
  internal(13, false),
  internal(14, true),
  { routerId: 15, address: '192.0.2.15', as: 65015, exportOptions: { gracefulShutdown: true, role: 'peer' } },
];

/** Settings that listeners are changed to and back. */
const CHANGES: readonly PeerSettings['exportOptions'][] = [
  { defaultOriginate: true, clusterId: CLUSTER },
  { communities: 0, gracefulShutdown: true, clusterId: CLUSTER },
  { role: 'provider', clusterId: CLUSTER },
];

const ROUTES: readonly Route[] = [
  {},
  { nextHop: '192.0.2.12' },
  { nextHop: '192.0.2.13', communities: [1] },
  { extra: [[0xc0, 35, Uint8Array.of(0, 0, 0xfd, 0xe9)]], med: 4 },
];

type Step =
  | { readonly do: 'announce'; readonly peer: number; readonly route: number; readonly prefixes: string[] }
  | { readonly do: 'withdraw'; readonly peer: number; readonly prefixes: string[] }
  | { readonly do: 'block' | 'resume' | 'restore'; readonly listener: number }
  | { readonly do: 'change'; readonly listener: number; readonly to: number }
  | { readonly do: 'drop'; readonly peer: number }
  | { readonly do: 'suppress'; readonly on: boolean };

const index = (list: readonly unknown[]) => fc.nat(list.length - 1);
/** Of one family, as a message has them. */
const some = fc
  .uniqueArray(fc.constantFrom(...PREFIXES), { minLength: 1, maxLength: 3 })
  .map((list) => list.filter((text) => text.includes(':') === list[0]!.includes(':')));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('announce' as const),
      peer: index(ANNOUNCERS),
      route: index(ROUTES),
      prefixes: some,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('withdraw' as const), peer: index(ANNOUNCERS), prefixes: some }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('block' as const, 'resume' as const, 'restore' as const),
      listener: index(LISTENERS),
    }),
  },
  fc.record({ do: fc.constant('change' as const), listener: index(LISTENERS), to: index(CHANGES) }),
  fc.record({ do: fc.constant('drop' as const), peer: index(ANNOUNCERS) }),
  fc.record({ do: fc.constant('suppress' as const), on: fc.boolean() }),
);

class World {
  readonly bench = new Bench();
  readonly announcers = ANNOUNCERS.map((settings) => this.bench.peer(settings));
  readonly listeners: TestPeer[];
  readonly #summary: WatchSpec = {
    prefix: prefix('10.0.0.0/8'),
    match: 'longer',
    suppress: true,
    changed: () => {},
  };

  constructor(settings: readonly PeerSettings[]) {
    this.listeners = settings.map((one) => this.bench.peer(one));
  }

  run(step: Step): void {
    const { bench } = this;
    switch (step.do) {
      case 'announce': {
        const route = step.prefixes[0]!.includes(':') ? {} : ROUTES[step.route]!;
        bench.announce(this.announcers[step.peer]!, route, ...step.prefixes);
        return;
      }
      case 'withdraw':
        bench.withdraw(this.announcers[step.peer]!, ...step.prefixes);
        return;
      case 'block':
        this.listeners[step.listener]!.receiver.room = false;
        return;
      case 'resume':
        this.#resume(this.listeners[step.listener]!);
        return;
      case 'restore':
        bench.change(this.listeners[step.listener]!, LISTENERS[step.listener]!);
        return;
      case 'change':
        bench.change(this.listeners[step.listener]!, { exportOptions: CHANGES[step.to]! });
        return;
      case 'drop':
        bench.drop(this.announcers[step.peer]!);
        this.announcers[step.peer] = bench.peer(ANNOUNCERS[step.peer]!);
        return;
      case 'suppress': {
        const { watches } = bench.engine.exporters[0]!;
        watches.remove(this.#summary);
        if (step.on) watches.add(this.#summary);
        bench.drain();
      }
    }
  }

  /** All sockets have room again. */
  settle(): void {
    for (const listener of this.listeners) this.#resume(listener);
  }

  /** Everything goes; nothing may be left. */
  end(): void {
    this.run({ do: 'suppress', on: false });
    for (const peer of [...this.announcers, ...this.listeners]) this.bench.drop(peer);
    this.bench.expectEmpty();
  }

  #resume(listener: TestPeer): void {
    listener.receiver.room = true;
    this.bench.engine.resume(listener.index);
    this.bench.drain();
  }
}

const heard = ({ receiver }: TestPeer) =>
  receiver.tables.map((table) => Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1))));

test('a session knows what a new one with its settings is told', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World(LISTENERS);
      for (const one of steps) world.run(one);
      world.settle();
      for (const listener of world.listeners) {
        const fresh = world.bench.peer(listener.settings);
        expect(heard(listener)).toEqual(heard(fresh));
        const told = world.bench.engine.exporters.map((exporter) =>
          exporter.groupOf(listener.index)!.advertisedTo(listener.index),
        );
        expect(told).toEqual(listener.receiver.tables.map((table) => table.size));
        world.bench.drop(fresh);
      }
      world.end();
    }),
    { numRuns: 300 },
  );
});

test('max-prefixes-out: never more than the limit, and never less than there is', () => {
  const settings = LISTENERS.map((one) => ({
    ...one,
    exportOptions: { ...one.exportOptions, maximumPrefixes: 2 },
  }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = new World(settings);
      for (const one of steps) {
        if (one.do === 'change' || one.do === 'restore') continue;
        world.run(one);
        for (const { receiver } of world.listeners)
          for (const table of receiver.tables) expect(table.size).toBeLessThanOrEqual(2);
      }
      world.settle();
      for (const [i, listener] of world.listeners.entries()) {
        const unlimited = world.bench.peer(LISTENERS[i]!);
        for (const [family, table] of unlimited.receiver.tables.entries()) {
          const limited = listener.receiver.tables[family]!;
          expect(limited.size).toBe(Math.min(2, table.size));
          for (const [text, attributes] of limited) expect(attributes).toBe(table.get(text));
        }
        world.bench.drop(unlimited);
      }
      world.end();
    }),
    { numRuns: 200 },
  );
});
