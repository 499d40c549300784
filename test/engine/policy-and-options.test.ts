/** Policies together with what is special about a session: neither may undo what the other has to do. */
import { describe, expect, test } from 'vitest';
import { PolicyRegistry } from '../../src/policy/registry.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import { policyOf } from '../policy/fixtures.ts';
import { Bench, LOCAL_AS, type TestPeer } from './harness.ts';

class PolicyBench extends Bench {
  readonly registry = new PolicyRegistry(this.engine, () => this.engine.policies());

  policy(direction: 'import' | 'export', ...terms: string[]): RouteTransform {
    const self = [Uint8Array.of(10, 0, 0, 254), undefined];
    const session = {
      direction,
      localAs: LOCAL_AS,
      address: '10.0.0.1',
      peerGroup: undefined,
      self,
    } as const;
    return this.registry.transform(policyOf(...terms), true, session);
  }

  internal(settings = {}): TestPeer {
    return this.peer({ as: LOCAL_AS, routerId: 9, address: '10.0.0.9', ...settings });
  }
}

const GRACEFUL_SHUTDOWN = 0xffff0000;

describe.each([
  ['message by message', ['{ set: { local-pref: 300 }, then: accept }']],
  [
    'prefix by prefix',
    ['{ match: { prefix: 10.9.0.0/16 }, then: reject }', '{ set: { local-pref: 300 }, then: accept }'],
  ],
])('import by a policy that decides %s', (how, terms) => {
  const setup = (settings = {}) => {
    const bench = new PolicyBench();
    const policy = bench.policy('import', ...terms);
    expect(policy.perPrefix).toBe(how === 'prefix by prefix');
    return { bench, from: bench.peer({ import: policy, ...settings }), to: bench.internal() };
  };

  test('no policy takes back the LOCAL_PREF of a graceful shutdown (RFC 8326)', () => {
    const { bench, from, to } = setup({ importOptions: { gracefulShutdown: 'marked' } });
    bench.announce(from, {}, '10.1.0.0/16');
    bench.announce(from, { communities: [GRACEFUL_SHUTDOWN] }, '10.2.0.0/16', '10.3.0.0/16');
    expect(to.receiver.get('10.1.0.0/16')).toContain('localPref=300');
    expect(to.receiver.get('10.2.0.0/16')).toMatch(/localPref=0\b/);
    bench.drop(from);
    bench.drop(to);
    bench.expectEmpty();
  });

  test('a loop is refused whatever the policy says, and counted for each route (RFC 4271 section 9.1.2)', () => {
    const { bench, from, to } = setup();
    bench.announce(from, { path: [65001, LOCAL_AS] }, '10.1.0.0/16', '10.2.0.0/16');
    expect(to.receiver.tables[0]!.size).toBe(0);
    expect(Object.values(bench.engine.refusedByRule(from.index))).toEqual([2]);
  });

  test('what local-as puts in front is there for the policy, and when routes are judged again', () => {
    const { bench, from, to } = setup({ importOptions: { localAs: 64999, prependLocalAs: true } });
    bench.announce(from, { path: [65001] }, '10.1.0.0/16');
    expect(to.receiver.get('10.1.0.0/16')).toContain('asPath=64999 65001');
    const length = bench.policy(
      'import',
      '{ match: { prefix: 10.0.0.0/8 le 32, as-path-length: 2 }, then: accept }',
    );
    bench.change(from, { import: length });
    expect(to.receiver.get('10.1.0.0/16')).toBe(
      'origin=igp asPath=64999 65001 nextHop=10.0.0.254 localPref=100',
    );
    bench.drop(from);
    bench.drop(to);
    bench.expectEmpty();
  });

  test('other options of the session are applied to what is there', () => {
    const { bench, from, to } = setup();
    bench.announce(from, {}, '10.1.0.0/16');
    bench.change(from, { importOptions: { gracefulShutdown: 'all' } });
    expect(to.receiver.get('10.1.0.0/16')).toMatch(/localPref=0\b/);
  });
});

