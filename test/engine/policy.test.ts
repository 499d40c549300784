/** Policies in the engine: prefix by prefix at import, what export sends, and what a change of policy does. */
import { describe, expect, test } from 'vitest';
import { PolicyRegistry } from '../../src/policy/registry.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import { chain, policyOf } from '../policy/fixtures.ts';
import { Bench, LOCAL_AS, type PeerSettings, SELF4, SELF6, type TestPeer } from './harness.ts';
import { IPV4, updateBody } from './update-body.ts';

/** A bench with policies as a file has them. */
class PolicyBench extends Bench {
  readonly registry = new PolicyRegistry(this.engine, () => this.engine.policies());

  policy(direction: 'import' | 'export', ...terms: string[]): RouteTransform {
    return this.registry.transform(policyOf(...terms), true, {
      direction,
      localAs: LOCAL_AS,
      address: '10.0.0.1',
      peerGroup: undefined,
      self: [Uint8Array.of(10, 0, 0, 254), undefined],
    });
  }

  listener(settings: PeerSettings = {}): TestPeer {
    return this.peer({ as: 65009, routerId: 9, address: '10.0.0.9', ...settings });
  }
}

/** The prefixes that a peer knows, of both families. */
function known({ receiver }: TestPeer): string[] {
  return receiver.tables.flatMap((table) => [...table.keys()].sort());
}

/** One attribute of a route that a peer knows, as text; undefined when it has none. */
function told({ receiver }: TestPeer, prefix: string, attribute: string): string | undefined {
  const text = receiver.get(prefix);
  if (text === undefined) throw new Error(`${prefix} is not known`);
  return new RegExp(`(?:^| )${attribute}=(.*?)(?= \\w+=|$)`).exec(text)?.[1];
}

const TAG = 65001 * 65536 + 1;

describe('import', () => {
  test('each prefix of a message is judged for itself', () => {
    const bench = new PolicyBench();
    const policy = bench.policy(
      'import',
      '{ match: { prefix: 10.0.0.0/8 le 24 }, set: { local-pref: 300 }, then: accept }',
      '{ match: { family: ipv6, prefix-length: "<= 48" }, then: accept }',
    );
    const from = bench.peer({ import: policy });
    const to = bench.listener({ as: LOCAL_AS });
    bench.announce(from, {}, '10.1.0.0/16', '192.168.0.0/16', '10.1.2.0/24', '10.1.2.0/25');
    bench.announce(from, {}, '2001:db8::/32', '2001:db8:1:1::/64');
    expect(known(to)).toEqual(['10.1.0.0/16', '10.1.2.0/24', '2001:db8::/32']);
    expect(told(to, '10.1.0.0/16', 'localPref')).toBe('300');
    expect(bench.engine.ribs[0]!.received[from.index]).toBe(4);
    expect(bench.engine.ribs[0]!.accepted[from.index]).toBe(2);
    bench.withdraw(from, '10.1.0.0/16', '192.168.0.0/16', '10.1.2.0/24', '10.1.2.0/25');
    bench.withdraw(from, '2001:db8::/32', '2001:db8:1:1::/64');
    bench.expectEmpty();
  });

  test('a new policy is applied to what is there, in slices, and others hear the difference', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const to = bench.listener({ as: LOCAL_AS });
    const prefixes = Array.from({ length: 200 }, (_, i) => `10.${i}.0.0/16`);
    bench.announce(from, {}, ...prefixes);
    expect(known(to)).toHaveLength(200);
    bench.change(from, {
      import: bench.policy(
        'import',
        '{ match: { prefix: 10.0.0.0/9 le 16 }, set: { med: 5 }, then: accept }',
      ),
    });
    expect(known(to)).toHaveLength(128);
    expect(told(to, '10.7.0.0/16', 'med')).toBe('5');
    bench.change(from, { import: bench.policy('import', 'then: accept') });
    expect(known(to)).toHaveLength(200);
    expect(told(to, '10.7.0.0/16', 'med')).toBeUndefined();
    bench.drop(from);
    bench.expectEmpty();
  });

  test('a policy that does the same under another name changes nothing', () => {
    const bench = new PolicyBench();
    const from = bench.peer({ import: bench.policy('import', '{ name: a, then: accept }') });
    const to = bench.listener();
    bench.announce(from, {}, '10.0.0.0/8');
    const heard = to.receiver.updates.length;
    bench.change(from, { import: bench.policy('import', '{ name: b, then: accept }') });
    expect(to.receiver.updates).toHaveLength(heard);
    bench.change(to, { export: bench.policy('export', '{ name: b, then: accept }') });
    const again = to.receiver.updates.length;
    bench.change(to, { export: bench.policy('export', '{ name: c, then: accept }') });
    expect(to.receiver.updates).toHaveLength(again);
  });
});

