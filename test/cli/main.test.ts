/** The command line against an API with a fake speaker: output and exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import { VERSION } from '../../src/cli/version.ts';
import { FakeSpeaker } from '../api/fake-speaker.ts';
import { replay } from '../vectors/replay.ts';

let directory: string;
let socketPath: string;
let speaker: FakeSpeaker;
let api: Api;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-cli-'));
  socketPath = join(directory, 'bellhop.sock');
  speaker = new FakeSpeaker();
  api = await startApi(speaker, { socketPath });
});

afterEach(async () => {
  await api.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a command line; its words are separated by single spaces. */
async function run(line: string, environment: NodeJS.ProcessEnv = { BELLHOP_SOCKET: socketPath }) {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      written[name] += Buffer.from(text).toString();
    },
  });
  const code = await main(line.split(' '), {
    stdout: output('stdout'),
    stderr: output('stderr'),
    environment,
  });
  return { code, ...written };
}

test('show summary, neighbors, neighbor, routes: text', async () => {
  expect((await run('show summary')).stdout).toContain('bellhop 9.9.9, AS 65001');
  expect((await run('show neighbors')).stdout).toMatch(/^192\.0\.2\.2 +65002 +Established/m);
  expect((await run('show neighbor 192.0.2.2')).stdout).toContain('Neighbor 192.0.2.2');
  expect((await run('show routes')).stdout).toContain('*>  203.0.113.0/24');
});

test('show --json: the answer of the API, which parses', async () => {
  expect(JSON.parse((await run('show summary --json')).stdout)).toMatchObject({ status: { as: 65001 } });
  expect(JSON.parse((await run('show neighbors --json')).stdout)).toHaveLength(1);
  expect(JSON.parse((await run('show neighbor 192.0.2.2 --json')).stdout)).toMatchObject({ peerAs: 65002 });
  expect(JSON.parse((await run('show routes --json')).stdout)).toMatchObject([{ prefix: '203.0.113.0/24' }]);
});

test('show routes: options become the query', async () => {
  await run('show routes 203.0.113.0/24 --received 192.0.2.2 --family ipv4 --limit 3');
  await run('show routes --advertised 192.0.2.2 --family ipv6-unicast');
  expect(speaker.queries).toEqual([
    { prefix: '203.0.113.0/24', received: '192.0.2.2', family: 'ipv4-unicast', limit: 3 },
    { advertised: '192.0.2.2', family: 'ipv6-unicast' },
  ]);
});

test('show errors: a table of all, details of one, JSON, fixtures that replay', async () => {
  expect((await run('show errors')).stdout).toMatch(/^2026-01-02T03:04:05\.678Z +192\.0\.2\.2 +UPDATE/m);
  expect((await run('show errors 192.0.2.2')).stdout).toContain('Fault at   byte 43');
  expect(JSON.parse((await run('show errors 192.0.2.2 --json')).stdout)).toMatchObject([{ offset: 43 }]);
  const [fixture] = JSON.parse((await run('show errors --fixture')).stdout);
  expect(fixture).toMatchObject({ description: 'UPDATE: bad attribute length (med) (RFC 7606 section 7.4)' });
  expect(replay(fixture)).toEqual(fixture.expect);
  speaker.errorList = [];
  expect((await run('show errors')).stdout).toBe('No malformed messages.\n');
});

test('refresh: asks and says so', async () => {
  expect(await run('refresh 192.0.2.2 --family ipv4')).toMatchObject({
    code: 0,
    stdout: 'Asked 192.0.2.2 for its ipv4-unicast routes.\n',
  });
  expect(speaker.refreshes).toEqual([['192.0.2.2', 'ipv4-unicast']]);
});

test('--socket wins over $BELLHOP_SOCKET', async () => {
  expect(await run(`show summary --socket ${socketPath}`, { BELLHOP_SOCKET: '/nowhere' })).toMatchObject({
    code: 0,
  });
});

test.each([
  ['show neighbor 192.0.2.99', 1, 'error: no neighbor 192.0.2.99'],
  ['show neighbor upstream', 2, "error: address: 'upstream' is not an IP address"],
  ['show errors 192.0.2.99', 1, 'error: no neighbor 192.0.2.99'],
  ['show errors --json --fixture', 2, 'cannot be used with'],
  ['show routes --family vpnv4', 2, 'must be one of ipv4-unicast, ipv6-unicast'],
  ['show routes --limit many', 2, 'whole number'],
  ['show sumary', 2, 'Did you mean summary?'],
  ['frobnicate', 2, "unknown command 'frobnicate'"],
  ['run --log-format xml', 2, 'Allowed choices are text, json'],
  ['show', 2, 'Usage: bellhop show'],
  ['show summary --socket /nowhere/b.sock', 3, 'cannot reach the daemon on /nowhere/b.sock'],
])('%s: exit code %d', async (line, code, message) => {
  const result = await run(line);
  expect(result).toMatchObject({ code, stdout: '' });
  expect(result.stderr).toContain(message);
});

test('version, --version, --help: exit code 0', async () => {
  expect(await run('version')).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  expect(await run('--version')).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  const help = await run('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Exit codes');
});

test('check: a valid file is summed up, its warnings are shown', async () => {
  const file = join(directory, 'good.yaml');
  writeFileSync(
    file,
    'as: 65001\nrouter-id: 192.0.2.1\nneighbors:\n  - address: 192.0.2.2\n    peer-as: 65002\n',
  );
  const result = await run(`check ${file}`);
  expect(result.code).toBe(0);
  expect(result.stdout).toContain(`${file}: valid (AS 65001, 1 neighbor, 0 networks`);
  expect(result.stderr).toContain('warning:');
  expect(result.stderr).toContain('RFC 8212');
});

test('check: every error of an invalid file is shown with its place; exit code 2', async () => {
  const file = join(directory, 'bad.yaml');
  writeFileSync(file, 'as: 65001\nrouter-id: 192.0.2.999\nneighbours: []\n');
  const result = await run(`check ${file}`);
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain(`${file}:2:`);
  expect(result.stderr).toContain(`${file}:3:`);
  expect(result.stderr).toContain(`${file}: 2 errors`);
  expect((await run(`check ${join(directory, 'none.yaml')}`)).code).toBe(2);
});
