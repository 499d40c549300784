/**
 * A plan keeps its word, as BIRD and FRR see it. bellhop (AS 65001) stands between the two; its configuration changes
 * step by step. Before each step it is asked for a plan, and afterwards the counters on both sides must say that exactly
 * the sessions it named were reset, and that nothing was sent but the routes it named.
 *
 * Over 300 lines: the steps are one story, each from where the last one ended.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { requests } from '../../src/api/client.ts';
import type { ConfigOutcome, PeerPlan } from '../../src/api/types.ts';
import { type Bellhop, type BellhopConfig, startBellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import { eventually, run } from './lab/process.ts';
import { type PlanState, STEPS } from './plan-steps.ts';

const BIRD = '10.97.1.2';
const FRR = '10.97.2.2';
const PEERS = [BIRD, FRR] as const;

const FAST: BellhopConfig = {
  'hold-time': 9,
  'connect-retry': 1,
  'idle-hold-time': 1,
  'idle-hold-time-maximum': 1,
};

/** The sessions' own routes, which the other side loses and gets back when one is reset. */
const OWN_ROUTES = { [BIRD]: 4, [FRR]: 2 };

function config({ bird, frr, top, withoutFrr }: PlanState): BellhopConfig {
  const policies = { import: 'accept', export: 'accept' };
  return {
    as: 65001,
    'router-id': '10.97.0.1',
    neighbors: [
      { address: BIRD, 'peer-as': 65002, ...policies, ...FAST, ...bird },
      ...(withoutFrr ? [] : [{ address: FRR, 'peer-as': 65003, ...policies, ...FAST, ...frr }]),
      ...((top['more'] as BellhopConfig[] | undefined) ?? []),
    ],
    networks: [{ prefix: '192.0.2.0/24', communities: ['65001:7'] }],
    ...Object.fromEntries(Object.entries(top).filter(([key]) => key !== 'more')),
  };
}

const BIRD_CONFIG = `log stderr all;
router id 10.97.0.2;
protocol device { scan time 1; }
protocol static {
  ipv4;
  route 10.10.0.0/16 blackhole { bgp_path.prepend(64600); bgp_path.prepend(3356); };
  route 10.11.0.0/16 blackhole { bgp_path.prepend(3356); };
  route 10.12.0.0/16 blackhole { bgp_community.add((65002,1)); };
  route 10.13.0.0/16 blackhole;
}
protocol bgp bellhop {
  debug { states, events };
  local ${BIRD} as 65002;
  neighbor 10.97.1.1 as 65001;
  direct;
  hold time 9;
  connect delay time 1;
  connect retry time 1;
  error wait time 1, 1;
  ipv4 { import all; export filter { if source = RTS_STATIC then accept; reject; }; };
}
`;

const FRR_CONFIG = `frr defaults datacenter
router bgp 65003
 bgp router-id 10.97.0.3
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.97.2.1 remote-as 65001
 neighbor 10.97.2.1 timers 3 9
 neighbor 10.97.2.1 timers connect 1
 address-family ipv4 unicast
  network 10.20.0.0/16
  network 10.21.0.0/16
 exit-address-family
exit
`;

/** What one side of a session has counted since it was started. */
interface Counts {
  /** By the peer: sessions that came up, and UPDATEs (FRR) or prefixes announced and withdrawn (BIRD). */
  readonly established: number;
  readonly updates: number;
  readonly withdrawn: number;
  /** By bellhop. */
  readonly flaps: number;
  readonly sentUpdates: number;
  readonly sentOthers: number;
}

