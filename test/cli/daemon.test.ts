/** The daemon as a process: signals, reload, exit codes, and the wrapper for old versions of Node. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { BellhopClient } from '../../src/client.ts';
import { freePort, until } from '../speaker/fixtures.ts';

const COMMAND = join(import.meta.dirname, '../../bin/bellhop.js');
const VALID = 'as: 65001\nrouter-id: 192.0.2.1\nlisten: []\n';

let directory: string;
let configPath: string;
let socketPath: string;
let children: ChildProcessWithoutNullStreams[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-daemon-'));
  configPath = join(directory, 'bellhop.yaml');
  socketPath = join(directory, 'bellhop.sock');
  children = [];
  writeFileSync(configPath, VALID);
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A running `bellhop` command. */
interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exit: Promise<number | NodeJS.Signals | null>;
  /** What it wrote so far to both of its outputs. */
  output(): string;
  /** Resolves when the output holds `text`. */
  saw(text: string): Promise<void>;
}

function start(words: readonly string[], node = process.execPath, env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(node, [COMMAND, ...words], { env: { ...process.env, ...env } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
  const saw = async (text: string): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while (!output.includes(text)) {
      if (Date.now() > deadline) throw new Error(`no '${text}' in:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, exit, output: () => output, saw };
}

async function startDaemon(node?: string, env?: NodeJS.ProcessEnv): Promise<Run> {
  const words = ['run', '--config', configPath, '--socket', socketPath, '--log-format', 'json'];
  const run = start(words, node, env);
  await run.saw('answering on the control socket');
  return run;
}

test('run: answers on its socket; SIGTERM ends it with 0 and removes the socket', async () => {
  const daemon = await startDaemon();
  expect(await fetchAnswer(socketPath, requests.status())).toMatchObject({
    as: 65001,
    routerId: '192.0.2.1',
  });
  const before = Date.now();
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
  expect(Date.now() - before).toBeLessThan(3000);
  expect(existsSync(socketPath)).toBe(false);
});

test('run: signals that come together are one, such as a Ctrl-C delivered twice', async () => {
  const daemon = await startDaemon();
  // Between two calls of ours any time may pass. While it is stopped they wait, if they are different ones.
  for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) daemon.child.kill(signal);
  expect(await daemon.exit).toBe(0);
});

test('run: SIGHUP with a broken file changes nothing, with a valid one it is applied', async () => {
  const daemon = await startDaemon();
  writeFileSync(configPath, 'as: many\nrouter-id: 192.0.2.1\n');
  daemon.child.kill('SIGHUP');
  await daemon.saw('configuration is not valid, nothing changed');
  expect(await fetchAnswer(socketPath, requests.neighbors())).toEqual([]);

  writeFileSync(
    configPath,
    `${VALID}neighbors:\n  - address: 192.0.2.2\n    peer-as: 65001\n    passive: true\n`,
  );
  daemon.child.kill('SIGHUP');
  await daemon.saw('configuration applied');
  expect(await fetchAnswer(socketPath, requests.neighbors())).toMatchObject([{ address: '192.0.2.2' }]);
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

/** Makes Node fail to load the file that reloads for as long as `blocked` is there. */
function withoutManager(blocked: string): Record<string, string> {
  const code = `
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.endsWith('/config-manager.ts') && existsSync(${JSON.stringify(blocked)}))
      throw new Error('EMFILE: too many open files');
    return next(specifier, context);
  },
});`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

test('run: what cannot be loaded when SIGHUP comes ends nothing, and is tried again with the next', async () => {
  const blocked = join(directory, 'blocked');
  const daemon = await startDaemon(undefined, withoutManager(blocked));
  writeFileSync(blocked, '');
  daemon.child.kill('SIGHUP');
  await daemon.saw('cannot reload, nothing changed: EMFILE: too many open files');
  rmSync(blocked);
  daemon.child.kill('SIGHUP');
  await daemon.saw('configuration applied');
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run: a part that cannot be loaded for the first client is tried again for the next', async () => {
  const blocked = join(directory, 'blocked');
  const daemon = await startDaemon(undefined, withoutManager(blocked));
  writeFileSync(blocked, '');
  await expect(fetchAnswer(socketPath, requests.status())).rejects.toThrow();
  rmSync(blocked);
  expect(await fetchAnswer(socketPath, requests.status())).toMatchObject({ as: 65001 });
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run: the API on TCP follows the configuration; one that listens to events does not delay the end', async () => {
  const port = await freePort();
  writeFileSync(configPath, `${VALID}api: { listen: '127.0.0.1:${port}' }\n`);
  const daemon = await startDaemon();
  await daemon.saw('answering on TCP');
  const url = `http://127.0.0.1:${port}`;
  expect((await fetch(`${url}/v1/status`)).status).toBe(200);

  writeFileSync(join(directory, 'api.token'), `${'x'.repeat(32)}\n`);
  writeFileSync(configPath, `${VALID}api: { listen: '127.0.0.1:${port}', token-file: api.token }\n`);
  daemon.child.kill('SIGHUP');
  await daemon.saw('configuration applied');
  await vi.waitFor(async () => expect((await fetch(`${url}/v1/status`)).status).toBe(401));

  const heard: string[] = [];
  const listening = (async () => {
    const client = new BellhopClient({ url, token: 'x'.repeat(32) });
    for await (const event of client.events({ reconnect: false })) {
      heard.push(event.type);
      if (event.type === 'ready') daemon.child.kill('SIGTERM');
    }
  })();
  await expect(listening).rejects.toMatchObject({ code: 'DAEMON_UNREACHABLE' });
  expect(heard).toEqual(['ready', 'daemon']);
  expect(await daemon.exit).toBe(0);
});

