/**
 * Real programs under a speaker: started, started again, ended; what they write and do not read.
 *
 * Over 300 lines: the cases share the speaker and its programs.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_PROCESS_UNREAD_BYTES } from '../../../src/base/limits.ts';
import type { ProcessConfig } from '../../../src/config/process-types.ts';
import { Processes } from '../../../src/frontends/exabgp/processes.ts';
import type { ProcessEvent, ProcessStatus } from '../../../src/frontends/exabgp/status.ts';
import { Speaker } from '../../../src/speaker/speaker.ts';
import { configOf, pause, until } from '../../speaker/fixtures.ts';

const CONFIG = `
as: 65000
router-id: 10.0.0.1
listen: []
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, passive: true }
`;

let folder: string;
let speaker: Speaker;
let processes: Processes | undefined;
let events: ProcessEvent[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-process-'));
  speaker = new Speaker(configOf(CONFIG));
  events = [];
  await speaker.start();
});
afterEach(async () => {
  await processes?.stop();
  await speaker.stop('the test is over');
  rmSync(folder, { recursive: true, force: true });
});

function configFor(script: string, more: Partial<ProcessConfig> = {}): ProcessConfig {
  return {
    name: 'test',
    run: ['sh', '-c', script],
    encoder: 'json',
    version: 4,
    respawn: true,
    keepRoutesSeconds: 0,
    acks: true,
    receive: [],
    neighbors: undefined,
    ...more,
  };
}

function start(...configs: readonly ProcessConfig[]): Processes {
  processes = new Processes(speaker, configs);
  processes.subscribe((event) => void events.push(event));
  processes.start();
  return processes;
}

function status(name = 'test'): ProcessStatus {
  const found = processes?.processes().find((one) => one.name === name);
  if (found === undefined) throw new Error(`no process ${name}`);
  return found;
}

function routes(name = 'test'): string[] {
  return speaker.ownRoutes.entries(`process:${name}`).map(({ route }) => route.prefix);
}

function ended(): Extract<ProcessEvent, { type: 'processEnded' }>[] {
  return events.filter((event) => event.type === 'processEnded');
}

/** Lines of a file that scripts write, [] while it is not there. */
function linesOf(name: string): string[] {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

const A = 'announce route 192.0.2.0/24 next-hop self';
const B = 'announce route 198.51.100.0/24 next-hop self';

/** Routes of the flood; `ROUTES=1000000` takes a quarter of a minute on a quiet machine. */
const ROUTES = Number(process.env['ROUTES'] ?? 200_000);

describe('Processes: life', () => {
  test('commands are obeyed and answered on standard input', async () => {
    start(
      configFor(`echo "${A}"; read a; echo "nonsense"; read b; echo "$a $b" > ${folder}/answers; sleep 60`),
    );
    await until(() => linesOf('answers').length === 1, 'the answers');
    expect(linesOf('answers')).toEqual(['done error']);
    expect(routes()).toEqual(['192.0.2.0/24']);
    expect(status()).toMatchObject({
      state: 'running',
      routes: 1,
      commands: 2,
      errors: 1,
      restarts: 0,
      lastError: { command: 'nonsense', reason: 'nonsense is not a command' },
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'processError', command: 'nonsense' }));
  });

  test('a process that dies takes its routes with it at once, and is started again after a second', async () => {
    start(
      configFor(`echo "${A}"; read a; [ -e ${folder}/again ] && sleep 60; touch ${folder}/again; kill -9 $$`),
    );
    await until(() => ended().length === 1, 'it dies');
    expect(routes()).toEqual([]);
    expect(status()).toMatchObject({ state: 'waiting', pid: undefined, lastEnd: 'ended by SIGKILL' });
    expect(ended()[0]).toMatchObject({ reason: 'ended by SIGKILL', routes: 1, restartSeconds: 1 });
    const since = performance.now();
    await until(() => routes().length === 1, 'it is back');
    expect(performance.now() - since).toBeGreaterThan(500);
    expect(status()).toMatchObject({ state: 'running', restarts: 1 });
  });

  test('the pause doubles', async () => {
    start(configFor('exit 3'));
    await until(() => ended().length === 3, 'three ends', 10_000);
    expect(ended().map(({ restartSeconds }) => restartSeconds)).toEqual([1, 2, 4]);
    expect(status().lastEnd).toBe('exit code 3');
  });

  test('respawn: false ends for good', async () => {
    start(configFor(`echo "${A}"; read a; exit 0`, { respawn: false }));
    await until(() => ended().length === 1, 'it ends');
    expect(status().state).toBe('ended');
    expect(routes()).toEqual([]);
    await pause(1300);
    expect(events.filter(({ type }) => type === 'processStarted')).toHaveLength(1);
  });

  test('keep-routes-for: what it wrote last is obeyed, and only what it announces again stays', async () => {
    const script = `[ -e ${folder}/again ] || { touch ${folder}/again; echo "${A}"; echo "${B}"; exit 0; }; echo "${B}"; sleep 60`;
    start(configFor(script, { keepRoutesSeconds: 2.5 }));
    await until(() => ended().length === 1, 'it ends');
    expect(routes()).toEqual(['192.0.2.0/24', '198.51.100.0/24']);
    expect(ended()[0]).toMatchObject({ routes: 2, keptSeconds: 2.5 });
    await until(() => routes().length === 1, 'the other one expires');
    expect(routes()).toEqual(['198.51.100.0/24']);
    expect(speaker.ownRoutes.entries('process:test')[0]).not.toHaveProperty('expiresAt');
  });

  test('a program that is not there, or may not be executed, is told and tried again', async () => {
    writeFileSync(join(folder, 'data'), '');
    start(
      configFor('', { run: ['/does/not/exist'] }),
      configFor('', { name: 'other', run: [join(folder, 'data')] }),
    );
    await until(() => ended().length >= 2, 'both fail');
    expect(status().lastEnd).toBe('/does/not/exist is not there');
    expect(status('other').lastEnd).toBe(`${join(folder, 'data')} may not be executed`);
    expect(status()).toMatchObject({ state: 'waiting', pid: undefined });
  });

  test('stop: SIGTERM first, with time for last commands; children go with it', async () => {
    const script = `trap 'echo "${B}"; read x; echo $x > ${folder}/last; exit' TERM; echo "${A}"; read a; sleep 61 & echo $! > ${folder}/child; while :; do sleep 0.05; done`;
    const all = start(configFor(script));
    await until(() => linesOf('child').length === 1, 'it runs');
    await all.stop();
    expect(linesOf('last')).toEqual(['done']);
    expect(routes()).toEqual([]);
    const child = Number(linesOf('child')[0]);
    await until(() => !isRunning(child), 'its child is gone');
  });

  test('stop: one that ignores SIGTERM is killed', async () => {
    const all = start(configFor(`trap '' TERM; echo "${A}"; while :; do sleep 1; done`));
    await until(() => routes().length === 1, 'it runs');
    const since = performance.now();
    await all.stop();
    expect(performance.now() - since).toBeLessThan(2300);
    expect(routes()).toEqual([]);
  });

  test('reload: a process whose entry is the same goes on, another one is started anew, one that is gone ends', async () => {
    const same = configFor(`echo "${A}"; sleep 60`, { name: 'same' });
    const gone = configFor('echo "announce route 203.0.113.0/24 next-hop self"; sleep 60', { name: 'gone' });
    const changed = configFor(`echo "${B}"; sleep 60`, { name: 'changed' });
    const all = start(same, gone, changed);
    await until(() => ['same', 'gone', 'changed'].every((name) => routes(name).length === 1), 'all run');
    const before = status('same').pid;
    all.apply([
      same,
      { ...changed, run: ['sh', '-c', 'echo "announce route 10.0.0.0/8 next-hop self"; sleep 60'] },
    ]);
    await until(() => routes('changed')[0] === '10.0.0.0/8' && routes('gone').length === 0, 'the reload');
    expect(status('same').pid).toBe(before);
    expect(all.processes().map(({ name }) => name)).toEqual(['same', 'changed']);
  });

  test('its standard error is told, a flood of it is counted', async () => {
    start(configFor('i=0; while [ $i -lt 200 ]; do echo "line $i" >&2; i=$((i+1)); done; sleep 60'));
    await until(() => status().logLinesDropped > 100, 'the flood');
    const said = events.flatMap((event) => (event.type === 'processSaid' ? [event.line] : []));
    expect(said[0]).toBe('line 0');
    expect(said.length + status().logLinesDropped).toBeLessThanOrEqual(200);
    expect(said.length).toBeLessThanOrEqual(60);
  });
});

