/**
 * Three policies of the kind that networks have, each written for bellhop, BIRD and FRR: the same 10,000 generated routes
 * go into all three, and the same ones with the same attributes come out.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellhop, startBellhopFile } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import type { RunningPeer } from './lab/peer.ts';
import { eventually } from './lab/process.ts';
import { FEEDER_AS, OWN_AS, PARITY_POLICIES } from './policy-parity.ts';
import { generatedRoutes, ROUTES } from './policy-parity-routes.ts';

/** A route in one line, with what the policies may change. */
function line(route: {
  prefix: string;
  asPath: string;
  med: number | undefined;
  localPref: number | undefined;
  communities: readonly string[];
  largeCommunities: readonly string[];
  origin: string;
}): string {
  const { prefix, asPath, med, localPref, communities, largeCommunities, origin } = route;
  return [
    prefix,
    asPath,
    `med ${med ?? 0}`,
    `pref ${localPref ?? 100}`,
    [...communities]
      .map((text) => (text === '65535:65281' ? 'no-export' : text.replace('noExport', 'no-export')))
      .sort(),
    [...largeCommunities].sort(),
    origin,
  ].join(' | ');
}

const fromPeer = async (peer: RunningPeer): Promise<string[]> => {
  const routes = await peer.routes('ipv4-unicast');
  return routes.map((route) => line({ ...route, asPath: route.asPath.join(' ') })).sort();
};

async function fromBellhop(bellhop: Bellhop): Promise<string[]> {
  const routes = await bellhop.routes({ family: 'ipv4-unicast' });
  return routes
    .filter(({ accepted }) => accepted)
    .map(line)
    .sort();
}

/** The daemons under test, in the order of their cables. */
const SIDES = ['bellhop', 'bird', 'frr'] as const;
type Side = (typeof SIDES)[number];

/** Addresses of the cable of the daemon with the policy of this number. */
function cable(policy: number, side: number) {
  const net = `10.97.${policy * SIDES.length + side}`;
  return { feeder: `${net}.1`, daemon: `${net}.2` };
}

describeLab('one policy in three daemons', [bird, frr], () => {
  let lab: Lab;
  let feeder: LabNode;
  const nodes = new Map<string, LabNode>();

  beforeAll(async () => {
    lab = new Lab();
    feeder = await lab.node('feeder');
    const neighbors = [];
    for (const [policy] of PARITY_POLICIES.entries())
      for (const [i, side] of SIDES.entries()) {
        const node = await lab.node(`${side}${policy}`);
        nodes.set(`${side}${policy}`, node);
        const ends = cable(policy, i);
        await lab.connect(
          { node: feeder, interface: `eth${policy * SIDES.length + i}`, addresses: [`${ends.feeder}/24`] },
          { node, interface: 'eth1', addresses: [`${ends.daemon}/24`] },
        );
        neighbors.push({
          address: ends.daemon,
          localAddress: ends.feeder,
          as: OWN_AS,
          holdTime: 60,
          passive: true,
          families: ['ipv4-unicast'] as const,
        });
      }
    await bird.start(feeder, {
      as: FEEDER_AS,
      routerId: '10.97.255.1',
      localAddress: '10.97.0.1',
      localAddress6: 'fd97::1',
      neighbors,
      routes: generatedRoutes(),
    });
  }, 120_000);

  afterAll(async () => {
    await lab.destroy();
  });

  /** Writes a configuration for a machine and gives the file. */
  function file(policy: number, side: Side, text: string): { node: LabNode; file: string } {
    const node = nodes.get(`${side}${policy}`)!;
    const ends = cable(policy, SIDES.indexOf(side));
    const path = join(node.directory, `${side}.conf`);
    writeFileSync(path, text.replaceAll('FEEDER', ends.feeder).replaceAll('LOCAL', ends.daemon));
    return { node, file: path };
  }

  test.each(PARITY_POLICIES.map((policy, number) => [policy.name, number] as const))(
    '%s',
    async (_, number) => {
      const policy = PARITY_POLICIES[number]!;
      const ours = file(number, 'bellhop', policy.bellhop);
      const birds = file(number, 'bird', policy.bird);
      const frrs = file(number, 'frr', policy.frr);
      const bellhop = await startBellhopFile(ours.node, ours.file);
      const others = [
        await bird.startFile(birds.node, birds.file),
        await frr.startFile(frrs.node, frrs.file),
      ];
      const { feeder: address } = cable(number, 0);
      const processes = [bellhop.process];
      await eventually(
        async () => {
          const neighbor = await bellhop.neighbor(address);
          const [family] = neighbor.families;
          expect({ received: family?.received, endOfRib: family?.endOfRibReceived }).toEqual({
            received: ROUTES,
            endOfRib: true,
          });
        },
        { what: 'bellhop has every route', timeout: 60_000, processes },
      );
      const mine = await fromBellhop(bellhop);
      // Both ways out of the policy are taken by many routes.
      expect(mine.length).toBeGreaterThan(policy.atLeast);
      expect(mine.length).toBeLessThan(ROUTES - policy.atLeast);
      for (const [i, peer] of others.entries())
        await eventually(
          async () => {
            const theirs = await fromPeer(peer);
            const differences = {
              [`only ${SIDES[i + 1]}`]: theirs.filter((one) => !mine.includes(one)).slice(0, 5),
              'only bellhop': mine.filter((one) => !theirs.includes(one)).slice(0, 5),
            };
            expect(differences).toEqual({ [`only ${SIDES[i + 1]}`]: [], 'only bellhop': [] });
            expect(theirs).toEqual(mine);
          },
          {
            what: `${SIDES[i + 1]} has the same routes as bellhop`,
            timeout: 45_000,
            processes: [peer.process],
          },
        );
      for (const peer of others) await peer.kill();
      await bellhop.stop();
    },
    240_000,
  );
});
