/**
 * WarmUp: lets the compiler of the JavaScript engine see the UPDATE path before the first peer does.
 *
 * Code that runs for the first time is interpreted, then compiled while it runs: the first 100,000 routes after a
 * start cost four times what the next ones do, and that is when routers wait for us. So a fresh daemon is host to a
 * second speaker, in a network of its own in memory, with two peers that tell it made-up routes, in short turns, until
 * a real session is up or it has seen enough; then nothing is left of it. All goes the way that it will go later:
 * framing, sessions, tables, export.
 */
import type { Socket } from 'node:net';
import { ByteWriter } from './base/byte-writer.ts';
import type { Clock } from './base/clock.ts';
import type { Config, PeerSettings } from './config/types.ts';
import type { Transport } from './net/types.ts';
import { Speaker } from './speaker/speaker.ts';
import { MemoryNetwork } from './testing/memory-network.ts';
import { OWN_ADDRESS, OWN_AS } from './warm-up-oddities.ts';
import { writeUpdate } from './warm-up-updates.ts';
import type { Capability } from './wire/capabilities/index.ts';
import { type FamilyName, UNICAST_FAMILIES } from './wire/families/index.ts';
import { KEEPALIVE } from './wire/message.ts';
import { BGP_VERSION, writeOpen } from './wire/open.ts';

/**
 * UPDATEs of each peer, round by round. Code that was compiled in one meets in the next what it had not seen yet, such as
 * tables that empty; the last one is long enough for what was thrown away then, and ends with full tables.
 */
const ROUNDS = [8000, 8000, 24_000];
/** UPDATEs in a turn: small turns first, then such as a full table comes in. */
const SMALL_TURN = 64;
const LARGE_TURN = 1024;
/** Milliseconds between turns: peers that connect, timers and requests go first. */
const PAUSE = 1;
/** Turns that the routes of a peer may take to go; a tenth of it is enough. */
const DEPARTURE_TURNS = 1000;

/**
 * Last octets of the peers' addresses, and what their AS numbers have more than ours, by round: one that has just gone
 * would have to wait.
 */
const PEERS = ROUNDS.map((_, round) => [2 + round * 2, 3 + round * 2]);

const PLAIN_PEER: PeerSettings = {
  peerAs: 'external',
  description: undefined,
  passive: true,
  localAddress: undefined,
  port: 179,
  holdTimeSeconds: 90,
  minimumHoldTimeSeconds: 3,
  connectRetrySeconds: 120,
  idleHoldSeconds: 1,
  idleHoldMaximumSeconds: 1,
  multihop: undefined,
  ttlSecurity: undefined,
  password: undefined,
  families: [],
  nextHop: { mode: 'default', ipv4: OWN_ADDRESS, ipv6: '2001:db8::1' },
  import: undefined,
  export: undefined,
  peerGroup: undefined,
  fourOctetAs: true,
  extendedMessage: false,
  sendHoldTimeSeconds: undefined,
  shutdown: undefined,
  gracefulShutdown: false,
  maxPrefixes: undefined,
  maxPrefixesOut: undefined,
  role: undefined,
  roleStrict: false,
  enforceFirstAs: true,
  localAs: undefined,
  allowOwnAs: 0,
  allowAsSets: false,
  asOverride: false,
  removePrivateAs: undefined,
  sendCommunities: ['standard', 'extended', 'large'],
  advertisementIntervalSeconds: 0,
  defaultOriginate: false,
  routeServerClient: false,
  routeReflectorClient: false,
  clusterId: undefined,
};

/**
 * Warms up for the families of `config` in the background, until `isBusy`: from then on the peers have our time.
 * Resolves when nothing of it is left; rejects with an Error when a made-up peer has no session.
 */
