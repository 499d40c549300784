/** The client: answers over TCP and the socket, streams that end in the middle, events across a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import { BellhopClient, type DaemonEvent } from '../../src/client.ts';
import { until } from '../speaker/fixtures.ts';
import { FakeSpeaker, routeEntry } from './fake-speaker.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';

let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api;
let client: BellhopClient;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-client-'));
  socketPath = join(directory, 'bellhop.sock');
  speaker = new FakeSpeaker();
  api = await startApi(speaker, { socketPath });
  client = new BellhopClient(socketPath);
});

afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

const warn = (reason: string) => speaker.publish({ type: 'warning', reason });

test('BellhopClient: over TCP with a token, refused without', async () => {
  const listen = { address: '127.0.0.1', port: 0 };
  await api.configure({ listen, token: TOKEN, tls: undefined, ready: 'any' });
  const url = api.url!;
  expect(await new BellhopClient({ url, token: TOKEN }).status()).toMatchObject({ version: '9.9.9' });
  await expect(new BellhopClient({ url }).status()).rejects.toThrow('Authorization: Bearer');
});

test.each([0, 1, 501, 25_000])('BellhopClient: %d routes one by one', async (count) => {
  speaker.routeList = Array.from({ length: count }, (_, i) => routeEntry({ med: i }));
  const seen: (number | undefined)[] = [];
  for await (const { med } of client.routes()) seen.push(med);
  expect(seen).toEqual(speaker.routeList.map(({ med }) => med));
});

test('BellhopClient: a reader that leaves in the middle leaves nothing behind', async () => {
  speaker.routeList = Array.from({ length: 50_000 }, (_, i) => routeEntry({ med: i }));
  for await (const { med } of client.routes()) if (med === 700) break;
  expect(await client.status()).toMatchObject({ version: '9.9.9' });
});

test('BellhopClient: an answer that ends in the middle is an error, not a short table', async () => {
  const path = join(directory, 'broken.sock');
  const server: Server = createServer((socket) => {
    socket.resume();
    const line = `${JSON.stringify(routeEntry())},\n`;
    socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[${line}`);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const read = async () => {
    for await (const route of new BellhopClient(path).routes()) expect(route.prefix).toBe('203.0.113.0/24');
  };
  await expect(read()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  await new Promise((resolve) => server.close(resolve));
});

test('BellhopClient: events go on when the connection was lost, and a new daemon is a gap', async () => {
  const over = new AbortController();
  const heard: DaemonEvent[] = [];
  const listening = (async () => {
    for await (const event of client.events({ types: ['policy'], signal: over.signal })) heard.push(event);
  })();
  await until(() => heard.length === 1, 'ready');
  warn('one');
  await until(() => heard.length === 2, 'the warning');
  await api.close();
  api = await startApi(speaker, { socketPath });
  await until(() => heard.length >= 4, 'the new daemon', 10_000);
  warn('two');
  await until(() => heard.length === 5, 'the warning after it');
  over.abort();
  await listening;
  expect(heard.map((event) => (event.type === 'policy' ? event.reason : event.type))).toEqual([
    'ready',
    'one',
    'gap',
    'ready',
    'two',
  ]);
});

test('BellhopClient: events of a daemon that is not there are an error at once', async () => {
  const read = async () => {
    for await (const _event of new BellhopClient(join(directory, 'none')).events());
  };
  await expect(read()).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
});
