/** The five daemons under test: how each is started with a passive session for every case, and its routes. */

import type { RouteEntry } from '../../src/api/types.ts';
import { VERSION } from '../../src/cli/version.ts';
import { startBellhop } from '../interop/lab/bellhop.ts';
import { bird } from '../interop/lab/bird.ts';
import { frr } from '../interop/lab/frr.ts';
import { gobgp } from '../interop/lab/gobgp.ts';
import type { LabNode } from '../interop/lab/namespaces.ts';
import { openbgpd } from '../interop/lab/openbgpd.ts';
import { type Family, originName, type PeerDaemon, type PeerRoute } from '../interop/lab/peer.ts';
import { type LabProcess, run } from '../interop/lab/process.ts';
import { CASES } from './cases/index.ts';
import { addressOf, DAEMON, EXTERNAL_AS } from './ground.ts';

export interface RunningDaemon {
  readonly process: LabProcess;
  /** The routes in use, of both families. */
  routes(): Promise<readonly PeerRoute[]>;
}

export interface DaemonUnderTest {
  readonly name: string;
  readonly programs: readonly string[];
  version(): Promise<string>;
  /** Starts it with a neighbor for each of these cases. */
  start(node: LabNode, cases: readonly number[]): Promise<RunningDaemon>;
}

const FAMILIES = ['ipv4-unicast', 'ipv6-unicast'] as const;
const HOLD_TIME = 90;

function peerAs(index: number): number {
  return CASES[index]?.session === 'ibgp' ? DAEMON.as : EXTERNAL_AS;
}

const bellhop: DaemonUnderTest = {
  name: 'bellhop',
  programs: [],
  version: async () => VERSION,
  async start(node, cases) {
    const running = await startBellhop(node, {
      as: DAEMON.as,
      'router-id': DAEMON.address,
      neighbors: cases.map((index) => ({
        address: addressOf(index),
        'peer-as': peerAs(index),
        passive: true,
        families: FAMILIES,
        'hold-time': HOLD_TIME,
        import: 'accept',
        export: 'reject',
      })),
    });
    return {
      process: running.process,
      routes: async () => (await running.routes({})).filter(({ accepted }) => accepted).map(bellhopRoute),
    };
  },
};

function bellhopRoute(route: RouteEntry): PeerRoute {
  return {
    prefix: route.prefix,
    nextHop: route.nextHop,
    asPath: route.asPath
      .split(/[^0-9]+/)
      .filter(Boolean)
      .map(Number),
    med: route.med,
    localPref: route.localPref,
    communities: route.communities,
    largeCommunities: route.largeCommunities,
    origin: originName(route.origin),
    present: {
      atomicAggregate: route.atomicAggregate,
      aggregator: route.aggregator !== undefined,
      originatorId: route.originatorId !== undefined,
      clusterList: route.clusterList.length > 0,
      others: route.unknown.map(({ code }) => code),
    },
  };
}

/** A daemon of the lab. */
function fromLab(daemon: PeerDaemon, version: () => Promise<string>): DaemonUnderTest {
  return {
    name: daemon.name,
    programs: daemon.programs,
    version,
    async start(node, cases) {
      const running = await daemon.start(node, {
        as: DAEMON.as,
        routerId: DAEMON.address,
        localAddress: DAEMON.address,
        localAddress6: DAEMON.address6,
        receiveOnly: true,
        neighbors: cases.map((index) => ({
          address: addressOf(index),
          as: peerAs(index),
          passive: true,
          holdTime: HOLD_TIME,
          families: FAMILIES,
        })),
        routes: [],
      });
      return {
        process: running.process,
        async routes() {
          const ask = (family: Family): Promise<readonly PeerRoute[]> =>
            running.usedRoutes?.(family) ?? running.routes(family);
          return (await Promise.all(FAMILIES.map(ask))).flat();
        },
      };
    },
  };
}

/** The first version number in what a program prints; some print it on standard error. */
async function versionOf(program: string, ...args: readonly string[]): Promise<string> {
  const text = await run('sh', ['-c', '"$@" 2>&1 || true', 'sh', program, ...args]);
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? 'unknown';
}

export const DAEMONS: readonly DaemonUnderTest[] = [
  bellhop,
  fromLab(bird, () => versionOf('/usr/sbin/bird', '--version')),
  fromLab(frr, () => versionOf('/usr/lib/frr/bgpd', '--version')),
  fromLab(gobgp, () => versionOf('/usr/bin/gobgpd', '--version')),
  fromLab(openbgpd, () => versionOf('/usr/sbin/bgpd', '-V')),
];
