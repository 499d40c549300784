/**
 * What an operator may want of one session: AS numbers, communities, roles, graceful shutdown, limits, default route.
 *
 * Over 300 lines: a section for each option.
 */
import { describe, expect, test } from 'vitest';
import { IMPORT_REASONS } from '../../src/engine/import-rules.ts';
import type { ExportOptions, ImportOptions, PrivateAsRemoval } from '../../src/engine/session-options.ts';
import { rejectPolicy } from '../../src/policy/defaults.ts';
import { Bench, blobPolicy, LOCAL_AS, type PeerSettings, type TestPeer } from './harness.ts';
import type { Route } from './update-body.ts';

const P = '198.51.100.0/24';
const Q = '203.0.113.0/24';
const GRACEFUL_SHUTDOWN = 0xffff0000;

/** What a second peer hears of a route of the first one. */
function heard(route: Route, to: PeerSettings, from: PeerSettings = {}): string | undefined {
  const bench = new Bench();
  const sender = bench.peer({ routerId: 1, address: '10.0.0.1', as: 65001, ...from });
  const receiver = bench.peer({ routerId: 2, address: '10.0.0.2', as: 64900, ...to });
  bench.announce(sender, route, P);
  return receiver.receiver.get(P);
}

const exporting = (exportOptions: Partial<ExportOptions>, more: PeerSettings = {}) => ({
  exportOptions,
  ...more,
});
const importing = (importOptions: Partial<ImportOptions>, more: PeerSettings = {}) => ({
  importOptions,
  ...more,
});
const pathIn = (text: string | undefined) => /asPath=([^a-zA-Z]*) nextHop/.exec(text ?? '')?.[1];

/** The verdict about the only route of `peer`, in words. */
function reason({ engine }: Bench, peer: TestPeer): string {
  const why = engine.rejectReason(peer.index, engine.ribs[0]!.paths.attrIn[1]!);
  return typeof why === 'number' ? (IMPORT_REASONS[why] ?? '') : (why ?? '');
}

describe('enforce-first-as (RFC 4271 section 6.3)', () => {
  test.each<[string, number[], boolean]>([
    ["the peer's AS first", [65001, 65009], true],
    ['another AS first', [65009, 65001], false],
    ['no AS at all', [], false],
  ])('%s', (_name, path, accepted) => {
    const bench = new Bench();
    const peer = bench.peer({ firstAs: 65001 });
    bench.announce(peer, { path }, P, Q);
    expect(bench.engine.ribs[0]!.accepted[peer.index]).toBe(accepted ? 2 : 0);
    const refused = bench.engine.refusedByRule(peer.index);
    if (accepted) expect(refused).toEqual({});
    else {
      expect(reason(bench, peer)).toContain('enforce-first-as');
      expect(refused).toEqual({ [reason(bench, peer)]: 2 });
    }
  });

  test('switched off in a running session: the routes are there', () => {
    const bench = new Bench();
    const peer = bench.peer({ firstAs: 65001 });
    bench.announce(peer, { path: [65009] }, P);
    bench.change(peer, { firstAs: 65009 });
    expect(bench.engine.ribs[0]!.accepted[peer.index]).toBe(1);
    bench.change(peer, { firstAs: 65001 });
    expect(bench.engine.ribs[0]!.accepted[peer.index]).toBe(0);
    bench.drop(peer);
    bench.expectEmpty();
  });
});

test.each([
  [0, 1, false],
  [1, 1, true],
  [1, 2, false],
  [3, 3, true],
])('allow-own-as: %i, and our AS is %i times in the path', (allowOwnAs, times, accepted) => {
  const path = [65001, ...Array<number>(times).fill(LOCAL_AS)];
  expect(heard({ path }, {}, importing({ allowOwnAs })) !== undefined).toBe(accepted);
});