describe('export', () => {
  test.each([
    ['{ set: { next-hop: 192.0.2.77 }, then: accept }', '192.0.2.77'],
    ['{ set: { next-hop: unchanged }, then: accept }', '192.0.2.1'],
    ['{ set: { next-hop: self }, then: accept }', SELF4],
    ['{ then: accept }', SELF4],
  ])('the next hop that goes out is the one of the policy: %s', (terms, nextHop) => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const to = bench.listener({ export: bench.policy('export', terms) });
    bench.announce(from, {}, '10.0.0.0/8');
    expect(told(to, '10.0.0.0/8', 'nextHop')).toBe(nextHop);
  });

  test('next-hop: self wins over a session that passes next hops on', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const settings = { as: LOCAL_AS, mode: 'unchanged' } as const;
    const plain = bench.listener(settings);
    const self = bench.listener({
      ...settings,
      address: '10.0.0.8',
      routerId: 8,
      export: bench.policy('export', '{ set: { next-hop: self }, then: accept }'),
    });
    bench.announce(from, {}, '10.0.0.0/8');
    bench.announce(from, {}, '2001:db8:1::/48');
    expect(told(plain, '10.0.0.0/8', 'nextHop')).toBe('192.0.2.1');
    expect(told(self, '10.0.0.0/8', 'nextHop')).toBe(SELF4);
    expect(told(self, '2001:db8:1::/48', 'nextHop')).toBe(SELF6);
  });

  test('no eBGP peer is told its own address by next-hop: unchanged (RFC 4271 section 5.1.3)', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const to = bench.listener({
      export: bench.policy('export', '{ set: { next-hop: unchanged }, then: accept }'),
    });
    bench.announce(from, { nextHop: '10.0.0.9' }, '10.0.0.0/8');
    bench.announce(from, { nextHop: '10.0.0.7' }, '11.0.0.0/8');
    expect(known(to)).toEqual(['11.0.0.0/8']);
  });

  test('a next hop that the peer cannot be told keeps the route back', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const terms = '{ set: { next-hop: "10.7.7.7" }, then: accept }';
    const six = bench.listener({ export: bench.policy('export', terms) });
    bench.announce(from, {}, '2001:db8:1::/48'); // an address of the other version changes nothing
    expect(told(six, '2001:db8:1::/48', 'nextHop')).toBe(SELF6);
    const policy = bench.policy('export', '{ set: { next-hop: unchanged }, then: accept }');
    const narrow = bench.listener({ address: '10.0.0.8', routerId: 8, export: policy });
    const wide = bench.listener({ address: '10.0.0.7', routerId: 7, export: policy, extendedNextHop: 1 });
    const body = updateBody({ route: { nextHop: '2001:db8::1' }, announce: ['10.0.0.0/8'], family: IPV4 });
    const extended = bench.peer({ routerId: 3, address: '10.0.0.3', extendedNextHop: 1 });
    bench.engine.ingest(extended.index, body, 0, body.length);
    bench.drain();
    expect(known(narrow)).not.toContain('10.0.0.0/8');
    expect(told(wide, '10.0.0.0/8', 'nextHop')).toBe('2001:db8::1');
  });

  test('a MED that the policy has chosen is told to a third AS, a received one is not', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const plain = bench.listener();
    const set = bench.listener({
      address: '10.0.0.8',
      routerId: 8,
      export: bench.policy('export', '{ set: { med: +1 }, then: accept }'),
    });
    bench.announce(from, { med: 6 }, '10.0.0.0/8');
    expect(told(plain, '10.0.0.0/8', 'med')).toBeUndefined();
    expect(told(set, '10.0.0.0/8', 'med')).toBe('7');
  });

  test('prepending comes behind our own AS', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const to = bench.listener({
      export: bench.policy('export', '{ set: { prepend: { as: own, count: 2 } }, then: accept }'),
    });
    bench.announce(from, {}, '10.0.0.0/8');
    expect(told(to, '10.0.0.0/8', 'asPath')).toBe(`${LOCAL_AS} ${LOCAL_AS} ${LOCAL_AS} 65001`);
  });

  test('where a route came from counts, also when it moves to another peer with the same attributes', () => {
    const bench = new PolicyBench();
    const a = bench.peer({ as: LOCAL_AS, routerId: 1 });
    const b = bench.peer({ routerId: 2, address: '10.0.0.2' });
    const to = bench.listener({
      export: bench.policy('export', '{ match: { source: internal }, then: accept }'),
    });
    bench.announce(b, { communities: [TAG] }, '10.0.0.0/8');
    expect(known(to)).toEqual([]);
    bench.announce(a, { communities: [TAG], localPref: 200 }, '10.0.0.0/8');
    expect(known(to)).toEqual(['10.0.0.0/8']);
    bench.withdraw(a, '10.0.0.0/8');
    expect(known(to)).toEqual([]);
  });

  test('NO_EXPORT that the policy adds is for the peer; one that was received keeps the route here (RFC 1997)', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const to = bench.listener({
      export: bench.policy(
        'export',
        '{ set: { community: { remove: no-advertise, add: no-export } }, then: accept }',
      ),
    });
    bench.announce(from, {}, '10.0.0.0/8');
    bench.announce(from, { communities: [0xffffff01] }, '11.0.0.0/8');
    expect(known(to)).toEqual(['10.0.0.0/8']);
    expect(told(to, '10.0.0.0/8', 'communities')).toBe('no-export');
  });

  test('a peer that moves to another peer group is told differently by policies that ask for it', () => {
    const bench = new PolicyBench();
    const from = bench.peer({ group: 'edge' });
    const policies = chain(
      'peer-groups: { edge: {}, core: {} }\npolicies: { p: [{ match: { from-peer-group: core }, then: accept }] }',
      'p',
    );
    const session = { localAs: LOCAL_AS, address: '10.0.0.9', peerGroup: undefined, self: [] };
    const policy = bench.registry.transform(policies, true, { ...session, direction: 'export' });
    const to = bench.listener({ export: policy });
    bench.announce(from, {}, '10.0.0.0/8');
    expect(known(to)).toEqual([]);
    bench.change(from, { group: 'core' });
    expect(known(to)).toEqual(['10.0.0.0/8']);
    bench.change(from, { group: 'edge' });
    expect(known(to)).toEqual([]);
  });

  test('peers share an update group while their policies do the same', () => {
    const bench = new PolicyBench();
    const from = bench.peer();
    const one = bench.policy('export', '{ match: { med: 1 }, then: reject }', 'then: accept');
    const a = bench.listener({ export: one });
    const b = bench.listener({ address: '10.0.0.8', routerId: 8, export: one });
    bench.announce(from, {}, '10.0.0.0/8');
    expect(bench.engine.exporters[0]!.groupOf(a.index)).toBe(bench.engine.exporters[0]!.groupOf(b.index));
    // The same name, another content: a reload.
    bench.change(b, { export: bench.policy('export', 'then: reject') });
    expect(bench.engine.exporters[0]!.groupOf(a.index)).not.toBe(bench.engine.exporters[0]!.groupOf(b.index));
    expect([a, b].map(known)).toEqual([['10.0.0.0/8'], []]);
  });
});
