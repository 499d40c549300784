/** A running speaker with manifests in a directory: changes are applied live, and addresses survive restarts. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { MetallbEvent } from '../../../src/frontends/metallb/events.ts';
import { attachMetallbLog } from '../../../src/frontends/metallb/events.ts';
import { Metallb } from '../../../src/frontends/metallb/metallb.ts';
import type { MetallbObject } from '../../../src/frontends/metallb/status.ts';
import { configOf, prefixes, run, until } from '../../speaker/fixtures.ts';
import { EVERYTHING, pool, service } from './evaluated.ts';

const closing: (() => PromiseLike<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'bellhop-metallb-'));
  closing.push(async () => rmSync(path, { recursive: true, force: true }));
  return path;
}

const peer = (port: number) => `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: tor }
spec: { myASN: 65001, peerASN: 65002, peerAddress: 127.0.0.2, sourceAddress: 127.0.0.1, peerPort: ${port}, connectTime: 1s }
---`;

/** A port that BGPPeers may have. */
let nextPort = 12_000 + (process.pid % 4000);

const text = (path: string, more = '') => `
as: 65001
router-id: 10.0.0.1
listen: []
${more}
metallb: { files: ["${path}/manifests/*.yaml"], node: node-1, state-file: "${path}/state.json" }`;

async function start(path: string) {
  const port = nextPort++;
  const theirs = await run(`
as: 65002
router-id: 10.0.0.2
listen: ["127.0.0.2:${port}"]
neighbors: [{ address: 127.0.0.1, peer-as: 65001, passive: true, import: accept, export: accept }]
networks: [{ prefix: 192.0.2.0/24 }]`);
  closing.push(() => theirs[Symbol.asyncDispose]());
  const ours = await startOurs(path);
  return { theirs, ...ours, port };
}

async function startOurs(path: string) {
  const running = await run(text(path));
  closing.push(() => running[Symbol.asyncDispose]());
  const metallb = new Metallb(running.speaker);
  const events: MetallbEvent[] = [];
  metallb.subscribe((event) => events.push(event));
  running.speaker.subscribe((event) => {
    if (event.type === 'reloaded') metallb.apply(running.speaker.config);
  });
  closing.push(async () => metallb.stop());
  await metallb.start();
  const object = (kind: string, name: string): MetallbObject | undefined =>
    metallb.status()?.objects.find((one) => one.kind === kind && one.name === name);
  return { running, metallb, events, object };
}

test('files appear, change, break and go, and the peer hears of it; the session stays', async () => {
  const path = directory();
  const { theirs, running, metallb, events, object, port } = await start(path);
  const file = (name: string) => join(path, 'manifests', name);
  const pattern = join(path, 'manifests/*.yaml');
  expect(metallb.status()).toMatchObject({ node: 'node-1', files: [], unmatched: [pattern], objects: [] });
  expect(events).toContainEqual({ type: 'metallbProblem', reason: `no file matches ${pattern}` });

  mkdirSync(join(path, 'manifests'));
  writeFileSync(file('metallb.yaml'), peer(port) + EVERYTHING + pool('203.0.113.0/30'));
  writeFileSync(file('web.yaml'), service('web'));
  await until(() => prefixes(theirs).includes('203.0.113.0/32'), 'the route');
  expect(object('BGPPeer', 'tor')).toMatchObject({ session: 'Established', prefixes: ['203.0.113.0/32'] });
  // What the peer sends is heard, and not accepted.
  await until(() => running.speaker.routes({ received: '127.0.0.2' }).length === 1, 'the route of the peer');
  expect(running.speaker.routes({ prefix: '192.0.2.0/24' })).toMatchObject([
    { accepted: false, best: false },
  ]);

  // An editor writes a new file and renames it.
  writeFileSync(file('.web.yaml.swp'), service('web') + service('api'));
  renameSync(file('.web.yaml.swp'), file('web.yaml'));
  await until(() => prefixes(theirs).includes('203.0.113.1/32'), 'the route of the new service');

  // One object is wrong, another one is gone, a third one is new.
  writeFileSync(file('web.yaml'), service('web', ', externalTrafficPolicy: Lokal') + service('db'));
  await until(() => object('Service', 'web')?.state === 'outdated', 'the state of the object');
  expect(object('Service', 'web')?.reason).toMatch(
    /^\d+:\d+: `spec.externalTrafficPolicy`: `Lokal`.*in force$/,
  );
  await until(
    () => object('Service', 'db')?.addresses?.[0] === '203.0.113.1',
    'the address that is free again',
  );
  expect(object('Service', 'api')).toBeUndefined();
  expect(prefixes(theirs)).toContain('203.0.113.0/32');

  // A file that is no YAML says what it said before.
  writeFileSync(file('web.yaml'), 'kind: [');
  await until(() => metallb.status()!.problems.length > 0, 'the problem');
  expect(metallb.status()!.problems[0]).toMatchObject({ file: file('web.yaml'), line: 1 });
  expect(events.filter(({ type }) => type === 'metallbFile').length).toBeGreaterThan(0);
  expect(prefixes(theirs)).toEqual(expect.arrayContaining(['203.0.113.0/32', '203.0.113.1/32']));

  unlinkSync(file('web.yaml'));
  await until(() => prefixes(theirs).every((prefix) => !prefix.startsWith('203')), 'the withdrawals');
  expect(metallb.status()!.problems).toEqual([]);
  expect(running.speaker.neighbor('127.0.0.2')).toMatchObject({ state: 'Established', flaps: 0 });

  unlinkSync(file('metallb.yaml'));
  await until(() => running.speaker.neighbor('127.0.0.2') === undefined, 'the end of the session');
});