describe('local-as', () => {
  const localAs = 64999;

  test.each<[string, Partial<ExportOptions>, string]>([
    ['our number behind the one we go by', { localAs }, '64999 65000 65001'],
    ['replace-as: our number stays hidden', { localAs, replaceAs: true }, '64999 65001'],
  ])('announced: %s', (_name, options, path) => {
    expect(pathIn(heard({ path: [65001] }, exporting(options)))).toBe(path);
  });

  test('received: it is in front of the path, for policy and for selection', () => {
    const options = importing({ localAs, prependLocalAs: true });
    expect(pathIn(heard({ path: [65001] }, { as: LOCAL_AS }, options))).toBe('64999 65001');
    expect(pathIn(heard({ path: [65001] }, { as: LOCAL_AS }, importing({ localAs })))).toBe('65001');
  });

  test('received: it is a loop like our own number', () => {
    expect(heard({ path: [65001, localAs] }, {}, importing({ localAs }))).toBeUndefined();
    expect(heard({ path: [65001, localAs] }, {}, importing({ localAs, allowOwnAs: 1 }))).toBeDefined();
  });

  test('two numbers in front of a sequence of 254 are a segment of their own', () => {
    const path = Array.from({ length: 254 }, (_, i) => 1000 + i);
    expect(pathIn(heard({ path }, exporting({ localAs })))?.split(' ')).toHaveLength(256);
  });
});

describe('remove-private-as', () => {
  const MIXED = [64600, 64512, 3356, 4_200_000_000, 1299, 65534];

  test.each<[PrivateAsRemoval['scope'], boolean, number[], string]>([
    ['all', false, MIXED, '65000 3356 1299'],
    ['all', true, MIXED, '65000 65000 65000 3356 65000 1299 65000'],
    ['leading', false, MIXED, '65000 3356 4200000000 1299 65534'],
    ['leading', true, MIXED, '65000 65000 65000 3356 4200000000 1299 65534'],
    ['only', false, MIXED, `65000 ${MIXED.join(' ')}`],
    ['only', false, [64600, 64512], '65000'],
    ['only', true, [64600, 64512], '65000 65000 65000'],
    ['all', false, [64511, 65535, 4_199_999_999], '65000 64511 65535 4199999999'],
  ])('%s, replace %s: %j', (scope, replace, path, expected) => {
    const options = exporting({ privateAs: { scope, replace }, peerAs: 64900 });
    expect(pathIn(heard({ path }, { ...options, as: 64900 }))).toBe(expected);
  });

  test("the peer's own number stays", () => {
    const options = exporting({ privateAs: { scope: 'all', replace: false }, peerAs: 64777 });
    expect(pathIn(heard({ path: [64600, 64777] }, { ...options, as: 64777 }))).toBe('65000 64777');
  });

  test('in segments of every kind; one that becomes empty goes', () => {
    const segments = [
      { type: 1, asns: [64600, 3356] },
      { type: 2, asns: [64601] },
      { type: 1, asns: [64602] },
    ];
    const options = exporting({ privateAs: { scope: 'all', replace: false } });
    expect(pathIn(heard({ segments }, options, { as: LOCAL_AS }))).toBe('65000 {3356}');
  });
});

test('a 2-octet peer hears AS_TRANS, and both numbers of local-as in AS4_PATH (RFC 6793 section 4.2.2)', () => {
  const text = heard({ path: [65001] }, exporting({ localAs: 4_200_000_001 }, { as4: false }));
  expect(pathIn(text)).toBe('4200000001 65000 65001');
});

test("as-override: our number where the path has the peer's", () => {
  const options = exporting({ asOverride: true, peerAs: 64900 });
  expect(pathIn(heard({ path: [64900, 65001, 64900] }, options))).toBe('65000 65000 65001 65000');
});

describe('send-communities', () => {
  const extended = Uint8Array.of(0x00, 2, 0, 1, 0, 0, 0, 1);
  const large = Uint8Array.of(0, 0, 0xfd, 0xe8, 0, 0, 0, 1, 0, 0, 0, 2);
  const route: Route = {
    communities: [0xfde80001],
    extra: [
      [0xc0, 16, extended],
      [0xc0, 32, large],
    ],
  };

  test.each([
    [0, []],
    [1, ['communities']],
    [2, ['extendedCommunities']],
    [4, ['largeCommunities']],
    [7, ['communities', 'extendedCommunities', 'largeCommunities']],
  ])('kinds %i', (communities, names) => {
    for (const as of [64900, LOCAL_AS]) {
      const text = heard(route, exporting({ communities }, { as })) ?? '';
      expect([...text.matchAll(/(\w*[cC]ommunities)=/g)].map((match) => match[1])).toEqual(names);
    }
  });
});

