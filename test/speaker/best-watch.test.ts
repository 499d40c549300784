/** BestWatch over real tables: each change of a best route with what was before, and nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_PENDING_ROUTE_CHANGES } from '../../src/base/limits.ts';
import { parsePrefix } from '../../src/base/prefix.ts';
import { localBlob } from '../../src/engine/local-route.ts';
import type { RouteChange, RouteWatch } from '../../src/speaker/best-watch.ts';
import { Speaker } from '../../src/speaker/speaker.ts';
import { configOf, until } from './fixtures.ts';

let speaker: Speaker;
let watch: RouteWatch | undefined;
let changes: RouteChange[];
let lost: number;

beforeEach(() => {
  speaker = new Speaker(configOf('as: 65000\nrouter-id: 192.0.2.1\nlisten: []\n'));
  changes = [];
  lost = 0;
});

afterEach(() => watch?.close());

function announce(prefix: string, med: number): void {
  const { bytes, length } = parsePrefix(prefix)!;
  const blob = localBlob({
    nextHop: undefined,
    origin: 0,
    med,
    localPref: undefined,
    communities: [],
    largeCommunities: [],
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

function withdraw(prefix: string): void {
  const { bytes, length } = parsePrefix(prefix)!;
  speaker.engine.withdraw(bytes.length === 4 ? 0 : 1, bytes, length);
}

function work(): void {
  while (speaker.engine.work());
}

async function start(): Promise<void> {
  watch = speaker.watchRoutes({
    changed: (change) => changes.push(change),
    lost: (count) => {
      lost += count;
    },
  });
  await watch.ready;
}

const text = ({ prefix, old, new: now }: RouteChange) => `${prefix} ${old?.med ?? '-'} ${now?.med ?? '-'}`;

test('BestWatch: routes that were there are no change; new, other and withdrawn ones are', async () => {
  announce('192.0.2.0/24', 1);
  announce('2001:db8::/32', 1);
  work();
  await start();
  announce('198.51.100.0/24', 2);
  work();
  announce('192.0.2.0/24', 3);
  withdraw('2001:db8::/32');
  work();
  announce('192.0.2.0/24', 3);
  work();
  await until(() => changes.length >= 3, 'the changes');
  expect(changes.map(text).sort()).toEqual(['192.0.2.0/24 1 3', '198.51.100.0/24 - 2', '2001:db8::/32 1 -']);
  expect(changes[0]?.new).toMatchObject({ peer: 'local', best: true, nextHop: 'self' });
});

test('BestWatch: a prefix that goes and comes is two changes, its attributes are still known', async () => {
  await start();
  for (const [med, what] of [
    [1, announce],
    [0, withdraw],
    [2, announce],
  ] as const) {
    what('192.0.2.0/24', med);
    work();
  }
  await until(() => changes.length === 3, 'the changes');
  expect(changes.map(text)).toEqual(['192.0.2.0/24 - 1', '192.0.2.0/24 1 -', '192.0.2.0/24 - 2']);
});

test('BestWatch: what comes faster than it can be told is counted, nothing is queued without a bound', async () => {
  await start();
  const extra = 1000;
  for (let i = 0; i < MAX_PENDING_ROUTE_CHANGES + extra; i++)
    announce(`${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`, i % 7);
  work();
  await until(() => lost > 0, 'the loss', 20_000);
  expect(lost).toBe(extra);
  expect(changes).toHaveLength(MAX_PENDING_ROUTE_CHANGES);
});

test('BestWatch: gives back all attributes when it is closed', async () => {
  announce('192.0.2.0/24', 1);
  work();
  await start();
  announce('192.0.2.0/24', 2);
  announce('198.51.100.0/24', 9);
  work();
  withdraw('192.0.2.0/24');
  work();
  watch?.close();
  withdraw('198.51.100.0/24');
  work();
  work();
  expect(speaker.engine.attrs.count).toBe(0);
  expect(speaker.engine.exporters.every(({ watchers }) => watchers.size === 0)).toBe(true);
});
