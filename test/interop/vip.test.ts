/**
 * VIPs against BIRD: what a fabric sees of a service that dies, of an address that moves, of a drain, and of a bellhop
 * that is killed. Times are taken from BIRD's own log, and printed.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { requests } from '../../src/api/client.ts';
import type { Bellhop } from './lab/bellhop.ts';
import { startBellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import type { RunningPeer } from './lab/peer.ts';
import { eventually, type LabProcess, run } from './lab/process.ts';

const VIP = '203.0.113.10';
const SERVICE = `
const http = require('node:http');
http.createServer((request, response) => response.end('ok')).listen(8080, '127.0.0.1', () => console.log('listening'));
`;

interface Setup {
  readonly node: LabNode;
  readonly bellhop: Bellhop;
  readonly peer: RunningPeer;
  readonly service: LabProcess;
}

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.destroy();
  lab = undefined;
});

function configuration(node: LabNode, vip: object = {}, more: object = {}): Record<string, unknown> {
  return {
    as: 65000,
    'router-id': '10.0.0.1',
    neighbors: [
      {
        address: '10.0.0.2',
        'peer-as': 65001,
        description: 'tor-1',
        import: 'accept',
        export: 'accept',
        'connect-retry': '1s',
        families: ['ipv4-unicast', 'ipv6-unicast'],
        'next-hop': ['10.0.0.1', 'fd00::1'],
      },
    ],
    vips: [
      {
        name: 'web',
        addresses: [VIP, '2001:db8:5::10'],
        checks: [
          {
            http: 'http://127.0.0.1:8080/healthz',
            'expect-body': 'ok',
            interval: '1s',
            'fast-interval': '1s',
            timeout: '500ms',
            rise: 2,
            fall: 2,
          },
        ],
        interface: 'lo',
        'maintenance-file': join(node.directory, 'web.off'),
        ...vip,
      },
    ],
    'vip-state-file': join(node.directory, 'addresses.json'),
    ...more,
  };
}

async function start(vip: object = {}, more: object = {}): Promise<Setup> {
  lab = new Lab();
  const node = await lab.node('bellhop');
  const theirs = await lab.node('bird');
  await lab.connect(
    { node, interface: 'eth1', addresses: ['10.0.0.1/24', 'fd00::1/64'] },
    { node: theirs, interface: 'eth1', addresses: ['10.0.0.2/24', 'fd00::2/64'] },
  );
  const peer = await bird.start(theirs, {
    as: 65001,
    routerId: '10.0.0.2',
    localAddress: '10.0.0.2',
    localAddress6: 'fd00::2',
    receiveOnly: true,
    routes: [],
    neighbors: [{ address: '10.0.0.1', as: 65000, families: ['ipv4-unicast', 'ipv6-unicast'], holdTime: 90 }],
  });
  const service = node.spawn(process.execPath, ['-e', SERVICE]);
  const bellhop = await startBellhop(node, configuration(node, vip, more));
  return { node, bellhop, peer, service };
}

async function prefixesAt(peer: RunningPeer): Promise<string[]> {
  const routes = [...(await peer.routes('ipv4-unicast')), ...(await peer.routes('ipv6-unicast'))];
  return routes.map(({ prefix }) => prefix).sort();
}

async function announced({ peer }: Setup): Promise<void> {
  await eventually(async () => expect(await prefixesAt(peer)).toEqual(['2001:db8:5::10/128', `${VIP}/32`]), {
    what: 'BIRD has the VIP',
    timeout: 20_000,
  });
}

/** Polls BIRD as fast as it answers; the time (ms since 1970) at which the route was first seen gone. */
async function goneAt({ peer }: Setup): Promise<number> {
  return await eventually(
    async () => {
      const routes = await peer.routes('ipv4-unicast');
      expect(routes).toEqual([]);
      return Date.now();
    },
    { what: 'BIRD has lost the VIP', interval: 1, timeout: 30_000 },
  );
}

