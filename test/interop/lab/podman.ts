/**
 * A containerlab file with containers, where there is podman but no containerlab: what containerlab's kind `linux` does
 * with a node, in its order. Containers `clab-LAB-NODE` start, privileged and with an eth0 in a network named `clab`;
 * then links are moved into their namespaces; then `exec` is run. The images must be there already
 * (`test/packaging/image.sh`, `lab-images.sh`). Not part of the suite: BELLHOP_LAB=podman asks for it.
 */
import { dirname, resolve } from 'node:path';
import { labFile, type NodeSpec, readTopology, type Topology } from './containerlab.ts';
import { run } from './process.ts';

const NETWORK = 'clab';
const SUBNET = '172.20.20.0/24';

/** A running lab. */
export class PodmanLab {
  readonly #file: string;
  readonly #topology: Topology;

  private constructor(file: string) {
    this.#file = file;
    this.#topology = readTopology(file);
  }

  /** Builds the lab of a file in `config/lab`; like containerlab it does not wait for any session. */
  static async deploy(file: string): Promise<PodmanLab> {
    const lab = new PodmanLab(labFile(file));
    await lab.destroy(); // what a run that died has left
    try {
      await lab.#build();
    } catch (error) {
      await lab.destroy();
      throw error;
    }
    return lab;
  }

  /** What a command prints; throws with both streams when it fails. */
  async exec(node: string, words: readonly string[]): Promise<string> {
    return await podman('exec', this.container(node), ...words);
  }

  async kill(node: string): Promise<void> {
    await podman('kill', this.container(node));
  }

  async destroy(): Promise<void> {
    // Those in the network of another one first.
    for (const name of Object.keys(this.#topology.topology.nodes).reverse())
      await podman('rm', '--force', '--ignore', '--volumes', '--time', '5', this.container(name));
    await podman('network', 'rm', '--force', NETWORK).catch(() => undefined);
  }

  async #build(): Promise<void> {
    const { nodes, links } = this.#topology.topology;
    await podman('network', 'create', '--subnet', SUBNET, NETWORK);
    for (const [name, spec] of Object.entries(nodes)) await this.#create(name, spec);
    for (const { endpoints } of links) await this.#connect(...endpoints);
    for (const [name, { exec = [] }] of Object.entries(nodes))
      for (const command of exec) await this.exec(name, command.split(' '));
  }

  async #create(name: string, spec: NodeSpec): Promise<void> {
    const shared = /^container:(.+)$/.exec(spec['network-mode'] ?? '')?.[1];
    const links = this.#topology.topology.links.filter(({ endpoints }) =>
      endpoints.some((one) => one.startsWith(`${name}:`)),
    );
    const options = [
      ['--network', shared === undefined ? NETWORK : `container:${this.container(shared)}`],
      ...(shared === undefined ? [['--hostname', name]] : []),
      ...(spec.user === undefined ? [] : [['--user', spec.user]]),
      ...Object.entries({ CLAB_INTFS: String(links.length), ...spec.env }).map(([key, value]) => [
        '--env',
        `${key}=${value}`,
      ]),
      ...Object.entries(spec.sysctls ?? {}).map(([key, value]) => ['--sysctl', `${key}=${value}`]),
      ...(spec.binds ?? []).map((bind) => ['--volume', resolve(dirname(this.#file), bind)]),
    ].flat();
    const words = spec.cmd?.split(' ') ?? [];
    const start = ['run', '--detach', '--pull', 'never', '--privileged', '--name', this.container(name)];
    await podman(...start, ...options, spec.image, ...words);
  }

  async #connect(left: string, right: string): Promise<void> {
    const ends: { readonly pid: string; readonly device: string }[] = [];
    for (const endpoint of [left, right]) {
      const [node = '', device = ''] = endpoint.split(':');
      const pid = (await podman('inspect', '--format', '{{.State.Pid}}', this.container(node))).trim();
      ends.push({ pid, device });
    }
    const [one, other] = ends;
    if (one === undefined || other === undefined) return;
    const veth = ['link', 'add', one.device, 'netns', one.pid, 'type', 'veth'];
    await run('ip', [...veth, 'peer', 'name', other.device, 'netns', other.pid]);
    for (const { pid, device } of ends)
      await run('nsenter', ['--target', pid, '--net', 'ip', 'link', 'set', device, 'up']);
  }

  /** Name of the container of a node. */
  container(node: string): string {
    return `clab-${this.#topology.name}-${node}`;
  }
}

/** Runs podman; gives its standard output, throws with both streams when it fails. */
export async function podman(...words: readonly string[]): Promise<string> {
  return await run('podman', words);
}
