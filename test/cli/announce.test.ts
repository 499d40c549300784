/** `announce`, `withdraw` and `show announcements` against an API with a fake speaker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import { FakeSpeaker } from '../api/fake-speaker.ts';

let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-cli-'));
  socketPath = join(directory, 'bellhop.sock');
  speaker = new FakeSpeaker();
  api = await startApi(speaker, { socketPath });
});

afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

async function run(...words: string[]) {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      written[name] += Buffer.from(text).toString();
    },
  });
  const code = await main(words, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    environment: { BELLHOP_SOCKET: socketPath },
  });
  return { code, ...written };
}

test('announce: options become the route', async () => {
  const words =
    'announce 203.0.113.0/24 --ttl 30s --owner blue --peer 192.0.2.2 192.0.2.3 --med 5 --local-pref 0';
  const more = [
    '--as-path',
    '65100 65200',
    '--community',
    '65001:1',
    'no-export',
    '--next-hop',
    '198.51.100.7',
  ];
  expect(await run(...words.split(' '), ...more)).toEqual({
    code: 0,
    stdout: 'Announced 203.0.113.0/24 for api:blue, for 30 s unless it is renewed.\n',
    stderr: '',
  });
  expect(speaker.ownRoutes.entries()).toMatchObject([
    {
      owner: 'api:blue',
      remainingMilliseconds: expect.any(Number),
      route: {
        prefix: '203.0.113.0/24',
        nextHop: '198.51.100.7',
        asPath: [65100, 65200],
        med: 5,
        localPref: 0,
        communities: [0xfde90001, 0xffffff01],
        peers: ['192.0.2.2', '192.0.2.3'],
      },
    },
  ]);
});

test('announce: what is wrong is one line and exit code 2', async () => {
  const bad = await run('announce', '203.0.113.1/24');
  expect(bad).toMatchObject({ code: 2, stdout: '' });
  expect(bad.stderr).toContain(
    'prefix: prefix `203.0.113.1/24` has host bits set; did you mean `203.0.113.0/24`?',
  );
  expect(await run('announce', '203.0.113.0/24', '--med', 'high')).toMatchObject({ code: 2 });
  expect(await run('announce', '203.0.113.0/24', '--owner', 'config')).toMatchObject({ code: 1 });
});

test('withdraw: one route, or all of an owner', async () => {
  for (const prefix of ['203.0.113.0/24', '198.51.100.0/24', '2001:db8::/32']) await run('announce', prefix);
  expect(await run('withdraw', '203.0.113.0/24')).toMatchObject({
    code: 0,
    stdout: 'Withdrew 203.0.113.0/24.\n',
  });
  expect(await run('withdraw', '203.0.113.0/24')).toMatchObject({ code: 1 });
  expect(await run('withdraw')).toMatchObject({ code: 2 });
  expect(await run('withdraw', '--all')).toMatchObject({ code: 0, stdout: 'Withdrew all 2.\n' });
  expect(speaker.ownRoutes.count).toBe(0);
});

test('show announcements: owner, time left, attributes, and why a route waits', async () => {
  expect((await run('show', 'announcements')).stdout).toBe('No announcements.\n');
  speaker.ownRoutes.set('config', [{ prefix: '10.0.0.0/8' }]);
  await run('announce', '10.0.0.0/8', '--med', '5');
  await run('announce', '2001:db8::/32', '--ttl', '1h', '--peer', '192.0.2.2');
  const { stdout } = await run('show', 'announcements');
  expect(stdout).toMatch(/^\*> {2}10\.0\.0\.0\/8 +config +self +00:00:00 +-$/m);
  expect(stdout).toMatch(
    /^ +10\.0\.0\.0\/8 +cli +self +00:00:00 +- +med 5, \(config announces this prefix\)$/m,
  );
  expect(stdout).toMatch(
    /^\*> {2}2001:db8::\/32 +cli +self +00:00:0\d +00:(59:59|\d\d:\d\d)|01:00:00 +only to 192\.0\.2\.2$/m,
  );
  expect((await run('show', 'announcements', '--owner', 'config')).stdout).not.toContain('cli');
  expect(JSON.parse((await run('show', 'announcements', '--json')).stdout)).toHaveLength(3);
});
