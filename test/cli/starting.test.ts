/**
 * `bellhop run` while another process still reads the configuration: what happens then is not lost. The file names a
 * FIFO, which keeps the reader waiting when it has read the file itself.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { until } from '../speaker/fixtures.ts';

const COMMAND = join(import.meta.dirname, '../../bin/bellhop.js');
const VALID = 'as: 65001\nrouter-id: 192.0.2.1\nlisten: []\n';
const NEIGHBOR = 'neighbors: [{ address: 192.0.2.2, peer-as: 65001, passive: true, password-file: key }]\n';
const CHANGED = `${VALID}networks: [{ prefix: 203.0.113.0/24 }]\n`;

let directory: string;
let config: string;
let socketPath: string;
let child: ChildProcessWithoutNullStreams | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-starting-'));
  config = join(directory, 'bellhop.yaml');
  socketPath = join(directory, 's');
  writeFileSync(config, VALID + NEIGHBOR);
  spawnSync('mkfifo', [join(directory, 'key')]);
});

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function start(...words: string[]) {
  const started = spawn(process.execPath, [COMMAND, 'run', '-c', config, '--socket', socketPath, ...words]);
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = new Promise<number | null>((resolve) => started.once('close', resolve));
  const saw = (text: string) => until(() => output.includes(text), `'${text}'`, 15_000);
  return { pid: started.pid!, signal: (name: NodeJS.Signals) => started.kill(name), exit, saw };
}

/** The FIFO, opened once somebody reads it: the file itself is read then. */
async function readerWaits(): Promise<number> {
  let opened: number | undefined;
  const open = (): boolean => {
    try {
      opened = openSync(join(directory, 'key'), constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return false; // ENXIO: nobody reads.
    }
    return true;
  };
  await until(open, 'the reader', 15_000);
  return opened!;
}

function answer(fifo: number): void {
  writeSync(fifo, 'some-key\n');
  closeSync(fifo);
}

/** Waits until nobody reads the FIFO any more, and closes it. */
async function readerIsGone(fifo: number): Promise<void> {
  const isGone = (): boolean => {
    try {
      writeSync(fifo, 'x');
    } catch {
      return true; // EPIPE
    }
    return false;
  };
  await until(isGone, 'the end of the reader');
  closeSync(fifo);
}

/** Kills the process that reads configurations for the daemon `pid`. */
function killReader(pid: number): void {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '),
  );
  for (const one of children.filter((text) => text !== '')) process.kill(Number(one), 'SIGKILL');
}

const networks = async () =>
  (await fetchAnswer(socketPath, requests.routes({}))).map(({ prefix }: { prefix: string }) => prefix);

test('a SIGHUP while the configuration is read is obeyed when the daemon has started', async () => {
  const daemon = start();
  const fifo = await readerWaits();
  writeFileSync(config, CHANGED);
  daemon.signal('SIGHUP');
  answer(fifo);
  await daemon.saw('configuration applied');
  expect(await networks()).toEqual(['203.0.113.0/24']);
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('--watch: what is written while the configuration is read is a change', async () => {
  const daemon = start('--watch');
  const fifo = await readerWaits();
  writeFileSync(config, CHANGED);
  answer(fifo);
  await daemon.saw('configuration applied');
  expect(await networks()).toEqual(['203.0.113.0/24']);
});

test('config export: what is in force, though the first client comes when the file says something else', async () => {
  const daemon = start();
  const fifo = await readerWaits();
  writeFileSync(config, CHANGED);
  answer(fifo);
  await daemon.saw('answering on the control socket');
  const { text } = await fetchAnswer(socketPath, requests.exportConfig(true));
  expect(text).toContain('password-file: key');
  expect(text).not.toContain('203.0.113.0/24');
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test.each([[[]], [['--wait-for-config']]])(
  'SIGTERM is heard while the reader hangs, which ends with the daemon: run %j',
  async (words) => {
    const daemon = start(...words);
    const fifo = await readerWaits();
    daemon.signal('SIGTERM');
    expect(await daemon.exit).toBe(0);
    await readerIsGone(fifo);
  },
);

test('a reader that dies of the signal that ends the daemon is no error', async () => {
  const daemon = start();
  const fifo = await readerWaits();
  daemon.signal('SIGTERM');
  killReader(daemon.pid);
  expect(await daemon.exit).toBe(0);
  await readerIsGone(fifo);
});

test('a reader that was killed is an error, with --wait-for-config another one takes over', async () => {
  const daemon = start();
  let fifo = await readerWaits();
  killReader(daemon.pid);
  await daemon.saw('cannot load the configuration: the process that does it ended with SIGKILL');
  expect(await daemon.exit).toBe(1);
  closeSync(fifo);

  const patient = start('--wait-for-config');
  fifo = await readerWaits();
  killReader(patient.pid);
  await patient.saw('ended with SIGKILL, trying again');
  closeSync(fifo);
  answer(await readerWaits());
  await patient.saw('answering on the control socket');
  patient.signal('SIGTERM');
  expect(await patient.exit).toBe(0);
});
