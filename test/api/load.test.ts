/**
 * 1,000 API requests at once while a full table is loaded: every one is answered, no session ends, and readers that
 * leave in the middle or never read cost nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import { MAX_API_CONNECTIONS } from '../../src/base/limits.ts';
import { localBlob } from '../../src/engine/local-route.ts';
import { established, freePort, type Running, run, until } from '../speaker/fixtures.ts';
import { raw } from './raw.ts';

const PREFIXES = 200_000;
const REQUESTS = 1000;
const HOLD_TIME_SECONDS = 6;

let directory: string;
let socketPath: string;
let api: Api;
let subject: Running;
let loader: Running;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-load-'));
  socketPath = join(directory, 'bellhop.sock');
  const port = await freePort('127.0.0.13');
  const config = (own: string, other: string, as: number, peerAs: number) => `
as: ${as}
router-id: 192.0.2.${as - 65000}
listen: ['${own}:${port}']
neighbors:
  - { address: ${other}, port: ${port}, local-address: ${own}, peer-as: ${peerAs}, connect-retry: 1s, hold-time: ${HOLD_TIME_SECONDS}s, import: accept, export: accept }
`;
  subject = await run(config('127.0.0.13', '127.0.0.14', 65001, 65002));
  loader = await run(config('127.0.0.14', '127.0.0.13', 65002, 65001));
  api = await startApi(subject.speaker, { socketPath });
  await until(() => established(subject, '127.0.0.14'), 'the session');
});

afterEach(async () => {
  await api.close();
  await loader[Symbol.asyncDispose]();
  await subject[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

/** The other speaker announces the whole table, with 1,000 different sets of attributes. */
function load(): void {
  const { engine, scheduler } = loader.speaker;
  for (let i = 0; i < PREFIXES; i++) {
    const blob = localBlob({
      nextHop: undefined,
      origin: 0,
      med: i % 1000,
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
    engine.announce(0, Uint8Array.of(20 + (i >> 16), (i >> 8) & 255, i & 255, 0), 24, blob);
  }
  scheduler.kick();
}

/** Asks for the whole table and hangs up after the first bytes. */
function abandon(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const outgoing = request({ socketPath, path: '/v1/routes' }, (response) => {
    response.once('data', () => {
      outgoing.destroy();
      resolve();
    });
    response.on('error', () => undefined);
  });
  outgoing.on('error', () => undefined);
  outgoing.end();
  return promise;
}

/** Asks for the whole table and never reads a byte of it. */
function ignore(): Socket {
  const socket = connect(socketPath);
  socket.pause();
  socket.write('GET /v1/routes HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return socket;
}

test('1,000 requests at once during a table load: all answered, no session lost', async () => {
  load();
  await until(() => subject.speaker.status().families[0]!.prefixes > 5000, 'the load has begun', 20_000);
  const sleepers = Array.from({ length: 20 }, ignore);
  const paths = ['/v1/summary', '/v1/routes?limit=500', '/v1/routes?community=65000:1', '/v1/neighbors'];
  const answers = await Promise.all([
    ...Array.from({ length: REQUESTS }, (_, i) => raw(socketPath, paths[i % paths.length]!)),
    ...Array.from({ length: 20 }, abandon),
  ]);
  expect(answers.filter((answer) => answer !== undefined && answer.status !== 200)).toEqual([]);
  await until(() => subject.speaker.status().families[0]!.prefixes === PREFIXES, 'the whole table', 60_000);
  for (const socket of sleepers) socket.destroy();
  expect(subject.speaker.neighbor('127.0.0.14')).toMatchObject({ state: 'Established', flaps: 0 });
  expect(loader.speaker.neighbor('127.0.0.13')).toMatchObject({ state: 'Established', flaps: 0 });
}, 120_000);

test(`${MAX_API_CONNECTIONS} connections at a time: one more is closed and counted, and there is room again later`, async () => {
  const sockets: Socket[] = [];
  for (let i = 0; i < MAX_API_CONNECTIONS; i += 256) {
    const batch = Array.from({ length: 256 }, () => connect(socketPath).on('error', () => undefined));
    sockets.push(...batch);
    await Promise.all(batch.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const extra = connect(socketPath).on('error', () => undefined);
  await new Promise((resolve) => extra.once('close', resolve));
  for (const socket of sockets.splice(0, 10)) socket.destroy();
  const dropped = async () => {
    const { text } = await raw(socketPath, '/metrics');
    return Number(/^bgp_api_connections_dropped_total (\d+)$/m.exec(text)?.[1]);
  };
  await until(() => sockets.every(({ destroyed }) => !destroyed), 'the others live');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await dropped()).toBe(1);
  for (const socket of sockets) socket.destroy();
}, 60_000);
