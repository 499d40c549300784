/**
 * What a session makes of a route's attributes: RFC 4271 section 5.1, RFC 6793, RFC 4360, RFC 4760, RFC 8950.
 *
 * Over 300 lines: a table for each attribute.
 */
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { Bench, blobPolicy, LOCAL_AS, type PeerSettings, type TestPeer } from './harness.ts';
import type { Route } from './update-body.ts';

const P4 = '198.51.100.0/24';
const P6 = '2001:db8:1::/48';

/** Sends `route` from one peer to another and returns who heard it. */
function through(
  route: Route,
  to: PeerSettings,
  text = P4,
  from: PeerSettings = {},
  localAs = LOCAL_AS,
): TestPeer {
  const bench = new Bench(localAs);
  const sender = bench.peer({ routerId: 1, address: '10.0.0.1', as: 65001, ...from });
  const receiver = bench.peer({ routerId: 2, address: '10.0.0.2', as: 65002, ...to });
  expect(bench.announce(sender, route, text)).toBe(0);
  return receiver;
}

const heard = (route: Route, to: PeerSettings, text = P4, from: PeerSettings = {}) =>
  through(route, to, text, from).receiver.get(text);
const raw = (peer: TestPeer, code: number) => {
  const value = peer.receiver.updates.at(-1)?.raw.get(code);
  return value === undefined ? undefined : toHex(value);
};

describe('AS_PATH (RFC 4271 section 5.1.2)', () => {
  test.each<[string, Route, string]>([
    ['an empty path becomes our AS', { path: [] }, 'asPath=65000 nextHop'],
    ['our AS joins a leading sequence', { path: [65001, 65009] }, 'asPath=65000 65001 65009 nextHop'],
    [
      'a leading set gets a sequence in front',
      { segments: [{ type: 1, asns: [65008, 65009] }] },
      'asPath=65000 {65008 65009} nextHop',
    ],
    [
      'segments of a confederation stay inside (RFC 5065 section 5.3)',
      {
        segments: [
          { type: 3, asns: [65005] },
          { type: 2, asns: [65008] },
          { type: 4, asns: [65006] },
          { type: 1, asns: [65009] },
        ],
      },
      'asPath=65000 65008 {65009} nextHop',
    ],
  ])('external: %s', (_name, route, expected) => {
    // Sets are not expected of external peers; internal ones may relay them.
    expect(heard(route, {}, P4, { as: LOCAL_AS })).toContain(expected);
  });

  test('external: a sequence of 255 is full, ours is a segment of its own', () => {
    const asns = Array.from({ length: 255 }, (_, i) => 1000 + i);
    const path = raw(through({ path: asns }, {}), 2)!;
    expect(path.slice(0, 16)).toBe('02010000fde802ff');
    expect(path.length).toBe(2 * (6 + 2 + 255 * 4));
  });

  test('external: a sequence of 254 takes one more', () => {
    const asns = Array.from({ length: 254 }, (_, i) => 1000 + i);
    expect(raw(through({ path: asns }, {}), 2)!.slice(0, 12)).toBe('02ff0000fde8');
  });

  test('internal: the path stays as it is', () => {
    expect(heard({ path: [65001, 65009] }, { as: LOCAL_AS })).toContain('asPath=65001 65009 nextHop');
  });
});

describe('2-octet peers (RFC 6793 section 4.2.2)', () => {
  test('AS_TRANS in AS_PATH, the truth in AS4_PATH', () => {
    const peer = through({ path: [65001, 4200000001] }, { as4: false });
    expect(raw(peer, 2)).toBe('0203fde8fde95ba0');
    expect(raw(peer, 17)).toBe('02030000fde80000fde9fa56ea01');
    expect(peer.receiver.get(P4)).toContain('asPath=65000 65001 4200000001 ');
  });

  test('no AS4_PATH when every number fits', () => {
    expect(raw(through({ path: [65001] }, { as4: false }), 17)).toBeUndefined();
  });

  test('our own number may be the one that does not fit', () => {
    const peer = through({ path: [65001] }, { as4: false }, P4, {}, 4200000000);
    expect(raw(peer, 2)).toBe('02025ba0fde9');
    expect(raw(peer, 17)).toBe('0202fa56ea000000fde9');
  });

  test('AGGREGATOR likewise', () => {
    const aggregator = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
    const wide = through({ extra: [[0xc0, 7, aggregator('fa56ea01c0000201')]] }, { as4: false });
    expect([raw(wide, 7), raw(wide, 18)]).toEqual(['5ba0c0000201', 'fa56ea01c0000201']);
    const narrow = through({ extra: [[0xc0, 7, aggregator('0000fde9c0000201')]] }, { as4: false });
    expect([raw(narrow, 7), raw(narrow, 18)]).toEqual(['fde9c0000201', undefined]);
  });
});

