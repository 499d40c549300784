/**
 * One run of a program: its pipes, read in slices and written with a bound, until it has ended and what it wrote last
 * is worked through. It has a process group of its own, which ends with it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { MAX_PROCESS_LINE_BYTES, SLICE_MILLISECONDS } from '../../base/limits.ts';
import { LineBuffer, TOO_LONG } from './line-buffer.ts';
import { Outlet } from './outlet.ts';

/** Time for a program's last words to arrive when somebody else still holds its pipes. */
const LAST_WORDS_MILLISECONDS = 1000;

/** Lines between two looks at the clock. */
const LINES_A_LOOK = 16;

export interface ChildHost {
  /** New lines will be obeyed. */
  beginBatch(): void;
  /** Obeys a line of standard output; returns the answer. */
  obey(line: string | typeof TOO_LONG): string;
  /** A line of standard error. */
  said(line: string): void;
  /** It has ended, in these words; what it wrote last may still come. */
  exited(reason: string): void;
  /** Nothing comes any more. */
  finished(): void;
  gapLine(dropped: number): string;
}

export class Child {
  readonly outlet: Outlet;
  readonly #host: ChildHost;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines = new LineBuffer(MAX_PROCESS_LINE_BYTES);
  #outputEnded = false;
  #exited = false;
  #finished = false;
  #deaf = false;
  #working = false;

  /** @throws Error when the operating system refuses. */
  constructor(host: ChildHost, name: string, [program = '', ...words]: readonly string[]) {
    this.#host = host;
    this.#process = spawn(program, words, {
      detached: true,
      env: { ...process.env, BELLHOP_PROCESS: name },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.#process;
    this.outlet = new Outlet(
      stdin,
      (dropped) => host.gapLine(dropped),
      () => this.#work(),
    );
    stdout.on('data', (chunk: Buffer) => {
      // One chunk at a time: the pipe holds the rest, and the program waits.
      stdout.pause();
      this.#lines.push(chunk);
      this.#work();
    });
    stdout.on('close', () => {
      this.#outputEnded = true;
      this.#work();
    });
    stdout.on('error', () => undefined);
    this.#readErrors(stderr);
    this.#process.once('error', (error) => this.#end(startFailure(program, error)));
    this.#process.once('exit', (code, signal) =>
      this.#end(code === null ? `ended by ${signal}` : `exit code ${code}`),
    );
  }

  /** undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether its commands wait until it reads. */
  get blocked(): boolean {
    return this.outlet.isFull;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined || this.#exited) return;
    this.#kill(signal);
  }

  /** Does not listen to it any more. */
  ignore(): void {
    this.#deaf = true;
  }

  #end(reason: string): void {
    if (this.#exited) return;
    this.#exited = true;
    // What it has left behind must neither speak for it nor keep its pipes open.
    this.#kill('SIGKILL');
    this.#host.exited(reason);
    if (this.pid === undefined) this.#outputEnded = true;
    setTimeout(() => {
      this.#outputEnded = true;
      this.#work();
    }, LAST_WORDS_MILLISECONDS).unref();
    this.#work();
  }

  #kill(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Nobody is left in its group.
    }
  }

  /** Obeys what has been read for a slice of time. */
  #work(): void {
    if (this.#working || this.#finished) return;
    this.#working = true;
    const end = performance.now() + SLICE_MILLISECONDS;
    this.#host.beginBatch();
    let count = 0;
    let isDone = this.#deaf;
    while (!isDone && (this.#exited || !this.outlet.isFull)) {
      const line = this.#lines.next();
      if (line === undefined) isDone = true;
      else this.outlet.answer(this.#host.obey(line));
      if (++count % LINES_A_LOOK === 0 && performance.now() > end) break;
    }
    this.#working = false;
    if (isDone) this.#continue();
    else if (this.#exited || !this.outlet.isFull) setImmediate(() => this.#work());
  }

  #continue(): void {
    if (this.#exited && (this.#outputEnded || this.#deaf)) {
      this.#finished = true;
      this.#process.stdout.destroy();
      this.#process.stderr.destroy();
      this.#process.stdin.destroy();
      this.#host.finished();
    } else this.#process.stdout.resume();
  }

  #readErrors(stderr: Readable): void {
    const lines = new LineBuffer(MAX_PROCESS_LINE_BYTES);
    stderr.on('error', () => undefined);
    stderr.on('data', (chunk: Buffer) => {
      lines.push(chunk);
      for (let line = lines.next(); line !== undefined; line = lines.next())
        if (line !== TOO_LONG && line.trim() !== '') this.#host.said(line);
    });
  }
}

/** Why a program could not be started, in the words of an operator. */
export function startFailure(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${program} is not there`;
  if (error.code === 'EACCES') return `${program} may not be executed`;
  return `${program} cannot be started: ${error.message}`;
}
