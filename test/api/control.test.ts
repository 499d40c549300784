/** `POST /v1/neighbors/:address/{clear,disable,enable}` and their commands. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import { FakeSpeaker, neighborStatus } from './fake-speaker.ts';

const PEER = '192.0.2.2';
let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-api-'));
  socketPath = join(directory, 'bellhop.sock');
  speaker = new FakeSpeaker();
  api = await startApi(speaker, { socketPath });
});

afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

async function run(...words: string[]) {
  let text = '';
  const output = {
    write: (more: string | Uint8Array) => {
      text += Buffer.from(more).toString();
    },
  };
  const environment = { BELLHOP_SOCKET: socketPath };
  return { code: await main(words, { stdout: output, stderr: output, environment }), text };
}

test('the commands reach the speaker with what they were given', async () => {
  expect(await run('clear', PEER)).toEqual({ code: 0, text: `Reset the session with ${PEER}.\n` });
  expect(await run('clear', PEER, '--soft', 'in')).toMatchObject({ code: 0 });
  expect(await run('clear', PEER, '--soft', 'sideways')).toMatchObject({ code: 2 });
  expect(await run('disable', PEER, '--message', 'new line card')).toMatchObject({ code: 0 });
  expect(await run('enable', PEER)).toMatchObject({ code: 0, text: `${PEER} is enabled.\n` });
  expect(speaker.controls).toEqual([
    ['clear', PEER, undefined, undefined],
    ['clear', PEER, 'in', undefined],
    ['disable', PEER, 'new line card'],
    ['enable', PEER],
  ]);
});

test('a request without a body means what an empty one means', async () => {
  const { body: _body, ...call } = requests.disable(PEER);
  await fetchAnswer(socketPath, call);
  expect(speaker.controls).toEqual([['disable', PEER, undefined]]);
});

test('a stranger is 404, a wrong body 400, and neither reaches the speaker', async () => {
  expect(await run('disable', '192.0.2.99')).toMatchObject({ code: 1 });
  const wrong = fetchAnswer(socketPath, { ...requests.enable(PEER), body: { soft: 'in' } });
  await expect(wrong).rejects.toThrow('soft: unknown key');
  const soft = fetchAnswer(socketPath, { ...requests.clear(PEER, {}), body: { soft: 'both' } });
  await expect(soft).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(speaker.controls).toEqual([]);
});

test('show: a disabled neighbor is not just Idle', async () => {
  const disabled = { message: 'new line card', since: '2026-01-02T03:04:05.000Z' };
  speaker.neighborList = [neighborStatus({ state: 'Idle', disabled })];
  expect((await run('show', 'summary')).text).toMatch(/192\.0\.2\.2 +65002 +Disabled/);
  expect((await run('show', 'neighbor', PEER)).text).toContain(
    'Disabled     since 2026-01-02T03:04:05.000Z: "new line card"',
  );
});