test('a mounted ConfigMap is exchanged behind its symbolic link', async () => {
  const path = directory();
  for (const name of ['one', 'two']) mkdirSync(join(path, name));
  mkdirSync(join(path, 'manifests'));
  writeFileSync(join(path, 'one/a.yaml'), pool('203.0.113.0/30') + service('web'));
  writeFileSync(join(path, 'two/a.yaml'), pool('203.0.113.4/30') + service('web'));
  symlinkSync(join(path, 'one'), join(path, 'manifests/..data'));
  symlinkSync('..data/a.yaml', join(path, 'manifests/a.yaml'));
  const { object } = await startOurs(path);
  expect(object('Service', 'web')?.addresses).toEqual(['203.0.113.0']);
  symlinkSync(join(path, 'two'), join(path, 'manifests/..data_tmp'));
  renameSync(join(path, 'manifests/..data_tmp'), join(path, 'manifests/..data'));
  await until(() => object('Service', 'web')?.addresses?.[0] === '203.0.113.4', 'the new address');
});

test('the addresses of services survive a restart, and a damaged state file is reported', async () => {
  const path = directory();
  mkdirSync(join(path, 'manifests'));
  const file = join(path, 'manifests/a.yaml');
  writeFileSync(file, pool('203.0.113.0/30') + service('b'));
  const first = await startOurs(path);
  expect(first.object('Service', 'b')?.addresses).toEqual(['203.0.113.0']);
  first.metallb.stop();
  // Without memory, `a` would come first.
  writeFileSync(file, pool('203.0.113.0/30') + service('a') + service('b'));
  const second = await startOurs(path);
  expect(second.object('Service', 'b')?.addresses).toEqual(['203.0.113.0']);
  expect(second.object('Service', 'a')?.addresses).toEqual(['203.0.113.1']);
  expect(JSON.parse(readFileSync(join(path, 'state.json'), 'utf8'))).toEqual({
    version: 1,
    assignments: { 'default/a': ['203.0.113.1'], 'default/b': ['203.0.113.0'] },
  });
  second.metallb.stop();
  writeFileSync(join(path, 'state.json'), '{"version":');
  const third = await startOurs(path);
  expect(third.events).toContainEqual(expect.objectContaining({ type: 'metallbProblem' }));
  expect(third.object('Service', 'a')?.addresses).toEqual(['203.0.113.0']);
});

test('a reload of the configuration leaves peers of manifests alone; without `metallb` they go', async () => {
  const path = directory();
  mkdirSync(join(path, 'manifests'));
  const { theirs, running, metallb, port } = await start(path);
  writeFileSync(
    join(path, 'manifests/a.yaml'),
    peer(port) + EVERYTHING + pool('203.0.113.0/30') + service('web'),
  );
  await until(() => prefixes(theirs).includes('203.0.113.0/32'), 'the route');
  running.speaker.apply(configOf(text(path, 'networks: [{ prefix: 198.51.100.0/24 }]')));
  await until(() => prefixes(running).includes('198.51.100.0/24'), 'the network');
  expect(running.speaker.neighbor('127.0.0.2')).toMatchObject({ state: 'Established', flaps: 0 });
  // Networks of the configuration are no business of peers of manifests.
  expect(prefixes(theirs)).not.toContain('198.51.100.0/24');
  expect(running.speaker.config.neighbors).toEqual([]);

  running.speaker.apply(configOf(text(path).replace(/metallb:.*/, '')));
  expect(metallb.status()).toBeUndefined();
  expect(running.speaker.neighbors()).toEqual([]);
  expect(running.speaker.ownRoutes.entries('metallb')).toEqual([]);
});

