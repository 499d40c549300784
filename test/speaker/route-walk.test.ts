/** Queries in pieces: pages that together are the table, filters, and tables that change between two pieces. */
import { beforeEach, expect, test } from 'vitest';
import { parsePrefix } from '../../src/base/prefix.ts';
import { localBlob } from '../../src/engine/local-route.ts';
import { Speaker } from '../../src/speaker/speaker.ts';
import type { RouteEntry, RouteQuery } from '../../src/speaker/status.ts';
import { configOf } from './fixtures.ts';

const PREFIXES = 40_000;

let speaker: Speaker;

beforeEach(() => {
  speaker = new Speaker(configOf('as: 65000\nrouter-id: 192.0.2.1\nlisten: []\n'));
});

function announce(text: string, communities: readonly number[] = [], large: [number, number, number][] = []) {
  const { bytes, length } = parsePrefix(text)!;
  const blob = localBlob({
    nextHop: undefined,
    origin: 0,
    med: undefined,
    localPref: undefined,
    communities,
    largeCommunities: large,
    asPath: [],
    extendedCommunities: [],
    atomicAggregate: false,
    aggregator: undefined,
    asPathAsIs: false,
    communitiesAsIs: false,
    originatorId: undefined,
    clusterList: [],
  });
  speaker.engine.announce(bytes.length === 4 ? 0 : 1, bytes, length, blob);
}

/** 40,000 prefixes 10.0.0.0/24, 10.0.1.0/24 ... in 10.0.0.0/8. */
function fill(): string[] {
  const all = Array.from({ length: PREFIXES }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  for (const prefix of all) announce(prefix);
  return all;
}

/** All pages of a query, each by a walk of its own, as a client reads them. */
function pages(query: RouteQuery, size: number): RouteEntry[][] {
  const result: RouteEntry[][] = [];
  let cursor: string | undefined;
  do {
    const walk = speaker.walkRoutes({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    const page: RouteEntry[] = [];
    while (walk.cursor !== undefined && page.length < size) page.push(...walk.read(size - page.length));
    result.push(page);
    cursor = walk.cursor;
  } while (cursor !== undefined);
  return result;
}

const prefixesOf = (routes: readonly RouteEntry[]) => routes.map(({ prefix }) => prefix);

test('RouteWalk: pages of any size are the table, each route once', () => {
  const all = fill();
  announce('2001:db8::/32');
  for (const size of [999, 10_000, 50_000])
    expect(prefixesOf(pages({}, size).flat())).toEqual([...all, '2001:db8::/32']);
});

test('RouteWalk: reading none moves to the next route, or to the end', () => {
  announce('192.0.2.0/24');
  announce('198.51.100.0/24');
  const walk = speaker.walkRoutes({});
  expect(prefixesOf(walk.read(1))).toEqual(['192.0.2.0/24']);
  expect(walk.read(0)).toEqual([]);
  expect(prefixesOf(walk.read(1))).toEqual(['198.51.100.0/24']);
  expect(walk.read(0)).toEqual([]);
  expect(walk.cursor).toBeUndefined();
});

test('RouteWalk: one piece looks at a limited number of prefixes', () => {
  fill();
  announce('192.0.2.0/24', [0xfde80001]);
  const walk = speaker.walkRoutes({ community: '65000:1' });
  expect(walk.read(10)).toEqual([]);
  expect(walk.cursor).toBeDefined();
  expect(prefixesOf([...walk.read(10), ...walk.read(10)])).toEqual(['192.0.2.0/24']);
});

test('RouteWalk: what stays is seen once, whatever comes and goes between two pages', () => {
  const all = fill();
  const seen: string[] = [];
  let cursor: string | undefined;
  let round = 0;
  do {
    const walk = speaker.walkRoutes(cursor === undefined ? {} : { cursor });
    seen.push(...prefixesOf(walk.read(5000)));
    cursor = walk.cursor;
    // Every other prefix flaps, and new ones take the ids of those that are gone.
    for (let i = round; i < PREFIXES; i += 2) {
      const { bytes, length } = parsePrefix(all[(i | 1) % PREFIXES]!)!;
      speaker.engine.withdraw(0, bytes, length);
    }
    while (speaker.engine.work());
    for (let i = 0; i < 1000; i++) announce(`172.16.${(round * 4 + (i >> 8)) & 255}.${i & 255}/32`);
    round++;
  } while (cursor !== undefined);
  const stable = all.filter((_, i) => i % 2 === 0);
  const counts = new Map<string, number>();
  for (const prefix of seen) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  expect(stable.every((prefix) => counts.get(prefix) === 1)).toBe(true);
});

test('RouteWalk: exact, longest match, longer prefixes', () => {
  fill();
  announce('10.0.0.0/8');
  announce('10.0.0.0/16');
  expect(prefixesOf(speaker.routes({ prefix: '10.0.0.0/16' }))).toEqual(['10.0.0.0/16']);
  expect(prefixesOf(speaker.routes({ prefix: '10.0.0.9' }))).toEqual(['10.0.0.0/24']);
  expect(prefixesOf(speaker.routes({ prefix: '10.200.0.9' }))).toEqual(['10.0.0.0/8']);
  expect(prefixesOf(speaker.routes({ prefix: '11.0.0.0/8', longerPrefixes: true }))).toEqual([]);
  const inside = prefixesOf(speaker.routes({ prefix: '10.0.0.0/16', longerPrefixes: true }));
  expect(inside).toHaveLength(257);
  expect(inside).toContain('10.0.0.0/16');
  expect(inside).not.toContain('10.0.0.0/8');
});

test('RouteWalk: communities of every kind, by value and by name', () => {
  announce('192.0.2.0/24', [0xfde80001, 0xffffff01]);
  announce('198.51.100.0/24', [0xfde80002], [[65000, 1, 2]]);
  const found = (community: string) => prefixesOf(speaker.routes({ community }));
  expect(found('65000:1')).toEqual(['192.0.2.0/24']);
  expect(found('no-export')).toEqual(['192.0.2.0/24']);
  expect(found('65000:2')).toEqual(['198.51.100.0/24']);
  expect(found('65000:1:2')).toEqual(['198.51.100.0/24']);
  expect(found('65000:2:1')).toEqual([]);
  expect(found('rt:65000:1')).toEqual([]);
  expect(() => found('red')).toThrow('is no community');
});

test('RouteWalk: our own routes by peer `local`; cursors and conditions that make no sense are refused', () => {
  announce('192.0.2.0/24');
  expect(prefixesOf(speaker.routes({ peer: 'local', best: true }))).toEqual(['192.0.2.0/24']);
  expect(() => speaker.routes({ cursor: '7.1.0' })).toThrow('no cursor');
  expect(() => speaker.routes({ cursor: '0.x.0' })).toThrow('no cursor');
  expect(() => speaker.routes({ longerPrefixes: true })).toThrow('give a prefix');
  expect(() => speaker.routes({ peer: '192.0.2.9' })).toThrow('no neighbor');
  expect(speaker.routes({ cursor: '0.99999999.0' })).toEqual([]);
});
