/** A reader that is ended, restarted or in the way: what is in force stays, and what was asked for is done. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Supplement } from '../../../src/config/supplement.ts';
import type { MetallbEvent } from '../../../src/frontends/metallb/events.ts';
import { Metallb } from '../../../src/frontends/metallb/metallb.ts';
import { configOf, type Running, run, until } from '../../speaker/fixtures.ts';
import { ManualClock, turns } from '../../speaker/manual-clock.ts';
import { EVERYTHING, pool, service } from './evaluated.ts';

/** Nobody listens there. */
const PEER = `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec: { myASN: 64500, peerASN: 64501, peerAddress: 127.0.0.2, sourceAddress: 127.0.0.1, peerPort: 11999 }
---`;
const BASE = PEER + EVERYTHING + pool('203.0.113.0/30');

let folder: string;
let file: string;
let running: Running;
let metallb: Metallb;
let clock: ManualClock;
let events: MetallbEvent[];
let supplements: Supplement[];
/** The threads that were started, in order. */
let workers: Worker[];
/** Every thread is ended as soon as it was started. */
let isDoomed: boolean;

const onWorker = (worker: Worker) => {
  workers.push(worker);
  if (isDoomed) void worker.terminate();
};

const text = (labels = '{}') => `
as: 64500
router-id: 10.0.0.1
listen: []
metallb: { files: ["${folder}/*.yaml"], node: node-1, node-labels: ${labels}, state-file: "${folder}/state.json" }`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-faults-'));
  file = join(folder, 'a.yaml');
  workers = [];
  isDoomed = false;
  process.on('worker', onWorker);
  running = await run(text());
  const { speaker } = running;
  clock = new ManualClock();
  supplements = [];
  const supplement = (wanted: Supplement) => {
    supplements.push(wanted);
    speaker.supplement(wanted);
  };
  const { config, ownRoutes } = speaker;
  metallb = new Metallb({ config, ownRoutes, supplement, neighbor: (one) => speaker.neighbor(one) }, clock);
  events = [];
  metallb.subscribe((event) => events.push(event));
});
afterEach(async () => {
  process.off('worker', onWorker);
  metallb.stop();
  await metallb.settled();
  await running[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const nothingChanged = {
  type: 'metallbProblem',
  reason: expect.stringMatching(/^nothing changed: .* ended/) as string,
};

const marked = () => supplements.at(-1)?.neighbors.some((neighbor) => neighbor.gracefulShutdown);
const addressesOf = (name: string) =>
  metallb.status()?.objects.find((one) => one.kind === 'Service' && one.name === name)?.addresses;

/** Calls `act` when something is told of this service for the first time, before its address is written. */
function onService(name: string, act: () => void): void {
  const end = metallb.subscribe((event) => {
    if (event.type !== 'metallbObject' || event.object.name !== name) return;
    end();
    act();
  });
}

const announced = () => running.speaker.ownRoutes.entries('metallb').map(({ route }) => route.prefix);

test('a look that was wanted just before the stop starts no thread', async () => {
  writeFileSync(file, BASE);
  void metallb.start();
  metallb.stop();
  await metallb.settled();
  await turns();
  expect(workers).toEqual([]);
});

test('a reload in the turn before a look: only the thread of the new settings is started', async () => {
  writeFileSync(file, BASE);
  void metallb.start();
  metallb.apply(configOf(text('{ rack: r1 }')));
  await metallb.settled();
  expect(workers).toHaveLength(1);
  expect(metallb.status()?.nodeLabels).toMatchObject({ rack: 'r1' });
});

test('undrain announces what was last read, whatever becomes of the reader', async () => {
  writeFileSync(file, BASE + service('web'));
  await metallb.start();
  expect(announced()).toEqual(['203.0.113.0/32']);
  const drain = metallb.drain(3600)!;
  expect(marked()).toBe(true);
  drain.hurry();
  await drain.done;
  expect(announced()).toEqual([]);
  isDoomed = true;
  await workers[0]?.terminate();
  metallb.undrain();
  // In this very turn: the marks go before the routes come.
  expect(marked()).toBe(false);
  await metallb.settled();
  expect(events).toContainEqual(nothingChanged);
  expect(announced()).toEqual(['203.0.113.0/32']);
});

test('a thread that ends at the first look: another one looks, with longer and longer pauses', async () => {
  writeFileSync(file, BASE + service('web'));
  isDoomed = true;
  await metallb.start();
  expect(events).toEqual([nothingChanged]);
  expect(announced()).toEqual([]);
  for (const [i, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
    await clock.advance(seconds * 1000 - 1);
    await metallb.settled();
    expect(workers).toHaveLength(1 + i);
    await clock.advance(1);
    await metallb.settled();
    expect(workers).toHaveLength(2 + i);
  }
  isDoomed = false;
  await clock.advance(60_000);
  await metallb.settled();
  expect(announced()).toEqual(['203.0.113.0/32']);

  // The next failure is a first one again; and what is in force stays.
  isDoomed = true;
  await workers.at(-1)?.terminate();
  metallb.apply({ ...running.speaker.config });
  await metallb.settled();
  const count = workers.length;
  await clock.advance(999);
  expect(workers).toHaveLength(count);
  await clock.advance(1);
  await metallb.settled();
  expect(workers).toHaveLength(count + 1);
  expect(announced()).toEqual(['203.0.113.0/32']);
});

test('no look again once it was stopped', async () => {
  isDoomed = true;
  await metallb.start();
  expect(workers).toHaveLength(1);
  metallb.stop();
  await clock.advance(60_000);
  expect(workers).toHaveLength(1);
});

test('a reload before the assignments are written: addresses stay with who had them', async () => {
  writeFileSync(file, BASE + service('b'));
  onService('b', () => {
    // Without memory, `a` would come first.
    writeFileSync(file, BASE + service('a') + service('b'));
    expect(existsSync(join(folder, 'state.json'))).toBe(false);
    metallb.apply(configOf(text('{ rack: r1 }')));
  });
  await metallb.start();
  expect(addressesOf('b')).toEqual(['203.0.113.0']);
  expect(addressesOf('a')).toEqual(['203.0.113.1']);
});

test('another state file, while the one before is written: both are', async () => {
  writeFileSync(file, BASE + service('b'));
  onService('b', () => metallb.apply(configOf(text().replace('state.json', 'other.json'))));
  await metallb.start();
  for (const name of ['state.json', 'other.json'])
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({
      assignments: { 'default/b': ['203.0.113.0'] },
    });
});

test('a reload with other settings: what is broken keeps its last good state', async () => {
  writeFileSync(file, BASE + service('web'));
  await metallb.start();
  writeFileSync(file, BASE + service('web', ', externalTrafficPolicy: Lokal'));
  const isOutdated = () => metallb.status()?.objects.some(({ state }) => state === 'outdated') === true;
  await until(isOutdated, 'the object is read');
  metallb.apply(configOf(text('{ rack: r1 }')));
  await metallb.settled();
  expect(metallb.status()?.nodeLabels).toMatchObject({ rack: 'r1' });
  expect(isOutdated()).toBe(true);
  expect(announced()).toEqual(['203.0.113.0/32']);
});

test('a reload while it is told what has been read: everything is told, and once', async () => {
  writeFileSync(file, BASE + service('a') + service('b'));
  onService('a', () => {
    metallb.apply(configOf(text('{ rack: r1 }')));
    // Longer than one slice.
    for (const end = performance.now() + 10; performance.now() < end; );
  });
  await metallb.start();
  const told = events.flatMap((event) => (event.type === 'metallbObject' ? [event.object] : []));
  expect(told.filter(({ kind }) => kind === 'Service').map(({ name }) => name)).toEqual(['a', 'b']);
});