test('drain: marked, then withdrawn whatever the manifests say, and back', async () => {
  const path = directory();
  mkdirSync(join(path, 'manifests'));
  const { theirs, metallb, events, port } = await start(path);
  const file = join(path, 'manifests/a.yaml');
  const base = peer(port) + EVERYTHING + pool('203.0.113.0/30');
  writeFileSync(file, base + service('web'));
  const marks = () => theirs.speaker.routes({ prefix: '203.0.113.0/32' })[0]?.communities;
  await until(() => marks()?.length === 0, 'the route');
  const drain = metallb.drain(3600)!;
  await until(() => marks()?.includes('graceful-shutdown') === true, 'the mark');
  expect(metallb.status()?.drain).toMatchObject({ stage: 'announced', graceSeconds: 3600 });
  // A service that is new meanwhile is marked as well.
  writeFileSync(file, base + service('web') + service('x'));
  await until(() => prefixes(theirs).includes('203.0.113.1/32'), 'the new service');
  expect(theirs.speaker.routes({ prefix: '203.0.113.1/32' })[0]?.communities).toEqual(['graceful-shutdown']);

  drain.hurry();
  await drain.done;
  await until(() => !prefixes(theirs).some((prefix) => prefix.startsWith('203')), 'the withdrawal');
  expect(theirs.speaker.neighbor('127.0.0.1')).toMatchObject({ state: 'Established', flaps: 0 });
  writeFileSync(file, base + service('web'));
  await until(() => events.some(({ type }) => type === 'metallbGone'), 'the change is read');
  await metallb.settled();
  expect(metallb.status()?.drain?.withdrawnMilliseconds).toBeGreaterThanOrEqual(0);
  expect(prefixes(theirs).filter((prefix) => prefix.startsWith('203'))).toEqual([]);

  metallb.undrain();
  await until(() => marks()?.length === 0, 'the route again, without the mark');
  expect(metallb.status()?.drain).toBeUndefined();
  const stages = events.flatMap((event) => (event.type === 'metallbDrain' ? [event.stage] : []));
  expect(stages).toEqual(['announced', 'withdrawn', 'ended']);
});

test('a prefix that another owner announces is said to be', async () => {
  const path = directory();
  mkdirSync(join(path, 'manifests'));
  const { running, object } = await start(path);
  running.speaker.ownRoutes.announce('cli', { prefix: '203.0.113.0/32' });
  writeFileSync(
    join(path, 'manifests/a.yaml'),
    peer(179) + EVERYTHING + pool('203.0.113.0/30') + service('web'),
  );
  await until(() => object('Service', 'web')?.announced?.[0]?.problem !== undefined, 'the problem');
});

test('log lines: what is wrong is a warning with its place', () => {
  const lines: [string, string][] = [];
  const write = (level: string) => (_fields: object, message: string) => void lines.push([level, message]);
  const listeners: ((event: MetallbEvent) => void)[] = [];
  const subscribe = (listener: (event: MetallbEvent) => void) => {
    listeners.push(listener);
    return () => undefined;
  };
  attachMetallbLog({ subscribe }, { info: write('info'), warn: write('warn'), error: write('error') });
  const object = { kind: 'BGPPeer', namespace: '', name: 'tor', file: 'a.yaml', line: 3, notes: [] };
  for (const event of [
    { type: 'metallbObject', object: { ...object, state: 'refused', reason: 'no address' } },
    { type: 'metallbObject', object: { ...object, state: 'accepted' } },
    { type: 'metallbGone', kind: 'BGPPeer', namespace: '', name: 'tor' },
    { type: 'metallbFile', file: 'a.yaml', line: 2, column: 5, reason: 'not valid YAML' },
  ] satisfies MetallbEvent[])
    listeners[0]!(event);
  expect(lines).toEqual([
    ['warn', 'BGPPeer tor refused: no address, a.yaml:3'],
    ['info', 'BGPPeer tor accepted'],
    ['info', 'BGPPeer tor is gone'],
    ['error', 'a.yaml:2:5: not valid YAML; what it said before is in force'],
  ]);
});