describe('NEXT_HOP (RFC 4271 section 5.1.3)', () => {
  const shared = { mode: 'third-party', subnet: '192.0.2.0/24' } as const;

  test.each<[string, PeerSettings, string | undefined]>([
    ['self', { mode: 'self' }, '10.0.0.254'],
    ['unchanged', { mode: 'unchanged' }, '192.0.2.1'],
    ['third party inside the shared subnet', shared, '192.0.2.1'],
    ['third party outside of it', { ...shared, subnet: '203.0.113.0/24' }, '10.0.0.254'],
    ['third party without a shared subnet', { mode: 'third-party' }, '10.0.0.254'],
    ['no address of ours: not announced', { mode: 'self', self4: undefined }, undefined],
    ['third party, inside, no address of ours', { ...shared, self4: undefined }, '192.0.2.1'],
    [
      'third party, outside, no address of ours: not announced',
      { ...shared, subnet: '203.0.113.0/24', self4: undefined },
      undefined,
    ],
  ])('%s', (_name, settings, nextHop) => {
    const text = heard({}, settings);
    if (nextHop === undefined) expect(text).toBeUndefined();
    else expect(text).toContain(`nextHop=${nextHop}`);
  });

  test('a route that loses its only possible next hop is withdrawn, and not counted as advertised', () => {
    const bench = new Bench();
    const a = bench.peer({ routerId: 1, address: '10.0.0.1' });
    const b = bench.peer({ ...shared, self4: undefined, routerId: 2, address: '10.0.0.2' });
    bench.announce(a, { nextHop: '192.0.2.1' }, P4);
    expect(b.receiver.get(P4)).toBeDefined();
    bench.announce(a, { nextHop: '203.0.113.1' }, P4);
    expect(b.receiver.get(P4)).toBeUndefined();
    expect(bench.engine.exporters[0]!.groupOf(b.index)!.advertisedTo(b.index)).toBe(0);
  });

  test.each(['unchanged', 'third-party'] as const)('%s: a peer is never told its own address', (mode) => {
    const bench = new Bench();
    const a = bench.peer({ routerId: 1, address: '192.0.2.1' });
    const b = bench.peer({ mode, subnet: '192.0.2.0/24', routerId: 2, address: '192.0.2.2' });
    const c = bench.peer({ mode, subnet: '192.0.2.0/24', routerId: 3, address: '192.0.2.3' });
    bench.announce(a, { nextHop: '192.0.2.2' }, P4);
    expect(b.receiver.get(P4)).toBeUndefined();
    expect(c.receiver.get(P4)).toContain('nextHop=192.0.2.2');
    bench.announce(a, { nextHop: '192.0.2.1' }, P4);
    expect(b.receiver.get(P4)).toContain('nextHop=192.0.2.1');
  });

  test('internal peers: the one whose address it is does not hear of it, the others do', () => {
    const bench = new Bench();
    const internal = (id: number): PeerSettings => ({
      as: LOCAL_AS,
      mode: 'unchanged',
      routerId: id,
      address: `192.0.2.${id}`,
    });
    const a = bench.peer({ routerId: 1, address: '192.0.2.1' });
    const [b, c, d] = [2, 3, 4].map((id) => bench.peer(internal(id))) as [TestPeer, TestPeer, TestPeer];
    bench.announce(a, { nextHop: '192.0.2.9' }, P4, '10.1.0.0/16');
    expect(bench.groups()).toBe(2);
    bench.announce(a, { nextHop: '192.0.2.2' }, P4, '10.2.0.0/16');
    expect([b.receiver.get(P4), b.receiver.get('10.2.0.0/16')]).toEqual([undefined, undefined]);
    expect(b.receiver.updates.every(({ raw }) => toHex(raw.get(3) ?? new Uint8Array()) !== 'c0000202')).toBe(
      true,
    );
    expect(b.receiver.get('10.1.0.0/16')).toContain('nextHop=192.0.2.9');
    for (const peer of [c, d]) expect(peer.receiver.get(P4)).toContain('nextHop=192.0.2.2');
    expect(bench.groups()).toBe(3);
    // One that joins later finds out on its first walk; and the route comes back with another next hop.
    bench.drop(b);
    const again = bench.peer(internal(2));
    expect([...again.receiver.tables[0]!.keys()]).toEqual(['10.1.0.0/16']);
    bench.announce(a, { nextHop: '192.0.2.9' }, P4);
    expect(again.receiver.get(P4)).toContain('nextHop=192.0.2.9');
    const group = bench.engine.exporters[0]!.groupOf(again.index)!;
    expect(group.advertisedTo(again.index)).toBe(2);
    expect([b, c, d, again].map(({ receiver }) => receiver.needless)).toEqual([0, 0, 0, 0]);
    for (const peer of [a, again, c, d]) bench.drop(peer);
    bench.expectEmpty();
  });

  test('a local route keeps the next hop the operator gave it, else it is ours', () => {
    const bench = new Bench();
    const b = bench.peer();
    bench.network(P4, bench.blob({ path: [], nextHop: '192.0.2.9' }));
    expect(b.receiver.get(P4)).toContain('nextHop=192.0.2.9');
    // ORIGIN and an empty AS_PATH, no NEXT_HOP.
    bench.network('203.0.113.0/24', Uint8Array.of(0x40, 1, 1, 0, 0x40, 2, 0));
    expect(b.receiver.get('203.0.113.0/24')).toBe('origin=igp asPath=65000 nextHop=10.0.0.254');
  });
});

