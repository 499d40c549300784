/** Configurations from another process are those of this one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigLoader } from '../../src/config/load-apart.ts';

/** One of each kind of thing that a configuration can hold. */
const RICH = `
as: 65000
router-id: 10.0.0.1
api: { listen: '127.0.0.1:8179', ready: all }
prefix-sets: { ours: [203.0.113.0/24 le 32, '2001:db8::/32'] }
policies:
  clean:
    - { match: { prefix-set: ours, as-path: '_65001_' }, set: { local-pref: 200 }, then: accept }
    - { then: reject }
neighbors:
  - { address: 192.0.2.2, peer-as: 65001, import: clean, export: accept, max-prefixes: { count: 10 } }
  - { address: 'fe80::2%eth0', peer-as: external, families: [ipv6-unicast], import: accept, export: accept }
networks: [{ prefix: 203.0.113.0/24, communities: ['65000:1'], large-communities: ['65000:1:2'] }]
vips: [{ name: web, addresses: [203.0.113.10], checks: [{ name: http, http: 'http://127.0.0.1/' }] }]
processes: [{ name: p, run: [/bin/cat], receive: [update] }]
`;

let directory: string;
let loader: ConfigLoader;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-load-'));
  loader = new ConfigLoader();
});

afterEach(() => {
  loader.close();
  rmSync(directory, { recursive: true, force: true });
});

test('the same as in this process, undefined keys and all', async () => {
  const path = join(directory, 'rich.yaml');
  writeFileSync(path, RICH);
  const here = loadConfig(path);
  expect(here.ok || here.errors).toBe(true);
  expect(await loader.load(path)).toStrictEqual(here);
});

test('mistakes, and one file after the other', async () => {
  const path = join(directory, 'bellhop.yaml');
  const missing = await loader.load(path);
  expect(missing).toStrictEqual(loadConfig(path));
  expect(missing.ok).toBe(false);
  writeFileSync(path, 'as: 65001\nrouter-id: nonsense\nbogus: 1\n');
  expect(await loader.load(path)).toStrictEqual(loadConfig(path));
  writeFileSync(path, 'as: 65001\nrouter-id: 192.0.2.1\n');
  expect(await loader.load(path)).toMatchObject({ ok: true, config: { as: 65001 } });
});

test('a process that is gone is replaced', async () => {
  const path = join(directory, 'bellhop.yaml');
  writeFileSync(path, 'as: 65001\nrouter-id: 192.0.2.1\n');
  loader.close();
  expect(await loader.load(path)).toMatchObject({ ok: true });
});

test('close ends a process that hangs; who waits for it is told', async () => {
  const path = join(directory, 'fifo');
  spawnSync('mkfifo', [path]);
  const loading = expect(loader.load(path)).rejects.toThrow(
    'cannot load the configuration: the process that does it ended with SIGKILL',
  );
  loader.close();
  await loading;
});
