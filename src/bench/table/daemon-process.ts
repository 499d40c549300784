/**
 * A daemon under test: started in a directory of its own, known to listen, stopped with all its children. Whatever is
 * still there when this process exits is killed and removed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DaemonSpec, TARGET_ADDRESS } from './daemons.ts';
import { processTree } from './usage.ts';

const START_MILLISECONDS = 20_000;
const STOP_MILLISECONDS = 5000;
const POLL_MILLISECONDS = 2;
/** Characters of its output that a failure shows. */
const OUTPUT_TAIL = 1500;

const alive = new Set<DaemonProcess>();

process.on('exit', () => {
  for (const daemon of alive) daemon.kill();
});

export class DaemonProcess implements AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** Holds its configuration and sockets. */
  readonly directory: string;
  /** From the start of the process to the first connection it took. */
  startSeconds = Number.NaN;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #output = '';
  #ended: string | undefined;

  private constructor(spec: DaemonSpec, port: number, peers: number, addressOctets: 4 | 16) {
    this.name = spec.name;
    this.port = port;
    this.directory = mkdtempSync(join(tmpdir(), `bellhop-bench-${spec.name}-`));
    alive.add(this);
    const { program, args } = spec.prepare({ directory: this.directory, port, peers, addressOctets });
    // A process group of its own: one signal reaches its children, and Ctrl-C is ours to pass on.
    this.#child = spawn(program, args, {
      cwd: this.directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: string): void => {
      this.#output = (this.#output + text).slice(-OUTPUT_TAIL);
    };
    this.#child.stdout?.setEncoding('utf8').on('data', keep);
    this.#child.stderr?.setEncoding('utf8').on('data', keep);
    this.#exited = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#ended ??= reason;
        resolve();
      };
      this.#child.once('error', (error) => end(error.message));
      this.#child.once('exit', (code, signal) => end(`it ended with ${code ?? signal}`));
    });
  }

  /** Starts it; resolves when it takes connections. @throws Error with its last words when it does not */
  static async start(spec: DaemonSpec, peers: number, addressOctets: 4 | 16): Promise<DaemonProcess> {
    const port = await freePort();
    const begun = performance.now();
    const daemon = new DaemonProcess(spec, port, peers, addressOctets);
    try {
      while (!(await connects(port))) {
        if (daemon.#ended !== undefined) throw new Error(daemon.describe(daemon.#ended));
        if (performance.now() - begun > START_MILLISECONDS)
          throw new Error(daemon.describe('it does not listen'));
        await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
      }
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
    daemon.startSeconds = (performance.now() - begun) / 1000;
    return daemon;
  }

  /** Its processes. */
  get pids(): number[] {
    return this.#child.pid === undefined ? [] : processTree(this.#child.pid);
  }

  /** Why it is gone; undefined while it lives. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** A reason with what the daemon said last. */
  describe(reason: string): string {
    const output = this.#output.trim();
    return `${this.name}: ${reason}${output === '' ? '' : `\n${output}`}`;
  }

  /** Ends it at once and removes its directory. */
  kill(): void {
    this.#signal('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
    alive.delete(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal('SIGTERM');
    const timeout = setTimeout(() => this.#signal('SIGKILL'), STOP_MILLISECONDS);
    await this.#exited;
    clearTimeout(timeout);
    this.kill();
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, TARGET_ADDRESS);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port that nobody has. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, TARGET_ADDRESS, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