async function addressesOnLo(node: LabNode): Promise<string> {
  return await run('ip', ['-n', node.namespace, '-o', 'address', 'show', 'dev', 'lo']);
}

/** The log lines of bellhop with this event. */
function logged(bellhop: Bellhop, event: string): Record<string, unknown>[] {
  return bellhop.process.log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => parse(line) as Record<string, unknown>)
    .filter((line) => line['event'] === event);
}

describeLab('VIP at BIRD', [bird], () => {
  // Times are printed: how long it takes is up to the machine, what happens in which order is not.
  test('a killed service is withdrawn in the turn of the failure that decides, the address behind it', async () => {
    const setup = await start();
    const { node, bellhop, service } = setup;
    await announced(setup);
    expect(await addressesOnLo(node)).toContain(`${VIP}/32`);

    const killedAt = Date.now();
    service.signal('SIGKILL');
    const seenAt = await goneAt(setup);
    await eventually(() => expect(logged(bellhop, 'vipWithdrawn')).toHaveLength(1), { what: 'it is logged' });
    const status = await bellhop.ask(requests.vip('web'));
    const decidedAt = Date.parse(status.since);
    const flush = Number(logged(bellhop, 'vipWithdrawn')[0]?.['flushMilliseconds']);
    console.log(
      `killed to gone at BIRD ${seenAt - killedAt} ms; deciding check to BIRD's sockets ${flush} ms, to seen gone ${seenAt - decidedAt} ms`,
    );
    // Decided by the failure that made it DOWN, and out before that was even written down.
    const down = logged(bellhop, 'vipState').find(({ newState }) => newState === 'DOWN');
    expect(down).toMatchObject({ oldState: 'FALLING', reason: status.lastWithdrawal?.reason });
    expect(Date.parse(status.lastWithdrawal!.time) - decidedAt).toBeLessThanOrEqual(0);
    expect(status.checks[0]?.state).toBe('DOWN');
    expect(Number.isFinite(flush)).toBe(true);

    // The address goes behind the withdrawal, and only then.
    await eventually(async () => expect(await addressesOnLo(node)).not.toContain(VIP), {
      what: 'the address is removed',
    });
    const order = bellhop.process.log;
    expect(order.indexOf('"event":"vipWithdrawn"')).toBeLessThan(order.indexOf('"event":"addressRemoved"'));
    expect(order.indexOf('"event":"addressAdded"')).toBeLessThan(order.indexOf('"event":"vipAnnounced"'));
  });

  test('kill -9 of bellhop drops the route at once, and the next start cleans the interface', async () => {
    const setup = await start();
    const { node, bellhop, peer, service } = setup;
    await announced(setup);
    const killedAt = Date.now();
    await bellhop.process.kill();
    const seenAt = await goneAt(setup);
    console.log(`kill -9 of bellhop to gone at BIRD ${seenAt - killedAt} ms`);
    // Because the socket was closed: the hold time is 90 s.
    expect(peer.process.log).toMatch(/Connection (closed|reset)|Socket: /);

    expect(await addressesOnLo(node)).toContain(VIP);
    service.signal('SIGKILL');
    const again = await startBellhop(node, configuration(node));
    await eventually(async () => expect(await addressesOnLo(node)).not.toContain(VIP), {
      what: 'the leftover is removed',
    });
    await eventually(() => expect(logged(again, 'addressRemoved')).toHaveLength(2), { what: 'it is logged' });
  });

  test('maintenance file, doctor, drain and undrain', async () => {
    const setup = await start({ 'on-down': { med: 1000 } });
    const { node, bellhop, peer, service } = setup;
    await announced(setup);
    expect(await bellhop.command('doctor', 'web')).toMatch(/peer 10\.0\.0\.2 \(tor-1\) +advertised/);

    const file = join(node.directory, 'web.off');
    writeFileSync(file, '');
    const since = Date.now();
    const seenAt = await goneAt(setup);
    console.log(`maintenance file to gone at BIRD ${seenAt - since} ms`);
    await expect(bellhop.command('doctor', 'web')).rejects.toThrow(/=> BROKEN +maintenance/);
    await run('rm', [file]);
    await announced(setup);

    const report = await bellhop.command('drain', 'web', '--grace', '1s');
    expect(report).toMatch(
      /GRACEFUL_SHUTDOWN with all peers after .* ms; withdrawn, with all peers after (\d{4,}|999)/,
    );
    expect(await prefixesAt(peer)).toEqual([]);
    expect(await bellhop.command('undrain', '--all')).toContain('not drained');
    await announced(setup);

    // Half a drain: announced with the community, and back.
    await bellhop.command('drain', 'web', '--grace', '1h', '--no-wait');
    await eventually(
      async () => expect((await peer.routes('ipv4-unicast'))[0]?.communities).toEqual(['65535:0']),
      { what: 'GRACEFUL_SHUTDOWN at BIRD' },
    );
    await bellhop.command('undrain', 'web');
    await eventually(async () => expect((await peer.routes('ipv4-unicast'))[0]?.communities).toEqual([]), {
      what: 'no GRACEFUL_SHUTDOWN at BIRD',
    });

    service.signal('SIGKILL');
    await eventually(async () => expect((await peer.routes('ipv4-unicast'))[0]?.med).toBe(1000), {
      what: 'on-down at BIRD',
    });
  });

  test('an interface that is removed takes the route with it, until it is back', async () => {
    const setup = await start({ addresses: [VIP], interface: 'vip0' });
    const { node, peer } = setup;
    const vipAt = async () => (await prefixesAt(peer)).includes(`${VIP}/32`);
    const ip = (...words: string[]) => run('ip', ['-n', node.namespace, ...words]);
    const add = async () => {
      await ip('link', 'add', 'vip0', 'type', 'veth', 'peer', 'name', 'vip1');
      await ip('link', 'set', 'vip1', 'up');
      await ip('link', 'set', 'vip0', 'up');
    };
    await eventually(
      async () => expect(await setup.bellhop.command('show', 'vips')).toMatch(/Cannot find device/),
      {
        what: 'it says what is missing',
      },
    );
    expect(await vipAt()).toBe(false);
    await add();
    await eventually(async () => expect(await vipAt()).toBe(true), { what: 'BIRD has the VIP' });
    await ip('link', 'del', 'vip0');
    await eventually(async () => expect(await vipAt()).toBe(false), {
      what: 'BIRD has lost the VIP',
    });
    await add();
    await eventually(async () => expect(await vipAt()).toBe(true), { what: 'BIRD has it again' });
  });

  test('SIGTERM drains, withdraws, removes the address and says goodbye', async () => {
    const setup = await start({}, { 'drain-on-stop': '1h' });
    const { node, bellhop, peer } = setup;
    await announced(setup);
    bellhop.process.signal('SIGTERM');
    await eventually(
      async () => expect((await peer.routes('ipv4-unicast'))[0]?.communities).toEqual(['65535:0']),
      { what: 'GRACEFUL_SHUTDOWN at BIRD' },
    );
    expect(bellhop.process.running).toBe(true);
    // One signal more cuts it short. Two within 100 ms would be one.
    await sleep(150);
    const since = Date.now();
    bellhop.process.signal('SIGTERM');
    const { code } = await bellhop.process.exited;
    console.log(`the second SIGTERM of a drain: ended after ${Date.now() - since} ms`);
    expect(code).toBe(0);
    await eventually(async () => expect(await prefixesAt(peer)).toEqual([]), { what: 'withdrawn' });
    expect(await addressesOnLo(node)).not.toContain(VIP);
    expect(existsSync(join(node.directory, 'addresses.json'))).toBe(true);
    expect(bellhop.process.log).toContain('stopped: bellhop is shutting down');
  });
});