describe('roles and ONLY_TO_CUSTOMER (RFC 9234 section 5)', () => {
  const otc = (as: number): Route => ({ extra: [[0xc0, 35, Uint8Array.of(0, 0, as >> 8, as & 0xff)]] });
  const role = (name: ImportOptions['role']) => importing({ role: name, peerAs: 65001 });

  test.each<[ImportOptions['role'], Route, string | undefined]>([
    ['provider', otc(65009), 'route leak'],
    ['rs-server', otc(65009), 'route leak'],
    ['peer', otc(65009), 'route leak'],
    ['peer', otc(65001), undefined],
    ['customer', otc(65009), undefined],
    ['rs-client', otc(65009), undefined],
    ['provider', {}, undefined],
  ])('received as %s: %j', (name, route, refused) => {
    const bench = new Bench();
    const peer = bench.peer(role(name));
    bench.announce(peer, route, P);
    expect(bench.engine.ribs[0]!.accepted[peer.index]).toBe(refused === undefined ? 1 : 0);
    if (refused !== undefined) expect(reason(bench, peer)).toContain(refused);
  });

  test.each<[ImportOptions['role'], string]>([
    ['customer', 'onlyToCustomer=65001'],
    ['peer', 'onlyToCustomer=65001'],
    ['rs-client', 'onlyToCustomer=65001'],
    ['provider', ''],
    ['rs-server', ''],
  ])('received as %s without it: an internal peer hears it with "%s"', (name, text) => {
    const told = heard({}, { as: LOCAL_AS }, role(name));
    if (text === '') expect(told).not.toContain('onlyToCustomer');
    else expect(told).toContain(text);
  });

  test('what is there already stays', () => {
    expect(heard(otc(65009), { as: LOCAL_AS }, role('customer'))).toContain('onlyToCustomer=65009');
  });

  test.each<[ExportOptions['role'], Route, string | undefined]>([
    ['provider', {}, 'onlyToCustomer=65000'],
    ['peer', {}, 'onlyToCustomer=65000'],
    ['rs-server', {}, 'onlyToCustomer=65000'],
    ['customer', {}, 'nextHop='],
    ['rs-client', {}, 'nextHop='],
    ['provider', otc(65009), 'onlyToCustomer=65009'],
    ['rs-server', otc(65009), 'onlyToCustomer=65009'],
    ['customer', otc(65009), undefined],
    ['peer', otc(65009), undefined],
    ['rs-client', otc(65009), undefined],
  ])('announced as %s: %j', (name, route, text) => {
    const told = heard(route, exporting({ role: name }));
    if (text === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(text);
    if (text === 'nextHop=') expect(told).not.toContain('onlyToCustomer');
  });

  test('with local-as, the number the peer knows us by', () => {
    expect(heard({}, exporting({ role: 'peer', localAs: 64999 }))).toContain('onlyToCustomer=64999');
  });
});

describe('graceful shutdown (RFC 8326)', () => {
  const marked: Route = { communities: [1, GRACEFUL_SHUTDOWN] };

  test('a marked route of an external peer gets LOCAL_PREF 0, whatever policy says', () => {
    const bench = new Bench();
    const preferred = blobPolicy('preferred', bench.engine.attrs, (bytes) =>
      Uint8Array.of(...bytes, 0x40, 5, 4, 0, 0, 0, 200),
    );
    const options = importing({ gracefulShutdown: 'marked' }, { import: preferred });
    const a = bench.peer({ ...options, routerId: 1, address: '10.0.0.1' });
    const b = bench.peer({ as: LOCAL_AS, routerId: 2, address: '10.0.0.2' });
    bench.announce(a, marked, P);
    bench.announce(a, {}, Q);
    expect(b.receiver.get(P)).toContain('localPref=0');
    expect(b.receiver.get(Q)).toContain('localPref=200');
    // The mark goes, as when a shutdown is called off.
    bench.announce(a, {}, P);
    expect(b.receiver.get(P)).toContain('localPref=200');
    bench.drop(a);
    bench.drop(b);
    bench.expectEmpty();
  });

  test('all routes of a session that will be shut down', () => {
    expect(heard({}, { as: LOCAL_AS }, importing({ gracefulShutdown: 'all' }))).toContain('localPref=0');
  });

  test('external peers hear the community once, beside the others or alone', () => {
    const to = exporting({ gracefulShutdown: true });
    expect(heard({}, to)).toContain('communities=graceful-shutdown');
    expect(heard({ communities: [0xfde80001] }, to)).toContain('communities=65000:1 graceful-shutdown');
    expect(heard({ communities: [GRACEFUL_SHUTDOWN] }, to)).toMatch(/communities=graceful-shutdown$/);
    expect(heard({ communities: [1] }, exporting({ gracefulShutdown: true, communities: 0 }))).toMatch(
      /communities=graceful-shutdown$/,
    );
  });

  test('internal peers hear LOCAL_PREF 0', () => {
    const to = exporting({ gracefulShutdown: true }, { as: LOCAL_AS });
    expect(heard({}, to)).toContain('localPref=0');
    expect(heard({ localPref: 300 }, to, { as: 65001 })).not.toContain('communities');
  });
});

describe('default-originate', () => {
  test.each([
    ['0.0.0.0/0', '10.0.0.254'],
    ['::/0', '2001:db8:ffff::254'],
  ])('%s is told, whatever policy says, and goes when it is switched off', (text, nextHop) => {
    const bench = new Bench();
    const other = bench.peer({ routerId: 2, address: '10.0.0.2' });
    const peer = bench.peer(exporting({ defaultOriginate: true }, { export: rejectPolicy }));
    expect(peer.receiver.get(text)).toBe(`origin=igp asPath=65000 nextHop=${nextHop}`);
    expect(other.receiver.get(text)).toBeUndefined();
    expect(bench.engine.ribs[0]!.paths.count).toBe(0);
    bench.change(peer, exporting({ defaultOriginate: false }));
    expect(peer.receiver.get(text)).toBeUndefined();
    bench.drop(peer);
    bench.drop(other);
  });

  test('it stands in for a default route that was learnt', () => {
    const bench = new Bench();
    const a = bench.peer({ routerId: 1, address: '10.0.0.1' });
    const b = bench.peer(exporting({ defaultOriginate: true }, { routerId: 2, address: '10.0.0.2' }));
    bench.announce(a, { path: [65001, 65009] }, '0.0.0.0/0');
    expect(pathIn(b.receiver.get('0.0.0.0/0'))).toBe('65000');
    bench.withdraw(a, '0.0.0.0/0');
    expect(pathIn(b.receiver.get('0.0.0.0/0'))).toBe('65000');
    bench.change(b, exporting({ defaultOriginate: false }));
    expect(b.receiver.get('0.0.0.0/0')).toBeUndefined();
    bench.drop(a);
    bench.drop(b);
    bench.expectEmpty();
  });
});

describe('max-prefixes-out', () => {
  const prefixes = Array.from({ length: 5 }, (_, i) => `10.${i}.0.0/16`);

  test('the peer is told as many as it may, and the next one when one goes', () => {
    const bench = new Bench();
    const a = bench.peer({ routerId: 1, address: '10.0.0.1' });
    const b = bench.peer(exporting({ maximumPrefixes: 3 }, { routerId: 2, address: '10.0.0.2' }));
    bench.announce(a, {}, ...prefixes);
    const group = () => bench.engine.exporters[0]!.groupOf(b.index)!;
    expect([...b.receiver.tables[0]!.keys()]).toEqual(prefixes.slice(0, 3));
    expect(group().withheld.size).toBe(2);
    // New attributes of what it has are no new prefix.
    bench.announce(a, { path: [65001, 65009] }, prefixes[0]!);
    expect(pathIn(b.receiver.get(prefixes[0]!))).toContain('65009');
    bench.withdraw(a, prefixes[1]!);
    expect(b.receiver.tables[0]!.size).toBe(3);
    expect(group().withheld.size).toBe(1);
    bench.change(b, exporting({}));
    expect(b.receiver.tables[0]!.size).toBe(4);
    bench.drop(a);
    expect(b.receiver.tables[0]!.size).toBe(0);
    bench.drop(b);
    bench.expectEmpty();
  });

  test('its own routes do not count', () => {
    const bench = new Bench();
    const a = bench.peer({ routerId: 1, address: '10.0.0.1' });
    const b = bench.peer(exporting({ maximumPrefixes: 1 }, { routerId: 2, address: '10.0.0.2' }));
    bench.announce(b, {}, prefixes[0]!, prefixes[1]!);
    bench.announce(a, {}, prefixes[2]!);
    expect([...b.receiver.tables[0]!.keys()]).toEqual([prefixes[2]]);
  });
});

describe('route server client (RFC 7947 section 2.2)', () => {
  test('path, next hop and MED are passed on as they are', () => {
    const to = exporting({ prepend: false, keepMed: true }, { mode: 'unchanged' });
    expect(heard({ path: [65001, 65009], med: 7 }, to)).toBe(
      'origin=igp asPath=65001 65009 nextHop=192.0.2.1 med=7',
    );
  });
});

describe('route reflector (RFC 4456)', () => {
  const internal = (id: number, reflectorClient: boolean): PeerSettings =>
    exporting(
      { reflectorClient, clusterId: 0x0a0000fe },
      {
        as: LOCAL_AS,
        routerId: id,
        address: `10.0.0.${id}`,
        mode: 'unchanged',
      },
    );

  test.each([
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ])('from a client %s to a client %s: %s', (from, to, told) => {
    const text = heard({ path: [65009] }, internal(2, to), internal(1, from));
    if (told) expect(text).toContain('originatorId=0.0.0.1 clusterList=10.0.0.254');
    else expect(text).toBeUndefined();
  });

  test('ORIGINATOR_ID stays, our cluster comes in front of CLUSTER_LIST', () => {
    const route: Route = {
      extra: [
        [0x80, 9, Uint8Array.of(1, 2, 3, 4)],
        [0x80, 10, Uint8Array.of(1, 2, 3, 5)],
      ],
    };
    expect(heard(route, internal(2, true), internal(1, true))).toContain(
      'originatorId=1.2.3.4 clusterList=10.0.0.254 1.2.3.5',
    );
  });

  test('routes of external peers and of our own are not reflected, but told', () => {
    expect(heard({}, internal(2, true))).not.toContain('originatorId');
  });

  test('the same attributes from another client are told again: the originator is another', () => {
    const bench = new Bench();
    const [a, b, c] = [1, 2, 3].map((id) => bench.peer(internal(id, true)));
    bench.announce(a!, {}, P);
    bench.announce(b!, {}, P);
    expect(c!.receiver.get(P)).toContain('originatorId=0.0.0.1');
    bench.drop(a!);
    expect(c!.receiver.get(P)).toContain('originatorId=0.0.0.2');
  });

  test('clients that are the next hops of their own routes stay in one group', () => {
    const bench = new Bench();
    const [a, b] = [1, 2].map((id) => bench.peer(internal(id, true)));
    bench.announce(a!, { nextHop: '10.0.0.1' }, P);
    bench.announce(b!, { nextHop: '10.0.0.2' }, Q);
    expect([a!.receiver.get(P), b!.receiver.get(Q)]).toEqual([undefined, undefined]);
    expect(b!.receiver.get(P)).toContain('nextHop=10.0.0.1');
    expect(bench.groups()).toBe(1);
  });

  test('another cluster id than the router id is what is looked for', () => {
    const route: Route = { extra: [[0x80, 10, Uint8Array.of(9, 9, 9, 9)]] };
    const from = { as: LOCAL_AS, ...importing({ clusterId: 0x09090909 }) };
    expect(heard(route, {}, from)).toBeUndefined();
    expect(heard(route, {}, { as: LOCAL_AS })).toBeDefined();
  });
});

test('sessions with other options are in groups of their own, with equal ones in one', () => {
  const bench = new Bench();
  const settings = [{}, { communities: 3 }, { communities: 3 }, { asOverride: true }];
  for (const [i, options] of settings.entries())
    bench.peer(exporting(options, { routerId: i + 1, address: `10.0.0.${i + 1}` }));
  expect(bench.groups()).toBe(3);
});

test('MED of an internal peer is not told to external ones, even with an empty path (RFC 4271 section 5.1.4)', () => {
  expect(heard({ path: [], med: 5 }, {}, { as: LOCAL_AS })).not.toContain('med=');
});
