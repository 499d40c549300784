/** The API over a real UNIX socket: answers, refusals, and the life of the socket file. */
import { existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchAnswer, fetchBytes, requests } from '../../src/api/client.ts';
import { readinessOf } from '../../src/api/routes/status.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import { errorEntry, FakeSpeaker, neighborStatus, routeEntry } from './fake-speaker.ts';
import { raw as rawRequest } from './raw.ts';

let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-api-'));
  socketPath = join(directory, 'run', 'bellhop.sock');
  speaker = new FakeSpeaker();
  api = await startApi(speaker, { socketPath });
});

afterEach(async () => {
  await api?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A request as no client of ours makes it. */
const raw = (path: string, method = 'GET', body?: string | Buffer) =>
  rawRequest(socketPath, path, method, body);

test('GET /healthz: says ok', async () => {
  expect(await raw('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('GET /v1/status, /v1/neighbors and /v1/summary: the plain data of the speaker', async () => {
  const plain = (value: object) => JSON.parse(JSON.stringify(value));
  const milliseconds = expect.any(Number);
  const status = {
    ...plain(speaker.status()),
    eventLoopDelay: { p50Ms: milliseconds, p99Ms: milliseconds, maxMs: milliseconds },
  };
  expect(await fetchAnswer(socketPath, requests.status())).toEqual(status);
  expect(await fetchAnswer(socketPath, requests.neighbors())).toEqual(plain(speaker.neighbors()));
  expect(await fetchAnswer(socketPath, requests.summary())).toEqual({
    status,
    neighbors: plain(speaker.neighbors()),
  });
});

test('GET /v1/neighbors/:address: any spelling of the address, with a zone too', async () => {
  speaker.neighborList = [
    neighborStatus({ address: 'fe80::1%eth0' }),
    neighborStatus({ address: '2001:db8::1' }),
  ];
  expect(await fetchAnswer(socketPath, requests.neighbor('2001:0DB8::0001'))).toMatchObject({
    address: '2001:db8::1',
  });
  expect(await fetchAnswer(socketPath, requests.neighbor('fe80::1%eth0'))).toMatchObject({
    address: 'fe80::1%eth0',
  });
});

test('GET /v1/neighbors/:address: 404 for a stranger, 400 for no address', async () => {
  expect(await raw('/v1/neighbors/192.0.2.99')).toMatchObject({
    status: 404,
    type: 'application/problem+json; charset=utf-8',
    body: { title: 'Not Found', status: 404, detail: 'no neighbor 192.0.2.99', code: 'NOT_FOUND' },
  });
  expect(await raw('/v1/neighbors/upstream')).toMatchObject({
    status: 400,
    body: { detail: "address: 'upstream' is not an IP address" },
  });
});

test('GET /v1/errors: of all, of one neighbor in any spelling, 404 for a stranger, 400 for no address', async () => {
  speaker.neighborList = [neighborStatus(), neighborStatus({ address: '2001:db8::1' })];
  speaker.errorList = [errorEntry({ peer: '2001:db8::1', sequence: 8 }), errorEntry()];
  const sequences = async (neighbor?: string) =>
    (await fetchAnswer(socketPath, requests.errors(neighbor))).map(({ sequence }) => sequence);
  expect(await sequences()).toEqual([8, 7]);
  expect(await sequences('2001:0DB8::0001')).toEqual([8]);
  expect(await raw('/v1/errors?neighbor=192.0.2.99')).toMatchObject({ status: 404 });
  expect(await raw('/v1/errors?neighbor=upstream')).toMatchObject({
    status: 400,
    body: { detail: "neighbor: 'upstream' is not an IP address" },
  });
  expect(await raw('/v1/errors?peer=192.0.2.2')).toMatchObject({ status: 400 });
});

test('GET /v1/routes: parameters reach the speaker in canonical form', async () => {
  await raw('/v1/routes');
  await raw('/v1/routes?prefix=203.0.113.77/24&received=192.0.2.2&family=ipv4-unicast&limit=5');
  await raw('/v1/routes?prefix=2001:DB8::0&advertised=192.0.2.2');
  expect(speaker.queries).toEqual([
    {},
    { prefix: '203.0.113.0/24', received: '192.0.2.2', family: 'ipv4-unicast', limit: 5 },
    { prefix: '2001:db8::', advertised: '192.0.2.2' },
  ]);
});

test.each([
  ['family=vpnv4', 'family: must be one of ipv4-unicast, ipv6-unicast'],
  ['limit=0', 'limit: must be a whole number above 0'],
  ['limit=1&limit=2', 'limit'],
  ['prefix=10.0.0.0/33', "prefix: '10.0.0.0/33' is not an IP prefix or address"],
  ['received=192.0.2.2&advertised=192.0.2.2', 'exclude each other'],
  ['colour=red', 'colour'],
])('GET /v1/routes?%s: 400', async (query, detail) => {
  const answer = await raw(`/v1/routes?${query}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ title: 'Bad Request', detail: expect.stringContaining(detail) });
});

test('problems: a pointer to each wrong value, unknown keys among them', async () => {
  expect((await raw('/v1/routes?limit=0&prefix=x&colo/ur=red')).body).toMatchObject({
    errors: [
      { in: 'query', pointer: '#/prefix', detail: "'x' is not an IP prefix or address" },
      { in: 'query', pointer: '#/limit', detail: 'must be a whole number above 0' },
      { in: 'query', pointer: '#/colo~1ur', detail: 'unknown key' },
    ],
  });
  expect((await raw('/v1/neighbors/upstream')).body).toMatchObject({
    errors: [{ in: 'path', pointer: '#/address' }],
  });
});

test('a body of 100 MB is refused without being read, and the daemon answers on', async () => {
  const body = Buffer.alloc(100 * 1024 * 1024, 0x20);
  const refused = await raw('/v1/neighbors/192.0.2.2/refresh', 'POST', body).catch((error) => error.code);
  // The socket may be closed before the client has sent it all.
  if (typeof refused === 'object') expect(refused).toMatchObject({ status: 413 });
  else expect(['EPIPE', 'ECONNRESET']).toContain(refused);
  expect(await raw('/healthz')).toMatchObject({ status: 200 });
});

test('GET /readyz: one established neighbor is enough, none of one is not, no neighbor is', async () => {
  expect(await raw('/readyz')).toMatchObject({
    status: 200,
    body: { ready: true, established: 1, neighbors: 1, wanted: 'any' },
  });
  speaker.neighborList = [neighborStatus({ state: 'Active' })];
  expect(await raw('/readyz')).toMatchObject({ status: 503, body: { ready: false, established: 0 } });
  speaker.neighborList = [];
  expect(await raw('/readyz')).toMatchObject({ status: 200 });
});

test.each([
  ['all', 2, false],
  ['all', 3, true],
  ['any', 0, false],
  ['any', 1, true],
  [2, 1, false],
  [2, 2, true],
] as const)('readiness: %s of three with %d established: %s', (wanted, up, ready) => {
  const neighbors = [0, 1, 2].map((i) => neighborStatus({ state: i < up ? 'Established' : 'Active' }));
  expect(readinessOf(neighbors, wanted)).toEqual({
    ready,
    established: up,
    neighbors: 3,
    disabled: 0,
    wanted,
  });
});

test.each([
  ['all', 2, true],
  ['all', 1, false],
  ['any', 0, false],
  [3, 2, true],
  [3, 1, false],
  [1, 1, true],
] as const)('readiness: %s of two and a disabled one with %d established: %s', (wanted, up, ready) => {
  const disabled = { message: 'new line card', since: '2026-01-02T03:04:05.000Z' };
  const neighbors = [0, 1, 2].map((i) =>
    i === 2
      ? neighborStatus({ state: 'Idle', disabled })
      : neighborStatus({ state: i < up ? 'Established' : 'Active' }),
  );
  expect(readinessOf(neighbors, wanted)).toMatchObject({ ready, established: up, disabled: 1 });
});

test('readiness: nobody waits when every neighbor is disabled', () => {
  const disabled = { message: '', since: '2026-01-02T03:04:05.000Z' };
  const neighbors = [neighborStatus({ state: 'Idle', disabled })];
  for (const wanted of ['any', 'all', 1] as const)
    expect(readinessOf(neighbors, wanted).ready, String(wanted)).toBe(true);
});

test('GET /v1/routes: 404 for routes of a stranger', async () => {
  expect(await raw('/v1/routes?received=192.0.2.99')).toMatchObject({ status: 404 });
});

test.each([0, 1, 500, 501, 25_000])('GET /v1/routes: %d routes are one array', async (length) => {
  speaker.routeList = Array.from({ length }, (_, i) => routeEntry({ med: i }));
  const routes = await fetchAnswer(socketPath, requests.routes({}));
  expect(routes.map((route) => route.med)).toEqual(speaker.routeList.map((route) => route.med));
});

test('POST refresh: asks the speaker; 409 when it cannot', async () => {
  await fetchBytes(socketPath, requests.refresh('192.0.2.2', 'ipv4-unicast'));
  await fetchBytes(socketPath, requests.refresh('192.0.2.2'));
  expect(speaker.refreshes).toEqual([
    ['192.0.2.2', 'ipv4-unicast'],
    ['192.0.2.2', undefined],
  ]);
  speaker.neighborList = [neighborStatus({ state: 'Active' })];
  expect(await raw('/v1/neighbors/192.0.2.2/refresh', 'POST')).toMatchObject({ status: 409 });
});

test('errors: unknown paths are 404, failures of ours are 500 without their text', async () => {
  expect(await raw('/v2/anything')).toMatchObject({
    status: 404,
    body: { detail: 'no GET /v2/anything; /openapi.json has all there is' },
  });
  speaker.status = () => {
    throw new Error('secret');
  };
  const answer = await raw('/v1/status');
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toContain('secret');
});

test('client: the code of a problem is the code of the error', async () => {
  await expect(fetchBytes(socketPath, requests.neighbor('192.0.2.99'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'no neighbor 192.0.2.99',
  });
  await expect(fetchBytes(join(directory, 'none'), requests.status())).rejects.toMatchObject({
    code: 'DAEMON_UNREACHABLE',
  });
});

test('socket: owner and group only, gone after close', async () => {
  expect(statSync(socketPath).mode & 0o777).toBe(0o660);
  await api?.close();
  api = undefined;
  expect(existsSync(socketPath)).toBe(false);
});

test('socket: a living daemon keeps it', async () => {
  await expect(startApi(speaker, { socketPath })).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: `another bellhop answers on ${socketPath}; stop it, or give this one another socket (--socket)`,
  });
  expect(await raw('/healthz')).toMatchObject({ status: 200 });
});

test('socket: the file of a dead daemon is replaced', async () => {
  const stale = join(directory, 'stale.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(directory, 'born.sock'), resolve));
  // A hard link survives the removal that comes with close(): what a killed process leaves behind.
  linkSync(join(directory, 'born.sock'), stale);
  await new Promise((resolve) => server.close(resolve));
  expect(existsSync(stale)).toBe(true);
  const second = await startApi(speaker, { socketPath: stale });
  expect(await fetchAnswer(stale, requests.status())).toMatchObject({ version: '9.9.9' });
  await second.close();
});

test('socket: other files are never removed, too long paths are refused', async () => {
  const file = join(directory, 'notes.txt');
  writeFileSync(file, 'keep me');
  await expect(startApi(speaker, { socketPath: file })).rejects.toThrow('is not a socket');
  expect(existsSync(file)).toBe(true);
  await expect(startApi(speaker, { socketPath: join(directory, 'x'.repeat(120)) })).rejects.toThrow(
    'longer than',
  );
});