describe('export', () => {
  test.each([
    ['internal', LOCAL_AS, 'self'],
    ['internal', LOCAL_AS, 'unchanged'],
    ['external', 65009, 'self'],
  ] as const)(
    'an %s peer does not hear its own address that a policy has set; the others do (%i, %s)',
    (_kind, as, mode) => {
      const bench = new PolicyBench();
      const policy = bench.policy('export', '{ set: { next-hop: 10.0.0.8 }, then: accept }');
      const owner = bench.peer({ as, mode, address: '10.0.0.8', routerId: 8, export: policy });
      const others = [5, 6].map((n) =>
        bench.peer({ as, mode, address: `10.0.0.${n}`, routerId: n, export: policy }),
      );
      const from = bench.peer();
      bench.announce(from, {}, '10.1.0.0/16', '10.2.0.0/16');
      expect(owner.receiver.tables[0]!.size).toBe(0);
      for (const { receiver } of others) expect(receiver.get('10.1.0.0/16')).toContain('nextHop=10.0.0.8');
      bench.withdraw(from, '10.1.0.0/16');
      for (const { receiver } of others) expect([...receiver.tables[0]!.keys()]).toEqual(['10.2.0.0/16']);
      bench.change(owner, { export: bench.policy('export', '{ then: accept }') });
      expect([...owner.receiver.tables[0]!.keys()]).toEqual(['10.2.0.0/16']);
    },
  );

  test('a MED of the policy reaches an eBGP peer behind remove-private-as; a role adds to what the policy left', () => {
    const bench = new PolicyBench();
    const policy = bench.policy('export', '{ set: { med: 7 }, then: accept }');
    const to = bench.peer({
      as: 65009,
      routerId: 9,
      address: '10.0.0.9',
      export: policy,
      exportOptions: { privateAs: { scope: 'all', replace: false }, peerAs: 65009, role: 'provider' },
    });
    const from = bench.peer();
    bench.announce(from, { path: [65001, 3356], med: 5 }, '10.1.0.0/16');
    expect(to.receiver.get('10.1.0.0/16')).toMatch(/asPath=65000 3356 .*med=7/);
  });

  test.each<['all' | 'leading' | 'only', boolean, number[], string]>([
    ['all', false, [65001, 64600, 3356], '65000 65000 65000 3356'],
    ['all', true, [65001, 3356], '65000 65000 65000 65000 3356'],
    ['leading', false, [65001, 64600, 3356, 64601], '65000 65000 65000 3356 64601'],
    ['only', false, [65001, 64600], '65000 65000 65000'],
    ['only', false, [65001, 3356], '65000 65000 65000 65001 3356'],
  ])(
    'what the policy prepends of our number stays with remove-private-as %s, replace %s: %j',
    (scope, replace, path, told) => {
      const bench = new PolicyBench();
      const to = bench.peer({
        as: 3999,
        routerId: 9,
        address: '10.0.0.9',
        export: bench.policy('export', '{ set: { prepend: { as: own, count: 2 } }, then: accept }'),
        exportOptions: { privateAs: { scope, replace }, peerAs: 3999 },
      });
      bench.announce(bench.peer(), { path }, '10.1.0.0/16');
      expect(/asPath=([\d ]+?)(?= \w+=|$)/.exec(to.receiver.get('10.1.0.0/16')!)?.[1]).toBe(told);
    },
  );

  test('only for customers stays so, whatever the policy says (RFC 9234 section 5)', () => {
    const bench = new PolicyBench();
    const policy = bench.policy('export', '{ set: { med: 7 }, then: accept }');
    const settings = { as: 65009, routerId: 9, address: '10.0.0.9', export: policy };
    const provider = bench.peer({ ...settings, exportOptions: { role: 'customer' } });
    const customer = bench.peer({
      ...settings,
      routerId: 8,
      address: '10.0.0.8',
      exportOptions: { role: 'provider' },
    });
    const from = bench.peer({ importOptions: { role: 'peer', peerAs: 65001 } });
    bench.announce(from, {}, '10.1.0.0/16');
    expect(provider.receiver.tables[0]!.size).toBe(0);
    expect(customer.receiver.tables[0]!.size).toBe(1);
  });

  test('max-prefixes-out counts what the policy lets pass', () => {
    const bench = new PolicyBench();
    const policy = bench.policy(
      'export',
      '{ match: { prefix: 10.1.0.0/16 }, then: reject }',
      '{ then: accept }',
    );
    const to = bench.peer({
      as: 65009,
      routerId: 9,
      address: '10.0.0.9',
      export: policy,
      exportOptions: { maximumPrefixes: 2 },
    });
    const from = bench.peer();
    bench.announce(from, {}, '10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16');
    expect([...to.receiver.tables[0]!.keys()].sort()).toEqual(['10.2.0.0/16', '10.3.0.0/16']);
  });
});
