/**
 * The setting of the asks: a bellhop daemon as its users run it, driven by its commands, and a peer on loopback that
 * shows what was really announced to it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { RouteEntry } from '../../src/speaker/status.ts';
import { established, freePort, type Running, run, until } from '../speaker/fixtures.ts';

const COMMAND = join(import.meta.dirname, '../../bin/bellhop.js');

/** What a test wants to say of the daemon's configuration; the rest is the session with the peer. */
export interface Wishes {
  /** Keys of the neighbor, in flow style. */
  readonly neighbor?: string;
  /** Whole lines at the top of the file. */
  readonly top?: string;
}

export interface Command {
  readonly code: number;
  /** Both outputs, in the order in which they were written. */
  readonly text: string;
}

export interface Setting extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  readonly socketPath: string;
  readonly address: string;
  readonly peerAddress: string;
  readonly peer: Running;
  /** The text of a configuration with these wishes. */
  config(wishes: Wishes): string;
  /** Writes the daemon's own file; it does not reload by itself. */
  write(wishes: Wishes): void;
  /** Starts the daemon and waits for the session. */
  start(...options: string[]): Promise<ChildProcess>;
  bellhop(...words: string[]): Promise<Command>;
  /** Routes that the peer has from the daemon. */
  heard(): RouteEntry[];
  /** Sessions that the peer has seen coming up, and messages it has got. */
  opens(): number;
}

/** `ask` keeps the addresses of the files apart. */
export async function setting(ask: number, wishes: Wishes = {}, peerKeys = ''): Promise<Setting> {
  const directory = mkdtempSync(join(tmpdir(), `bellhop-ask-${ask}-`));
  const [address, peerAddress] = [`127.0.${100 + ask}.1`, `127.0.${100 + ask}.2`];
  const port = await freePort(address);
  const path = join(directory, 'bellhop.yaml');
  const socketPath = join(directory, 'bellhop.sock');
  const children: ChildProcess[] = [];
  const peer = await run(`
as: 65002
router-id: 10.0.0.2
listen: ['${peerAddress}:${port}']
neighbors:
  - { address: ${address}, port: ${port}, local-address: ${peerAddress}, peer-as: 65001, connect-retry: 1s, idle-hold-time: 1s, import: accept, export: accept${peerKeys} }
networks: [{ prefix: 203.0.113.0/24 }, { prefix: 198.51.100.0/24 }]
`);
  const config = ({ neighbor = 'import: accept, export: accept', top = '' }: Wishes) => `as: 65001
router-id: 10.0.0.1
listen: ['${address}:${port}']
state-file: state.jsonl
${top}
neighbors:
  - { address: ${peerAddress}, port: ${port}, local-address: ${address}, peer-as: 65002, connect-retry: 1s, idle-hold-time: 1s${neighbor === '' ? '' : `, ${neighbor}`} }
`;
  const write = (next: Wishes) => writeFileSync(path, config(next));
  write(wishes);
  return {
    directory,
    path,
    socketPath,
    address,
    peerAddress,
    peer,
    config,
    write,
    async start(...options) {
      const child = spawn(process.execPath, [COMMAND, 'run', '-c', path, '--socket', socketPath, ...options]);
      children.push(child);
      let log = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (log += piece));
      await until(() => established(peer, address), `the session; the daemon says ${log}`, 20_000);
      return child;
    },
    async bellhop(...words) {
      let text = '';
      const output = {
        write: (piece: string | Uint8Array) => {
          text += Buffer.from(piece).toString();
        },
      };
      const environment = { BELLHOP_SOCKET: socketPath };
      return { code: await main(words, { stdout: output, stderr: output, environment }), text };
    },
    heard: () => (established(peer, address) ? peer.speaker.routes({ received: address }) : []),
    opens: () => peer.speaker.neighbor(address)!.messagesReceived.opens,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      await peer[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until the peer has exactly these prefixes from the daemon. */
export async function hears(subject: Setting, ...prefixes: string[]): Promise<void> {
  const wanted = prefixes.toSorted().join(' ');
  await until(
    () =>
      subject
        .heard()
        .map(({ prefix }) => prefix)
        .sort()
        .join(' ') === wanted,
    `the peer hears ${wanted || 'nothing'}`,
  );
}