export async function warmUp(config: Config, clock: Clock, isBusy: () => boolean): Promise<void> {
  const peers = [...config.neighbors, ...config.dynamicNeighbors];
  const names = new Set(peers.flatMap(({ families }) => families));
  const families = UNICAST_FAMILIES.filter(({ name }) => names.has(name));
  if (families.length === 0) return;
  const network = new MemoryNetwork(clock, { delayMilliseconds: 0 });
  const warm = configOf(
    config,
    peers,
    families.map(({ name }) => name),
  );
  const speaker = new Speaker(warm, { clock, transport: network.host(OWN_ADDRESS) });
  const indexes = families.map(({ index }) => index);
  try {
    await speaker.start();
    for (const [round, count] of ROUNDS.entries()) {
      const told: { peer: number; socket: Socket }[] = [];
      for (const peer of PEERS[round]!)
        told.push({ peer, socket: await connect(network.host(addressOf(peer)), peer, indexes) });
      // The routes of the second peer are alternatives, then the only ones, then they go as well.
      for (const { peer, socket } of told)
        for (let n = 0; n < count && !isBusy(); ) {
          const end = Math.min(count, n + (n < count / 2 ? SMALL_TURN : LARGE_TURN));
          tell(socket, updates(indexes, n, end, peer));
          n = end;
          await pause(clock);
        }
      if (isBusy()) break;
      // Told to nobody it would all be for nothing, and nobody would see.
      for (const { address, state } of speaker.neighbors())
        if (state !== 'Established' && told.some(({ peer }) => addressOf(peer) === address))
          throw new Error(`the made-up peer ${address} has no session`);
      if (round === ROUNDS.length - 1) break;
      const paths = () => speaker.engine.ribs.reduce((sum, rib) => sum + rib.paths.count, 0);
      for (const left of [paths() / 2, 0]) {
        told.shift()!.socket.destroy();
        for (let turn = 0; turn < DEPARTURE_TURNS && !isBusy() && paths() > left; turn++) await pause(clock);
      }
    }
  } finally {
    await speaker.stop('warmed up');
  }
}

/** Two plain external peers with the policies of those that are configured. */
function configOf(config: Config, peers: readonly PeerSettings[], families: readonly FamilyName[]): Config {
  return {
    ...config,
    as: OWN_AS,
    routerId: OWN_ADDRESS,
    listen: [{ address: OWN_ADDRESS, port: 179 }],
    neighbors: PEERS.flat().map((n, i) => ({
      ...PLAIN_PEER,
      address: addressOf(n),
      peerAs: OWN_AS + n,
      families,
      import: peers[i % peers.length]!.import,
      export: peers[i % peers.length]!.export,
    })),
    dynamicNeighbors: [],
    networks: [],
    aggregates: [],
  };
}

function addressOf(peer: number): string {
  return `192.0.2.${peer}`;
}

/** A session of peer `n` with the speaker; what the peer is told is of no interest. */
async function connect(host: Transport, n: number, families: readonly number[]): Promise<Socket> {
  const socket = await host.dial({ address: OWN_ADDRESS, port: 179 }).connected;
  socket.on('error', () => undefined).resume();
  const capabilities: Capability[] = UNICAST_FAMILIES.filter(({ index }) => families.includes(index)).map(
    ({ afi, safi }) => ({ name: 'multiprotocol', value: { afi, safi } }),
  );
  capabilities.push({ name: 'four-octet-as', value: { as: OWN_AS + n } });
  const open = { version: BGP_VERSION, as: OWN_AS + n, holdTimeSeconds: 90, routerId: n << 24, capabilities };
  socket.write(writeOpen(open));
  socket.write(KEEPALIVE);
  return socket;
}

/** UPDATEs `from` to below `to` of peer `peer`. */
function updates(families: readonly number[], from: number, to: number, peer: number): Uint8Array {
  const out = new ByteWriter((to - from) * 128);
  for (let n = from; n < to; n++) writeUpdate(families, OWN_AS + peer, n, out);
  return out.take();
}

/** In two parts, so that a message is cut as the chunks of a stream cut them. */
function tell(socket: Socket, bytes: Uint8Array): void {
  const middle = bytes.length >>> 1;
  socket.write(bytes.subarray(0, middle));
  socket.write(bytes.subarray(middle));
}

function pause(clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.timer(resolve).start(PAUSE);
  return promise;
}