describeLab('a plan and what comes of it, with BIRD and FRR', [bird, frr], () => {
  let lab: Lab;
  let bellhop: Bellhop;
  let birdNode: LabNode;
  let frrNode: LabNode;
  let birdLog: () => string;
  const table: string[][] = [];
  const state: PlanState = { bird: {}, frr: {}, top: {}, withoutFrr: false };

  beforeAll(async () => {
    lab = new Lab();
    const center = await lab.node('bellhop');
    birdNode = await lab.node('bird');
    frrNode = await lab.node('frr');
    await lab.connect(
      { node: center, interface: 'eth1', addresses: ['10.97.1.1/24'] },
      { node: birdNode, interface: 'eth1', addresses: [`${BIRD}/24`] },
    );
    await lab.connect(
      { node: center, interface: 'eth2', addresses: ['10.97.2.1/24'] },
      { node: frrNode, interface: 'eth1', addresses: [`${FRR}/24`] },
    );
    const birdFile = join(birdNode.directory, 'bird.conf');
    const frrFile = join(frrNode.directory, 'bgpd.conf');
    writeFileSync(birdFile, BIRD_CONFIG);
    writeFileSync(frrFile, FRR_CONFIG);
    const runningBird = await bird.startFile(birdNode, birdFile);
    birdLog = () => runningBird.process.log;
    await frr.startFile(frrNode, frrFile);
    bellhop = await startBellhop(center, config(state));
    await up(PEERS);
    await quiet();
  }, 60_000);

  afterAll(async () => {
    await lab?.destroy();
    const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]!.length))) ?? [];
    const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
    process.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
  });

  const up = (peers: readonly string[]) =>
    eventually(
      async () => {
        for (const peer of peers) expect((await bellhop.neighbor(peer)).state).toBe('Established');
      },
      { what: `sessions with ${peers.join(' and ')}`, timeout: 40_000 },
    );

  const birdCounts = async () => {
    const text = await run(bird.programs[1]!, [
      '-s',
      join(birdNode.directory, 'bird.ctl'),
      'show',
      'protocols',
      'all',
      'bellhop',
    ]);
    const number = (label: string) => Number(new RegExp(`${label}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
    return {
      established: birdLog().split('BGP session established').length - 1,
      updates: number('Import updates'),
      withdrawn: number('Import withdraws'),
    };
  };

  const frrCounts = async () => {
    const text = await run(frr.programs[2]!, [
      '--vty_socket',
      join(frrNode.directory, 'frr'),
      '-d',
      'bgpd',
      '-c',
      'show bgp neighbors 10.97.2.1 json',
    ]);
    const neighbor = Object.values(JSON.parse(text) as Record<string, FrrNeighbor>)[0]!;
    return {
      established: neighbor.connectionsEstablished,
      updates: neighbor.messageStats.updatesRecv,
      withdrawn: 0,
    };
  };

  const countsOf = async (peer: string): Promise<Counts> => {
    const theirs = peer === BIRD ? await birdCounts() : await frrCounts();
    const ours = (await bellhop.neighbors()).find(({ address }) => address === peer);
    const sent = ours?.messagesSent;
    return {
      ...theirs,
      flaps: ours?.flaps ?? 0,
      sentUpdates: sent?.updates ?? 0,
      sentOthers: (sent?.opens ?? 0) + (sent?.notifications ?? 0) + (sent?.routeRefreshes ?? 0),
    };
  };
  const snapshot = async () =>
    new Map(await Promise.all(PEERS.map(async (peer) => [peer, await countsOf(peer)] as const)));

  /** Waits until nothing has been counted for a second. */
  const quiet = async (quietly: readonly string[] = []) => {
    let last = '';
    await eventually(
      async () => {
        // A peer that is refused goes on to ask.
        const now = JSON.stringify([...(await snapshot())].filter(([peer]) => !quietly.includes(peer)));
        const same = now === last;
        last = now;
        if (!same) await sleep(1000);
        expect(same).toBe(true);
      },
      { what: 'quiet', timeout: 40_000 },
    );
  };

  describe('twenty kinds of change', () => {
    test.each(STEPS.map((step, index) => [`${index + 1}`.padStart(2), step.title, step] as const))(
      '%s %s',
      async (number, title, step) => {
        step.change(state);
        const next = config(state);
        const plan: ConfigOutcome = await bellhop.ask(requests.plan('next.yaml', stringify(next)));
        const classes = plan.changes.map(({ class: kind, subject, key }) =>
          [`${kind}:`, subject, key].filter(Boolean).join(' '),
        );
        expect(classes).toEqual(step.changes);
        const before = await snapshot();
        bellhop.reload(next);
        const isDown = (peer: string) => step.down?.includes(peer) ?? false;
        const reset = PEERS.filter((peer) =>
          plan.peers!.some((one) => one.peer === peer && one.session !== 'stays'),
        );
        // Sessions that are to be reset are down first: their counters tell that they came back.
        await eventually(
          async () => {
            const now = await snapshot();
            for (const peer of reset)
              if (!isDown(peer)) expect(now.get(peer)!.established).toBe(before.get(peer)!.established + 1);
          },
          { what: 'the sessions that were reset', timeout: 40_000 },
        );
        await up(PEERS.filter((peer) => !isDown(peer)));
        await quiet(step.down);
        const after = await snapshot();
        expect(reset).toEqual(step.reset ?? []);
        const results = PEERS.map((peer) => {
          const planned = plan.peers!.find((one) => one.peer === peer);
          const [old, now] = [before.get(peer)!, after.get(peer)!];
          if (!reset.includes(peer) && isDown(peer)) {
            expect(now.established).toBe(old.established);
            return 'down';
          }
          if (reset.includes(peer)) {
            expect(now.established - old.established).toBe(isDown(peer) ? 0 : 1);
            return isDown(peer) ? 'down' : 'reset once';
          }
          if (step.comesUp?.includes(peer)) {
            expect(now.established - old.established).toBe(1);
            return 'came up';
          }
          return untouched(peer, old, now, planned, reset, step.comesUp ?? []);
        });
        table.push([number, title, step.classes.join(', '), ...results]);
      },
    );
  });

  /** Proves that a session stayed, and that its peer heard what the plan said and nothing else. */
  function untouched(
    peer: string,
    old: Counts,
    now: Counts,
    planned: PeerPlan | undefined,
    reset: readonly string[],
    comesUp: readonly string[],
  ): string {
    expect(now.established).toBe(old.established);
    expect(now.flaps).toBe(old.flaps);
    expect(now.sentOthers).toBe(old.sentOthers);
    const told = planned ? planned.announced.count + planned.changed.count + planned.repeated : 0;
    const others = PEERS.filter((other) => other !== peer);
    const lost = others
      .filter((other) => reset.includes(other))
      .reduce((sum, other) => sum + OWN_ROUTES[other], 0);
    const back = others
      .filter((other) => reset.includes(other) || comesUp.includes(other))
      .reduce((sum, other) => sum + OWN_ROUTES[other], 0);
    if (lost + back === 0) {
      expect(now.sentUpdates > old.sentUpdates).toBe(told + (planned?.withdrawn.count ?? 0) > 0);
      if (peer === BIRD) {
        expect(now.updates - old.updates).toBe(told);
        expect(now.withdrawn - old.withdrawn).toBe(planned?.withdrawn.count ?? 0);
      }
    } else if (peer === BIRD) {
      expect(now.updates - old.updates).toBeLessThanOrEqual(told + back);
      expect(now.withdrawn - old.withdrawn).toBeLessThanOrEqual(lost + (planned?.withdrawn.count ?? 0));
    }
    // FRR counts messages: as many as we sent.
    if (peer === FRR) expect(now.updates - old.updates).toBe(now.sentUpdates - old.sentUpdates);
    const routes = planned
      ? `+${planned.announced.count} -${planned.withdrawn.count} ~${planned.changed.count} =${planned.repeated}`
      : '';
    return `up, ${now.sentUpdates - old.sentUpdates} UPDATEs${routes && ` (plan ${routes})`}`;
  }
});

interface FrrNeighbor {
  readonly connectionsEstablished: number;
  readonly messageStats: { readonly updatesRecv: number };
}
