/** The API on TCP: plain on loopback, with token and TLS, and what a reload changes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import type { ApiConfig } from '../../src/config/types.ts';
import { FakeSpeaker } from './fake-speaker.ts';
import { raw } from './raw.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const NOTHING: ApiConfig = { listen: undefined, token: undefined, tls: undefined, ready: 'any' };
const LOOPBACK: ApiConfig = { ...NOTHING, listen: { address: '127.0.0.1', port: 0 } };

let directory: string;
let api: Api;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-tcp-'));
  api = await startApi(new FakeSpeaker(), { socketPath: join(directory, 'bellhop.sock') });
});

afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Status of a request to the TCP listener. */
function status(path: string, headers: Record<string, string> = {}, options: RequestOptions = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = api.url!.startsWith('https') ? requestHttps : requestHttp;
  const outgoing = request(`${api.url}${path}`, { headers, ...options }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  outgoing.on('error', reject);
  outgoing.end();
  return promise;
}

/** A certificate for 127.0.0.1 and its key. */
function certificate(): { cert: string; key: string } {
  const [cert, key] = [join(directory, 'api.crt'), join(directory, 'api.key')];
  const words = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bellhop';
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', ...words.split(' '), ...names], { stdio: 'ignore' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

test('TCP: nothing listens unless it is configured', async () => {
  expect(api.url).toBeUndefined();
  await api.configure(NOTHING);
  expect(api.url).toBeUndefined();
});

test('TCP: on loopback without a token programs are answered, web pages are not', async () => {
  await api.configure(LOOPBACK);
  expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await status('/v1/status')).toBe(200);
  expect(await status('/v1/status', { host: 'localhost:8179' })).toBe(200);
  expect(await status('/v1/status', { origin: 'https://evil.example' })).toBe(403);
  expect(await status('/v1/status', { host: 'evil.example:8179' })).toBe(403);
});

test('TCP: with a token who does not send it gets 401, probes excepted; the socket needs none', async () => {
  await api.configure({ ...LOOPBACK, token: TOKEN });
  expect(await status('/v1/status')).toBe(401);
  expect(await status('/metrics', { authorization: `Bearer ${TOKEN}x` })).toBe(401);
  expect(await status('/metrics', { authorization: `Bearer ${TOKEN}` })).toBe(200);
  expect(await status('/no-such-thing')).toBe(401);
  expect(await status('/healthz')).toBe(200);
  expect(await status('/readyz')).toBe(200);
  expect(await raw(api.socketPath, '/v1/status')).toMatchObject({ status: 200 });
});

test('TCP: with a certificate it is HTTPS', async () => {
  const tls = certificate();
  await api.configure({ ...LOOPBACK, tls, token: TOKEN });
  expect(api.url).toMatch(/^https:/);
  const trust = { ca: tls.cert } as RequestOptions;
  expect(await status('/v1/status', { authorization: `Bearer ${TOKEN}` }, trust)).toBe(200);
  await expect(status('/v1/status', { authorization: `Bearer ${TOKEN}` })).rejects.toThrow('self-signed');
});

test('reload: an equal configuration keeps the listener, another one replaces it, none closes it', async () => {
  await api.configure(LOOPBACK);
  const { url } = api;
  await api.configure({ ...LOOPBACK, ready: 'all' });
  expect(api.url).toBe(url);
  expect((await raw(api.socketPath, '/readyz')).body).toMatchObject({ wanted: 'all' });
  await api.configure({ ...LOOPBACK, token: TOKEN });
  expect(await status('/v1/status')).toBe(401);
  await api.configure(NOTHING);
  expect(api.url).toBeUndefined();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test('reload: an address that is taken is an error that names it, and the socket answers on', async () => {
  await api.configure(LOOPBACK);
  const port = Number(new URL(api.url!).port);
  const second = await startApi(new FakeSpeaker(), { socketPath: join(directory, 'second.sock') });
  await expect(
    second.configure({ ...LOOPBACK, listen: { address: '127.0.0.1', port } }),
  ).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringContaining(`127.0.0.1 port ${port}`),
  });
  expect(await raw(second.socketPath, '/healthz')).toMatchObject({ status: 200 });
  await second.close();
});
