/** Who is told of a route: RFC 4271 section 9.2, RFC 1997, and that nobody hears his own routes back. */
import { describe, expect, test } from 'vitest';
import { rejectPolicy } from '../../src/policy/defaults.ts';
import { Bench, LOCAL_AS } from './harness.ts';

const NO_EXPORT = 0xffffff01;
const NO_ADVERTISE = 0xffffff02;
const NO_EXPORT_SUBCONFED = 0xffffff03;

/** Peers of every kind, two of them in one group. */
function star() {
  const bench = new Bench();
  return {
    bench,
    a: bench.peer({ as: 65001, routerId: 1, address: '10.0.0.1' }),
    b: bench.peer({ as: 65002, routerId: 2, address: '10.0.0.2' }),
    c: bench.peer({ as: 65003, routerId: 3, address: '10.0.0.3' }),
    internal: bench.peer({ as: LOCAL_AS, routerId: 4, address: '10.0.0.4', mode: 'unchanged' }),
    other: bench.peer({ as: LOCAL_AS, routerId: 5, address: '10.0.0.5', mode: 'unchanged' }),
  };
}

describe('exportRoute', () => {
  test('an eBGP route goes to every other peer, external and internal', () => {
    const { bench, a, b, internal } = star();
    bench.announce(a, { path: [65001] }, '198.51.100.0/24');
    expect(b.receiver.get('198.51.100.0/24')).toBe('origin=igp asPath=65000 65001 nextHop=10.0.0.254');
    expect(internal.receiver.get('198.51.100.0/24')).toBe(
      'origin=igp asPath=65001 nextHop=192.0.2.1 localPref=100',
    );
  });

  test('an iBGP route goes to external peers only (RFC 4271 section 9.2)', () => {
    const { bench, a, internal, other } = star();
    bench.announce(internal, { path: [65009], localPref: 50 }, '198.51.100.0/24');
    expect(a.receiver.get('198.51.100.0/24')).toBe('origin=igp asPath=65000 65009 nextHop=10.0.0.254');
    expect(other.receiver.tables[0]!.size).toBe(0);
  });

  test.each([
    ['NO_EXPORT', NO_EXPORT, false, true],
    ['NO_EXPORT_SUBCONFED', NO_EXPORT_SUBCONFED, false, true],
    ['NO_ADVERTISE', NO_ADVERTISE, false, false],
  ])('%s is honored (RFC 1997)', (_name, community, external, internalToo) => {
    const { bench, a, b, internal } = star();
    bench.announce(a, { communities: [0xfde80001, community] }, '198.51.100.0/24');
    expect(b.receiver.tables[0]!.has('198.51.100.0/24')).toBe(external);
    expect(internal.receiver.tables[0]!.has('198.51.100.0/24')).toBe(internalToo);
  });

  test('a route that gets NO_EXPORT is withdrawn from external peers', () => {
    const { bench, a, b } = star();
    bench.announce(a, {}, '198.51.100.0/24');
    bench.announce(a, { communities: [NO_EXPORT] }, '198.51.100.0/24');
    expect(b.receiver.tables[0]!.size).toBe(0);
    expect(b.receiver.needless).toBe(0);
  });

  test('a rejecting export policy keeps everything back', () => {
    const { bench, a } = star();
    const quiet = bench.peer({ export: rejectPolicy, routerId: 9, address: '10.0.0.9' });
    bench.announce(a, {}, '198.51.100.0/24');
    expect(quiet.receiver.marks).toEqual(['eor ipv4-unicast', 'eor ipv6-unicast']);
    expect(quiet.receiver.updates).toEqual([]);
  });

  test('a family that was not agreed is not heard', () => {
    const { bench, a } = star();
    const only4 = bench.peer({ families: 1, routerId: 9, address: '10.0.0.9' });
    bench.announce(a, {}, '2001:db8:1::/48');
    expect(only4.receiver.marks).toEqual(['eor ipv4-unicast']);
    expect(only4.receiver.updates).toEqual([]);
  });
});

