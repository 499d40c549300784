/**
 * Runs a program that somebody configured, for checks and hooks: no shell, in a process group of its own, with
 * bounded output. When it ends, or when the signal says so, the whole group is killed: neither a hanging program nor
 * children it leaves behind outlive the run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { MAX_PROGRAM_OUTPUT_BYTES } from '../../base/limits.ts';

/** How a program ended. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly output: string }
  /** Ended by the abort signal. */
  | { readonly kind: 'aborted'; readonly output: string }
  /** It could not be started. */
  | { readonly kind: 'failed'; readonly error: NodeJS.ErrnoException };

/** Runs `command` (program and arguments) with variables added to our environment; never rejects. */
export function runProgram(
  command: readonly string[],
  signal: AbortSignal,
  variables: Readonly<Record<string, string>> = {},
): Promise<ProgramEnd> {
  const [program = '', ...words] = command;
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  let child: ChildProcess;
  try {
    child = spawn(program, words, {
      detached: true,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return Promise.resolve({ kind: 'failed', error: error as NodeJS.ErrnoException });
  }
  let output = '';
  const keep = (piece: string): void => {
    if (output.length < MAX_PROGRAM_OUTPUT_BYTES)
      output += piece.slice(0, MAX_PROGRAM_OUTPUT_BYTES - output.length);
  };
  let ended = false;
  const end = (how: ProgramEnd): void => {
    if (ended) return;
    ended = true;
    signal.removeEventListener('abort', onAbort);
    killGroup(child.pid);
    child.stdout?.destroy();
    child.stderr?.destroy();
    resolve(how);
  };
  const onAbort = (): void => end({ kind: 'aborted', output });
  signal.addEventListener('abort', onAbort, { once: true });
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.once('error', (error) => end({ kind: 'failed', error }));
  // Not `close`, which waits for children that hold our pipes; what is in them now is read in the next turns.
  child.once('exit', (code, killedBy) =>
    setImmediate(() =>
      setImmediate(() =>
        end(
          code === null
            ? { kind: 'killed', signal: killedBy ?? '?', output }
            : { kind: 'exited', code, output },
        ),
      ),
    ),
  );
  if (signal.aborted) onAbort();
  return promise;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
