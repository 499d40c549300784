/**
 * Five nodes: bellhop in the middle of BIRD, GoBGP, FRR and OpenBGPD, built from the containerlab file and the
 * configuration files in `config/lab`. Each announces 1,000 routes and must get those of the three others.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { NeighborStatus } from '../../src/api/types.ts';
import { type Bellhop, startBellhopFile } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { gobgp } from './lab/gobgp.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode, ownNamespaces } from './lab/namespaces.ts';
import { openbgpd } from './lab/openbgpd.ts';
import type { PeerDaemon, RunningPeer } from './lab/peer.ts';
import { eventually, run, runningProcesses } from './lab/process.ts';

const AS = 65000;
const ROUTES = 1000;

interface Edge {
  readonly node: string;
  readonly daemon: PeerDaemon;
  readonly file: string;
  readonly as: number;
  readonly address: string;
  /** Its routes are in this /16. */
  readonly block: string;
}

const EDGES: readonly Edge[] = [
  { node: 'bird', daemon: bird, file: 'bird.conf', as: 65001, address: '10.0.1.2', block: '10.101.' },
  { node: 'gobgp', daemon: gobgp, file: 'gobgp.toml', as: 65002, address: '10.0.2.2', block: '10.102.' },
  { node: 'frr', daemon: frr, file: 'frr.conf', as: 65003, address: '10.0.3.2', block: '10.103.' },
  {
    node: 'openbgpd',
    daemon: openbgpd,
    file: 'openbgpd.conf',
    as: 65004,
    address: '10.0.4.2',
    block: '10.104.',
  },
];

/** The parts of a containerlab file that say how the network looks. */
interface Topology {
  readonly topology: {
    readonly nodes: Readonly<Record<string, { readonly exec: readonly string[] }>>;
    readonly links: readonly { readonly endpoints: readonly [string, string] }[];
  };
}

describeLab(
  'five-node topology of config/lab',
  EDGES.map((edge) => edge.daemon),
  () => {
    let lab: Lab;
    let nodes: ReadonlyMap<string, LabNode>;
    let bellhop: Bellhop;
    const running = new Map<Edge, RunningPeer>();

    beforeAll(async () => {
      lab = new Lab();
      nodes = await buildNetwork(lab);
      bellhop = await startBellhopFile(nodeOf(nodes, 'bellhop'), labFile('bellhop.yaml'));
      await Promise.all(EDGES.map(async (edge) => running.set(edge, await startEdge(nodes, edge))));
    });
    afterAll(() => lab?.destroy());

    const everyoneHas = async (sources: readonly Edge[], targets: readonly Edge[]): Promise<void> => {
      for (const target of targets) {
        await eventually(
          async () => {
            const shown = (await running.get(target)?.routes('ipv4-unicast')) ?? [];
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
        await running.get(killed)?.kill();
        await everyoneHas(others, others);
        expect(await bellhop.routes({ received: killed.address })).toEqual([]);
        running.set(killed, await startEdge(nodes, killed));
        await everyoneHas(EDGES, EDGES);
      }
    });

    test('nothing is left over', async () => {
      expect((await bellhop.stop()).code).toBe(0);
      await lab.destroy();
      expect(ownNamespaces()).toEqual([]);
      expect(runningProcesses().map((one) => one.label)).toEqual([]);
    });
  },
);

/** Namespaces for nodes, cables for links, addresses from the `ip addr add` of each node. */
async function buildNetwork(lab: Lab): Promise<ReadonlyMap<string, LabNode>> {
  const file = parse(readFileSync(labFile('bellhop.clab.yml'), 'utf8')) as Topology;
  const nodes = new Map<string, LabNode>();
  for (const name of Object.keys(file.topology.nodes)) nodes.set(name, await lab.node(name));
  for (const { endpoints } of file.topology.links) {
    const [left, right] = endpoints.map((endpoint) => {
      const [name = '', device = ''] = endpoint.split(':');
      const commands = file.topology.nodes[name]?.exec ?? [];
      const addresses = commands.flatMap((command) => {
        const match = /^ip addr add (\S+) dev (\S+)$/.exec(command);
        return match?.[2] === device ? [match[1] ?? ''] : [];
      });
      return { node: nodeOf(nodes, name), interface: device, addresses };
    });
    if (left !== undefined && right !== undefined) await lab.connect(left, right);
  }
  return nodes;
}

async function startEdge(nodes: ReadonlyMap<string, LabNode>, edge: Edge): Promise<RunningPeer> {
  const node = nodeOf(nodes, edge.node);
  const peer = await edge.daemon.startFile(node, labFile(edge.file));
  if (edge.daemon === gobgp) await run('sh', [labFile('gobgp-routes.sh')], { namespace: node.namespace });
  return peer;
}

function nodeOf(nodes: ReadonlyMap<string, LabNode>, name: string): LabNode {
  const node = nodes.get(name);
  if (node === undefined) throw new Error(`bellhop.clab.yml has no node ${name}`);
  return node;
}

function labFile(name: string): string {
  return fileURLToPath(new URL(`../../config/lab/${name}`, import.meta.url));
}
