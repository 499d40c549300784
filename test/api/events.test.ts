/** `GET /v1/events` over a real socket: the form of server-sent events, coming back, slow and vanished readers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import { MAX_EVENT_STREAM_BYTES, MAX_EVENT_STREAMS } from '../../src/base/limits.ts';
import { until } from '../speaker/fixtures.ts';
import { FakeSpeaker, routeEntry } from './fake-speaker.ts';
import { raw } from './raw.ts';

let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api;
let open: ClientRequest[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-events-'));
  socketPath = join(directory, 'bellhop.sock');
  speaker = new FakeSpeaker();
  open = [];
  api = await startApi(speaker, { socketPath });
});

afterEach(async () => {
  for (const outgoing of open) outgoing.destroy();
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Reader {
  readonly response: IncomingMessage;
  text(): string;
  close(): void;
}

function read(path: string, headers: Record<string, string> = {}): Promise<Reader> {
  const { promise, resolve, reject } = Promise.withResolvers<Reader>();
  const outgoing = request({ socketPath, path, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    response.on('error', () => undefined);
    resolve({ response, text: () => text, close: () => outgoing.destroy() });
  });
  outgoing.on('error', reject);
  outgoing.end();
  open.push(outgoing);
  return promise;
}

const warn = (reason: string) => speaker.publish({ type: 'warning', reason });

test('events: id, type and one line of JSON; coming back with Last-Event-ID or since', async () => {
  const first = await read('/v1/events?types=policy');
  expect(first.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  await until(() => first.text().includes('event: ready'), 'ready');
  warn('one');
  warn('two');
  await until(() => first.text().includes('two'), 'the warnings');
  const [, id] = /id: (\S+)\nevent: policy\ndata: (\{.*"reason":"one"\})\n\n/.exec(first.text()) ?? [];
  expect(id).toMatch(/^[0-9a-z]+-\d+$/);
  first.close();
  warn('three');
  for (const again of [
    await read('/v1/events?types=policy', { 'last-event-id': id! }),
    await read(`/v1/events?types=policy&since=${id}`),
  ]) {
    await until(() => again.text().includes('event: ready'), 'ready');
    expect([...again.text().matchAll(/"reason":"(\w+)"/g)].map(([, reason]) => reason)).toEqual([
      'two',
      'three',
    ]);
  }
});

test('events: an unknown type is refused with its place', async () => {
  expect(await raw(socketPath, '/v1/events?types=session,weather')).toMatchObject({
    status: 400,
    body: { errors: [{ in: 'query', pointer: '#/types' }] },
  });
});

test('events: a reader that leaves is forgotten, and its watch of the routes is not kept for ever', async () => {
  const reader = await read('/v1/events?types=route,policy');
  await until(() => speaker.watchers.size === 1, 'the watch');
  reader.close();
  const second = await read('/v1/events?types=policy');
  await until(() => second.text().includes('event: ready'), 'ready');
  warn('after');
  await until(() => second.text().includes('after'), 'the other one still hears');
});

test('events: a reader that does not read is disconnected, the others hear everything', async () => {
  const good = await read('/v1/events?types=route');
  await until(() => good.text().includes('event: ready'), 'ready');
  const sleeper = connect(socketPath);
  sleeper.pause();
  let closed = false;
  sleeper.on('close', () => {
    closed = true;
  });
  sleeper.on('error', () => undefined);
  sleeper.write('GET /v1/events?types=route HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const metric = async () => /^bgp_event_streams (\d+)$/m.exec((await raw(socketPath, '/metrics')).text)?.[1];
  await until(() => speaker.watchers.size === 1, 'the watch');
  while ((await metric()) !== '2');
  const change = { family: 'ipv4-unicast', prefix: '192.0.2.0/24', old: undefined, new: routeEntry() };
  const rounds = Math.ceil((MAX_EVENT_STREAM_BYTES * 4) / JSON.stringify(change).length);
  for (let i = 0; i < rounds; i++) {
    for (const watcher of speaker.watchers) watcher.changed(change);
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => good.text().split('event: route').length === rounds + 1, 'all of them');
  expect(await metric()).toBe('1');
  expect((await raw(socketPath, '/metrics')).text).toContain('\nbgp_event_streams_disconnected_total 1\n');
  sleeper.resume();
  await until(() => closed, 'the sleeper is cut off');
});

test(`events: ${MAX_EVENT_STREAMS} streams at a time, one more is refused with 429`, async () => {
  const readers = await Promise.all(Array.from({ length: MAX_EVENT_STREAMS }, () => read('/v1/events')));
  expect(readers.every(({ response }) => response.statusCode === 200)).toBe(true);
  expect(await raw(socketPath, '/v1/events')).toMatchObject({ status: 429, body: { code: 'LIMIT_REACHED' } });
});
