/** `bellhop explain` as text, against a speaker whose routes have many fates. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import type { Explanation } from '../../src/api/types.ts';
import { main } from '../../src/cli/main.ts';
import { address, Network } from '../speaker/explain-network.ts';

let network: Network;
let api: Api;
let directory: string;

beforeAll(async () => {
  network = await Network.start();
  network.announce('up', '10.2.0.0/16', { extra: 'c00804fdea00c8' });
  network.announce('second', '10.2.0.0/16');
  network.announce('up', '10.66.0.0/16');
  network.announce('up', '10.7.0.0/16', { extra: '8004020102' });
  network.announce('up', '10.8.0.0/16', { extra: '40060100' });
  await network.settled();
  directory = mkdtempSync(join(tmpdir(), 'bellhop-explain-'));
  api = await startApi(network.subject.speaker, { socketPath: join(directory, 'bellhop.sock') });
}, 30_000);

afterAll(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
  await network[Symbol.asyncDispose]();
});

async function bellhop(line: string): Promise<{ code: number; text: string }> {
  let text = '';
  const output = {
    write: (piece: string | Uint8Array) => {
      text += Buffer.from(piece).toString();
    },
  };
  const environment = { BELLHOP_SOCKET: join(directory, 'bellhop.sock') };
  const code = await main(line.split(' '), { stdout: output, stderr: output, environment });
  return { code, text: text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME') };
}

test('a route: who announces it, the terms with their lines, the step it lost by, what each neighbor is told', async () => {
  const { code, text } = await bellhop('explain 10.2.0.0/16');
  expect(code).toBe(0);
  expect(text).toMatch(/^10\.2\.0\.0\/16: 2 paths, best from 127\.0\.1\.1, told to 8 of 14 neighbors\n/);
  expect(text).toContain(
    [
      'From 127.0.1.1: best',
      '  heard in the session that began at TIME',
      '  received   next hop 127.0.1.1, path 65002, origin igp, communities 65002:200',
      '  import     accepted: term `lift` of policy `from-up`',
    ].join('\n'),
  );
  expect(text).toContain('      localPref: none -> 200\n');
  expect(text).toContain('From 127.0.1.2: not best, lost by LOCAL_PREF\n');
  expect(text).toMatch(/To 127\.0\.1\.10: not sent yet\n[\s\S]* {2}pending {4}the announcement waits for/);
  expect(text).toContain('To 127.0.1.1: not sent: the best route comes from this peer\n');
});

test('--from and --to show one side alone', async () => {
  const from = await bellhop(`explain 10.2.0.0/16 --from ${address('second')}`);
  expect(from.text).not.toContain('To 127');
  expect(from.text).not.toContain('From 127.0.1.1:');
  const to = await bellhop(`explain 10.2.0.0/16 --to ${address('picky')}`);
  expect(to.text).not.toContain('From 127');
  expect(to.text).toContain('no match: prefix: [10.1.0.0/16]');
});

test.each([
  [
    '10.66.0.0/16',
    /import +rejected: term `unwanted` of policy `from-up`\n {4}from-up \/ unwanted \(test.yaml:7\)/,
  ],
  [
    '10.7.0.0/16',
    /not in the table; nothing around it is either\n[\s\S]*From 127\.0\.1\.1: nothing: the message that/,
  ],
  ['10.8.0.0/16', /malformed at TIME: .*attribute-discard \(RFC 7606[^)]*\), error \d+/],
  ['10.8.7.0/24', /^10\.8\.7\.0\/24 is not in the table; the longest match is 10\.8\.0\.0\/16\n/],
  ['10.102.0.0/16', /waits for a route to 10\.250\.0\.0\/16/],
])('explain %s', async (prefix, expected) => {
  const { text } = await bellhop(`explain ${prefix}`);
  expect(text).toMatch(expected);
});

test('--json prints the answer of the API', async () => {
  const answer = JSON.parse((await bellhop('explain 10.2.7.7 --json')).text) as Explanation;
  expect(answer.prefix).toBe('10.2.0.0/16');
});

test.each([
  ['explain nonsense', /not an IP prefix/, 2],
  ['explain 10.2.0.0/16 --to 192.0.2.77', /no neighbor 192\.0\.2\.77/, 1],
])('%s: what is wrong', async (line, message, exitCode) => {
  const { code, text } = await bellhop(line);
  expect(text).toMatch(message);
  expect(code).toBe(exitCode);
});