describe('IPv6 next hops (RFC 4760, RFC 2545, RFC 8950)', () => {
  test('MP_REACH_NLRI stands first (RFC 7606 section 5.1), without NEXT_HOP', () => {
    const peer = through({ med: 1 }, { as: LOCAL_AS }, P6);
    expect(peer.receiver.updates.at(-1)?.codes).toEqual([14, 1, 2, 4, 5]);
  });

  test('a link-local address of another link is not passed on', () => {
    const peer = through({ nextHop: '2001:db8::1 fe80::1' }, { mode: 'unchanged' }, P6);
    expect(peer.receiver.get(P6)).toBe('origin=igp asPath=65000 65001 nextHop=2001:db8::1');
  });

  test('a next hop that is link-local alone gives way to our address', () => {
    const peer = through({ nextHop: 'fe80::1' }, { mode: 'unchanged' }, P6);
    expect(peer.receiver.get(P6)).toMatch(/nextHop=2001:db8:/);
  });

  test('IPv4 over IPv6: told when both agreed, in MP_REACH_NLRI', () => {
    const from = { extendedNextHop: 1 };
    const route = { nextHop: '2001:db8::1' };
    const both = through(route, { extendedNextHop: 1, mode: 'unchanged' }, P4, from);
    expect(both.receiver.get(P4)).toContain('nextHop=2001:db8::1');
    expect(both.receiver.updates.at(-1)?.codes[0]).toBe(14);
    expect(heard(route, { mode: 'unchanged' }, P4, from)).toBeUndefined();
    expect(heard(route, { mode: 'self' }, P4, from)).toContain('nextHop=10.0.0.254');
  });

  test('third party: a next hop of a form the peer cannot be told gives way to ours', () => {
    const to = { mode: 'third-party', subnet: '2001:db8::/64' } as const;
    expect(heard({ nextHop: '2001:db8::1' }, to, P4, { extendedNextHop: 1 })).toContain('nextHop=10.0.0.254');
  });
});

