/**
 * Where a command writes, and colour: used on terminals only, and never when NO_COLOR is set.
 */
import { styleText } from 'node:util';

/** What the CLI needs of a stream. */
export interface Output {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  /** Lines of a terminal. */
  readonly rows?: number | undefined;
}

/** The surroundings of a command, so that tests can give it others. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
  /** The standard input; absent where a command has none. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Calls back with each key that is typed, without waiting for Enter; returns how to stop. Absent without a terminal. */
  readonly keys?: (typed: (key: string) => void) => () => void;
  /** Ends commands that would go on for ever; Ctrl-C ends the process without it. */
  readonly signal?: AbortSignal;
}

/** The styles that output uses, by meaning. */
export interface Paint {
  readonly heading: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

const plain = (text: string): string => text;

/** Leaves text as it is. */
export const NO_PAINT: Paint = { heading: plain, good: plain, bad: plain, warning: plain, faint: plain };

const ANSI_PAINT: Paint = {
  heading: (text) => styleText('bold', text, { validateStream: false }),
  good: (text) => styleText('green', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  warning: (text) => styleText('yellow', text, { validateStream: false }),
  faint: (text) => styleText('dim', text, { validateStream: false }),
};

/** The paint for `output` (https://no-color.org: any value of NO_COLOR but an empty one turns colour off). */
export function paintFor(output: Output, environment: NodeJS.ProcessEnv): Paint {
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return output.isTTY === true && !refused ? ANSI_PAINT : NO_PAINT;
}

/** The streams and environment of this process. A reader that goes away (`| head`) ends the process quietly. */
export function processTerminal(): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    stdin: process.stdin,
    ...(process.stdin.isTTY === true && { keys: readKeys }),
  };
}

function readKeys(typed: (key: string) => void): () => void {
  const { stdin } = process;
  const onData = (bytes: Buffer): void => typed(bytes.toString());
  stdin.setRawMode(true);
  stdin.on('data', onData).resume();
  return () => {
    stdin.setRawMode(false);
    stdin.off('data', onData).pause();
  };
}
