/**
 * Five nodes: bellhop in the middle of BIRD, GoBGP, FRR and OpenBGPD, built from the containerlab file and the
 * configuration files in `config/lab`. Each announces 1,000 routes and must get those of the three others.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NeighborStatus } from '../../src/api/types.ts';
import type { Bellhop } from './lab/bellhop.ts';
import { Containerlab, daemonsOf } from './lab/containerlab.ts';
import { describeLab } from './lab/guard.ts';
import { ownNamespaces } from './lab/namespaces.ts';
import { eventually, runningProcesses } from './lab/process.ts';

const FILE = 'bellhop.clab.yml';

const AS = 65000;
const ROUTES = 1000;

interface Edge {
  readonly node: string;
  readonly as: number;
  readonly address: string;
  /** Its routes are in this /16. */
  readonly block: string;
}

const EDGES: readonly Edge[] = [
  { node: 'bird', as: 65001, address: '10.0.1.2', block: '10.101.' },
  { node: 'gobgp', as: 65002, address: '10.0.2.2', block: '10.102.' },
  { node: 'frr', as: 65003, address: '10.0.3.2', block: '10.103.' },
  { node: 'openbgpd', as: 65004, address: '10.0.4.2', block: '10.104.' },
];

describeLab('five-node topology of config/lab', daemonsOf(FILE), () => {
  let lab: Containerlab;
  let bellhop: Bellhop;

  beforeAll(async () => {
    lab = await Containerlab.deploy(FILE);
    bellhop = lab.bellhop('bellhop');
  });
  afterAll(() => lab?.destroy());

  const everyoneHas = async (sources: readonly Edge[], targets: readonly Edge[]): Promise<void> => {
    for (const target of targets) {
      await eventually(
        async () => {
          const shown = await lab.peer(target.node).routes('ipv4-unicast');
          for (const source of EDGES.filter((edge) => edge !== target)) {
            const paths = shown.filter((route) => route.prefix.startsWith(source.block));
            const wanted = sources.includes(source) ? ROUTES : 0;
            expect({ from: source.node, at: target.node, routes: paths.length }).toMatchObject({
              routes: wanted,
            });
            const others = paths.filter((route) => route.asPath.join(' ') !== `${AS} ${source.as}`);
            expect(others).toEqual([]);
          }
        },
        { what: `${target.node} has the routes of the others`, timeout: 30_000, interval: 300 },
      );
    }
  };

  test('every daemon has the 1,000 routes of each other one, with the right AS path', () =>
    everyoneHas(EDGES, EDGES));

  test('bellhop shows it on its command line', async () => {
    const shown = JSON.parse(
      await bellhop.command('show', 'neighbors', '--json'),
    ) as readonly NeighborStatus[];
    expect(shown.map(({ address, families }) => ({ address, families }))).toMatchObject(
      EDGES.map(({ address }) => ({
        address,
        families: [{ accepted: ROUTES, advertised: 3 * ROUTES }],
      })),
    );
  });

  test('one daemon is killed and comes back', async () => {
    for (const killed of EDGES.filter((edge) => edge.node === 'frr')) {
      const others = EDGES.filter((edge) => edge !== killed);
      await lab.peer(killed.node).kill();
      await everyoneHas(others, others);
      expect(await bellhop.routes({ received: killed.address })).toEqual([]);
      await lab.start(killed.node);
      await everyoneHas(EDGES, EDGES);
    }
  });

  test('nothing is left over', async () => {
    expect((await bellhop.stop()).code).toBe(0);
    await lab.destroy();
    expect(ownNamespaces()).toEqual([]);
    expect(runningProcesses().map((one) => one.label)).toEqual([]);
  });
});
