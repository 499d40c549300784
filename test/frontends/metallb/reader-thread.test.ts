/** The thread that reads manifests: its answers, what it remembers, and what happens when it cannot go on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readManifests } from '../../../src/frontends/metallb/read.ts';
import { ReaderThread } from '../../../src/frontends/metallb/reader-thread.ts';
import { configOf } from '../../speaker/fixtures.ts';
import { turns } from '../../speaker/manual-clock.ts';
import { EVERYTHING, PEER, pool, service } from './evaluated.ts';

const MANY = 350;

let folder: string;
let file: string;
let reader: ReaderThread | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-reader-'));
  file = join(folder, 'a.yaml');
});
/** The thread that was started last. */
let worker: Worker | undefined;
const onWorker = (started: Worker) => {
  worker = started;
};
beforeEach(() => void process.on('worker', onWorker));
afterEach(() => {
  process.off('worker', onWorker);
  reader?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = () =>
  configOf(`as: 64500\nrouter-id: 10.0.0.1\nmetallb: { files: ["${folder}/*.yaml"], node: node-1 }`);

function start(): ReaderThread {
  reader = new ReaderThread({ metallb: config().metallb!, previous: new Map() });
  return reader;
}

const many = Array.from({ length: MANY }, (_, i) => service(`s${String(i).padStart(3, '0')}`)).join('');

test('an answer of many pieces, and then only what has changed is news', async () => {
  writeFileSync(file, PEER + EVERYTHING + pool('203.0.112.0/23') + many);
  const thread = start();
  const first = await thread.look(config());
  expect(first.objects).toHaveLength(3 + 2 * MANY);
  expect(first.routes.map(({ prefix }) => prefix)).toHaveLength(MANY);
  // Endpoints that are fine are no news.
  expect(first.news).toHaveLength(3 + MANY);
  expect(first.supplement.neighbors[0]).toMatchObject({ address: '10.0.0.2', peerAs: 64501 });
  expect(first.assigned.get('default/s001')).toEqual(['203.0.112.1']);
  writeFileSync(file, PEER + EVERYTHING + pool('203.0.112.0/23') + many + service('zz'));
  const second = await thread.look(config());
  expect(second.news.map((i) => second.objects[i]?.name)).toEqual(['zz']);
  expect(second.gone).toEqual([]);
});

test('errors have the same places as without a thread', async () => {
  const text = `${pool('203.0.113.0/30')}${service('web', ', externalTrafficPolicy: Lokal')}\n---\nkind: [\n`;
  writeFileSync(file, text);
  const thread = start();
  const { problems } = await thread.look(config());
  expect(problems).toEqual(readManifests(file, text).errors);
  expect(problems[0]).toMatchObject({ file, line: expect.any(Number) as number });
  writeFileSync(file, text.replace('kind: [', ''));
  const { objects } = await thread.look(config());
  expect(objects.find(({ name, kind }) => name === 'web' && kind === 'Service')?.reason).toMatch(
    /^\d+:\d+: `spec.externalTrafficPolicy`: `Lokal`/,
  );
});

test('what is broken stays as it was, and addresses stay with who had them', async () => {
  const base = PEER + EVERYTHING + pool('203.0.113.0/24');
  writeFileSync(file, base + service('b'));
  const thread = start();
  await thread.look(config());
  // Without memory, `a` would come first.
  writeFileSync(file, base + service('a') + service('b', ', externalTrafficPolicy: Lokal'));
  const { objects, news, assigned } = await thread.look(config());
  expect(assigned.get('default/b')).toEqual(['203.0.113.0']);
  expect(objects.find(({ name, kind }) => name === 'b' && kind === 'Service')).toMatchObject({
    state: 'outdated',
    addresses: ['203.0.113.0'],
  });
  expect(news.map((i) => `${objects[i]?.kind} ${objects[i]?.name}`).sort()).toEqual([
    'Service a',
    'Service b',
  ]);
});

test('the thread that takes the place of one that has ended knows what that one knew', async () => {
  const base = PEER + EVERYTHING + pool('203.0.113.0/24');
  writeFileSync(file, base + service('b') + service('c') + service('d'));
  const thread = start();
  await thread.look(config());
  writeFileSync(file, base + service('b') + service('d'));
  await thread.look(config());
  // Ended in the midst of a look: what it found out was not told, so it is found out again.
  writeFileSync(file, base + service('a') + service('b', ', externalTrafficPolicy: Lokal'));
  const look = thread.look(config());
  const first = worker;
  void worker?.terminate();
  await expect(look).rejects.toThrow('has ended');
  const { objects, news, gone, assigned } = await thread.look(config());
  expect(worker).not.toBe(first);
  expect(objects.find(({ name, kind }) => name === 'b' && kind === 'Service')).toMatchObject({
    state: 'outdated',
    addresses: ['203.0.113.0'],
  });
  // Without memory of `b`, and of the end of `c`, the addresses would be others.
  expect(assigned.get('default/a')).toEqual(['203.0.113.1']);
  expect(news.map((i) => `${objects[i]?.kind} ${objects[i]?.name}`).sort()).toEqual([
    'Service a',
    'Service b',
  ]);
  expect(gone.map(({ kind, name }) => `${kind} ${name}`)).toContain('Service d');
  expect(gone.map(({ name }) => name)).not.toContain('c');
});

test('stop: a look in progress is rejected, and so is the next one', async () => {
  writeFileSync(file, PEER);
  const thread = start();
  const look = thread.look(config());
  thread.stop();
  await expect(look).rejects.toThrow('it was stopped');
  // Node tells of a thread a moment after its start.
  await turns();
  worker = undefined;
  await expect(thread.look(config())).rejects.toThrow('it was stopped');
  await turns();
  expect(worker).toBeUndefined();
});