test('run: what a request does to the configuration reaches the API on TCP, and the request is answered', async () => {
  const daemon = await startDaemon();
  const [one, two] = [await freePort(), await freePort()];
  const withPort = (port: number) => `${VALID}api: { listen: '127.0.0.1:${port}' }\n`;
  const answers = (port: number) =>
    vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200));
  writeFileSync(configPath, withPort(one));
  await fetchAnswer(socketPath, requests.reload());
  await answers(one);
  // Its own connection is one of the listener that goes.
  const remote = new BellhopClient({ url: `http://127.0.0.1:${one}` });
  const outcome = await remote.apply('new.yaml', withPort(two), '60s');
  expect(outcome.changes).toMatchObject([
    { class: 'hot', subject: 'api', from: `127.0.0.1 port ${one}`, to: `127.0.0.1 port ${two}` },
  ]);
  await answers(two);
  await expect(fetch(`http://127.0.0.1:${one}/healthz`)).rejects.toThrow();
  await fetchAnswer(socketPath, requests.rollback());
  await answers(one);
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run: a port of the API that is taken is an error in the log, the daemon runs on', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  writeFileSync(configPath, `${VALID}api: { listen: '127.0.0.1:${port}' }\n`);
  const daemon = await startDaemon();
  await daemon.saw('the API does not listen on TCP');
  expect(await fetchAnswer(socketPath, requests.status())).toMatchObject({ as: 65001 });
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
  server.close();
});

test('run: a second daemon on the same socket ends with 1, the first lives on', async () => {
  const daemon = await startDaemon();
  const second = start(['run', '--config', configPath, '--socket', socketPath]);
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain(`another bellhop answers on ${socketPath}`);
  expect(await fetchAnswer(socketPath, requests.status())).toMatchObject({ as: 65001 });
  daemon.child.kill('SIGTERM');
  expect(await daemon.exit).toBe(0);
});

test('run: an invalid configuration ends with 2 and says where', async () => {
  writeFileSync(configPath, 'as: 65001\nrouter-id: nonsense\n');
  const daemon = start(['run', '--config', configPath, '--socket', socketPath]);
  expect(await daemon.exit).toBe(2);
  expect(daemon.output()).toContain(`${configPath}:2:`);
});

test('demo: both sessions come up and bring routes of both families', async () => {
  const demo = start(['demo', '--seconds', '6']);
  expect(await demo.exit).toBe(0);
  expect(demo.output()).toMatch(/127\.0\.0\.2 +65002 +Established/);
  expect(demo.output()).toMatch(/127\.0\.0\.1 +65001 +Established/);
  expect(demo.output()).toMatch(/\*> +203\.0\.113\.0\/24 +127\.0\.0\.2 +127\.0\.0\.2 .* 65002 i$/m);
  expect(demo.output()).toMatch(/\*> +2001:db8:a::\/48 +2001:db8:ffff::1 +127\.0\.0\.1 .* 65001 i$/m);
});

test('demo: a broken service takes its address from the other speaker within a second', async () => {
  const demo = start(['demo', '--seconds', '30']);
  const atB = /\*> +192\.0\.2\.80\/32 +127\.0\.0\.1 +127\.0\.0\.1 /;
  const last = () => demo.output().split('== Speaker B').at(-1) ?? '';
  await until(() => atB.test(last()), 'speaker B has the address');
  const url = /curl -X POST (\S+)\/break/.exec(demo.output())?.[1];
  await fetch(`${url}/break`, { method: 'POST' });
  // A second, and the time to the next report.
  await until(() => !atB.test(last()), 'it is gone', 1500);
  expect(last()).toMatch(/192\.0\.2\.80\/32 withdrawn, with all peers after [\d.]+ ms/);
  await fetch(`${url}/mend`, { method: 'POST' });
  await until(() => atB.test(last()), 'it is back');
  demo.child.kill('SIGINT');
  expect(await demo.exit).toBe(0);
});

test('demo: Ctrl-C ends it with 0', async () => {
  const demo = start(['demo']);
  await demo.saw('Established');
  demo.child.kill('SIGINT');
  expect(await demo.exit).toBe(0);
});

/** A Node of this machine that is too old for bellhop. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => {
    if (!existsSync(node)) return false;
    const { stdout } = spawnSync(node, ['-p', 'process.versions.node.split(".")[0] < 24'], {
      encoding: 'utf8',
    });
    return stdout?.trim() === 'true';
  });

test.skipIf(oldNode === undefined)(
  'wrapper: under an old Node signals and exit codes pass through',
  async () => {
    const daemon = await startDaemon(oldNode);
    daemon.child.kill('SIGHUP');
    await daemon.saw('configuration applied');
    daemon.child.kill('SIGTERM');
    expect(await daemon.exit).toBe(0);
    expect(await start(['show', 'summary', '--socket', socketPath], oldNode).exit).toBe(3);
  },
);
