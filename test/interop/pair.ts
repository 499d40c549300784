/**
 * bellhop and one other daemon on a cable: the setting of most interop tests. bellhop has .1, the other side .2.
 */
import { expect } from 'vitest';
import type { NeighborStatus } from '../../src/api/types.ts';
import { type Bellhop, type BellhopConfig, startBellhop } from './lab/bellhop.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import type { Family, PeerDaemon, PeerNeighbor, RouteSpec, RunningPeer } from './lab/peer.ts';
import { eventually } from './lab/process.ts';

export const BELLHOP = {
  address: '10.99.0.1',
  address6: 'fd99::1',
  as: 65001,
  routerId: '10.99.0.1',
} as const;
export const PEER = { address: '10.99.0.2', address6: 'fd99::2', as: 65002, routerId: '10.99.0.2' } as const;

/** Time in which any of the daemons connects again after an error; GoBGP and ExaBGP are the slow ones. */
export const RECOVERY = 25_000;

const BOTH: readonly Family[] = ['ipv4-unicast', 'ipv6-unicast'];

export interface PairOptions {
  /** Keys added to bellhop's side of every session. */
  readonly ours?: BellhopConfig;
  /** Keys added to the top of bellhop's file. */
  readonly top?: BellhopConfig;
  /** Settings added to the other side of every session. */
  readonly theirs?: Partial<PeerNeighbor>;
  readonly ourAs?: number;
  /** What the other side believes our AS is. */
  readonly ourAsAsSeen?: number;
  readonly theirAs?: number;
  readonly networks?: readonly BellhopConfig[];
  readonly routes?: readonly RouteSpec[];
  /** Which sessions there are: IPv4 alone, IPv6 alone, or both families in the way the daemon can. */
  readonly sessions?: 'ipv4' | 'ipv6' | 'both';
}

/** Both sides, running. */
export interface Pair {
  readonly lab: Lab;
  readonly bellhopNode: LabNode;
  readonly bellhop: Bellhop;
  readonly bellhopConfig: BellhopConfig;
  readonly peer: RunningPeer;
  /** Addresses of the other side that bellhop has a session with. */
  readonly neighbors: readonly string[];
}

/** Makes the network, starts the other side and bellhop; the caller destroys `lab`. */
export async function startPair(daemon: PeerDaemon, options: PairOptions = {}): Promise<Pair> {
  const lab = new Lab();
  try {
    const ours = await lab.node('bellhop');
    const theirs = await lab.node(daemon.name.toLowerCase());
    await lab.connect(
      { node: ours, interface: 'eth1', addresses: [`${BELLHOP.address}/24`, `${BELLHOP.address6}/64`] },
      { node: theirs, interface: 'eth1', addresses: [`${PEER.address}/24`, `${PEER.address6}/64`] },
    );
    const sessions = sessionsOf(daemon, options.sessions ?? 'both');
    const peer = await daemon.start(theirs, {
      as: options.theirAs ?? PEER.as,
      routerId: PEER.routerId,
      localAddress: PEER.address,
      localAddress6: PEER.address6,
      neighbors: sessions.map(({ six, families }) => ({
        address: six ? BELLHOP.address6 : BELLHOP.address,
        as: options.ourAsAsSeen ?? options.ourAs ?? BELLHOP.as,
        holdTime: 3,
        families,
        ...options.theirs,
      })),
      routes: options.routes ?? [],
    });
    const bellhopConfig = configOf(sessions, options);
    const bellhop = await startBellhop(ours, bellhopConfig);
    const neighbors = sessions.map(({ six }) => (six ? PEER.address6 : PEER.address));
    return { lab, bellhopNode: ours, bellhop, bellhopConfig, peer, neighbors };
  } catch (error) {
    await lab.destroy();
    throw error;
  }
}

/** Runs `body` with a pair of its own. */
export async function withPair(
  daemon: PeerDaemon,
  options: PairOptions,
  body: (pair: Pair) => Promise<void>,
): Promise<void> {
  const pair = await startPair(daemon, options);
  try {
    await body(pair);
  } finally {
    await pair.lab.destroy();
  }
}

/** Waits until both sides say that every session is up. */
export async function established(pair: Pair, timeout = RECOVERY): Promise<void> {
  for (const address of pair.neighbors) {
    await waitFor(
      pair,
      'the session is established',
      async () => {
        const mine = await pair.bellhop.neighbor(address);
        const opposite = address === PEER.address6 ? BELLHOP.address6 : BELLHOP.address;
        const their = await pair.peer.sessionState(opposite);
        expect({ bellhop: mine.state, peer: their, lastError: mine.lastError }).toMatchObject({
          bellhop: 'Established',
          peer: 'Established',
        });
      },
      timeout,
    );
  }
}

/** `eventually` with the logs of this pair. */
export function waitFor<T>(
  pair: Pair,
  what: string,
  attempt: () => Promise<T>,
  timeout = 10_000,
): Promise<T> {
  return eventually(attempt, { what, timeout, processes: [pair.bellhop.process, pair.peer.process] });
}

/** Our view of the first session. */
export function ourSide(pair: Pair): Promise<NeighborStatus> {
  return pair.bellhop.neighbor(pair.neighbors[0] ?? PEER.address);
}

interface SessionShape {
  readonly six: boolean;
  readonly families: readonly Family[];
}

function sessionsOf(daemon: PeerDaemon, wanted: 'ipv4' | 'ipv6' | 'both'): readonly SessionShape[] {
  const four: SessionShape = { six: false, families: ['ipv4-unicast'] };
  const six: SessionShape = { six: true, families: ['ipv6-unicast'] };
  if (wanted === 'ipv4') return [four];
  if (wanted === 'ipv6') return [six];
  return daemon.features.ipv6OverIpv4 ? [{ six: false, families: BOTH }] : [four, six];
}

function configOf(sessions: readonly SessionShape[], options: PairOptions): BellhopConfig {
  return {
    as: options.ourAs ?? BELLHOP.as,
    'router-id': BELLHOP.routerId,
    neighbors: sessions.map(({ six, families }) => ({
      address: six ? PEER.address6 : PEER.address,
      'peer-as': options.theirAs ?? PEER.as,
      families,
      'hold-time': 3,
      'connect-retry': 1,
      'idle-hold-time': 1,
      'idle-hold-time-maximum': 2,
      'next-hop': [BELLHOP.address, BELLHOP.address6],
      import: 'accept',
      export: 'accept',
      ...options.ours,
    })),
    networks: options.networks ?? [],
    ...options.top,
  };
}
