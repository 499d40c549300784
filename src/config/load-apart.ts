/**
 * Loads configuration files in a process of its own, which is gone afterwards.
 *
 * YAML and the schemas are as much code as all the rest of a daemon: some 30 MB of memory that it needs once, and half
 * of the time of its start. So another process has them, for as long as the daemon takes to load the rest. A thread
 * would leave 13 MB behind. A configuration is plain data, so that it survives the way between processes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { LoadResult } from './load.ts';

/** With the same ending as this file: sources have another one than what is built from them. */
const PROGRAM = `./load-process${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`;

/** What the process runs: a file would be compiled anew each time, since the cache is only on behind it. */
const CODE = `require('node:module').enableCompileCache(); import(${JSON.stringify(new URL(PROGRAM, import.meta.url).href)})`;

export class ConfigLoader {
  #process = start();
  #loading = false;

  /**
   * As `loadConfig`; one call at a time. Rejects when the process cannot do its work, whatever is in the file; the next
   * call starts another one.
   */
  async load(path: string): Promise<LoadResult> {
    if (isGone(this.#process)) this.#process = start();
    const child = this.#process;
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const end = (why: string): void => {
      reject(new Error(`cannot load the configuration: ${why}`));
    };
    const onMessage = (result: unknown): void => resolve(result as LoadResult);
    const onError = ({ message }: Error): void => end(message);
    const onExit = (code: number | null, signal: string | null): void =>
      end(`the process that does it ended with ${signal ?? code}`);
    child.on('message', onMessage).on('error', onError).on('exit', onExit);
    this.#loading = true;
    keepAlive(child, true);
    try {
      child.send(path);
      return await promise;
    } finally {
      this.#loading = false;
      keepAlive(child, false);
      child.off('message', onMessage).off('error', onError).off('exit', onExit);
    }
  }

  /** Ends the process, also one that hangs, on a file that it cannot read to its end. */
  close(): void {
    if (this.#loading) this.#process.kill('SIGKILL');
    else if (this.#process.connected) this.#process.disconnect();
  }
}

function start(): ChildProcess {
  const child = spawn(process.execPath, ['-e', CODE], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  // Whoever loads is told of it.
  child.on('error', () => undefined);
  keepAlive(child, false);
  return child;
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || !child.connected;
}

/** Whether this process waits for that one. */
function keepAlive(child: ChildProcess, keeps: boolean): void {
  if (keeps) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
