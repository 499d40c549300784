/** `/v1/vips` and what belongs to it over a real socket, and the commands that ask it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import { Vips } from '../../src/vip/vips.ts';
import { configOf, until } from '../speaker/fixtures.ts';
import { FakeSpeaker } from './fake-speaker.ts';

const CONFIG = `
as: 65001
router-id: 10.0.0.1
vips:
  - { name: web, addresses: [203.0.113.10] }
  - { name: db, addresses: ["203.0.113.20"], checks: [{ exec: [/does/not/exist], interval: 50ms }] }
`;

let directory: string;
let socketPath: string;
let vips: Vips;
let api: Api;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-vips-'));
  socketPath = join(directory, 'bellhop.sock');
  const speaker = new FakeSpeaker();
  vips = new Vips(speaker, configOf(CONFIG));
  await vips.start();
  api = await startApi(speaker, { socketPath, vips });
  await until(() => vips.vip('db')?.state === 'DOWN', 'db is DOWN');
});

afterEach(async () => {
  await api.close();
  await vips.stop('the test is over');
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a command against the daemon. */
async function bellhop(...words: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = '';
  let error = '';
  const code = await main([...words, '--socket', socketPath], {
    stdout: {
      write: (text) => {
        out += String(text);
      },
    },
    stderr: {
      write: (text) => {
        error += String(text);
      },
    },
    environment: {},
  });
  return { code, out, error };
}

test('GET /v1/vips and /v1/vips/{name}', async () => {
  const all = await fetchAnswer(socketPath, requests.vips());
  expect(all.map(({ name, state, announced }) => [name, state, announced])).toEqual([
    ['web', 'UP', 'up'],
    ['db', 'DOWN', 'withdrawn'],
  ]);
  expect(await fetchAnswer(socketPath, requests.vip('db'))).toMatchObject({
    name: 'db',
    checks: [{ kind: 'exec', state: 'DOWN', failures: expect.any(Number) as number }],
  });
  await expect(fetchAnswer(socketPath, requests.vip('nobody'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('drain and undrain: refusals, and what they answer', async () => {
  const [web] = await fetchAnswer(socketPath, requests.drain('web', 60));
  expect(web).toMatchObject({ announced: 'draining', drain: { stage: 'announced', graceSeconds: 60 } });
  const [again] = await fetchAnswer(socketPath, requests.undrain('web'));
  expect(again?.drain).toBeUndefined();
  await expect(fetchAnswer(socketPath, requests.drain('nobody', 1))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(fetchAnswer(socketPath, requests.drain('web', 1e6))).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test('bellhop show vips', async () => {
  const { code, out } = await bellhop('show', 'vips');
  expect(code).toBe(0);
  expect(out).toMatch(/VIP +State +Since +Announced +Checks +Prefixes +Reason/);
  expect(out).toMatch(/web +UP +\d\d:\d\d:\d\d +yes +- +203\.0\.113\.10\/32 +it has no checks/);
  expect(out).toMatch(
    /db +DOWN +\d\d:\d\d:\d\d +no +0\/1 +203\.0\.113\.20\/32 +exec .*there is no such program/,
  );
});

test('bellhop doctor: exit code 5, an arrow at the first broken link, JSON', async () => {
  const { code, out } = await bellhop('doctor', 'db');
  expect(code).toBe(5);
  expect(out).toMatch(/^VIP db: DOWN\n=> BROKEN +check exec \/does\/not\/exist +DOWN: cannot run/);
  expect(out).toMatch(/ {11}\d{4}-\d\d-\d\dT.* FAIL cannot run/);
  const json = await bellhop('doctor', 'db', '--json');
  expect(json.code).toBe(5);
  expect(JSON.parse(json.out)).toMatchObject([{ vip: 'db', healthy: false, firstBroken: 0 }]);
  expect((await bellhop('doctor', 'nobody')).code).toBe(1);
});

test('bellhop drain: needs a name or --all, tells its times', async () => {
  expect((await bellhop('drain')).code).toBe(2);
  expect((await bellhop('drain', 'web', '--grace', 'soon')).code).toBe(2);
  const { code, out } = await bellhop('drain', '--all', '--grace', '300ms');
  expect(code).toBe(0);
  const times =
    /^web: GRACEFUL_SHUTDOWN with all peers after .* ms; withdrawn, with all peers after (.*) ms$/m;
  // As long as was asked for; how much longer is up to the machine.
  expect(Number(times.exec(out)?.[1])).toBeGreaterThanOrEqual(299);
  expect((await bellhop('show', 'vips')).out).toMatch(
    /^web .* no .*drained; `bellhop undrain web` ends that$/m,
  );
  expect((await bellhop('undrain', 'web')).out).toBe('web: not drained; UP, announced\n');
});
