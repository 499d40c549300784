/** `bellhop run` in a container: it waits for links and for a configuration, and listens to signals meanwhile. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../speaker/fixtures.ts';

const COMMAND = join(import.meta.dirname, '../../bin/bellhop.js');
const VALID = 'as: 65001\nrouter-id: 192.0.2.1\nlisten: []\n';

let directory: string;
let config: string;
let child: ChildProcessWithoutNullStreams | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-waiting-'));
  config = join(directory, 'bellhop.yaml');
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function start(words: readonly string[], env: Record<string, string> = {}) {
  const args = [COMMAND, 'run', '--config', config, '--socket', join(directory, 's'), ...words];
  const started = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = new Promise<number | null>((resolve) => started.once('close', resolve));
  const saw = (text: string) => until(() => output.includes(text), `'${text}'`, 15_000);
  return { signal: (name: NodeJS.Signals) => started.kill(name), exit, saw, output: () => output };
}

test('run --wait-for-config: a missing file, then one with mistakes, are each reported once; a valid one is used', async () => {
  const daemon = start(['--wait-for-config']);
  await daemon.saw('waiting for a configuration that is valid');
  expect(daemon.output()).toContain('bellhop.yaml');

  writeFileSync(config, 'as: 65001\nrouter-id: nonsense\n');
  await daemon.saw('"line":2');
  daemon.signal('SIGHUP');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(daemon.output().split('waiting for a configuration that is valid')).toHaveLength(3);

  writeFileSync(config, VALID);
  await daemon.saw('answering on the control socket');
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run --wait-for-config: what is wrong may be in another file', async () => {
  writeFileSync(
    config,
    `${VALID}neighbors: [{ address: 192.0.2.2, peer-as: 65001, passive: true, password-file: key }]\n`,
  );
  const daemon = start(['--wait-for-config']);
  await daemon.saw('waiting for a configuration that is valid');
  writeFileSync(join(directory, 'key'), 'not-a-good-key\n');
  await daemon.saw('answering on the control socket');
});

test('run --wait-for-config: SIGTERM ends the wait with 0', async () => {
  const daemon = start(['--wait-for-config']);
  await daemon.saw('waiting for a configuration that is valid');
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run: $CLAB_INTFS is waited for; SIGTERM ends that wait with 0 too', async () => {
  writeFileSync(config, VALID);
  const daemon = start([], { CLAB_INTFS: '1000' });
  await daemon.saw('waiting for 1000 links');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(daemon.output()).not.toContain('answering');
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);
  expect(daemon.output()).not.toContain('answering');
});

test('run: one link is not "links"', async () => {
  writeFileSync(config, VALID);
  const daemon = start(['--wait-interfaces', '1']);
  await daemon.saw('waiting for 1 link"');
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run: --wait-interfaces 0 wins over $CLAB_INTFS; nonsense is a usage error', async () => {
  writeFileSync(config, VALID);
  const daemon = start(['--wait-interfaces', '0'], { CLAB_INTFS: '1000' });
  await daemon.saw('answering on the control socket');
  daemon.signal('SIGTERM');
  expect(await daemon.exit).toBe(0);

  const other = start(['--wait-interfaces', 'eth1']);
  expect(await other.exit).toBe(2);
  expect(other.output()).toContain('It must be a number of links.');
});
