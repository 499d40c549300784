/**
 * bellhop in the lab: the real command with a YAML file, asked through its control socket.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type ApiRequest, fetchAnswer, requests } from '../../../src/api/client.ts';
import type { NeighborStatus, RouteEntry, RouteQuery } from '../../../src/api/types.ts';
import type { LabNode } from './namespaces.ts';
import { type ExitStatus, eventually, type LabProcess, run } from './process.ts';

const COMMAND = fileURLToPath(new URL('../../../bin/bellhop.js', import.meta.url));

/** The configuration file as an object; see `docs/configuration.md`. */
export type BellhopConfig = Readonly<Record<string, unknown>>;

/** How it is started beside the options that the lab needs. */
export interface BellhopStart {
  /** Default: `run`. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program that runs another one, with its options: `setpriv --no-new-privs`. */
  readonly wrapper?: readonly string[];
}

/** A running bellhop. */
export class Bellhop {
  readonly process: LabProcess;
  readonly #node: LabNode;
  readonly #file: string;
  readonly #socket: string;

  constructor(node: LabNode, file: string, start: BellhopStart = {}) {
    this.#node = node;
    this.#file = file;
    this.#socket = join(node.directory, 'bellhop.sock');
    const ours = ['--config', file, '--socket', this.#socket, '--log-level', 'debug'];
    const words = [process.execPath, COMMAND, ...(start.words ?? ['run']), ...ours];
    const [program = '', ...args] = [...(start.wrapper ?? []), ...words];
    this.process = node.spawn(program, args, { STATE_DIRECTORY: node.directory, ...start.env });
  }

  async ready(): Promise<void> {
    const asked = async (): Promise<void> => {
      if (!this.process.running) return;
      await fetchAnswer(this.#socket, requests.status());
    };
    await eventually(asked, { what: 'bellhop answers', processes: [this.process] });
    if (!this.process.running) throw new Error(`bellhop has ended:\n${this.process.log}`);
  }

  /** Any request of the API. */
  ask<Answer>(call: ApiRequest<Answer>): Promise<Answer> {
    return fetchAnswer(this.#socket, call);
  }

  neighbor(address: string): Promise<NeighborStatus> {
    return fetchAnswer(this.#socket, requests.neighbor(address));
  }

  neighbors(): Promise<readonly NeighborStatus[]> {
    return fetchAnswer(this.#socket, requests.neighbors());
  }

  routes(query: RouteQuery): Promise<readonly RouteEntry[]> {
    return fetchAnswer(this.#socket, requests.routes(query));
  }

  async refresh(address: string): Promise<void> {
    await fetchAnswer(this.#socket, requests.refresh(address));
  }

  /** Runs the command against this daemon and gives its output. */
  command(...args: readonly string[]): Promise<string> {
    return run(process.execPath, [COMMAND, ...args, '--socket', this.#socket], {
      namespace: this.#node.namespace,
    });
  }

  /** Writes another configuration and asks to read it (SIGHUP). */
  reload(config: BellhopConfig): void {
    writeFileSync(this.#file, stringify(config));
    this.process.signal('SIGHUP');
  }

  /** Stops it with SIGTERM; it gets the time it promises to need. */
  stop(): Promise<ExitStatus> {
    return this.process.stop(3000);
  }
}

/** Starts bellhop and waits until it answers. */
export async function startBellhop(node: LabNode, config: BellhopConfig): Promise<Bellhop> {
  const file = join(node.directory, 'bellhop.yaml');
  writeFileSync(file, stringify(config));
  return await startBellhopFile(node, file);
}

/** Starts bellhop with a configuration file written by hand. */
export async function startBellhopFile(node: LabNode, file: string): Promise<Bellhop> {
  const bellhop = new Bellhop(node, file);
  await bellhop.ready();
  return bellhop;
}
