/**
 * A containerlab file built without containers: network namespaces for nodes, veth pairs for links, and the real
 * daemons with the files that the nodes bind. It goes in the order of containerlab: containers with their `cmd`, then
 * links, then `exec`; so bellhop has to wait for its links here as it does there.
 *
 * What an image would run is known for the five daemons; bellhop is started with the CMD of the Dockerfile. Of other
 * images only the `cmd` counts.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Bellhop } from './bellhop.ts';
import { bird } from './bird.ts';
import { frr } from './frr.ts';
import { gobgp } from './gobgp.ts';
import { Lab, type LabNode } from './namespaces.ts';
import { openbgpd } from './openbgpd.ts';
import type { PeerDaemon, RunningPeer } from './peer.ts';
import { eventually, type LabProcess, run } from './process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What runs in which image, and where its configuration is bound. */
const DAEMONS: readonly {
  readonly image: RegExp;
  readonly daemon: PeerDaemon;
  readonly file: string;
}[] = [
  { image: /\/bird:/, daemon: bird, file: '/etc/bird.conf' },
  { image: /\/gobgp:/, daemon: gobgp, file: '/etc/gobgp/gobgp.toml' },
  { image: /\/frr:/, daemon: frr, file: '/etc/frr/frr.conf' },
  { image: /\/openbgpd:/, daemon: openbgpd, file: '/etc/bgpd/bgpd.conf' },
];

const BELLHOP_IMAGE = /^bellhop:/;
const BELLHOP_FILE = '/etc/bellhop/bellhop.yaml';

/** A node of the file, as far as we read it. Another key is an error: it would be ignored here and only here. */
export interface NodeSpec {
  readonly kind: 'linux';
  readonly image: string;
  readonly user?: string;
  readonly cmd?: string;
  readonly binds?: readonly string[];
  readonly exec?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string | number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'network-mode'?: string;
}

const NODE_KEYS = ['kind', 'image', 'user', 'cmd', 'binds', 'exec', 'sysctls', 'env', 'network-mode'];

export interface Topology {
  readonly name: string;
  readonly topology: {
    readonly nodes: Readonly<Record<string, NodeSpec>>;
    readonly links: readonly { readonly endpoints: readonly [string, string] }[];
  };
}

export interface DeployOptions {
  /** Files to bind instead of those the nodes name, by the name in the file (`node1.yaml`), with other content. */
  readonly replace?: Readonly<Record<string, string>>;
}

/** The daemons that the nodes of a containerlab file need. `file` is relative to `config/lab`. */
export function daemonsOf(file: string): readonly PeerDaemon[] {
  const { topology } = readTopology(labFile(file));
  return Object.values(topology.nodes).flatMap(({ image }) => daemonOf(image)?.daemon ?? []);
}

/** Path of a file in `config/lab`. */
export function labFile(name: string): string {
  return join(ROOT, 'config/lab', name);
}

/** A running lab. */
export class Containerlab {
  readonly #lab = new Lab();
  readonly #file: string;
  readonly #specs: Readonly<Record<string, NodeSpec>>;
  readonly #links: Topology['topology']['links'];
  readonly #options: DeployOptions;
  readonly #nodes = new Map<string, LabNode>();
  readonly #bellhops = new Map<string, Bellhop>();
  readonly #peers = new Map<string, RunningPeer>();
  readonly #processes = new Map<string, LabProcess>();

  private constructor(file: string, options: DeployOptions) {
    this.#file = file;
    const { topology } = readTopology(file);
    this.#specs = topology.nodes;
    this.#links = topology.links;
    this.#options = options;
  }

  /** Builds the lab of a file in `config/lab`, and waits until every daemon answers. */
  static async deploy(file: string, options: DeployOptions = {}): Promise<Containerlab> {
    const lab = new Containerlab(labFile(file), options);
    try {
      await lab.#build();
    } catch (error) {
      await lab.destroy();
      throw error;
    }
    return lab;
  }

