/**
 * Chaos at the edges of a VIP, with real programs, files and the real clock: for each its fate, and the line in the log.
 * With interfaces, a full disk and the whole daemon: `test/interop/vip-chaos.test.ts`.
 */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attachVipLog } from '../../src/vip/log.ts';
import type { CheckStatus, VipStatus } from '../../src/vip/status.ts';
import { Vips } from '../../src/vip/vips.ts';
import { configOf, prefixes, type Running, run, until } from '../speaker/fixtures.ts';

const PREFIX = '203.0.113.10/32';

let folder: string;
let running: Running;
let vips: Vips;
/** Text of the log lines. */
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-chaos-'));
  lines = [];
});

afterEach(async () => {
  vi.useRealTimers();
  await vips.stop('the test is over');
  await running[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A speaker without peers, with these VIPs; `interfaces` are in memory. */
async function start(text: string, interfaces = new Set<string>()): Promise<void> {
  const config = `as: 65001\nrouter-id: 10.0.0.1\nlisten: []\nvip-state-file: ${folder}/state/addresses.json\n`;
  const whole = `${config}vips:\n${text}`;
  running = await run(whole);
  vips = new Vips(running.speaker, configOf(whole), {
    addresses: {
      isPresent: (_name, address) => interfaces.has(address),
      ip: ([, verb, address = '']) => {
        if (verb === 'add') interfaces.add(address);
        else interfaces.delete(address);
        return Promise.resolve(undefined);
      },
    },
  });
  const mine = lines;
  const write = (_fields: object, message: string) => void mine.push(message);
  attachVipLog(vips, { info: write, warn: write, error: write });
  await vips.start();
}

/** A VIP `web` whose check is this shell script, in the folder of the test. */
function checkedBy(
  script: string,
  more = 'interval: 60ms, fast-interval: 50ms, timeout: 20s, rise: 2, fall: 2',
): string {
  writeFileSync(join(folder, 'check'), `#!/bin/sh\ncd ${folder}\n${script}\n`, { mode: 0o755 });
  return `  - { name: web, addresses: [203.0.113.10], checks: [{ exec: ["${folder}/check"], ${more} }] }\n`;
}

/** For checks that are meant to take too long. */
const SHORT = 'interval: 60ms, fast-interval: 50ms, timeout: 500ms, rise: 2, fall: 2';

const web = (): VipStatus => vips.vip('web')!;
const check = (): CheckStatus => web().checks[0]!;
const announced = (): boolean => prefixes(running).includes(PREFIX);
const logged =
  (pattern: RegExp): (() => boolean) =>
  () =>
    lines.some((line) => pattern.test(line));
const here = (name: string): string => join(folder, name);

/** Numbers of processes that a script wrote down and that still run. */
function alive(file: string): number[] {
  const pids = readFileSync(here(file), 'utf8').trim().split(/\s+/).map(Number);
  return pids.filter((pid) => {
    try {
      return !/ [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });
}

describe('a check program that', () => {
  test('hangs: DOWN after `fall` timeouts, withdrawn, killed; well again: announced', async () => {
    await start(checkedBy('test -e hang || exit 0\necho $$ >> pids\nexec sleep 1000', SHORT));
    await until(announced, 'announced');
    writeFileSync(here('hang'), '');
    await until(() => !announced(), 'withdrawn');
    expect(check()).toMatchObject({ state: 'DOWN' });
    expect(check().timeouts).toBeGreaterThanOrEqual(2);
    await until(logged(/^web: check .* FALLING to DOWN \(killed, it took too long\)$/), 'the line');
    rmSync(here('hang'));
    await until(announced, 'announced again');
    await until(() => alive('pids').length === 0, 'nothing is left of it');
  });

  test('flaps below its thresholds: stays announced, one line for each change of the check, none for routes', async () => {
    await start(checkedBy('if test -e odd; then rm odd; exit 1; fi; test -e flap && touch odd; exit 0'));
    await until(announced, 'announced');
    const { changes } = web();
    writeFileSync(here('flap'), '');
    await until(() => check().failures >= 10, 'ten failures');
    expect(web()).toMatchObject({ announced: 'up', changes });
    expect(lines.filter((line) => /withdrawn|announced/.test(line))).toHaveLength(1);
    await until(logged(/^web: UP to FALLING/), 'the line');
  });

  test('flaps beyond them: every change is announced and told, in turn', async () => {
    await start(
      checkedBy(
        'if test -e odd; then rm odd; exit 1; fi; touch odd; exit 0',
        'interval: 60ms, fast-interval: 50ms, timeout: 2s, rise: 1, fall: 1',
      ),
    );
    await until(() => web().changes >= 8, 'eight changes');
    const told = lines.flatMap((line) => /^web: \S+ (announced|withdrawn)/.exec(line)?.[1] ?? []);
    expect(told.length).toBeGreaterThanOrEqual(6);
    for (const [i, what] of told.entries()) expect(what).toBe(i % 2 === 0 ? 'announced' : 'withdrawn');
  });

  test('forks: a hundred children that hold its pipes end with it, and it is healthy all the same', async () => {
    await start(
      checkedBy(
        'i=0; while [ $i -lt 100 ]; do sleep 1000 & echo $! >> pids; i=$((i+1)); done; exit 0',
        'interval: 60ms, timeout: 20s, rise: 1, fall: 1',
      ),
    );
    await until(announced, 'announced');
    await until(() => check().runs >= 3, 'two runs more');
    await vips.stop('enough');
    await until(() => alive('pids').length === 0, 'no child is left');
    expect(check().failures).toBe(0);
  });

  test('prints without end, on both outputs: killed at its timeout; another VIP does not notice', async () => {
    const other = `  - { name: other, addresses: [203.0.113.20], checks: [{ exec: [/bin/true], interval: 60ms, timeout: 10s, rise: 1, fall: 1 }] }\n`;
    await start(checkedBy('test -e noisy || exit 0\nyes >&2 & exec yes', SHORT) + other);
    await until(announced, 'announced');
    writeFileSync(here('noisy'), '');
    await until(() => !announced(), 'withdrawn');
    expect(check().history[0]?.detail).toMatch(/^killed, it took too long/);
    await until(logged(/FALLING to DOWN \(killed, it took too long/), 'the line');
    expect(vips.vip('other')).toMatchObject({ announced: 'up', changes: 1 });
    expect(vips.vip('other')!.checks[0]).toMatchObject({ failures: 0 });
  });

  test('prints a megabyte and ends well: healthy, and one short line is kept of it', async () => {
    await start(
      checkedBy('echo fine; head -c 1000000 /dev/zero | tr "\\\\0" x; head -c 1000000 /dev/zero >&2; exit 0'),
    );
    await until(announced, 'announced');
    expect(check().history[0]?.detail).toBe('exit code 0: fine');
  });
});

test('the disk is full: announced all the same, told once; written as soon as there is room', async () => {
  mkdirSync(here('state'));
  // Whatever is written there meets a full disk.
  symlinkSync('/dev/full', here('state/addresses.json.new'));
  const interfaces = new Set<string>();
  await start('  - { name: web, addresses: [203.0.113.10], interface: lo }\n', interfaces);
  await until(announced, 'announced');
  expect(interfaces).toEqual(new Set([PREFIX]));
  const told = () => lines.filter((line) => /cannot write .*addresses\.json: ENOSPC.*stay behind/.test(line));
  expect(told()).toHaveLength(1);
  unlinkSync(here('state/addresses.json.new'));
  const kept = () => {
    try {
      return JSON.parse(readFileSync(here('state/addresses.json'), 'utf8')) as { addresses: object[] };
    } catch {
      return undefined;
    }
  };
  await until(() => kept()?.addresses.length === 1, 'it is written');
  expect(kept()?.addresses).toEqual([{ interface: 'lo', address: PREFIX }]);
  expect(told()).toHaveLength(1);
  expect(web().changes).toBe(1);
});

describe('the clock of the system', () => {
  test.each([
    ['forwards', 365],
    ['backwards', -365],
  ])('jumps a year %s: checks, drains and verdicts take as long as before', async (_way, days) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const now = Date.parse('2026-06-01T12:00:00Z');
    vi.setSystemTime(now);
    await start(checkedBy('test -e sick && exit 1; exit 0'));
    await until(announced, 'announced');
    const { runs, failures, timeouts } = check();
    vi.setSystemTime(now + days * 86_400_000);
    await until(() => check().runs >= runs + 5, 'checks go on');
    expect(check()).toMatchObject({ failures, timeouts, state: 'UP' });
    expect(web().changes).toBe(1);
    // Lines and history have the new time; nothing is decided by it.
    expect(check().history[0]?.time.slice(0, 4)).toBe(days > 0 ? '2027' : '2025');

    writeFileSync(here('sick'), '');
    await until(() => !announced(), 'withdrawn');
    rmSync(here('sick'));
    await until(announced, 'announced');
    vips.drain('web', 0.2);
    vi.setSystemTime(now);
    await until(() => web().drain?.withdrawnMilliseconds !== undefined, 'drained');
    expect(web().drain!.withdrawnMilliseconds).toBeGreaterThanOrEqual(199);
    await until(logged(/^web: drain: withdrawal with all peers after/), 'the line');
  });
});
