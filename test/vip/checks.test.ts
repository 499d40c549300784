/**
 * Each kind of check against a real service on loopback: healthy, not healthy, hanging, not there. Over 300 lines
 * because each kind brings its own small server.
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { CheckProbe } from '../../src/config/vip-types.ts';
import type { ProbeResult } from '../../src/vip/checks/check.ts';
import { probeOf } from '../../src/vip/checks/index.ts';
import { freePort, pause, until } from '../speaker/fixtures.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

function runCheck(probe: CheckProbe, milliseconds = 2000): Promise<ProbeResult> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), milliseconds);
  return probeOf(probe)(abort.signal).finally(() => clearTimeout(timer));
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('http', () => {
  const settings = (port: number, more: object = {}): CheckProbe => ({
    kind: 'http',
    url: `http://127.0.0.1:${port}/healthz?a=1`,
    method: 'GET',
    headers: [['Host', 'www.example.net']],
    expectStatus: [{ low: 200, high: 299 }],
    expectBody: undefined,
    tlsVerify: true,
    ...more,
  });
  const serve = async (handler: RequestListener): Promise<number> => {
    const server = createHttp(handler);
    cleanups.push(() => server.closeAllConnections());
    return await listening(server);
  };

  test('status, headers, path', async () => {
    const seen: unknown[] = [];
    const port = await serve((request, response) => {
      seen.push(request.method, request.url, request.headers.host, request.headers.connection);
      response.writeHead(204).end();
    });
    expect(await runCheck(settings(port))).toEqual({ ok: true, detail: '204 No Content' });
    expect(seen).toEqual(['GET', '/healthz?a=1', 'www.example.net', 'close']);
    expect(await runCheck(settings(port, { expectStatus: [{ low: 200, high: 200 }] }))).toEqual({
      ok: false,
      detail: '204 No Content',
    });
  });

  test('text in the body, also across pieces; not when it is not there', async () => {
    const port = await serve(async (_request, response) => {
      response.write('service is o');
      await pause(20);
      response.end('k');
    });
    expect(await runCheck(settings(port, { expectBody: 'ok' }))).toMatchObject({ ok: true });
    expect(await runCheck(settings(port, { expectBody: 'good' }))).toEqual({
      ok: false,
      detail: '200 OK, but no `good` in the body',
    });
  });

  test('a body without end is read only so far', async () => {
    const port = await serve((_request, response) => {
      const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(more));
    });
    const result = await runCheck(settings(port, { expectBody: 'ok' }), 8000);
    expect(result.detail).toContain('no `ok` in the body');
  });

  test('a server that never answers', async () => {
    const port = await serve(() => undefined);
    expect(await runCheck(settings(port), 50)).toEqual({ ok: false, detail: 'no answer in time' });
  });

  test('nobody listens; something else listens', async () => {
    expect(await runCheck(settings(await freePort()))).toEqual({ ok: false, detail: 'connection refused' });
    const port = await listening(createServer((socket) => socket.end('220 mail\r\n')));
    expect(await runCheck(settings(port))).toMatchObject({ ok: false });
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!openssl)(
  'https: a certificate that nobody has signed, with and without tls-verify',
  async () => {
    const keys = mkdtempSync(join(tmpdir(), 'bellhop-tls-'));
    const [key, cert] = [join(keys, 'key.pem'), join(keys, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    spawnSync('openssl', [...request, '-keyout', key, '-out', cert]);
    const server = createHttps({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
      response.end('ok'),
    );
    rmSync(keys, { recursive: true });
    const settings = (tlsVerify: boolean): CheckProbe => ({
      kind: 'http',
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      method: 'GET',
      headers: [],
      expectStatus: [{ low: 200, high: 299 }],
      expectBody: 'ok',
      tlsVerify,
    });
    await listening(server);
    expect(await runCheck(settings(false))).toEqual({ ok: true, detail: '200 OK' });
    expect(await runCheck(settings(true))).toEqual({ ok: false, detail: 'the certificate is self-signed' });
  },
);

describe('tcp', () => {
  const settings = (port: number, send?: string, wanted?: string): CheckProbe => ({
    kind: 'tcp',
    host: '127.0.0.1',
    port,
    send,
    expect: wanted,
  });

  test('connects, talks, listens', async () => {
    const port = await listening(
      createServer((socket) =>
        socket.on('data', (data) => socket.write(data.toString() === 'PING\r\n' ? '+PONG\r\n' : '-ERR')),
      ),
    );
    expect(await runCheck(settings(port))).toEqual({ ok: true, detail: 'connected' });
    expect(await runCheck(settings(port, 'PING\r\n', 'PONG'))).toEqual({
      ok: true,
      detail: 'answered `PONG`',
    });
    expect(await runCheck(settings(port, 'HELLO', 'PONG'), 100)).toEqual({
      ok: false,
      detail: 'no `PONG` in time',
    });
  });

  test('refused, and closed before the answer', async () => {
    expect(await runCheck(settings(await freePort()))).toEqual({ ok: false, detail: 'connection refused' });
    const port = await listening(createServer((socket) => socket.end()));
    expect(await runCheck(settings(port, undefined, 'hi'))).toMatchObject({ ok: false });
  });
});

describe('exec', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-exec-'));
  cleanups.push(() => undefined);
  const program = (name: string, text: string, mode = 0o755): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const settings = (...command: string[]): CheckProbe => ({ kind: 'exec', command });

  test('exit code and first line of output; words are not read by a shell', async () => {
    const check = program('check', '#!/bin/sh\necho "$1"; echo more; exit "$2"\n');
    expect(await runCheck(settings(check, 'all $HOME `id`', '0'))).toEqual({
      ok: true,
      detail: 'exit code 0: all $HOME `id`',
    });
    expect(await runCheck(settings(check, 'no', '3'))).toEqual({ ok: false, detail: 'exit code 3: no' });
  });

  test('cannot be run: DOWN at once, with the reason', async () => {
    expect(await runCheck(settings(join(folder, 'missing')))).toMatchObject({
      ok: false,
      unrunnable: true,
      detail: expect.stringContaining('there is no such program') as string,
    });
    expect(await runCheck(settings(program('plain', '#!/bin/sh\n', 0o644)))).toMatchObject({
      unrunnable: true,
      detail: expect.stringContaining('permission denied') as string,
    });
  });

  test('one that hangs is killed with its children', async () => {
    const pids = join(folder, 'pids');
    const hang = program('hang', `#!/bin/sh\nsleep 1000 &\necho $$ $! > ${pids}\nwait\n`);
    expect(await runCheck(settings(hang), 400)).toMatchObject({
      ok: false,
      detail: 'killed, it took too long',
    });
    for (const pid of readFileSync(pids, 'utf8').trim().split(' '))
      await until(() => isGone(Number(pid)), `${pid} is gone`);
  });

  test('children that it leaves behind with our pipes are killed, and do not keep us waiting', async () => {
    const pids = join(folder, 'left');
    const fork = program('fork', `#!/bin/sh\nsleep 1000 &\necho $! > ${pids}\necho fine\n`);
    const started = performance.now();
    expect(await runCheck(settings(fork), 5000)).toEqual({ ok: true, detail: 'exit code 0: fine' });
    expect(performance.now() - started).toBeLessThan(4000);
    await until(() => isGone(Number(readFileSync(pids, 'utf8'))), 'the child is gone');
  });

  test('a megabyte of output, and control characters', async () => {
    const noisy = program('noisy', '#!/bin/sh\nprintf "\\033[2Jred\\n"; head -c 1000000 /dev/zero\n');
    expect(await runCheck(settings(noisy), 5000)).toEqual({ ok: true, detail: 'exit code 0: ·[2Jred' });
    rmSync(folder, { recursive: true });
  });
});

/** Gone, or a zombie that nobody has waited for yet. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

describe('dns', () => {
  /** Answers A queries of one name with 192.0.2.80, others with NXDOMAIN, `hang.test` not at all. */
  async function nameServer(): Promise<number> {
    const socket = createSocket('udp4');
    socket.on('message', (query, from) => {
      const name = query.subarray(12, query.length - 5).toString('latin1');
      if (name.includes('hang')) return;
      const found = name.includes('www');
      const answer = Buffer.from(query);
      answer.writeUInt16BE(found ? 0x8580 : 0x8583, 2);
      answer.writeUInt16BE(found ? 1 : 0, 6);
      answer.writeUInt16BE(0, 10);
      const record = Buffer.from('c00c00010001000000050004c0000250', 'hex');
      socket.send(found ? Buffer.concat([answer, record]) : answer, from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    cleanups.push(() => socket.close());
    return socket.address().port;
  }
  const settings = (port: number, name: string, wanted?: string): CheckProbe => ({
    kind: 'dns',
    server: '127.0.0.1',
    port,
    name,
    type: 'A',
    expect: wanted,
  });

  test('an answer, the answer, no such name, no answer', async () => {
    const port = await nameServer();
    expect(await runCheck(settings(port, 'www.test'))).toEqual({ ok: true, detail: '192.0.2.80' });
    expect(await runCheck(settings(port, 'www.test', '192.0.2.80'))).toMatchObject({ ok: true });
    expect(await runCheck(settings(port, 'www.test', '192.0.2.81'))).toEqual({
      ok: false,
      detail: '192.0.2.80, but not 192.0.2.81',
    });
    expect(await runCheck(settings(port, 'nowhere.test'))).toEqual({
      ok: false,
      detail: 'the name does not exist',
    });
    expect(await runCheck(settings(port, 'hang.test'), 100)).toEqual({
      ok: false,
      detail: 'no answer in time',
    });
    expect(await runCheck(settings(await freePort(), 'www.test'))).toMatchObject({ ok: false });
  });
});

describe('grpc', () => {
  /** A health service: `web` is SERVING, `db` NOT_SERVING, others unknown; `hang` gets no answer. */
  async function healthServer(): Promise<number> {
    const server = createHttp2();
    server.on('stream', (stream, headers) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const body = Buffer.concat(pieces);
        const service = body.subarray(7).toString();
        if (service === 'hang') return;
        const isCall = headers[':path'] === '/grpc.health.v1.Health/Check' && body[5] !== 0x12;
        const status = { '': 1, web: 1, db: 2 }[service];
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () =>
          stream.sendTrailers({ 'grpc-status': isCall && status !== undefined ? '0' : '5' }),
        );
        stream.end(status === undefined ? undefined : Buffer.from([0, 0, 0, 0, 2, 0x08, status]));
      });
    });
    return await listening(server as unknown as Server);
  }
  const settings = (port: number, service: string): CheckProbe => ({
    kind: 'grpc',
    host: '127.0.0.1',
    port,
    service,
    tls: false,
    tlsVerify: true,
  });

  test('serving, not serving, unknown, hanging, not there', async () => {
    const port = await healthServer();
    expect(await runCheck(settings(port, 'web'))).toEqual({ ok: true, detail: 'SERVING' });
    expect(await runCheck(settings(port, ''))).toEqual({ ok: true, detail: 'SERVING' });
    expect(await runCheck(settings(port, 'db'))).toEqual({ ok: false, detail: 'NOT_SERVING' });
    expect(await runCheck(settings(port, 'mail'))).toEqual({
      ok: false,
      detail: 'gRPC status 5: the server does not know the service',
    });
    expect(await runCheck(settings(port, 'hang'), 100)).toEqual({ ok: false, detail: 'no answer in time' });
    expect(await runCheck(settings(await freePort(), 'web'))).toEqual({
      ok: false,
      detail: 'connection refused',
    });
  });

  test('a server that speaks something else', async () => {
    const sockets: Socket[] = [];
    const port = await listening(
      createServer((socket) => void sockets.push(socket.on('error', () => undefined))),
    );
    expect(await runCheck(settings(port, 'web'), 100)).toMatchObject({ ok: false });
    for (const socket of sockets) socket.destroy();
    const http = createHttp((_request, response) => response.end('hello'));
    expect(await runCheck(settings(await listening(http), 'web'))).toMatchObject({ ok: false });
  });
});
