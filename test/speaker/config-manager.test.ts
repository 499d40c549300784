/** Reload, plan, apply until confirmed and back, on a running speaker; and the watch on the file. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigManager } from '../../src/speaker/config-manager.ts';
import { watchConfig } from '../../src/speaker/config-watch.ts';
import { InvalidConfig } from '../../src/speaker/invalid-config.ts';
import { established, pause, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { MemoryTransport } from './memory-transport.ts';
import { UPDATE } from './raw-peer.ts';

const PEER = '192.0.2.2';

const text = (more = '', networks = '[{ prefix: 10.0.0.0/8 }]') => `
as: 65001
router-id: 10.0.0.1
listen: ["192.0.2.1:179"]
neighbors: [{ address: ${PEER}, peer-as: 65002, passive: true, import: accept, export: accept${more} }]
networks: ${networks}
`;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-config-'));
  path = join(directory, 'bellhop.yaml');
  writeFileSync(path, text());
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function setup() {
  const clock = new ManualClock();
  const transport = new MemoryTransport();
  const subject = await run(text(), { clock, transport });
  const peer = await transport.connect(PEER).establish();
  await until(() => established(subject, PEER), 'the session');
  await turns();
  const manager = new ConfigManager(subject.speaker, path, [{ file: path, text: text() }]);
  return { ...subject, subject, clock, peer, manager };
}

const TWO = '[{ prefix: 10.0.0.0/8, med: 5 }, { prefix: 203.0.113.0/24 }]';

test('ConfigManager.plan: names classes and routes, and changes nothing', async () => {
  await using it = await setup();
  it.speaker.ownRoutes.announce('cli', { prefix: '198.51.100.0/24' });
  await turns();
  const before = it.peer.messages.length;
  const networks = '[{ prefix: 203.0.113.0/24 }, { prefix: 198.51.100.0/24 }]';
  expect(await it.manager.plan(text(', hold-time: 30', networks), 'new.yaml')).toMatchObject({
    applied: false,
    changes: [
      { class: 'session reset', subject: `neighbor ${PEER}`, key: 'hold-time' },
      { class: 'hot', subject: 'network 10.0.0.0/8' },
      { class: 'hot', subject: 'network 203.0.113.0/24' },
      { class: 'hot', subject: 'network 198.51.100.0/24' },
    ],
    routes: { announced: ['203.0.113.0/24'], changed: ['198.51.100.0/24'], withdrawn: ['10.0.0.0/8'] },
  });
  await turns();
  expect(it.peer.messages).toHaveLength(before);
  expect(it.speaker.config.networks.map(({ prefix }) => prefix)).toEqual(['10.0.0.0/8']);
});

test('ConfigManager.plan: what each peer would hear, of networks and of a policy', async () => {
  await using it = await setup();
  it.speaker.ownRoutes.announce('cli', { prefix: '198.51.100.0/24' });
  await turns();
  const none = { count: 0, first: [] };
  expect((await it.manager.plan(text('', TWO), 'new.yaml')).peers).toEqual([
    {
      peer: PEER,
      session: 'stays',
      announced: { count: 1, first: ['203.0.113.0/24'] },
      withdrawn: none,
      changed: { count: 1, first: ['10.0.0.0/8'] },
      repeated: 0,
      received: { accepted: 0, rejected: 0, changed: 0 },
    },
  ]);
  const rejecting = text().replace('export: accept', 'export: reject');
  const [plan] = (await it.manager.plan(rejecting, 'new.yaml')).peers!;
  expect(plan).toMatchObject({ announced: none, changed: none, withdrawn: { count: 2 } });
  expect([...plan!.withdrawn.first].sort()).toEqual(['10.0.0.0/8', '198.51.100.0/24']);
  // A plan is of one configuration: another one in the meantime ends it.
  const planned = it.manager.plan(rejecting, 'new.yaml');
  it.manager.apply(text('', TWO), 'two.yaml');
  await expect(planned).rejects.toThrow(/changed in the meantime/);
  await turns();
  expect(it.speaker.routes({ advertised: PEER })).toHaveLength(3);
});

test('ConfigManager.reload: applies the file; a broken one changes nothing and says where', async () => {
  await using it = await setup();
  writeFileSync(path, text('', TWO));
  expect(it.manager.reload()).toMatchObject({
    applied: true,
    routes: { announced: ['203.0.113.0/24'], changed: ['10.0.0.0/8'] },
  });
  writeFileSync(path, text(', holdtime: 30', '[]'));
  expect(() => it.manager.reload()).toThrow(InvalidConfig);
  expect(() => it.manager.reload()).toThrow(/bellhop\.yaml:5:\d+: error: unknown key `holdtime`/);
  await turns();
  expect(established(it.subject, PEER)).toBe(true);
  expect(it.speaker.routes({ advertised: PEER })).toHaveLength(2);
  rmSync(path);
  expect(() => it.manager.reload()).toThrow(/cannot read the configuration/);
});

test('ConfigManager.apply: without a confirmation in time it is undone, for the peer too', async () => {
  await using it = await setup();
  expect(it.manager.apply(text('', TWO), 'new.yaml', { confirmWithinSeconds: 60 })).toMatchObject({
    confirmWithinSeconds: 60,
  });
  await turns();
  expect(it.speaker.routes({ advertised: PEER })).toHaveLength(2);
  for (const other of [() => it.manager.reload(), () => it.manager.apply(text(), 'other.yaml')])
    expect(other).toThrow(/new\.yaml waits to be confirmed/);
  it.peer.messages.length = 0;
  await it.clock.advance(59_999);
  expect(it.peer.messages.some(({ type }) => type === UPDATE)).toBe(false);
  await it.clock.advance(1);
  expect(it.peer.messages.filter(({ type }) => type === UPDATE)).toHaveLength(2);
  expect(it.speaker.routes({ advertised: PEER })).toMatchObject([{ prefix: '10.0.0.0/8', med: undefined }]);
  expect(it.events.filter(({ type }) => type === 'warning')).toMatchObject([
    { reason: /not confirmed within 60 s/ },
  ]);
  expect(() => it.manager.confirm()).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('ConfigManager.confirm keeps what was applied, rollback undoes it at once', async () => {
  await using it = await setup();
  it.manager.apply(text('', TWO), 'new.yaml', { confirmWithinSeconds: 60 });
  expect(it.manager.confirm()).toBe('new.yaml');
  await it.clock.advance(120_000);
  expect(it.speaker.config.networks).toHaveLength(2);
  it.manager.apply(text('', '[]'), 'empty.yaml', { confirmWithinSeconds: 60 });
  expect(it.speaker.config.networks).toHaveLength(0);
  expect(it.manager.rollback()).toMatchObject({ routes: { announced: ['10.0.0.0/8', '203.0.113.0/24'] } });
  expect(it.speaker.config.networks).toHaveLength(2);
  it.manager.apply(text('', '[]'), 'empty.yaml');
  expect(() => it.manager.rollback()).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});

test('a configuration whose networks cannot be announced changes nothing', async () => {
  await using it = await setup();
  const path = Array.from({ length: 20_000 }, () => 1).join(', ');
  const long = text(', description: new', `[{ prefix: 203.0.113.0/24, as-path: [${path}] }]`);
  expect(() => it.manager.apply(long, 'long.yaml')).toThrow(/60000 fit/);
  expect(it.speaker.neighbor(PEER)!.description).toBeUndefined();
  expect(it.speaker.config.networks.map(({ prefix }) => prefix)).toEqual(['10.0.0.0/8']);
});

test('watchConfig: writes, renames and exchanged links are one change each, and equal text is none', async () => {
  let changes = 0;
  const { readFileSync } = await import('node:fs');
  const read = () => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  };
  const stop = watchConfig({ path, read, changed: () => changes++ });
  const settled = async (count: number) => {
    await until(() => changes === count, `${count} changes`);
    await pause(400);
    expect(changes).toBe(count);
  };
  writeFileSync(path, 'one');
  writeFileSync(path, 'two');
  await settled(1);
  // vi: a new file takes the name.
  writeFileSync(`${path}~`, 'three');
  rmSync(path);
  renameSync(`${path}~`, path);
  await settled(2);
  writeFileSync(path, 'three');
  writeFileSync(join(directory, 'unrelated'), 'x');
  await pause(500);
  expect(changes).toBe(2);
  // A mounted directory: the file is a link to a link to a directory that is exchanged.
  for (const version of ['v1', 'v2']) {
    mkdirSync(join(directory, version));
    writeFileSync(join(directory, version, 'bellhop.yaml'), version);
  }
  symlinkSync('v1', join(directory, '..data'));
  rmSync(path);
  symlinkSync('..data/bellhop.yaml', path);
  await settled(3);
  symlinkSync('v2', join(directory, '..data_new'));
  renameSync(join(directory, '..data_new'), join(directory, '..data'));
  await settled(4);
  stop();
});

test('watchConfig: what changed between loading and watching is a change', async () => {
  let changes = 0;
  const read = () => 'of now';
  const stop = watchConfig({ path, read, since: 'as loaded', changed: () => changes++ });
  await until(() => changes === 1, 'a change');
  stop();
});

test.each([
  ['hot', '', TWO, true],
  ['hot', ', import: reject', undefined, false],
  ['soft', ', import: reject', TWO, true],
  ['soft', ', hold-time: 30', TWO, false],
  ['session reset', ', hold-time: 30', TWO, true],
] as const)('ConfigManager: at most %s, and a change of `%s`', async (atMost, keys, networks, isAllowed) => {
  await using it = await setup();
  const next = text(keys, networks).replace(/import: accept, (.*import)/, '$1');
  const { config } = it.speaker;
  writeFileSync(path, next);
  for (const change of [
    () => it.manager.apply(next, 'new.yaml', { atMost }),
    () => it.manager.reload({ atMost }),
  ]) {
    if (isAllowed) expect(change()).toMatchObject({ applied: true });
    else {
      const key = keys.includes('import') ? 'import' : 'hold-time';
      expect(change).toThrow(
        expect.objectContaining({
          code: 'REFUSED',
          message: expect.stringContaining(
            `more than \`${atMost}\` is not allowed: neighbor ${PEER} (${key}) is a`,
          ),
        }),
      );
      expect(it.speaker.config).toBe(config);
    }
  }
});