  node(name: string): LabNode {
    return found(this.#nodes, name);
  }

  bellhop(name: string): Bellhop {
    return found(this.#bellhops, name);
  }

  peer(name: string): RunningPeer {
    return found(this.#peers, name);
  }

  /** Nodes that run a daemon of others. */
  get peers(): readonly string[] {
    return [...this.#peers.keys()];
  }

  /** The process of a node that is no BGP speaker. */
  process(name: string): LabProcess {
    return found(this.#processes, name);
  }

  /** Starts the daemon of a node, or the process of its `cmd`, as after `docker restart`. */
  async start(name: string): Promise<void> {
    const spec = this.#spec(name);
    const known = daemonOf(spec.image);
    if (known !== undefined) {
      const file = this.#boundFile(name, known.file);
      this.#peers.set(name, await known.daemon.startFile(this.node(name), file));
    } else if (BELLHOP_IMAGE.test(spec.image)) this.#startBellhop(name, spec);
    else if (spec.cmd !== undefined) {
      const [program = '', ...words] = this.#words(name, spec.cmd);
      const command = program === 'node' ? process.execPath : program;
      this.#processes.set(name, this.node(name).spawn(command, words, spec.env));
    }
  }

  destroy(): Promise<void> {
    return this.#lab.destroy();
  }

  async #build(): Promise<void> {
    for (const [name, spec] of Object.entries(this.#specs)) await this.#create(name, spec);
    for (const [name, { image }] of Object.entries(this.#specs))
      if (daemonOf(image) === undefined) await this.start(name);
    for (const { endpoints } of this.#links) {
      const [left, right] = endpoints.map((endpoint) => {
        const [name = '', device = ''] = endpoint.split(':');
        return { node: this.node(name), interface: device, addresses: [] };
      });
      if (left !== undefined && right !== undefined) await this.#lab.connect(left, right);
    }
    await Promise.all(Object.entries(this.#specs).map(([name, spec]) => this.#configure(name, spec)));
    await Promise.all([...this.#bellhops.values()].map((bellhop) => bellhop.ready()));
  }

  async #create(name: string, spec: NodeSpec): Promise<void> {
    const shared = /^container:(.+)$/.exec(spec['network-mode'] ?? '')?.[1];
    const node = shared === undefined ? await this.#lab.node(name) : this.node(shared);
    this.#nodes.set(name, node);
    const lines = Object.entries(spec.sysctls ?? {}).map(
      ([key, value]) => `echo ${value} > /proc/sys/${key.replaceAll('.', '/')}`,
    );
    if (lines.length > 0) await run('sh', ['-ec', lines.join('\n')], { namespace: node.namespace });
  }

  /** The `exec` of a node. Its daemon finds the addresses already, but those commands that ask the daemon find it. */
  async #configure(name: string, spec: NodeSpec): Promise<void> {
    const isOfKernel = (command: string): boolean => /^(ip|bridge) /.test(command);
    let started = daemonOf(spec.image) === undefined;
    for (const command of spec.exec ?? []) {
      if (!started && !isOfKernel(command)) {
        await this.start(name);
        started = true;
      }
      const [program = '', ...words] = this.#words(name, command);
      await run(program, words, { namespace: this.node(name).namespace });
    }
    if (!started) await this.start(name);
  }

  #startBellhop(name: string, spec: NodeSpec): void {
    const links = this.#links.filter(({ endpoints }) => endpoints.some((one) => one.startsWith(`${name}:`)));
    const words = spec.cmd === undefined ? imageCommand() : this.#words(name, spec.cmd);
    const env = { CLAB_INTFS: String(links.length), ...spec.env };
    const file = this.#boundFile(name, BELLHOP_FILE);
    this.#bellhops.set(name, new Bellhop(this.node(name), file, { words, env }));
  }

  /** A command line, its paths in the container made those here. containerlab has no shell either. */
  #words(name: string, command: string): string[] {
    if (/["'$\\]/.test(command))
      throw new Error(`${this.#file}: \`${command}\`: quotes are not understood here`);
    return command.split(' ').map((word) => this.#bound(name, word) ?? word);
  }

  #boundFile(name: string, inside: string): string {
    const file = this.#bound(name, inside);
    if (file === undefined) throw new Error(`${this.#file}: ${name} binds nothing to ${inside}`);
    return file;
  }

  #bound(name: string, inside: string): string | undefined {
    for (const bind of this.#spec(name).binds ?? []) {
      const [outside = '', target] = bind.split(':');
      if (target === inside) return this.#options.replace?.[outside] ?? resolve(dirname(this.#file), outside);
    }
    return undefined;
  }

  #spec(name: string): NodeSpec {
    const spec = this.#specs[name];
    if (spec === undefined) throw new Error(`${this.#file} has no node ${name}`);
    return spec;
  }
}

/** Waits until the daemons of these sessions say that they are established. */
export async function established(
  lab: Containerlab,
  peer: string,
  neighbors: readonly string[],
): Promise<void> {
  for (const neighbor of neighbors)
    await eventually(
      async () => {
        const state = await lab.peer(peer).sessionState(neighbor);
        if (state !== 'Established') throw new Error(`${peer}: session with ${neighbor} is ${state}`);
      },
      { what: `${peer} has a session with ${neighbor}`, timeout: 30_000 },
    );
}

/** The words of CMD in the Dockerfile. */
export function imageCommand(): readonly string[] {
  return wordsOfImage(/^CMD (\[.*\])$/m);
}

/** The words of HEALTHCHECK in the Dockerfile. */
export function imageHealthCheck(): readonly string[] {
  return wordsOfImage(/^HEALTHCHECK .*CMD (\[.*\])$/m);
}

function wordsOfImage(pattern: RegExp): readonly string[] {
  const words = pattern.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1];
  if (words === undefined) throw new Error(`the Dockerfile has no ${pattern}`);
  return JSON.parse(words) as string[];
}

function daemonOf(image: string): (typeof DAEMONS)[number] | undefined {
  return DAEMONS.find((one) => one.image.test(image));
}

/** Throws on keys that the lab does not know: it would have to ignore them. */
export function readTopology(file: string): Topology {
  const read = parse(readFileSync(file, 'utf8')) as Topology;
  for (const [name, spec] of Object.entries(read.topology.nodes)) {
    const unknown = Object.keys(spec).filter((key) => !NODE_KEYS.includes(key));
    if (unknown.length > 0) throw new Error(`${file}: ${name}: the lab does not know ${unknown.join(', ')}`);
  }
  return read;
}

function found<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const value = map.get(name);
  if (value === undefined) throw new Error(`there is no ${name} in this lab`);
  return value;
}
