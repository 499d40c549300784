/**
 * Connection collision (RFC 4271 6.8): 50 sessions with BIRD, both sides of each connecting at once. BIRD is stopped
 * (SIGSTOP) while its kernel takes bellhop's connections; when it continues, its own connections are due before it
 * looks at them. Each session of BIRD has a listening socket of its own, whose backlog is short. Of every two connections exactly one survives, whichever side has the higher identifier.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Bellhop, startBellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import type { PeerNeighbor, RunningPeer } from './lab/peer.ts';
import { eventually, run } from './lab/process.ts';

const SESSIONS = 50;
const BIRD_ID = '10.98.0.2';

/** BIRD connects 0.75 to 1 s after its start; stopped for longer, it does when it continues. */
const CONNECT_DELAY_MILLISECONDS = 1_100;

const INDEXES = Array.from({ length: SESSIONS }, (_, index) => index + 1);
const ours = (index: number): string => `10.98.1.${index}`;
const theirs = (index: number): string => `10.98.2.${index}`;

describeLab('collision of connections with BIRD', [bird], () => {
  test.each([
    ['lower', '10.98.0.1'],
    ['higher', '10.98.0.3'],
  ])(
    `${SESSIONS} sessions, both sides connecting at once, our identifier the %s: one connection each`,
    async (_which, routerId) => {
      const lab = new Lab();
      try {
        await collide(lab, routerId);
      } finally {
        await lab.destroy();
      }
    },
  );
});

async function collide(lab: Lab, routerId: string): Promise<void> {
  const left = await lab.node('bellhop');
  const right = await lab.node('bird');
  await lab.connect(
    { node: left, interface: 'eth1', addresses: INDEXES.map((index) => `${ours(index)}/16`) },
    { node: right, interface: 'eth1', addresses: INDEXES.map((index) => `${theirs(index)}/16`) },
  );
  const peer = await startBird(right);
  peer.process.signal('SIGSTOP');
  const due = sleep(CONNECT_DELAY_MILLISECONDS);
  const bellhop = await startOurs(left, routerId);
  await eventually(async () => expect(await states(bellhop)).toEqual(INDEXES.map(() => 'OpenSent')), {
    what: 'bellhop has connected to the stopped BIRD',
  });
  await due;
  peer.process.signal('SIGCONT');

  const oneEach = async (): Promise<void> => {
    expect(await states(bellhop)).toEqual(INDEXES.map(() => 'Established'));
    for (const namespace of [left.namespace, right.namespace]) {
      expect(await connections(namespace)).toEqual(INDEXES.map(theirs).sort());
    }
  };
  await eventually(oneEach, { what: 'one connection for each session', timeout: 20_000 });
  expect(peer.process.log.match(/collision/gi)?.length ?? 0).toBeGreaterThan(SESSIONS / 2);
  await sleep(300);
  await oneEach();
  const flapped = (await bellhop.neighbors()).filter((neighbor) => neighbor.flaps > 0);
  expect(flapped.map((neighbor) => [neighbor.address, neighbor.lastError?.reason])).toEqual([]);
}

function startOurs(node: LabNode, routerId: string): Promise<Bellhop> {
  return startBellhop(node, {
    as: 65001,
    'router-id': routerId,
    neighbors: INDEXES.map((index) => ({
      address: theirs(index),
      'local-address': ours(index),
      'peer-as': 65002,
      'hold-time': 30,
      'connect-retry': 5,
      'idle-hold-time': 1,
      import: 'accept',
      export: 'accept',
    })),
  });
}

function startBird(node: LabNode): Promise<RunningPeer> {
  const neighbors: readonly PeerNeighbor[] = INDEXES.map((index) => ({
    address: ours(index),
    localAddress: theirs(index),
    as: 65001,
    holdTime: 30,
    families: ['ipv4-unicast'],
  }));
  return bird.start(node, {
    as: 65002,
    routerId: BIRD_ID,
    localAddress: theirs(1),
    localAddress6: '::',
    neighbors,
    routes: [],
  });
}

async function states(bellhop: Bellhop): Promise<readonly string[]> {
  return (await bellhop.neighbors()).map((neighbor) => neighbor.state);
}

/** BIRD's address of every established BGP connection that one side has. */
async function connections(namespace: string): Promise<readonly string[]> {
  const text = await run('ss', ['-Htn', 'state', 'established'], { namespace });
  return text
    .split('\n')
    .flatMap((line) => /10\.98\.2\.\d+/.exec(line)?.[0] ?? [])
    .sort();
}
