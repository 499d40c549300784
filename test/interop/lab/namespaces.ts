/**
 * The network of one interop test file: namespaces joined by veth pairs, with no way out. Names carry the process id
 * of the test (`bh<pid>-<number>-<name>`); what a run that died left behind is removed when the next one starts.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabProcess, type ProcessOptions, run } from './process.ts';

const DIRECTORY = '/run/netns';

const labs = new Set<Lab>();
let counter = 0;

/** One machine of the lab. */
export interface LabNode {
  readonly name: string;
  /** Name of the network namespace. */
  readonly namespace: string;
  /** Scratch directory, writable for every user, because daemons drop their privileges. */
  readonly directory: string;
  /** Starts a process on this machine; it is killed with the lab. */
  spawn(command: string, args: readonly string[], env?: ProcessOptions['env']): LabProcess;
}

/** One end of a cable. */
export interface LabPort {
  readonly node: LabNode;
  readonly interface: string;
  /** With prefix length, IPv4 or IPv6. */
  readonly addresses: readonly string[];
}

/** Namespaces, cables, processes and files that come and go together. */
export class Lab {
  readonly #nodes: LabNode[] = [];
  readonly #processes: LabProcess[] = [];
  readonly #directory: string;

  constructor() {
    if (labs.size === 0 && counter === 0) {
      removeLeftovers();
      process.on('exit', () => {
        for (const lab of labs) lab.#destroyNow();
      });
    }
    this.#directory = mkdtempSync(join(tmpdir(), `bellhop-lab-${process.pid}-`));
    chmodSync(this.#directory, 0o755);
    labs.add(this);
  }

  /** Adds a machine with nothing but a loopback interface. */
  async node(name: string): Promise<LabNode> {
    counter += 1;
    const namespace = `bh${process.pid}-${counter}-${name}`;
    const directory = join(this.#directory, name);
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    const spawn: LabNode['spawn'] = (command, args, env = {}) => {
      const child = new LabProcess({ namespace, command, args, directory, env, label: name });
      this.#processes.push(child);
      return child;
    };
    const node = { name, namespace, directory, spawn };
    this.#nodes.push(node);
    await run('ip', ['netns', 'add', namespace]);
    // No duplicate address detection: link-local addresses are usable at once.
    const quiet = 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; ip link set lo up';
    await run('sh', ['-c', quiet], { namespace });
    return node;
  }

  /** Joins two machines with a cable. */
  async connect(left: LabPort, right: LabPort): Promise<void> {
    const link = ['link', 'add', left.interface, 'netns', left.node.namespace, 'type', 'veth'];
    await run('ip', [...link, 'peer', 'name', right.interface, 'netns', right.node.namespace]);
    for (const port of [left, right]) {
      const lines = port.addresses.map(
        (address) => `addr add ${address} dev ${port.interface}${address.includes(':') ? ' nodad' : ''}\n`,
      );
      const input = `${lines.join('')}link set ${port.interface} up\n`;
      await run('ip', ['-n', port.node.namespace, '-batch', '-'], { input });
    }
  }

  /** Stops every process and removes every trace. */
  async destroy(): Promise<void> {
    if (!labs.has(this)) return;
    await Promise.all(this.#processes.map((one) => one.stop(500)));
    this.#destroyNow();
  }

  #destroyNow(): void {
    for (const one of this.#processes) one.signal('SIGKILL');
    for (const node of this.#nodes) removeNamespace(node.namespace);
    rmSync(this.#directory, { recursive: true, force: true });
    labs.delete(this);
  }
}

/** Why the lab cannot be built here, or undefined when it can. */
export function labProblem(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `bh${process.pid}-try`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'ip netns does not work here';
  }
}

/** Namespaces of this test process that exist now. */
export function ownNamespaces(): readonly string[] {
  return namespaces().filter((name) => name.startsWith(`bh${process.pid}-`));
}

function removeLeftovers(): void {
  for (const name of namespaces()) {
    const pid = /^bh(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) removeNamespace(name);
  }
  for (const name of readdirSync(tmpdir())) {
    const pid = /^bellhop-lab-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function namespaces(): readonly string[] {
  try {
    return readdirSync(DIRECTORY);
  } catch {
    return [];
  }
}

function removeNamespace(name: string): void {
  try {
    for (const pid of processesIn(name)) {
      if (pid !== '') process.kill(Number(pid), 'SIGKILL');
    }
  } catch {
    // A process that ended meanwhile, or a namespace that is gone: both are what we want.
  }
  try {
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  } catch {
    // Gone already.
  }
}

function processesIn(name: string): readonly string[] {
  const args = ['netns', 'pids', name];
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
