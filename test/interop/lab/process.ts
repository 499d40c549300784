/**
 * Processes of the interop lab: started inside a network namespace, in a process group of their own so that one
 * signal reaches a daemon and all its children, with their output kept for failure messages. Whatever is still
 * alive when the test process exits is killed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Characters of output kept per process; older output is dropped. */
const LOG_LIMIT = 200_000;

/** Characters of output shown when `eventually` fails. */
const LOG_TAIL = 3_000;

const alive = new Set<LabProcess>();
let hooked = false;

export interface ProcessOptions {
  /** Namespace to run in; undefined: that of the tests. */
  readonly namespace: string | undefined;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Name in failure messages. */
  readonly label: string;
}

export interface ExitStatus {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A running daemon with its children. */
export class LabProcess {
  readonly label: string;
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  status: ExitStatus | undefined;
  #log = '';

  constructor(options: ProcessOptions) {
    killAllOnExit();
    const [command, args] = inNamespace(options.namespace, options.command, options.args);
    const child = spawn(command, args, {
      cwd: options.directory,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.label = options.label;
    this.pid = child.pid ?? 0;
    this.exited = this.#watch(child);
    alive.add(this);
  }

  /** The end of what the process has printed. */
  get log(): string {
    return this.#log;
  }

  get running(): boolean {
    return this.status === undefined;
  }

  /** Sends a signal to the process and its children. */
  signal(name: NodeJS.Signals): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Terminates the process, by force after `graceMilliseconds`, and leaves no child behind. */
  async stop(graceMilliseconds = 3000): Promise<ExitStatus> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    await Promise.race([this.exited, sleep(graceMilliseconds)]);
    this.signal('SIGKILL');
    return await this.exited;
  }

  /** Kills the process without any chance to say goodbye. */
  async kill(): Promise<ExitStatus> {
    this.signal('SIGKILL');
    return await this.exited;
  }

  #watch(child: ChildProcess): Promise<ExitStatus> {
    const keep = (data: string): void => {
      this.#log = (this.#log + data).slice(-LOG_LIMIT);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    return new Promise((resolve) => {
      const end = (status: ExitStatus): void => {
        this.status = status;
        alive.delete(this);
        resolve(status);
      };
      child.once('error', (error) => {
        keep(`${error.message}\n`);
        end({ code: undefined, signal: undefined });
      });
      child.once('exit', (code, signal) => end({ code: code ?? undefined, signal: signal ?? undefined }));
    });
  }
}

/** Runs a command to its end and gives its standard output; throws with everything it said when it fails. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly namespace?: string; readonly input?: string; readonly timeout?: number } = {},
): Promise<string> {
  const [file, all] = inNamespace(options.namespace, command, args);
  return new Promise((resolve, reject) => {
    const limits = { maxBuffer: 64 << 20, timeout: options.timeout ?? 60_000 };
    const child = execFile(file, all, limits, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

export interface EventuallyOptions {
  /** What is waited for, for the failure message. */
  readonly what: string;
  readonly timeout?: number;
  readonly interval?: number;
  /** Processes whose output helps to understand a failure. */
  readonly processes?: readonly LabProcess[];
}

/** Repeats `attempt` until it does not throw, and gives its value; shows the last error and the logs when time is up. */
export async function eventually<T>(
  attempt: () => Promise<T> | T,
  { what, timeout = 10_000, interval = 70, processes = [...alive] }: EventuallyOptions,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) {
        const logs = processes.map((one) => `\n--- ${one.label} ---\n${one.log.slice(-LOG_TAIL)}`).join('');
        const last = error instanceof Error ? error.message : String(error);
        throw new Error(`not within ${timeout} ms: ${what}\n${last}${logs}`, { cause: error });
      }
    }
    await sleep(interval);
  }
}

/** The processes that have been started and not yet ended. */
export function runningProcesses(): readonly LabProcess[] {
  return [...alive];
}

function inNamespace(
  namespace: string | undefined,
  command: string,
  args: readonly string[],
): [string, readonly string[]] {
  return namespace === undefined ? [command, args] : ['ip', ['netns', 'exec', namespace, command, ...args]];
}

function killAllOnExit(): void {
  if (hooked) return;
  hooked = true;
  process.on('exit', () => {
    for (const one of alive) one.signal('SIGKILL');
  });
}
