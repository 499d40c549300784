/** `/v1/announcements` over a real UNIX socket: sets, single routes, owners, and what is said about bad bodies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import { FakeSpeaker } from './fake-speaker.ts';

let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api;
let saves: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-api-'));
  socketPath = join(directory, 'bellhop.sock');
  speaker = new FakeSpeaker();
  saves = 0;
  const saved = async () => void saves++;
  api = await startApi(speaker, { socketPath, saved });
});

afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

function raw(method: string, path: string, body?: string): Promise<{ status: number; body: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: unknown }>();
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const outgoing = request({ socketPath, path, method, headers }, async (response) => {
    const text = (await response.toArray()).join('');
    resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

const put = (owner: string, body: unknown) =>
  raw('PUT', `/v1/announcements/${owner}`, typeof body === 'string' ? body : JSON.stringify(body));

test('PUT: takes the full set of an owner and answers with the difference', async () => {
  const call = (...prefixes: string[]) =>
    fetchAnswer(
      socketPath,
      requests.announceSet(
        'blue',
        prefixes.map((prefix) => ({ prefix })),
      ),
    );
  expect(await call('192.0.2.0/24', '2001:db8::/32')).toEqual({ announced: 2, changed: 0, withdrawn: 0 });
  expect(await call('192.0.2.0/24', '2001:db8::/32')).toEqual({ announced: 0, changed: 0, withdrawn: 0 });
  expect(await call('192.0.2.0/24')).toEqual({ announced: 0, changed: 0, withdrawn: 1 });
  expect(speaker.ownRoutes.entries('api:blue')).toMatchObject([{ route: { prefix: '192.0.2.0/24' } }]);
  expect(saves).toBe(3);
});

test('POST: announces one route with every attribute, GET shows it, DELETE withdraws it', async () => {
  const route = {
    prefix: '203.0.113.0/24',
    nextHop: '198.51.100.7',
    origin: 'egp',
    asPath: [65100, '1.10'],
    med: 5,
    localPref: 200,
    communities: ['65001:1', 'no-export'],
    largeCommunities: ['65001:1:2'],
    extendedCommunities: ['rt:65001:1'],
    atomicAggregate: true,
    aggregator: '65001 10.0.0.1',
    peers: ['2001:DB8::1'],
  };
  const shown = await fetchAnswer(socketPath, requests.announce('cli', route, '30s'));
  expect(shown).toEqual({
    ...route,
    owner: 'cli',
    asPath: [65100, 65546],
    peers: ['2001:db8::1'],
    since: expect.any(String),
    expiresAt: expect.any(String),
    remainingSeconds: 30,
    active: true,
  });
  expect(await fetchAnswer(socketPath, requests.announcements())).toMatchObject([
    { prefix: '203.0.113.0/24' },
  ]);
  expect(await fetchAnswer(socketPath, requests.announcements('api:none'))).toEqual([]);
  const [entry] = speaker.ownRoutes.entries('cli');
  expect(entry!.route).toMatchObject({
    communities: [0xfde90001, 0xffffff01],
    extendedCommunities: ['0002fde900000001'],
  });
  expect(await fetchAnswer(socketPath, requests.withdraw('cli', '203.0.113.0/24'))).toMatchObject({
    withdrawn: 1,
  });
  expect(await raw('DELETE', '/v1/announcements/cli?prefix=203.0.113.0/24')).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND', detail: 'cli does not announce 203.0.113.0/24' },
  });
  expect(await raw('DELETE', '/v1/announcements/cli')).toMatchObject({ status: 200, body: { withdrawn: 0 } });
});

test('a body that is wrong: a problem document points at each field, and nothing changes', async () => {
  const pointers = async (body: unknown) => {
    const answer = await put('blue', body);
    expect(answer.status).toBe(400);
    return (answer.body as { errors: { pointer: string; detail: string }[] }).errors.map(
      ({ pointer, detail }) => `${pointer}: ${detail}`,
    );
  };
  expect(await pointers({ routes: [{ prefix: '192.0.2.0/24' }, { prefix: '192.0.2.1/24' }] })).toEqual([
    '#/routes/1/prefix: prefix `192.0.2.1/24` has host bits set; did you mean `192.0.2.0/24`?',
  ]);
  expect(await pointers({ routes: [{ med: -1, communities: ['x'] }] })).toEqual([
    '#/routes/0/prefix: is missing',
    '#/routes/0/med: Too small: expected number to be >=0',
    '#/routes/0/communities/0: `x` is not a community; write `65000:100` or a name such as `no-export`',
  ]);
  expect(await pointers({ routes: [{ prefix: '192.0.2.0/24', local_pref: 1 }], 'a/b': 1 })).toEqual([
    '#/routes/0/local_pref: unknown key',
    '#/a~1b: unknown key',
  ]);
  expect(await pointers({ routes: [], ttl: '30 parsecs' })).toEqual([
    '#/ttl: `30 parsecs` is not a duration; write `90`, `90s`, `300ms`, `2m` or `1h`',
  ]);
  expect(await pointers([])).toEqual([expect.stringMatching(/^#: Invalid input/)]);
  expect(await put('blue', '{"routes": [')).toMatchObject({
    status: 400,
    body: { code: 'INVALID_ARGUMENT' },
  });
  expect(await raw('PUT', '/v1/announcements/blue')).toMatchObject({
    status: 400,
    body: { detail: 'the body is missing', errors: [{ in: 'body', pointer: '#' }] },
  });
  const twice = { routes: [{ prefix: '192.0.2.0/24' }, { prefix: '192.0.2.0/24' }] };
  expect(await put('blue', twice)).toMatchObject({ status: 400, body: { detail: /appears twice/ } });
  expect(speaker.ownRoutes.entries()).toEqual([]);
  expect(saves).toBe(0);
});

test('owners that bellhop decides about itself are read-only, and names are bounded', async () => {
  speaker.ownRoutes.set('config', [{ prefix: '10.0.0.0/8' }]);
  for (const owner of ['config', 'vip:web', 'process:x', 'metallb'])
    expect(await put(owner, { routes: [] })).toMatchObject({ status: 409, body: { code: 'UNSUPPORTED' } });
  expect(await fetchAnswer(socketPath, requests.announcements('config'))).toMatchObject([
    { owner: 'config' },
  ]);
  expect(await put('x'.repeat(60), { routes: [] })).toMatchObject({ status: 400 });
  expect(await put('a%20b', { routes: [] })).toMatchObject({ status: 400 });
});

test('a route that waits behind another owner says so', async () => {
  speaker.ownRoutes.set('config', [{ prefix: '10.0.0.0/8' }]);
  expect(await fetchAnswer(socketPath, requests.announce('cli', { prefix: '10.0.0.0/8' }))).toMatchObject({
    active: false,
    reason: 'config announces this prefix',
  });
});

test('a body above the limit is refused and the daemon lives on', async () => {
  const answer = await raw('PUT', '/v1/announcements/blue', ' '.repeat(9 * 1024 * 1024)).catch(
    () => undefined,
  );
  // The refusal may come before the body has been sent, which the client sees as a broken pipe.
  if (answer !== undefined) expect(answer.status).toBe(413);
  expect(await raw('GET', '/healthz')).toMatchObject({ status: 200 });
});
