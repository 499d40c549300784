/** Operation of a daemon by its commands: plan, reload, apply, confirm, save, watch, and what survives a kill -9. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { main } from '../../src/cli/main.ts';

const COMMAND = join(import.meta.dirname, '../../bin/bellhop.js');

let directory: string;
let path: string;
let socketPath: string;
let children: ChildProcess[];

const config = (more = '') => `as: 65001
router-id: 192.0.2.1
listen: []
persist: true
state-file: state.jsonl
networks: [{ prefix: 10.0.0.0/8 }]
neighbors: [{ address: 127.0.0.2, peer-as: 65002, passive: true, import: accept, export: accept${more} }]
`;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-operate-'));
  path = join(directory, 'bellhop.yaml');
  socketPath = join(directory, 'bellhop.sock');
  children = [];
  writeFileSync(path, config());
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function daemon(...more: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [COMMAND, 'run', '-c', path, '--socket', socketPath, ...more]);
  children.push(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(log);
    return fetchAnswer(socketPath, requests.status()).then(
      () => true,
      () => false,
    );
  });
  return child;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function run(...words: string[]) {
  let text = '';
  const output = {
    write: (more: string | Uint8Array) => {
      text += Buffer.from(more).toString();
    },
  };
  const environment = { BELLHOP_SOCKET: socketPath };
  return { code: await main(words, { stdout: output, stderr: output, environment }), text };
}

const announced = async () =>
  (await fetchAnswer(socketPath, requests.announcements())).map(({ owner, prefix }) => `${owner} ${prefix}`);

test('plan says what reload then does; a broken file changes nothing and shows where it is broken', async () => {
  await daemon();
  const next = config(', hold-time: 30').replace('10.0.0.0/8', '203.0.113.0/24');
  writeFileSync(path, next);
  const plan = await run('plan', path);
  expect(plan.code).toBe(0);
  expect(plan.text).toMatch(
    /^session reset +neighbor 127\.0\.0\.2 +hold-time: 90s -> 30s +the session ends/m,
  );
  expect(plan.text).toContain(
    '1 route of our own announced: 203.0.113.0/24\n1 route of our own withdrawn: 10.0.0.0/8',
  );
  expect(plan.text).toContain('Would apply 3 changes: 1 session reset, 2 hot.');
  expect(await announced()).toEqual(['config 10.0.0.0/8']);
  // A reload says the same, but for what it would mean to the peers.
  const same = plan.text.replace(/\nNo peer is told anything else\.[\s\S]*not counted\.\n/, '');
  expect((await run('reload')).text).toBe(same.replace('Would apply', 'Applied'));
  expect(await announced()).toEqual(['config 203.0.113.0/24']);
  expect(await run('reload')).toEqual({ code: 0, text: 'Nothing changes.\n' });
  writeFileSync(path, next.replace('hold-time', 'holdtime'));
  for (const command of [['reload'], ['plan', path], ['apply', path]]) {
    const broken = await run(...command);
    expect(broken.code).toBe(2);
    expect(broken.text).toContain('nothing changed');
    expect(broken.text).toMatch(
      /bellhop\.yaml:7:\d+: error: unknown key `holdtime`\n.*\n.*did you mean `hold-time`\?/,
    );
  }
  expect(await announced()).toEqual(['config 203.0.113.0/24']);
  expect(await run('plan', join(directory, 'none.yaml'))).toMatchObject({ code: 2 });
});

test('apply goes back by itself unless it is confirmed', async () => {
  await daemon();
  const other = join(directory, 'other.yaml');
  writeFileSync(other, config().replace('10.0.0.0/8', '203.0.113.0/24'));
  const applied = await run('apply', other, '--confirm-within', '1s');
  expect(applied.text).toContain('All of it is undone in 1 s unless you run `bellhop confirm`.');
  expect(await run('reload')).toMatchObject({
    code: 1,
    text: expect.stringContaining('waits to be confirmed'),
  });
  expect(await announced()).toEqual(['config 203.0.113.0/24']);
  await until(async () => (await announced())[0] === 'config 10.0.0.0/8');
  expect(await run('confirm')).toMatchObject({ code: 1 });
  await run('apply', other, '--confirm-within', '1m');
  expect(await run('confirm')).toEqual({ code: 0, text: `${other} stays in force.\n` });
  await run('apply', path, '--confirm-within', '1m');
  await run('rollback');
  expect(await announced()).toEqual(['config 203.0.113.0/24']);
});

test('with persist, announcements and disabled neighbors survive a kill -9, and save makes them configuration', async () => {
  const first = await daemon();
  await run('announce', '203.0.113.0/24', '--community', '65001:1');
  await run('announce', '198.51.100.0/24', '--owner', 'blue', '--ttl', '1h');
  await run('disable', '127.0.0.2', '--message', 'new line card');
  first.kill('SIGKILL');
  const second = await daemon();
  expect((await announced()).sort()).toEqual([
    'api:blue 198.51.100.0/24',
    'cli 203.0.113.0/24',
    'config 10.0.0.0/8',
  ]);
  expect((await run('show', 'neighbor', '127.0.0.2')).text).toContain('new line card');
  expect((await run('save')).text).toMatch(
    /^Wrote 1 route to .*bellhop\.d\/50-saved\.yaml\. 1 route left out: /,
  );
  // What is saved is configuration from the next reload on, and the peers hear nothing of that.
  expect((await run('reload')).text).toContain('1 route of our own changed or taken over: 203.0.113.0/24');
  await run('withdraw', '203.0.113.0/24');
  expect(await announced()).toContain('config 203.0.113.0/24');
  second.kill('SIGKILL');

  writeFileSync(
    join(directory, 'state.jsonl'),
    readFileSync(join(directory, 'state.jsonl'), 'utf8').replace('{', '['),
  );
  await daemon();
  expect((await announced()).sort()).toEqual(['config 10.0.0.0/8', 'config 203.0.113.0/24']);
  expect(await run('announce', '192.0.2.0/24')).toMatchObject({
    code: 1,
    text: expect.stringMatching(/it would not survive a restart: .*state\.jsonl is not used, move it away/),
  });
});

test('run --watch: a changed file is applied, a broken one is not, and drop-ins count', async () => {
  await daemon('--watch');
  writeFileSync(path, config().replace('10.0.0.0/8', '203.0.113.0/24'));
  await until(async () => (await announced())[0] === 'config 203.0.113.0/24');
  writeFileSync(path, 'as: [');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await announced()).toEqual(['config 203.0.113.0/24']);
  writeFileSync(path, config());
  await until(async () => (await announced())[0] === 'config 10.0.0.0/8');
  await run('announce', '192.0.2.0/24');
  await run('save');
  await until(async () => (await announced()).includes('config 192.0.2.0/24'));
});
