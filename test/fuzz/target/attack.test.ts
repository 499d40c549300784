/** `bellhop fuzz` as a user runs it, against a speaker of ours on loopback and against nobody. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { AttackReport } from '../../../src/fuzz/target/report.ts';
import { freePort, type Running, run } from '../../speaker/fixtures.ts';

let subject: Running;

beforeAll(async () => {
  subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: 127.0.0.2, peer-as: 65002, passive: true, families: [ipv4-unicast, ipv6-unicast], next-hop: [127.0.0.1, "2001:db8::1"], idle-hold-time: 10ms, idle-hold-time-maximum: 10ms, import: accept, export: accept }
`);
});

afterAll(() => subject[Symbol.asyncDispose]());

async function bellhop(line: string) {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      written[name] += Buffer.from(text).toString();
    },
  });
  const code = await main(line.split(' '), {
    stdout: output('stdout'),
    stderr: output('stderr'),
    environment: {},
  });
  return { code, ...written };
}

const AGAINST_SUBJECT = () =>
  `fuzz --target 127.0.0.1:${subject.port} --source 127.0.0.2 --as 65002 --peer-as 65001 --router-id 10.0.0.2 --seed 3`;

test('fuzz --json: what made the target close, and that it lives', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await bellhop(`${AGAINST_SUBJECT()} --count 150 --pace 3 --json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as AttackReport;
  expect(report).toMatchObject({ seed: 3, messages: 150, alive: true });
  expect(report.closesTotal).toBe(report.closes.length);
  expect(report.closes.length).toBeGreaterThan(3);
  expect(report.sessions).toBeGreaterThan(3);
  const updateError = report.closes.find((close) => close.code === 3);
  expect(updateError?.name).toMatch(/^UPDATE message error\//);
  expect(updateError?.hex).toMatch(/^[0-9a-f]{38,}$/);
});

test('fuzz: the report for people', { timeout: 60_000 }, async () => {
  const { code, stdout } = await bellhop(`${AGAINST_SUBJECT()} --count 40 --pace 3`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^127\.0\.0\.1 port \d+, seed 3\n40 messages \(\d+ damaged\) in/);
  expect(stdout).toContain('Closed with');
  expect(stdout).toContain('The target lives');
});

test('fuzz: nobody there is exit code 1', { timeout: 60_000 }, async () => {
  const port = await freePort();
  const { code, stdout } = await bellhop(
    `fuzz --target 127.0.0.1:${port} --as 65002 --peer-as 65001 --count 5 --patience 1`,
  );
  expect(code).toBe(1);
  expect(stdout).toContain('The target does not live: cannot connect to 127.0.0.1');
});

test.each([
  ['--target 8.8.8.8 --as 1 --peer-as 2', '8.8.8.8 is not loopback, link-local or private'],
  ['--target [2001:db8::1]:179 --as 1 --peer-as 2', 'Add --i-own-this-target'],
  ['--target example.net --as 1 --peer-as 2', 'It must be an IP address'],
  ['--target 10.0.0.1 --as 0 --peer-as 2', 'It must be an AS number'],
  ['--target 10.0.0.1 --as 1', "required option '--peer-as <number>' not specified"],
])('fuzz %s: exit code 2', async (options, message) => {
  const result = await bellhop(`fuzz ${options}`);
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain(message);
});
