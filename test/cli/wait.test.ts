/** `bellhop wait`: blocks until it holds, and says by its exit code how that ended. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { established, until } from '../speaker/fixtures.ts';
import { type Pair, startPair } from './pair.ts';

let pair: Pair;

beforeEach(async () => {
  pair = await startPair(21);
});

afterEach(() => pair[Symbol.asyncDispose]());

const up = () => until(() => established(pair.subject, pair.peerAddress), 'the session');

test('wait established: of one neighbor, of any, of all', async () => {
  const results = await Promise.all(
    ['wait established 127.0.0.22', 'wait established', 'wait established --all'].map((line) =>
      pair.command(line),
    ),
  );
  expect(results).toEqual(results.map(() => ({ code: 0, stdout: '', stderr: '' })));
  expect(established(pair.subject, pair.peerAddress)).toBe(true);
});

test('wait: code 4 after the timeout with what is missing, 5 with --timeout 0, 3 without a daemon', async () => {
  await up();
  expect(await pair.command('wait established 192.0.2.99 --timeout 300ms')).toMatchObject({
    code: 4,
    stderr: 'timeout: no neighbor 192.0.2.99\n',
  });
  expect(await pair.command('wait route 198.51.100.0/24 --timeout 0')).toMatchObject({
    code: 5,
    stderr: 'no route to 198.51.100.0/24\n',
  });
  const away = await pair.command('wait established --timeout 300ms --socket /nowhere/b.sock');
  expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot reach the daemon') });
});

test('wait: says on a terminal what it waits for once that takes longer than a second', async () => {
  let text = '';
  const stderr = {
    isTTY: true,
    write: (piece: string | Uint8Array) => {
      text += Buffer.from(piece).toString();
    },
  };
  const line = 'wait established 192.0.2.99 --timeout 2500ms';
  expect(await pair.command(line, { stderr })).toMatchObject({ code: 4 });
  expect(text).toMatch(/waiting \[#+\.+\] +\d+ % no neighbor 192\.0\.2\.99/);
  expect(text.endsWith('\r\x1b[Ktimeout: no neighbor 192.0.2.99\n')).toBe(true);
});

test('wait: wrong words are code 2 at once', async () => {
  expect(await pair.command('wait established upstream')).toMatchObject({ code: 2 });
  expect(await pair.command('wait route 10.0.0.0/33')).toMatchObject({ code: 2 });
  expect(await pair.command('wait quiet --for soon')).toMatchObject({ code: 2 });
  expect(await pair.command('wait advertised 192.0.2.0/24')).toMatchObject({ code: 2 });
});

test('wait route: until it is there, from anybody or from one neighbor', async () => {
  await up();
  const results = Promise.all([
    pair.command('wait route 198.51.100.0/24'),
    pair.command(`wait route 198.51.100.0/24 --from ${pair.peerAddress}`),
  ]);
  setTimeout(() => pair.announce(['203.0.113.0/24', '198.51.100.0/24']), 300);
  expect((await results).map(({ code }) => code)).toEqual([0, 0]);
  expect(pair.subject.speaker.routes({ prefix: '198.51.100.0/24' })).toHaveLength(1);
  const other = await pair.command('wait route 192.0.2.0/24 --from 127.0.0.22 --timeout 0');
  expect(other.code).toBe(5);
});

test('wait advertised: until the neighbor has been sent it', async () => {
  expect(await pair.command('wait advertised 192.0.2.0/24 --to 127.0.0.22')).toMatchObject({ code: 0 });
  expect(await pair.command('wait advertised 203.0.113.0/24 --to 127.0.0.22 --timeout 0')).toMatchObject({
    code: 5,
  });
});

test('wait quiet: not while routes change, soon after they have stopped', async () => {
  await up();
  let changes = 0;
  const timer = setInterval(() => {
    changes++;
    pair.announce(changes % 2 === 0 ? ['203.0.113.0/24'] : ['203.0.113.0/24', '198.51.100.0/24']);
    if (changes === 8) clearInterval(timer);
  }, 200);
  const startedAt = performance.now();
  expect(await pair.command('wait quiet --for 600ms')).toMatchObject({ code: 0 });
  expect(changes).toBe(8);
  expect(performance.now() - startedAt).toBeGreaterThan(8 * 200 + 600 - 250);
});

test('wait quiet: code 4 when it never gets quiet', async () => {
  await up();
  let changes = 0;
  const timer = setInterval(() => {
    changes++;
    pair.announce(changes % 2 === 0 ? ['203.0.113.0/24'] : ['203.0.113.0/24', '198.51.100.0/24']);
  }, 100);
  const result = await pair.command('wait quiet --for 2s --timeout 1s');
  clearInterval(timer);
  expect(result).toMatchObject({ code: 4, stderr: expect.stringMatching(/^timeout: \d+ changes/) });
});
