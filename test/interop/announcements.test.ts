/**
 * Routes announced at run time, as BIRD sees them: with a time to live, renewed and expired; sets of which only the
 * difference is sent; some neighbors only; and a kill -9 that loses nothing of what was announced.
 */
import { expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import type { Bellhop } from './lab/bellhop.ts';
import { startBellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import type { LabNode } from './lab/namespaces.ts';
import { Lab } from './lab/namespaces.ts';
import type { RunningPeer } from './lab/peer.ts';
import { eventually } from './lab/process.ts';

const ONE = '10.91.1.2';
const TWO = '10.91.2.2';

describeLab('announcements at run time, heard by BIRD', [bird], () => {
  test('ttl, sets, some neighbors only, and a kill -9', { timeout: 90_000 }, async () => {
    const lab = new Lab();
    try {
      const center = await lab.node('bellhop');
      const peers = [await startPeer(lab, center, 1), await startPeer(lab, center, 2)] as const;
      const config = {
        as: 65000,
        'router-id': '10.91.0.1',
        persist: true,
        'state-file': 'state.jsonl',
        neighbors: [1, 2].map((net) => ({
          address: `10.91.${net}.2`,
          'peer-as': 65000 + net,
          'connect-retry': 1,
          'idle-hold-time': 1,
          import: 'accept',
          export: 'accept',
        })),
      };
      let bellhop = await startBellhop(center, config);
      const up = () =>
        eventually(
          async () => {
            for (const address of [ONE, TWO])
              expect((await bellhop.neighbor(address)).families[0]).toMatchObject({
                negotiated: true,
                endOfRibReceived: true,
              });
          },
          { what: 'both sessions', timeout: 30_000 },
        );
      await up();
      await timeToLive(bellhop, peers);
      await sets(bellhop, peers);
      await someNeighbors(bellhop, peers);

      // A controller's routes and one of the command line; then the daemon dies without a word.
      await bellhop.command('announce', '203.0.113.0/24', '--med', '7', '--peer', ONE);
      await heard(peers[0], (routes) => expect(routes).toHaveLength(100));
      bellhop.process.signal('SIGKILL');
      await eventually(async () => expect(bellhop.process.running).toBe(false), { what: 'it is dead' });
      bellhop = await startBellhop(center, config);
      await up();
      await heard(peers[0], (routes) => {
        expect(routes).toHaveLength(100);
        expect(routes.find(({ prefix }) => prefix === '203.0.113.0/24')).toMatchObject({
          med: 7,
          asPath: [65000],
        });
      });
      await heard(peers[1], (routes) => expect(routes).toHaveLength(99));
      await bellhop.command('withdraw', '203.0.113.0/24');
      await heard(peers[0], (routes) => expect(routes).toHaveLength(99));
    } finally {
      await lab.destroy();
    }
  });
});

/** A route with a time to live is there while it is renewed, without another UPDATE, and gone soon after. */
async function timeToLive(bellhop: Bellhop, [one]: readonly RunningPeer[]): Promise<void> {
  const before = await updates(bellhop, ONE);
  const route = { prefix: '198.51.100.0/24', communities: ['65000:5'] };
  const announce = () => bellhop.ask(requests.announce('cli', route, '2s'));
  await bellhop.command('announce', route.prefix, '--ttl', '20s', '--community', '65000:5');
  for (let i = 0; i < 4; i++) {
    await heard(one!, (routes) =>
      expect(routes).toMatchObject([
        { prefix: '198.51.100.0/24', communities: ['65000:5'], asPath: [65000] },
      ]),
    );
    await pause(800);
    await announce();
  }
  expect(await updates(bellhop, ONE)).toBe(before + 1);
  const start = performance.now();
  await heard(one!, (routes) => expect(routes).toEqual([]));
  expect(performance.now() - start).toBeGreaterThan(1000);
  expect(await updates(bellhop, ONE)).toBe(before + 2);
}

/** Of a set that is put again and again only the difference is sent. */
async function sets(bellhop: Bellhop, [one]: readonly RunningPeer[]): Promise<void> {
  const set = (from: number) =>
    bellhop.ask(
      requests.announceSet(
        'controller',
        Array.from({ length: 100 }, (_, i) => ({ prefix: `10.50.${from + i}.0/24` })),
      ),
    );
  const before = await updates(bellhop, ONE);
  expect(await set(0)).toEqual({ announced: 100, changed: 0, withdrawn: 0 });
  await heard(one!, (routes) => expect(routes).toHaveLength(100));
  // One set of attributes is one UPDATE.
  expect(await updates(bellhop, ONE)).toBe(before + 1);
  for (let i = 0; i < 5; i++) expect(await set(0)).toEqual({ announced: 0, changed: 0, withdrawn: 0 });
  await pause(300);
  expect(await updates(bellhop, ONE)).toBe(before + 1);
  expect(await set(1)).toEqual({ announced: 1, changed: 0, withdrawn: 1 });
  await heard(one!, (routes) => {
    const prefixes = routes.map(({ prefix }) => prefix);
    expect(prefixes).toHaveLength(100);
    expect(prefixes).toContain('10.50.100.0/24');
    expect(prefixes).not.toContain('10.50.0.0/24');
  });
  expect(await updates(bellhop, ONE)).toBe(before + 3);
}

/** A route for one neighbor: the other one loses it, or never hears of it, and nobody hears anything else. */
async function someNeighbors(bellhop: Bellhop, peers: readonly RunningPeer[]): Promise<void> {
  const routes = Array.from({ length: 99 }, (_, i) => ({ prefix: `10.50.${i + 1}.0/24` }));
  const set = (peersOfFirst: string[]) =>
    bellhop.ask(
      requests.announceSet('controller', [
        { prefix: '192.0.2.0/24', peers: peersOfFirst },
        ...routes.slice(1),
      ]),
    );
  const counts = async () => [await updates(bellhop, ONE), await updates(bellhop, TWO)] as const;
  const before = await counts();
  // 10.50.1.0/24 and 10.50.100.0/24 go, 192.0.2.0/24 comes for the first neighbor alone.
  expect(await set([ONE])).toEqual({ announced: 1, changed: 0, withdrawn: 2 });
  await heard(peers[0]!, (all) => expect(all.some(({ prefix }) => prefix === '192.0.2.0/24')).toBe(true));
  await heard(peers[1]!, (all) => expect(all).toHaveLength(98));
  expect(await counts()).toEqual([before[0] + 2, before[1] + 1]);
  expect((await bellhop.routes({ advertised: TWO })).some(({ prefix }) => prefix === '192.0.2.0/24')).toBe(
    false,
  );
  expect(await set([ONE, TWO])).toEqual({ announced: 0, changed: 1, withdrawn: 0 });
  for (const peer of peers) await heard(peer, (all) => expect(all).toHaveLength(99));
  expect(await counts()).toEqual([before[0] + 2, before[1] + 2]);
}

async function startPeer(lab: Lab, center: LabNode, net: number): Promise<RunningPeer> {
  const node = await lab.node(`bird${net}`);
  await lab.connect(
    { node: center, interface: `eth${net}`, addresses: [`10.91.${net}.1/24`] },
    { node, interface: 'eth1', addresses: [`10.91.${net}.2/24`] },
  );
  return await bird.start(node, {
    as: 65000 + net,
    routerId: `10.91.${net}.2`,
    localAddress: `10.91.${net}.2`,
    localAddress6: '::',
    neighbors: [{ address: `10.91.${net}.1`, as: 65000, holdTime: 9, families: ['ipv4-unicast'] }],
    routes: [],
  });
}

async function heard(
  peer: RunningPeer,
  check: (routes: Awaited<ReturnType<RunningPeer['routes']>>) => void,
): Promise<void> {
  await eventually(async () => check(await peer.routes('ipv4-unicast')), {
    what: 'what BIRD has heard',
    timeout: 20_000,
  });
}

/** UPDATE messages sent to a neighbor in this session. */
async function updates(bellhop: Bellhop, address: string): Promise<number> {
  return (await bellhop.neighbor(address)).messagesSent.updates;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
