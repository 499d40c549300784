/** The journal of runtime decisions: what survives a kill -9, a crash in the middle of a line, and damage. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseStateLine, stateLine } from '../../src/config/state-record.ts';
import { Persistence } from '../../src/speaker/persistence.ts';
import { Speaker } from '../../src/speaker/speaker.ts';
import { readState } from '../../src/speaker/state-file.ts';
import { configOf, pause } from './fixtures.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryTransport } from './memory-transport.ts';

const CONFIG = `
as: 65001
router-id: 10.0.0.1
listen: []
neighbors: [{ address: 192.0.2.2, peer-as: 65002, passive: true, import: accept, export: accept }]
networks: [{ prefix: 10.0.0.0/8 }]
`;
const A = '203.0.113.0/24';
const B = '2001:db8::/32';

let directory: string;
let path: string;
let running: Persistence[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-state-'));
  path = join(directory, 'lib', 'state.jsonl');
  running = [];
});

afterEach(async () => {
  for (const persistence of running) await persistence.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A speaker that has just been started over the state file. The one before is simply left alone: killed. */
async function start() {
  const clock = new ManualClock();
  const speaker = new Speaker(configOf(CONFIG), { clock, transport: new MemoryTransport() });
  const warnings: string[] = [];
  speaker.subscribe((event) => {
    if (event.type === 'warning') warnings.push(event.reason);
  });
  const persistence = new Persistence(speaker);
  running.push(persistence);
  const restored = persistence.start(path);
  await speaker.start();
  await persistence.saved().catch(() => undefined);
  return { speaker, persistence, restored, warnings, clock };
}

const owned = ({ ownRoutes }: Speaker) =>
  ownRoutes.entries().map(({ owner, route }) => `${owner} ${route.prefix}`);

