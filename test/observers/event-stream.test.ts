/** The row of events: types, cursors, gaps, and route events that exist only while somebody listens. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_EVENTS } from '../../src/base/limits.ts';
import type { EventType, StreamEvent } from '../../src/observers/event-ring.ts';
import { EventStream } from '../../src/observers/event-stream.ts';
import { Vips } from '../../src/vip/vips.ts';
import { FakeSpeaker, routeEntry } from '../api/fake-speaker.ts';
import { configOf } from '../speaker/fixtures.ts';

let speaker: FakeSpeaker;
let stream: EventStream;

beforeEach(() => {
  speaker = new FakeSpeaker();
  stream = new EventStream(speaker);
});

afterEach(() => stream.close());

/** A listener and what it has heard. */
function listen(types: EventType[], since?: string) {
  const heard: StreamEvent[] = [];
  const stop = stream.listen({ types: new Set(types), since, hear: (event) => heard.push(event) });
  return { heard, stop, types: () => heard.map(({ type }) => type) };
}

const up = (peer: string) =>
  speaker.publish({ type: 'stateChange', peer, oldState: 'OpenConfirm', newState: 'Established' });
const warn = (reason: string) => speaker.publish({ type: 'warning', reason });
const change = (prefix: string) => {
  for (const watcher of speaker.watchers)
    watcher.changed({ family: 'ipv4-unicast', prefix, old: undefined, new: routeEntry({ prefix }) });
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('EventStream: every fact has a type, listeners hear those they asked for', async () => {
  const all = listen(['session', 'error', 'policy', 'daemon']);
  const sessions = listen(['session']);
  await settled();
  up('192.0.2.2');
  speaker.publish({ type: 'connectionRejected', peer: '192.0.2.9', known: false, reason: 'stranger' });
  speaker.publish({ type: 'familyDisabled', peer: '192.0.2.2', family: 'ipv6-unicast', reason: 'r' });
  warn('no import policy');
  speaker.publish({ type: 'stopped', reason: 'bye' });
  expect(all.types()).toEqual(['ready', 'session', 'session', 'error', 'policy', 'daemon']);
  expect(sessions.types()).toEqual(['ready', 'session', 'session']);
  expect(sessions.heard[1]).toMatchObject({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    data: { event: 'stateChange', peer: '192.0.2.2', newState: 'Established' },
  });
});

test('EventStream: what operators, owners of routes and VIPs do', async () => {
  const vips = new Vips(
    speaker,
    configOf('as: 65001\nrouter-id: 10.0.0.1\nvips: [{ name: web, addresses: [203.0.113.10] }]\n'),
  );
  const withVips = new EventStream(speaker);
  withVips.watchVips(vips);
  const heard: StreamEvent[] = [];
  withVips.listen({ types: new Set(['session', 'vip', 'daemon']), hear: (event) => heard.push(event) });
  await settled();
  const disabled = { message: 'new line card', since: '2026-01-02T03:04:05.000Z' };
  speaker.publish({ type: 'administrative', peer: '192.0.2.2', disabled });
  speaker.publish({ type: 'announcementsExpired', owner: 'cli', count: 1, prefixes: ['10.0.0.0/8'] });
  await vips.start();
  expect(heard).toMatchObject([
    { type: 'ready' },
    { type: 'session', data: { event: 'administrative', peer: '192.0.2.2', disabled } },
    { type: 'daemon', data: { event: 'announcementsExpired', owner: 'cli', prefixes: ['10.0.0.0/8'] } },
    { type: 'vip', data: { event: 'vipAnnounced', vip: 'web', prefixes: ['203.0.113.10/32'] } },
    { type: 'vip', data: { event: 'vipState', vip: 'web', newState: 'UP' } },
  ]);
  withVips.close();
  await vips.stop('the test is over');
  expect(heard).toHaveLength(5);
});

test('EventStream: a cursor brings what came after it, once and in order', async () => {
  const before = listen(['session', 'policy']);
  up('192.0.2.1');
  warn('one');
  up('192.0.2.2');
  const cursor = stream.cursorOf(before.heard[0]!);
  const after = listen(['session'], cursor);
  await settled();
  up('192.0.2.3');
  expect(after.heard.map(({ type, data }) => ('peer' in data ? data.peer : type))).toEqual([
    '192.0.2.2',
    'ready',
    '192.0.2.3',
  ]);
});

test('EventStream: what the ring has forgotten is a gap', () => {
  const before = listen(['session']);
  up('192.0.2.1');
  for (let i = 0; i <= MAX_EVENTS; i++) warn(`warning ${i}`);
  const after = listen(['policy'], stream.cursorOf(before.heard[0]!));
  expect(after.types().slice(0, 2)).toEqual(['gap', 'policy']);
  expect(after.heard).toHaveLength(MAX_EVENTS + 1);
});

test('EventStream: a cursor of another run of the daemon, or none at all, is a gap', () => {
  expect(listen(['session'], 'lf00ba-12').types()).toEqual(['gap']);
  expect(listen(['session'], 'nonsense').types()).toEqual(['gap']);
});

test('EventStream: routes are watched while somebody listens to them, by one watch for all', async () => {
  const sessions = listen(['session']);
  expect(speaker.watchers.size).toBe(0);
  const first = listen(['route']);
  const second = listen(['route', 'session']);
  expect(speaker.watchers.size).toBe(1);
  await settled();
  change('192.0.2.0/24');
  expect(first.types()).toEqual(['ready', 'route']);
  expect(second.types()).toEqual(['ready', 'route']);
  expect(sessions.types()).toEqual(['ready']);
});

test('EventStream: a listener that comes back soon misses no route; the watch stays for it', async () => {
  const first = listen(['route']);
  await settled();
  change('192.0.2.0/24');
  first.stop();
  change('198.51.100.0/24');
  expect(first.heard).toHaveLength(2);
  const again = listen(['route'], stream.cursorOf(first.heard[1]!));
  await settled();
  expect(again.heard.map(({ type, data }) => ('prefix' in data ? data.prefix : type))).toEqual([
    '198.51.100.0/24',
    'ready',
  ]);
});

test('EventStream: route events from before anybody listened are a gap, not silence', async () => {
  const sessions = listen(['session']);
  up('192.0.2.1');
  up('192.0.2.2');
  const cursor = stream.cursorOf(sessions.heard[0]!);
  expect(listen(['route'], cursor).types()).toEqual(['gap']);
  await settled();
});

test('EventStream: changes that came too fast are counted and told in their place', async () => {
  const { heard, types } = listen(['route']);
  await settled();
  change('192.0.2.0/24');
  for (const watcher of speaker.watchers) watcher.lost(7);
  change('198.51.100.0/24');
  expect(types()).toEqual(['ready', 'route', 'gap', 'route']);
  expect(heard[2]?.data).toMatchObject({ lost: 7 });
  expect(stream.lostRouteEvents).toBe(7);
});