describe('Processes: one that does too much blocks only itself', () => {
  test('1,000,000 announcements and no reader of the answers: timers go on, the pipe waits', {
    timeout: 60_000,
  }, async () => {
    const flood =
      'awk \'BEGIN { for (i = 0; i < 1000000; i++) printf "announce route 10.%d.%d.%d/32 next-hop self\\n", i / 65536, (i / 256) % 256, i % 256 }\'';
    start(
      configFor(`${flood}; touch ${folder}/written; sleep 60`),
      configFor(`echo "${A}"; read a; echo $a > ${folder}/other; sleep 60`, { name: 'other' }),
    );
    let worst = 0;
    let last = performance.now();
    const lag = setInterval(() => {
      const now = performance.now();
      worst = Math.max(worst, now - last - 10);
      last = now;
    }, 10);
    await until(() => status().blocked, 'it is blocked', 30_000);
    await until(() => linesOf('other').length === 1, 'the other one is served');
    const { commands, unreadBytes } = status();
    await pause(300);
    clearInterval(lag);
    // Answers are 5 bytes: the pipe is not read any more when they are above the bound.
    expect(unreadBytes).toBeGreaterThan(MAX_PROCESS_UNREAD_BYTES);
    expect(unreadBytes).toBeLessThan(MAX_PROCESS_UNREAD_BYTES + 64 * 1024);
    expect(status().commands).toBe(commands);
    expect(commands).toBeLessThan(400_000);
    expect(existsSync(join(folder, 'written'))).toBe(false);
    console.log(`blocked after ${commands} commands; longest pause of the event loop ${worst.toFixed(0)} ms`);
    expect(worst).toBeLessThan(500);
  });

  test(`${ROUTES} announcements without acknowledgements all arrive, the loop stays responsive`, {
    timeout: 120_000,
  }, async () => {
    const flood = `awk 'BEGIN { print "silence-ack"; for (i = 0; i < ${ROUTES}; i++) printf "announce route 10.%d.%d.%d/32 next-hop self\\n", i / 65536, (i / 256) % 256, i % 256 }'`;
    start(configFor(`${flood}; sleep 600`));
    let worst = 0;
    let last = performance.now();
    const lag = setInterval(() => {
      const now = performance.now();
      worst = Math.max(worst, now - last - 10);
      last = now;
    }, 10);
    const since = performance.now();
    await until(() => status().routes === ROUTES, 'all routes', 100_000);
    console.log(
      `${ROUTES} routes in ${((performance.now() - since) / 1000).toFixed(1)} s; longest pause of the event loop ${worst.toFixed(0)} ms`,
    );
    expect(worst).toBeLessThan(1000);
    const before = performance.now();
    process.kill(status().pid!, 'SIGKILL');
    await until(() => status().routes === 0, 'they are withdrawn');
    clearInterval(lag);
    console.log(
      `withdrawn after ${(performance.now() - before).toFixed(0)} ms; longest pause ${worst.toFixed(0)} ms`,
    );
    expect(worst).toBeLessThan(1000);
  });

  test('a process that never reads loses events, is told of the gap, and reads the next ones', async () => {
    start(
      configFor(`while [ ! -e ${folder}/go ]; do sleep 0.05; done; cat > ${folder}/events`, {
        receive: ['neighbor-changes'],
      }),
    );
    await until(() => status().state === 'running', 'it runs');
    for (let i = 0; i < 10_000; i++) down(`reason ${i} ${'x'.repeat(200)}`);
    const { eventsDropped, eventsSent, unreadBytes } = status();
    expect(eventsDropped).toBeGreaterThan(1000);
    expect(eventsDropped + eventsSent).toBe(10_000);
    expect(unreadBytes).toBeLessThan(MAX_PROCESS_UNREAD_BYTES + 2000);
    writeFileSync(join(folder, 'go'), '');
    await until(() => status().unreadBytes === 0, 'it has read');
    await pause(50);
    down('after the gap');
    await until(() => linesOf('events').at(-1)?.includes('after the gap') === true, 'the last event');
    const told = linesOf('events').map((line) => JSON.parse(line) as { type: string; dropped?: number });
    expect(told.filter(({ type }) => type === 'gap')).toEqual([
      expect.objectContaining({ dropped: eventsDropped }),
    ]);
    expect(told).toHaveLength(eventsSent + 2);
  });
});

/** The session of the neighbor ends. */
function down(reason: string): void {
  speaker.publish({
    type: 'stateChange',
    peer: '10.0.0.2',
    oldState: 'Established',
    newState: 'Idle',
    reason,
  });
}

function isRunning(pid: number): boolean {
  try {
    // A zombie is gone too.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
