/** A listener whose HTTP server comes later: clients that wait for it, and ends in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LateServer } from '../../src/api/late-server.ts';

let directory: string;
let path: string;
let server: LateServer;
const load = vi.fn<() => Promise<FastifyInstance>>();
const failed = vi.fn();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-late-'));
  path = join(directory, 'api.sock');
  load.mockReset();
  failed.mockReset();
  server = new LateServer({ load, failed, dropped: () => undefined });
});

afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** All that is read until the end of the connection. */
function ask(request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = connect(path, () => socket.write(request));
  socket.on('data', (data) => {
    text += data;
  });
  socket.on('error', () => undefined).on('close', () => resolve(text));
  return promise;
}

function app(): FastifyInstance {
  const http = Fastify({ forceCloseConnections: true });
  http.get('/', () => 'hello');
  return http;
}

test('nothing is loaded before somebody connects; all who wait are answered, one load for all', async () => {
  const gate = Promise.withResolvers<FastifyInstance>();
  load.mockReturnValue(gate.promise);
  await server.listen({ path });
  expect(load).not.toHaveBeenCalled();
  const answers = [ask(), ask(), ask()];
  await vi.waitFor(() => expect(load).toHaveBeenCalled());
  gate.resolve(app());
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*hello$/);
  expect(await ask()).toMatch(/^HTTP\/1.1 200 /);
  expect(load).toHaveBeenCalledTimes(1);
});

test('clients that wait are dropped by the end, and when the server cannot be loaded', async () => {
  load.mockRejectedValue(new Error('no such file'));
  await server.listen({ path });
  expect(await ask()).toBe('');
  expect(failed).toHaveBeenCalledWith(new Error('no such file'));
  await server.close();

  const gate = Promise.withResolvers<FastifyInstance>();
  server = new LateServer({ load: () => gate.promise, failed, dropped: () => undefined });
  await server.listen({ path });
  const waiting = ask();
  const closed = server.close();
  gate.resolve(app());
  await closed;
  expect(await waiting).toBe('');
});

test('a server that could not be loaded is loaded for the next client', async () => {
  load.mockRejectedValueOnce(new Error('EMFILE'));
  load.mockImplementation(async () => app());
  await server.listen({ path });
  expect(await ask()).toBe('');
  expect(await ask()).toMatch(/^HTTP\/1.1 200 [\s\S]*hello$/);
  expect(await ask()).toMatch(/^HTTP\/1.1 200 /);
  expect(load).toHaveBeenCalledTimes(2);
});

test('close ends idle connections', async () => {
  load.mockImplementation(async () => app());
  await server.listen({ path });
  const idle = ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitFor(() => expect(load).toHaveBeenCalled());
  await server.close();
  await idle;
});
