/** `monitor`, `top`, filters of `show routes`, the progress bar, and completion, against a running pair. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Progress } from '../../src/cli/progress.ts';
import { established, pause, until } from '../speaker/fixtures.ts';
import { type Pair, startPair } from './pair.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair(23);
  await until(() => established(pair.subject, pair.peerAddress), 'the session');
  await until(() => pair.subject.speaker.routes({}).length === 2, 'the route');
});

afterAll(() => pair[Symbol.asyncDispose]());

/** A terminal that keeps what is written to it. */
function screen() {
  let text = '';
  const over = new AbortController();
  const stdout = {
    isTTY: true,
    rows: 40,
    write: (piece: string | Uint8Array) => {
      text += Buffer.from(piece).toString();
    },
  };
  return { stdout, signal: over.signal, end: () => over.abort(), text: () => text };
}

describe('monitor', () => {
  test.each([
    ['monitor routes', /\+ 198\.51\.100\.0\/24 {2}from 127\.0\.0\.24 via 127\.0\.0\.24 path 65002/],
    ['monitor routes --json', /"type":"route".*"prefix":"198\.51\.100\.0\/24","new":\{/],
  ])('%s: each change of a best route is a line', async (line, added) => {
    const view = screen();
    const running = pair.command(line, { stdout: { ...view.stdout, isTTY: false }, signal: view.signal });
    await until(() => /listening|"ready"/.test(view.text()), 'ready');
    pair.announce(['203.0.113.0/24', '198.51.100.0/24']);
    await until(() => added.test(view.text()), 'the new route');
    pair.announce(['203.0.113.0/24']);
    await until(() => /- 198|"prefix":"198.51.100.0\/24","old"/.test(view.text()), 'the end of the route');
    view.end();
    expect((await running).code).toBe(0);
    expect(view.text()).not.toContain('203.0.113.0');
  });

  test('monitor sessions: how a session ends, and nothing of routes', async () => {
    await using other = await startPair(25);
    const view = screen();
    const running = other.command('monitor sessions', { stdout: view.stdout, signal: view.signal });
    await until(() => view.text().includes('listening'), 'ready');
    await until(() => established(other.subject, other.peerAddress), 'the session');
    other.announce(['198.51.100.0/24'], 60);
    await until(() => /127\.0\.0\.26 Established -> Idle \(Cease/.test(view.text()), 'its end');
    view.end();
    expect((await running).code).toBe(0);
    expect(view.text()).not.toContain('198.51.100.0');
  });

  test('monitor: an unknown kind is wrong usage; without a daemon code 3', async () => {
    expect(await pair.command('monitor weather')).toMatchObject({ code: 2 });
    expect(await pair.command('monitor --socket /nowhere/b.sock')).toMatchObject({ code: 3 });
  });
});

describe('top', () => {
  test('one picture where standard output is no terminal', async () => {
    const { code, stdout } = await pair.command('top');
    expect(code).toBe(0);
    expect(stdout).toContain('1 of 1 neighbor established');
    expect(stdout).toMatch(/^127\.0\.0\.24 +65002 +Established .* lab$/m);
  });

  test('on a terminal again and again with rates, until q, and the screen is given back', async () => {
    const view = screen();
    let type: (key: string) => void = () => undefined;
    const keys = (typed: (key: string) => void) => {
      type = typed;
      return () => undefined;
    };
    const running = pair.command('top --interval 100ms', { stdout: view.stdout, keys });
    await until(() => view.text().split('\x1b[H').length > 4, 'four pictures');
    expect(view.text()).toMatch(/ 0\.0 {2} +0\.0 {2} +\d/);
    type('q');
    expect((await running).code).toBe(0);
    expect(view.text().startsWith('\x1b[?1049h')).toBe(true);
    expect(view.text().endsWith('\x1b[?1049l')).toBe(true);
  });
});

describe('show routes', () => {
  const prefixes = async (line: string) =>
    JSON.parse((await pair.command(`show routes ${line} --json`.replace('  ', ' '))).stdout).map(
      (route: { prefix: string }) => route.prefix,
    );

  test.each([
    ['--from 127.0.0.24', ['203.0.113.0/24']],
    ['--from local', ['192.0.2.0/24']],
    ['--community 65002:7', ['203.0.113.0/24']],
    ['--asn 65002', ['203.0.113.0/24']],
    ['--asn 65003', []],
    ['0.0.0.0/0 --longer', ['192.0.2.0/24', '203.0.113.0/24']],
    ['203.0.0.0/8 --longer --best', ['203.0.113.0/24']],
    ['203.0.113.9', ['203.0.113.0/24']],
    ['--limit 1', ['192.0.2.0/24']],
    ['--limit 20000', ['192.0.2.0/24', '203.0.113.0/24']],
  ])('%s', async (line, expected) => {
    expect(await prefixes(line)).toEqual(expected);
  });

  test('a table in blocks has one heading', async () => {
    pair.announce(Array.from({ length: 4500 }, (_, i) => `100.64.${i >> 8}.${i & 255}/32`));
    await until(() => pair.subject.speaker.routes({}).length === 4501, 'the table', 15_000);
    const { stdout } = await pair.command('show routes');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2 + 4501);
    expect(lines.filter((line) => line.includes('Next hop'))).toHaveLength(1);
    expect((await prefixes('')).length).toBe(4501);
    pair.announce(['203.0.113.0/24']);
    await until(() => pair.subject.speaker.routes({}).length === 2, 'the end of the table', 15_000);
  });
});

describe('Progress', () => {
  test('nothing within the first second, then a bar that is taken away; nothing where there is no terminal', async () => {
    const view = screen();
    const pipe = { ...screen(), stdout: { ...view.stdout, isTTY: false } };
    const [shown, hidden] = [new Progress(view.stdout, 'reading'), new Progress(pipe.stdout, 'reading')];
    shown.update(1, 4, '1');
    expect(view.text()).toBe('');
    await pause(1050);
    shown.update(2, 4, '2 routes');
    expect(view.text()).toBe('\rreading [############............]  50 % 2 routes\x1b[K');
    hidden.update(2, 4, '2 routes');
    shown.end();
    expect(view.text().endsWith('\r\x1b[K')).toBe(true);
    expect(view.text().split('reading')).toHaveLength(2);
  });
});

describe('completion', () => {
  const words = async (...line: string[]) => {
    let text = '';
    const stdout = {
      write: (piece: string | Uint8Array) => {
        text += Buffer.from(piece).toString();
      },
    };
    const { code } = await pair.command(['__complete', '--', ...line].join(' '), { stdout });
    expect(code).toBe(0);
    return text.split('\n').filter(Boolean);
  };

  test('commands, options, choices, and the neighbors of the daemon', async () => {
    expect(await words('sho')).toEqual(['show']);
    expect(await words('show', 'neigh')).toEqual(['neighbors', 'neighbor']);
    expect(await words('show', 'routes', '--com')).toEqual(['--community']);
    expect(await words('show', 'summary', '--as', 'b')).toEqual(['birdc']);
    expect(await words('show', 'neighbor', '12')).toEqual(['127.0.0.24']);
    expect(await words('show', 'routes', '--received', '')).toEqual(['127.0.0.24']);
    expect(await words('announce', '10.0.0.0/8', '--peer', '')).toEqual(['127.0.0.24']);
    expect(await words('disable', '12')).toEqual(['127.0.0.24']);
    expect(await words('')).toEqual(
      expect.arrayContaining('announce withdraw plan apply confirm rollback reload save'.split(' ')),
    );
    expect(await words('')).toEqual(
      expect.arrayContaining('doctor drain undrain clear disable enable policy bench'.split(' ')),
    );
    expect(await words('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await words('', '')).not.toContain('__complete');
  });

  test.each(['bash', 'zsh', 'fish'])('the script for %s is accepted by that shell', async (shell) => {
    const { stdout } = await pair.command(`completion ${shell}`);
    expect(stdout).toContain('bellhop __complete'.slice(8));
    if (spawnSync(shell, ['--version']).status !== 0) return;
    expect(spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0 });
  });

  test('bash completes with it', async () => {
    const { stdout } = await pair.command('completion bash');
    const bin = join(import.meta.dirname, '../../bin/bellhop.js');
    const script = `${stdout}
COMP_WORDS=('${bin}' show sum); COMP_CWORD=2; _bellhop; echo "\${COMPREPLY[@]}"`;
    expect(spawnSync('bash', { input: script, encoding: 'utf8' }).stdout).toBe('summary\n');
  });
});