describe('no echo', () => {
  test('the sender of the best route does not hear it, members of its group do', () => {
    const { bench, a, b } = star();
    expect(bench.engine.exporters[0]!.groupOf(a.index)).toBe(bench.engine.exporters[0]!.groupOf(b.index));
    bench.announce(a, {}, '198.51.100.0/24');
    expect(a.receiver.updates).toEqual([]);
    expect(b.receiver.tables[0]!.size).toBe(1);
  });

  test('a change of source from A to B: A is told, B is told that it is gone', () => {
    const { bench, a, b, c } = star();
    bench.announce(a, { path: [65001, 65009] }, '198.51.100.0/24');
    bench.announce(b, { path: [65002] }, '198.51.100.0/24');
    expect(a.receiver.get('198.51.100.0/24')).toContain('asPath=65000 65002');
    expect(b.receiver.tables[0]!.size).toBe(0);
    expect(c.receiver.get('198.51.100.0/24')).toContain('asPath=65000 65002');
    expect([a, b, c].map(({ receiver }) => receiver.needless)).toEqual([0, 0, 0]);
  });

  test('a change of source under equal attributes concerns the two alone', () => {
    const { bench, a, b, c } = star();
    bench.announce(b, { path: [65009] }, '198.51.100.0/24');
    const heard = c.receiver.updates.length;
    bench.announce(a, { path: [65009] }, '198.51.100.0/24');
    expect(a.receiver.tables[0]!.size).toBe(0);
    expect(b.receiver.tables[0]!.size).toBe(1);
    expect(c.receiver.tables[0]!.size).toBe(1);
    expect(c.receiver.updates.length).toBe(heard);
  });

  test('a route of our own in place of a learnt one with equal attributes is told to all in its own form', () => {
    const { bench, a, internal } = star();
    const own = { path: [], med: 7, localPref: 100 };
    bench.announce(internal, own, '198.51.100.0/24');
    expect(a.receiver.get('198.51.100.0/24')).toBe('origin=igp asPath=65000 nextHop=10.0.0.254');
    bench.network('198.51.100.0/24', bench.blob(own));
    expect(a.receiver.get('198.51.100.0/24')).toBe('origin=igp asPath=65000 nextHop=192.0.2.1 med=7');
    bench.withdrawNetwork('198.51.100.0/24');
    expect(a.receiver.get('198.51.100.0/24')).toBe('origin=igp asPath=65000 nextHop=10.0.0.254');
  });

  test('advertised counts leave out what a member sent itself', () => {
    const { bench, a, b } = star();
    bench.announce(a, {}, '198.51.100.0/24', '203.0.113.0/24');
    bench.announce(b, { path: [65002] }, '192.0.2.0/24');
    const group = bench.engine.exporters[0]!.groupOf(a.index)!;
    expect([a, b].map(({ index }) => group.advertisedTo(index))).toEqual([1, 2]);
  });
});

describe('withdrawal', () => {
  test('goes to those who were told, the second best takes over', () => {
    const { bench, a, b, c } = star();
    bench.announce(a, { path: [65001] }, '198.51.100.0/24');
    bench.announce(b, { path: [65002, 65009] }, '198.51.100.0/24');
    bench.withdraw(a, '198.51.100.0/24');
    expect(c.receiver.get('198.51.100.0/24')).toContain('65000 65002 65009');
    bench.withdraw(b, '198.51.100.0/24');
    expect([a, b, c].map(({ receiver }) => receiver.tables[0]!.size)).toEqual([0, 0, 0]);
    expect([a, b, c].map(({ receiver }) => receiver.needless)).toEqual([0, 0, 0]);
    bench.expectEmpty();
  });

  test('IPv6 prefixes are withdrawn in MP_UNREACH_NLRI', () => {
    const { bench, a, b } = star();
    bench.announce(a, {}, '2001:db8:1::/48', '2001:db8:2::/48');
    bench.withdraw(a, '2001:db8:1::/48', '2001:db8:2::/48');
    expect(b.receiver.updates.at(-1)?.codes).toEqual([15]);
    expect(b.receiver.tables[1]!.size).toBe(0);
    bench.expectEmpty();
  });
});
