/**
 * OpenBGPD and FRR as iBGP peers of bellhop at the same time: LOCAL_PREF travels, AS paths stay as they are, and what
 * one internal peer says is not told to the other (RFC 4271 9.2), until both are clients of a route reflector.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellhop, type BellhopConfig, startBellhop } from './lab/bellhop.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import { openbgpd } from './lab/openbgpd.ts';
import type { PeerDaemon, PeerRoute, RunningPeer } from './lab/peer.ts';
import { eventually } from './lab/process.ts';

const AS = 65001;

interface InternalPeer {
  readonly daemon: PeerDaemon;
  /** Third number of the addresses on its cable; bellhop has host 1, the peer host 2. */
  readonly net: number;
  readonly prefix: string;
}

const PEERS: readonly InternalPeer[] = [
  { daemon: frr, net: 1, prefix: '10.81.0.0/16' },
  { daemon: openbgpd, net: 2, prefix: '10.82.0.0/16' },
];

describeLab('iBGP with FRR and OpenBGPD', [frr, openbgpd], () => {
  let lab: Lab;
  let bellhop: Bellhop;
  const running = new Map<InternalPeer, RunningPeer>();

  beforeAll(async () => {
    lab = new Lab();
    const center = await lab.node('bellhop');
    for (const peer of PEERS) running.set(peer, await startInternal(lab, center, peer));
    bellhop = await startBellhop(center, configOf({}));
  });
  afterAll(() => lab?.destroy());

  test.each(PEERS.map((peer) => [peer.daemon.name, peer] as const))(
    '%s: established, LOCAL_PREF and empty AS path both ways',
    async (_name, peer) => {
      const address = `10.90.${peer.net}.2`;
      await eventually(
        async () => {
          expect(await bellhop.neighbor(address)).toMatchObject({ state: 'Established', type: 'internal' });
        },
        { what: 'the iBGP session', timeout: 25_000 },
      );
      await eventually(
        async () => {
          const [route] = await routesOf(running, peer);
          expect(route).toMatchObject({ prefix: '192.0.2.0/24', asPath: [], localPref: 250, med: 30 });
          expect(route).toMatchObject({ nextHop: `10.90.${peer.net}.1`, communities: ['65001:5'] });
        },
        { what: `${peer.daemon.name} has our route` },
      );
      await eventually(
        async () => {
          expect(await bellhop.routes({ received: address })).toMatchObject([
            { prefix: peer.prefix, asPath: '', localPref: 150, med: 40, nextHop: address, accepted: true },
          ]);
        },
        { what: `bellhop has the route of ${peer.daemon.name}` },
      );
    },
  );

  test('internal routes are not passed on between internal peers', async () => {
    // Both routes are in our table by now; they would have been sent long ago.
    expect((await bellhop.routes({})).map((route) => route.prefix)).toEqual(
      expect.arrayContaining(PEERS.map((peer) => peer.prefix)),
    );
    for (const peer of PEERS) {
      expect((await routesOf(running, peer)).map((route) => route.prefix)).toEqual(['192.0.2.0/24']);
      const advertised = await bellhop.routes({ advertised: `10.90.${peer.net}.2` });
      expect(advertised.map((route) => route.prefix)).toEqual(['192.0.2.0/24']);
    }
  });

  test('as clients of a route reflector they hear each other (RFC 4456)', async () => {
    bellhop.reload(configOf({ 'route-reflector-client': true }));
    for (const peer of PEERS) {
      const other = PEERS.find((one) => one !== peer)!;
      await eventually(
        async () => {
          const routes = await routesOf(running, peer);
          const route = routes.find(({ prefix }) => prefix === other.prefix);
          expect(route).toMatchObject({ asPath: [], localPref: 150, med: 40 });
          if (peer.daemon === frr)
            expect(route?.present).toMatchObject({ originatorId: true, clusterList: true });
        },
        { what: `${peer.daemon.name} has the route of ${other.daemon.name}`, timeout: 30_000 },
      );
      expect(await bellhop.routes({ advertised: `10.90.${peer.net}.2` })).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            prefix: other.prefix,
            originatorId: `10.90.${other.net}.2`,
            clusterList: ['10.90.0.1'],
          }),
        ]),
      );
    }
  });
});

/** The configuration of bellhop, with these keys for both neighbors. */
function configOf(keys: BellhopConfig): BellhopConfig {
  return {
    as: AS,
    'router-id': '10.90.0.1',
    neighbors: PEERS.map(({ net }) => ({
      address: `10.90.${net}.2`,
      'peer-as': 'internal',
      'hold-time': 3,
      'connect-retry': 1,
      'idle-hold-time': 1,
      'next-hop': 'self',
      ...keys,
    })),
    networks: [{ prefix: '192.0.2.0/24', 'local-pref': 250, med: 30, communities: ['65001:5'] }],
  };
}

async function startInternal(lab: Lab, center: LabNode, peer: InternalPeer): Promise<RunningPeer> {
  const node = await lab.node(peer.daemon.name.toLowerCase());
  await lab.connect(
    { node: center, interface: `eth${peer.net}`, addresses: [`10.90.${peer.net}.1/24`] },
    { node, interface: 'eth1', addresses: [`10.90.${peer.net}.2/24`] },
  );
  return await peer.daemon.start(node, {
    as: AS,
    routerId: `10.90.${peer.net}.2`,
    localAddress: `10.90.${peer.net}.2`,
    localAddress6: '::',
    neighbors: [{ address: `10.90.${peer.net}.1`, as: AS, holdTime: 3, families: ['ipv4-unicast'] }],
    routes: [{ prefix: peer.prefix, localPref: 150, med: 40 }],
  });
}

async function routesOf(
  running: ReadonlyMap<InternalPeer, RunningPeer>,
  peer: InternalPeer,
): Promise<readonly PeerRoute[]> {
  return (await running.get(peer)?.routes('ipv4-unicast')) ?? [];
}