describe('what stays inside the AS', () => {
  test('LOCAL_PREF: 100 is added for internal peers', () => {
    expect(heard({}, { as: LOCAL_AS })).toContain('localPref=100');
  });

  test('LOCAL_PREF: kept once, wherever in the attributes it stands', () => {
    const bench = new Bench();
    const last = blobPolicy('last', bench.engine.attrs, (bytes) =>
      Uint8Array.of(...bytes, 0x40, 5, 4, 0, 0, 0, 200),
    );
    const a = bench.peer({ import: last, routerId: 1, address: '10.0.0.1' });
    const b = bench.peer({ as: LOCAL_AS, routerId: 2, address: '10.0.0.2' });
    bench.announce(a, { communities: [1] }, P4);
    expect(b.receiver.get(P4)).toContain('localPref=200');
    expect(b.receiver.updates.at(-1)?.codes.filter((code) => code === 5)).toEqual([5]);
  });

  test('LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST and AIGP are not told to external peers', () => {
    const route: Route = {
      localPref: 300,
      extra: [
        [0x80, 9, Uint8Array.of(1, 2, 3, 4)],
        [0x80, 10, Uint8Array.of(1, 2, 3, 5)],
        [0x80, 26, Uint8Array.of(1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 5)],
      ],
    };
    expect(heard(route, {}, P4, { as: LOCAL_AS })).toBe('origin=igp asPath=65000 65001 nextHop=10.0.0.254');
  });

  test('MULTI_EXIT_DISC goes to internal peers, not to a third AS (RFC 4271 section 5.1.4)', () => {
    expect(heard({ med: 5 }, { as: LOCAL_AS })).toContain('med=5');
    expect(heard({ med: 5 }, {})).not.toContain('med');
    expect(heard({ med: 5 }, {}, P4, { as: LOCAL_AS })).not.toContain('med');
  });

  test('MULTI_EXIT_DISC of a route of our own is told', () => {
    const bench = new Bench();
    const b = bench.peer();
    bench.network(P4, bench.blob({ path: [], med: 5 }));
    expect(b.receiver.get(P4)).toContain('med=5');
  });

  test('non-transitive extended communities stay inside (RFC 4360 section 6)', () => {
    const both = Uint8Array.of(0x00, 2, 0, 1, 0, 0, 0, 1, 0x40, 2, 0, 1, 0, 0, 0, 2);
    const route: Route = { extra: [[0xc0, 16, both]] };
    expect(raw(through(route, {}), 16)).toBe('0002000100000001');
    expect(raw(through(route, { as: LOCAL_AS }), 16)).toBe(toHex(both));
    const none: Route = { extra: [[0xc0, 16, both.slice(8)]] };
    expect(through(none, {}).receiver.updates.at(-1)?.codes).not.toContain(16);
  });

  test('non-transitive IPv6 extended communities likewise (RFC 5701 section 2)', () => {
    const community = (type: number) => Uint8Array.of(type, 2, 0x20, 1, ...new Uint8Array(14), 0, 1);
    const both = Uint8Array.of(...community(0x00), ...community(0x40));
    const route: Route = { extra: [[0xc0, 25, both]] };
    expect(raw(through(route, {}), 25)).toBe(toHex(both.slice(0, 20)));
    expect(raw(through(route, { as: LOCAL_AS }), 25)).toBe(toHex(both));
  });

  test('link-state attributes are told to nobody, deprecated ones passed on as unknown (RFC 4271 section 5)', () => {
    const route: Route = {
      extra: [
        [0x80, 13, Uint8Array.of(1, 0, 0, 0)],
        [0xc0, 21, Uint8Array.of(1, 0, 0, 0, 1)],
        [0x80, 29, Uint8Array.of(4, 0, 0, 0)],
      ],
    };
    const bench = new Bench();
    const sender = bench.peer({ routerId: 1, address: '10.0.0.1', as: 65001 });
    const receiver = bench.peer({ routerId: 2, address: '10.0.0.2', as: LOCAL_AS });
    bench.announce(sender, route, P4);
    expect(receiver.receiver.updates.at(-1)?.codes).toEqual([1, 2, 3, 5, 21]);
  });

  test('OTC passes without the Partial bit', () => {
    const route: Route = { extra: [[0xc0, 35, Uint8Array.of(0, 0, 0xfd, 0xe9)]] };
    expect(raw(through(route, {}), 35)).toBe('0000fde9');
  });

  test('Prefix-SID and tunnels stay inside of the AS (RFC 8669 sections 4 and 5.1, RFC 9012 section 11)', () => {
    const route: Route = {
      extra: [
        [0xc0, 23, Uint8Array.of(0, 8, 0, 0)],
        [0xc0, 40, Uint8Array.of(1, 0, 7, 0, 0, 0, 0, 0, 0, 100)],
      ],
    };
    const codes = (from: number, to: number): readonly number[] | undefined => {
      const bench = new Bench();
      const sender = bench.peer({ routerId: 1, address: '10.0.0.1', as: from });
      const receiver = bench.peer({ routerId: 2, address: '10.0.0.2', as: to });
      bench.announce(sender, route, P4);
      return receiver.receiver.updates.at(-1)?.codes;
    };
    expect(codes(65001, LOCAL_AS)).toEqual([1, 2, 3, 5]);
    expect(codes(LOCAL_AS, 65001)).toEqual([1, 2, 3]);
  });

  test('unknown attributes: transitive ones pass with the Partial bit, others do not (RFC 4271 section 5)', () => {
    const value = Uint8Array.of(7);
    expect(raw(through({ extra: [[0xc0, 99, value]] }, {}), 99)).toBe('07');
    expect(raw(through({ extra: [[0x80, 99, value]] }, {}), 99)).toBeUndefined();
  });
});
