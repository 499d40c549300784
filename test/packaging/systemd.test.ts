/**
 * `config/systemd/bellhop.service`, as far as it can be judged without a running systemd: its own tools, and the daemon
 * against a receiver of notifications. Skipped, visibly, without systemd's tools or python3.
 */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../speaker/fixtures.ts';

const ROOT = join(import.meta.dirname, '../..');
const UNIT = readFileSync(join(ROOT, 'config/systemd/bellhop.service'), 'utf8');
const COMMAND = join(ROOT, 'bin/bellhop.js');

/** A score of `systemd-analyze security` from 0 (closed) to 10; the unit must not become more open than this. */
const WORST_EXPOSURE = 3;

let directory: string;
const children: { kill(signal: 'SIGKILL'): unknown }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-unit-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** `describe`, skipped with the reason in its name; a failure where CI promises that the program is there. */
function describeWith(program: string, title: string, tests: () => void): void {
  if (has(program)) describe(title, tests);
  else if (process.env['CI'])
    test(title, () => {
      throw new Error(`CI must run this; ${program} is not installed`);
    });
  else describe.skip(`${title} (skipped: ${program} is not installed)`, tests);
}

/** The values of a key, in the order of the unit. */
function values(key: string): readonly string[] {
  return [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

function analyze(...words: string[]): SpawnSyncReturns<string> {
  const file = join(directory, 'bellhop.service');
  writeFileSync(file, UNIT.replaceAll('/usr/local/bin/bellhop', COMMAND));
  return spawnSync('systemd-analyze', [...words, file], { encoding: 'utf8' });
}

describeWith('systemd-analyze', 'bellhop.service in the eyes of systemd', () => {
  test('verify finds nothing', () => {
    const { status, stderr } = analyze('verify', '--man=no');
    expect(stderr.split('\n').filter((line) => line.includes('bellhop'))).toEqual([]);
    expect(status).toBe(0);
  });

  test(`security: exposure is at most ${WORST_EXPOSURE}`, () => {
    const { stdout, stderr } = analyze('security', '--offline=true', '--no-pager');
    const exposure = Number(/exposure level for bellhop\.service: ([\d.]+)/.exec(stdout)?.[1]);
    console.log(`systemd-analyze security: ${exposure}`);
    expect(exposure, stdout + stderr).toBeLessThanOrEqual(WORST_EXPOSURE);
  });
});

test('unit: its commands are commands of bellhop, with options that exist', () => {
  const commands = [...values('ExecStart'), ...values('ExecReload')].filter((line) =>
    line.includes('bellhop'),
  );
  expect(commands).toHaveLength(2);
  for (const command of commands) {
    const [, name = '', ...words] = command.split(' ');
    const help = execFileSync(process.execPath, [COMMAND, name, '--help'], { encoding: 'utf8' });
    for (const option of words.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  }
});

const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1].replace('@', chr(0), 1))
print('bound', flush=True)
while True:
    print(receiver.recv(4096).decode().replace(chr(10), ' | '), flush=True)
`;

interface Running {
  readonly pid: number;
  readonly exit: Promise<number | null>;
  output(): string;
}

function start(program: string, words: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(program, words, { env: { ...process.env, ...env } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { pid: child.pid ?? 0, exit, output: () => output };
}

async function startBoth(
  socket: string,
  config: string,
  ...words: string[]
): Promise<{ heard: () => readonly string[]; daemon: Running }> {
  const receiver = start('python3', ['-c', RECEIVER, socket]);
  await until(() => receiver.output().includes('bound'), 'daemon and receiver', 10_000);
  const file = join(directory, 'bellhop.yaml');
  writeFileSync(file, config);
  const args = [COMMAND, 'run', '--config', file, '--socket', join(directory, 's'), ...words];
  const daemon = start(process.execPath, args, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' });
  const heard = () => receiver.output().split('\n').slice(1, -1);
  return { heard, daemon };
}

const CONFIG = 'as: 65001\nrouter-id: 192.0.2.1\nlisten: []\n';
const NEIGHBOR = 'neighbors: [{ address: 192.0.2.2, peer-as: 65001, passive: true }]\n';

describeWith('python3', 'notifications of the daemon', () => {
  test('READY behind the start, RELOADING and READY around a reload, STOPPING at the end, beats all the time', async () => {
    const { heard, daemon } = await startBoth(join(directory, 'notify'), CONFIG);
    const said = (text: string): number => heard().filter((line) => line.includes(text)).length;
    await until(() => said('READY=1') === 1, 'daemon and receiver', 15_000);
    expect(heard()[0]).toBe('READY=1 | STATUS=0 of 0 sessions established');

    // Twice within WatchdogSec, so about five times a second here.
    const before = said('WATCHDOG=1');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(said('WATCHDOG=1') - before).toBeGreaterThanOrEqual(4);

    writeFileSync(join(directory, 'bellhop.yaml'), CONFIG + NEIGHBOR);
    process.kill(daemon.pid, 'SIGHUP');
    await until(() => said('STATUS=0 of 1 sessions established') === 1, 'daemon and receiver', 5000);
    const others = heard().filter((line) => !line.startsWith('WATCHDOG'));
    expect(others[1]).toMatch(/^RELOADING=1 \| MONOTONIC_USEC=\d+$/);
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    expect(Math.abs(Number(/\d+$/.exec(others[1] ?? '')?.[0]) / 1e6 - uptime)).toBeLessThan(60);
    expect(others[2]).toBe('READY=1');

    process.kill(daemon.pid, 'SIGTERM');
    expect(await daemon.exit).toBe(0);
    await until(() => said('STOPPING=1') === 1, 'daemon and receiver', 5000);
  });

  test('a stalled event loop is not heard of; an abstract socket works as well', async () => {
    const { heard, daemon } = await startBoth(`@bellhop-test-${process.pid}`, CONFIG);
    await until(() => heard().includes('WATCHDOG=1'), 'daemon and receiver', 15_000);
    process.kill(daemon.pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = heard().length;
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(heard().length).toBe(before);
  });

  test('with --wait-for-config it says what it waits for, beats, and is ready only behind that', async () => {
    const { heard } = await startBoth(join(directory, 'notify'), 'as: many\n', '--wait-for-config');
    await until(
      () => heard().some((line) => line.includes('is not valid, waiting for another one')),
      'daemon and receiver',
      15_000,
    );
    await until(
      () => heard().filter((line) => line === 'WATCHDOG=1').length > 2,
      'daemon and receiver',
      5000,
    );
    expect(heard().join()).not.toContain('READY=1');
    writeFileSync(join(directory, 'bellhop.yaml'), CONFIG);
    await until(() => heard().some((line) => line.startsWith('READY=1')), 'daemon and receiver', 10_000);
  });

  test('programs that the daemon runs cannot speak for it', async () => {
    const file = join(directory, 'environment');
    const check = `{ exec: [/bin/sh, -c, "env > ${file}.new && mv ${file}.new ${file}"], interval: 1s }`;
    const vip = `vips: [{ name: web, addresses: [192.0.2.80], checks: [${check}] }]\n`;
    const { daemon } = await startBoth(join(directory, 'notify'), CONFIG + vip);
    await until(() => existsSync(file), 'daemon and receiver', 15_000);
    expect(readFileSync(file, 'utf8')).toContain('PATH=');
    expect(readFileSync(file, 'utf8')).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);
    process.kill(daemon.pid, 'SIGTERM');
    expect(await daemon.exit).toBe(0);
  });
});

test('a socket that nobody listens on is reported once, and the daemon runs', async () => {
  writeFileSync(join(directory, 'bellhop.yaml'), CONFIG);
  const words = [
    COMMAND,
    'run',
    '--config',
    join(directory, 'bellhop.yaml'),
    '--socket',
    join(directory, 's'),
  ];
  const env = { NOTIFY_SOCKET: join(directory, 'nobody'), WATCHDOG_USEC: '100000' };
  const daemon = start(process.execPath, words, env);
  await until(() => daemon.output().includes('cannot be told anything'), 'daemon and receiver', 15_000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(daemon.output().split('cannot be told anything')).toHaveLength(2);
  expect(daemon.output()).toContain('ENOENT');
  process.kill(daemon.pid, 'SIGTERM');
  expect(await daemon.exit).toBe(0);
});