describe('Persistence', () => {
  test('routes of people and clients come back as they were, others do not', async () => {
    const first = await start();
    const route = {
      prefix: A,
      nextHop: '198.51.100.7',
      origin: 'egp',
      asPath: [65100, 65546],
      med: 0,
      localPref: 7,
      communities: [0xfde90001, 0xffffff01],
      largeCommunities: [[65001, 1, 2]],
      extendedCommunities: ['0002fde900000001', 'ffffffffffffffff'],
      atomicAggregate: true,
      aggregator: { as: 65001, address: '10.0.0.1' },
      peers: ['192.0.2.2'],
    } as const;
    first.speaker.ownRoutes.announce('cli', route);
    first.speaker.ownRoutes.set('api:blue', [{ prefix: B }, { prefix: '198.51.100.0/24' }]);
    first.speaker.ownRoutes.set('api:blue', [{ prefix: B, med: 5 }]);
    first.speaker.ownRoutes.announce('vip:web', { prefix: '192.0.2.80/32' });
    first.speaker.disable('192.0.2.2', 'new line card');
    await first.persistence.saved();
    const second = await start();
    expect(second.restored).toEqual({ routes: 2, expired: 0, disabled: 1 });
    expect(owned(second.speaker)).toEqual(['config 10.0.0.0/8', `cli ${A}`, `api:blue ${B}`]);
    expect(second.speaker.ownRoutes.entry('cli', A)!.route).toEqual(route);
    expect(second.speaker.ownRoutes.entry('api:blue', B)!.route.med).toBe(5);
    expect(second.speaker.neighbor('192.0.2.2')!.disabled).toMatchObject({ message: 'new line card' });
    second.speaker.enable('192.0.2.2');
    second.speaker.ownRoutes.remove('cli');
    await second.persistence.saved();
    const third = await start();
    expect(third.restored).toEqual({ routes: 1, expired: 0, disabled: 0 });
  });

  test('a route with a time to live keeps its end: dead time counts, and what is over stays away', async () => {
    const first = await start();
    first.speaker.ownRoutes.announce('cli', { prefix: A }, { ttlMilliseconds: 60_000 });
    first.speaker.ownRoutes.announce('cli', { prefix: B }, { ttlMilliseconds: 50 });
    await first.persistence.saved();
    await pause(80);
    const second = await start();
    expect(second.restored).toEqual({ routes: 1, expired: 1, disabled: 0 });
    const left = second.speaker.ownRoutes.entry('cli', A)!.remainingMilliseconds!;
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThan(60_000 - 70);
  });

  test('the line that a crash has cut off is dropped, the rest counts', async () => {
    const first = await start();
    first.speaker.ownRoutes.announce('cli', { prefix: A });
    await first.persistence.saved();
    appendFileSync(path, '{"announce":"cli","route":{"prefix":"2001');
    const second = await start();
    expect(owned(second.speaker)).toEqual(['config 10.0.0.0/8', `cli ${A}`]);
    expect(second.warnings).toEqual([]);
  });

  test.each([
    ['a line in the middle', (text: string) => text.replace('"cli"', '"cli'), /line 2 is damaged/],
    ['a value that means nothing', (text: string) => text.replace(A, '203.0.113.9/24'), /line 2 is damaged/],
    ['a foreign file', () => 'as: 65001\nrouter-id: 1.1.1.1\n', /line 1 is not that of a bellhop state file/],
    ['zeros, as after a power cut', (text: string) => `${'\0'.repeat(text.length)}\n`, /line 1 is not/],
  ])(
    'damage (%s): nothing is announced, the file is kept, and every change says so',
    async (_, damage, message) => {
      const first = await start();
      first.speaker.ownRoutes.announce('cli', { prefix: A });
      first.speaker.ownRoutes.announce('cli', { prefix: B });
      await first.persistence.saved();
      const text = damage(readFileSync(path, 'utf8'));
      writeFileSync(path, text);
      const second = await start();
      expect(owned(second.speaker)).toEqual(['config 10.0.0.0/8']);
      expect(second.warnings).toEqual([expect.stringMatching(message)]);
      second.speaker.ownRoutes.announce('cli', { prefix: A });
      await expect(second.persistence.saved()).rejects.toMatchObject({ code: 'NOT_SAVED', message: message });
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  test('a file that cannot be written is told, and the routes are announced all the same', async () => {
    mkdirSync(`${path}.new`, { recursive: true });
    const first = await start();
    first.speaker.ownRoutes.announce('cli', { prefix: A });
    await expect(first.persistence.saved()).rejects.toMatchObject({ code: 'NOT_SAVED' });
    expect(owned(first.speaker)).toContain(`cli ${A}`);
    expect(first.warnings).toHaveLength(1);
    // And when it can be written again, all of it is.
    rmSync(`${path}.new`, { recursive: true });
    first.speaker.ownRoutes.announce('cli', { prefix: B });
    await first.persistence.saved();
    expect(owned((await start()).speaker)).toEqual(['config 10.0.0.0/8', `cli ${A}`, `cli ${B}`]);
  });

  test('the file stays small when the same routes come and go', async () => {
    const first = await start();
    for (let i = 0; i < 100; i++) {
      const routes = Array.from({ length: 50 }, (_, k) => ({ prefix: `10.9.${k}.0/24`, med: i }));
      first.speaker.ownRoutes.set('api:busy', routes);
      await first.persistence.saved();
    }
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(1200);
    const second = await start();
    expect(second.restored.routes).toBe(50);
    expect(second.speaker.ownRoutes.entry('api:busy', '10.9.49.0/24')!.route.med).toBe(99);
  });
});

describe('Persistence.save', () => {
  const saved = () => join(directory, 'bellhop.d', '50-saved.yaml');
  const configPath = () => join(directory, 'bellhop.yaml');

  beforeEach(() => writeFileSync(configPath(), CONFIG));

  test('writes runtime routes as networks, and keeps those it has written before', async () => {
    const { speaker, persistence } = await start();
    // What runs is not what is on disk.
    speaker.apply(configOf(CONFIG.replace(/networks:.*/, '')));
    expect(persistence.save(configPath())).toMatchObject({ saved: 0 });
    speaker.ownRoutes.announce('cli', { prefix: A, communities: [0xfde90001], peers: ['192.0.2.2'] });
    speaker.ownRoutes.announce('api:x', { prefix: '10.0.0.0/8' });
    speaker.ownRoutes.announce('cli', { prefix: '192.0.2.0/24' }, { ttlMilliseconds: 1000 });
    expect(persistence.save(configPath())).toEqual({ file: saved(), saved: 1, leftOut: 2, disabled: 0 });
    speaker.ownRoutes.remove('cli');
    speaker.ownRoutes.announce('cli', { prefix: B, asPath: [65100] });
    expect(persistence.save(configPath())).toMatchObject({ saved: 1 });
    const { networks } = configOf(CONFIG.replace(/networks:.*/, readFileSync(saved(), 'utf8')));
    expect(networks).toMatchObject([
      { prefix: A, communities: [0xfde90001], peers: ['192.0.2.2'] },
      { prefix: B, asPath: [65100] },
    ]);
  });

  test('a file with something else in it is not written over', async () => {
    const { speaker, persistence } = await start();
    mkdirSync(join(directory, 'bellhop.d'));
    writeFileSync(saved(), 'neighbors: []\n');
    speaker.ownRoutes.announce('cli', { prefix: A });
    expect(() => persistence.save(configPath())).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(readFileSync(saved(), 'utf8')).toBe('neighbors: []\n');
    rmSync(saved());
    writeFileSync(configPath(), 'as: [');
    expect(() => persistence.save(configPath())).toThrow(/not valid, nothing saved/);
  });
});

test('readState: a file that was never written, or only begun, is empty and sound', () => {
  expect(readState(path)).toEqual({ records: [], damage: undefined });
  mkdirSync(join(directory, 'lib'));
  for (const text of ['', '{"bellhop-st', '{"bellhop-state":1}', '{"bellhop-state":1}\n']) {
    writeFileSync(path, text);
    expect(readState(path), text).toEqual({ records: [], damage: undefined });
  }
});

test('parseStateLine: reads what stateLine writes, and nothing else', () => {
  const records = [
    { type: 'withdraw', owner: 'cli', prefix: A },
    { type: 'disable', neighbor: '192.0.2.2', message: '"\n\u2028', since: '2026-01-02T03:04:05.000Z' },
    { type: 'enable', neighbor: '192.0.2.2' },
  ] as const;
  for (const record of records) {
    expect(stateLine(record)).not.toContain('\n');
    expect(parseStateLine(stateLine(record))).toEqual(record);
  }
  for (const line of ['', '1', 'null', '{}', '{"enable":1}', '{"withdraw":"cli"}', '{"enable":"a","x":1}'])
    expect(parseStateLine(line), line).toBeUndefined();
});
