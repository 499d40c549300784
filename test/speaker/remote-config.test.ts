/** A configuration that comes over TCP reads no files but those of its directory, and runs nothing that is new. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Api, startApi } from '../../src/api/server.ts';
import { BellhopClient } from '../../src/client.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigManager } from '../../src/speaker/config-manager.ts';
import { remoteOutside } from '../../src/speaker/remote-config.ts';
import { type Running, run } from './fixtures.ts';

let root: string;
let path: string;
let subject: Running;
let api: Api;
let remote: BellhopClient;
let local: BellhopClient;

const text = (neighbor = '', top = '') => `as: 65001
router-id: 10.0.0.1
listen: []
api: { listen: "127.0.0.1:0" }
neighbors: [{ address: 192.0.2.2, peer-as: 65002, passive: true, import: accept, export: accept${neighbor} }]
processes: [{ name: known, run: [/bin/true, x] }]
${top}`;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'bellhop-remote-'));
  const directory = join(root, 'etc');
  mkdirSync(directory);
  path = join(directory, 'bellhop.yaml');
  writeFileSync(join(root, 'named'), 'named by the file of the daemon');
  writeFileSync(join(root, 'secret'), 'nobody names me');
  writeFileSync(join(directory, 'inside'), 'beside it');
  symlinkSync(join(root, 'secret'), join(directory, 'link'));
  writeFileSync(path, text(`, password-file: ${join(root, 'named')}`));
  const loaded = loadConfig(path);
  if (!loaded.ok) throw new Error(loaded.errors[0]!.message);
  subject = await run(loaded.config);
  api = await startApi(subject.speaker, {
    socketPath: join(root, 'bellhop.sock'),
    configManager: new ConfigManager(subject.speaker, path, loaded.texts),
  });
  await api.configure(loaded.config.api);
  remote = new BellhopClient({ url: api.url! });
  local = new BellhopClient(api.socketPath);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await api.close();
  await subject[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

test.each([
  ['a path', () => join(root, 'secret')],
  ['a path that is not there', () => join(root, 'nothing')],
  ['a relative path that leaves the directory', () => '../secret'],
  ['a link in the directory', () => 'link'],
])('%s elsewhere is not read over TCP, and nothing is said of it', async (_, file) => {
  const body = text(`, password-file: "${file()}"`);
  for (const change of [() => remote.plan('x.yaml', body), () => remote.apply('x.yaml', body)])
    await expect(change()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(
        `cannot read \`${file()}\`: a configuration that comes over TCP may name files in ${join(root, 'etc')} only`,
      ),
    });
  expect(subject.speaker.config.neighbors[0]!.password).toBe('named by the file of the daemon');
});

test('files in the directory, and those that the file of the daemon names, are read', async () => {
  const names = ['inside', join(root, 'etc/inside'), join(root, 'named')];
  for (const name of names)
    expect(await remote.apply('/home/me/x.yaml', text(`, password-file: "${name}"`))).toMatchObject({
      applied: true,
    });
  await remote.apply('/home/me/x.yaml', text(', password-file: inside'));
  expect(subject.speaker.config.neighbors[0]!.password).toBe('beside it');
});

test('the control socket may name any file', async () => {
  await local.apply(join(root, 'x.yaml'), text(', password-file: secret'));
  expect(subject.speaker.config.neighbors[0]!.password).toBe('nobody names me');
});

test.each([
  ['the program ["/bin/false"]', '\nprocesses: [{ name: new, run: [/bin/false] }]'],
  [
    'the program ["/bin/id","-u"]',
    '\nvips: [{ name: web, addresses: [203.0.113.10], checks: [{ exec: [/bin/id, -u] }] }]',
  ],
  ['the program ["/bin/id"]', '\nvips: [{ name: web, addresses: [203.0.113.10], hooks: { up: [/bin/id] } }]'],
  ['the manifests /tmp/*.yaml', '\nmetallb: { files: [/tmp/*.yaml], node: n }'],
  ['the state file /tmp/state', '\nstate-file: /tmp/state'],
])('%s is refused over TCP, and taken on the control socket', async (what, top) => {
  const base = text().replace(/processes: .*\n/, top.startsWith('\nprocesses') ? '' : '$&');
  const body = `${base}${top}\n`;
  await expect(remote.apply('x.yaml', body)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining(what),
  });
  await expect(remote.plan('x.yaml', body)).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await local.plan('x.yaml', body)).toMatchObject({ applied: false });
});

test('a program is its arguments one by one, not what they look like in a row', async () => {
  const body = text().replace('[/bin/true, x]', '["/bin/true x"]');
  await expect(remote.apply('x.yaml', body)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('the program ["/bin/true x"]'),
  });
});

test('an environment variable that the file of the daemon does not name is refused over TCP', async () => {
  vi.stubEnv('BELLHOP_TEST_KNOWN', 'known key');
  vi.stubEnv('BELLHOP_TEST_OTHER', 'other key');
  const body = (name: string) => text(`, password-env: ${name}`);
  const known = body('BELLHOP_TEST_KNOWN');
  for (const name of ['BELLHOP_TEST_KNOWN', 'BELLHOP_TEST_OTHER', 'BELLHOP_TEST_UNSET'])
    for (const change of [() => remote.plan('x.yaml', body(name)), () => remote.apply('x.yaml', body(name))])
      await expect(change()).rejects.toMatchObject({
        code: 'REFUSED',
        message: expect.stringContaining(`may not bring the environment variable ${name};`),
      });
  writeFileSync(path, known);
  await local.reload();
  expect(await remote.apply('x.yaml', known.replace('known, run', 'renamed, run'))).toMatchObject({
    applied: true,
  });
  expect(subject.speaker.config.neighbors[0]!.password).toBe('known key');
});

test.each(['/etc/bellhop.yaml', '/bellhop.yaml'])('beside %s nothing belongs to it', (configPath) => {
  const known = { files: new Set([join(root, 'named')]), variables: new Set<string>() };
  const { readFile } = remoteOutside(configPath, known, () => undefined);
  expect(() => readFile('/etc/passwd')).toThrow('files that the file of the daemon names only');
  expect(readFile(join(root, 'named'))).toBe('named by the file of the daemon');
});

test('comments, in which there may be secrets, are shown on the control socket alone', async () => {
  await local.apply('x.yaml', text('', '# token: t0ken'));
  expect((await local.exportConfig()).text).toContain('# token: t0ken');
  expect((await remote.exportConfig()).text).not.toContain('t0ken');
});

test('programs that run already are no obstacle', async () => {
  expect(await remote.apply('x.yaml', text(', hold-time: 30s, password-file: inside'))).toMatchObject({
    applied: true,
  });
});
