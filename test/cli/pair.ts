/** Two speakers on loopback with the API of the first, and the command line against it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { configOf, freePort, type Running, run } from '../speaker/fixtures.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Pair extends AsyncDisposable {
  readonly subject: Running;
  readonly peer: Running;
  readonly peerAddress: string;
  readonly api: Api;
  readonly socketPath: string;
  /** Runs a command line, words separated by single spaces, against the API. */
  command(line: string, terminal?: Partial<Terminal>): Promise<CommandResult>;
  /** Gives the peer other networks; another hold time ends the session and begins a new one. */
  announce(networks: readonly string[], holdTimeSeconds?: number): void;
}

/** Starts both; the test waits for the session if it needs it. Addresses end in `last` and `last` + 1. */
export async function startPair(last: number): Promise<Pair> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-pair-'));
  const socketPath = join(directory, 'bellhop.sock');
  const [own, other] = [`127.0.0.${last}`, `127.0.0.${last + 1}`];
  const port = await freePort(own);
  const config = (
    address: string,
    to: string,
    as: number,
    peerAs: number,
    networks: readonly string[],
    holdTime = 90,
  ) => `
as: ${as}
router-id: 192.0.2.${as - 65000}
listen: ['${address}:${port}']
neighbors:
  - { address: ${to}, description: lab, port: ${port}, local-address: ${address}, peer-as: ${peerAs}, hold-time: ${holdTime}s, connect-retry: 1s, idle-hold-time: 1s, import: accept, export: accept }
networks: [${networks.map((prefix) => `{ prefix: ${prefix}, communities: ['${as}:7'] }`).join(', ')}]
`;
  const subject = await run(config(own, other, 65001, 65002, ['192.0.2.0/24']));
  const peer = await run(config(other, own, 65002, 65001, ['203.0.113.0/24']));
  const api = await startApi(subject.speaker, { socketPath });
  return {
    subject,
    peer,
    peerAddress: other,
    api,
    socketPath,
    async command(line, terminal = {}) {
      const written = { stdout: '', stderr: '' };
      const output = (name: 'stdout' | 'stderr') => ({
        write: (text: string | Uint8Array) => {
          written[name] += Buffer.from(text).toString();
        },
      });
      const code = await main(line.split(' '), {
        stdout: output('stdout'),
        stderr: output('stderr'),
        environment: { BELLHOP_SOCKET: socketPath },
        ...terminal,
      });
      return { code, ...written };
    },
    announce(networks, holdTimeSeconds) {
      peer.speaker.apply(configOf(config(other, own, 65002, 65001, networks, holdTimeSeconds)));
    },
    async [Symbol.asyncDispose]() {
      await api.close();
      await peer[Symbol.asyncDispose]();
      await subject[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
