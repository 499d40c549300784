/** `config export`: one file that says what the daemon does, and by which another daemon does the same. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';
import { ConfigManager } from '../../src/speaker/config-manager.ts';
import { Speaker } from '../../src/speaker/speaker.ts';

const MAIN = `# edge router of the lab
as: 65001
router-id: 10.0.0.1
listen: []
peer-groups:
  transit: &transit { peer-as: 65002, password: s3cret, import: from-transit, export: accept }
neighbors:
  - { address: 192.0.2.2, peer-group: transit } # rack 7
  - address: 2001:DB8::0:2
    peer-as: 65003
    import: accept
    export: accept
dynamic-neighbors: [{ prefix: 198.18.0.0/24, peer-as: 65009, import: accept, export: accept }]
networks: [{ prefix: 10.0.0.0/8, med: 5 }]
policies: { from-transit: [{ then: accept }] }
`;

const DROP_IN = `neighbors: [{ address: 192.0.2.9, peer-as: 65004, password: other, import: second, export: accept }]
networks: [{ prefix: 10.9.0.0/16 }]
policies: { second: [{ match: { prefix-length: ">= 25" }, then: reject }, { then: accept }] }
`;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-export-'));
  path = join(directory, 'bellhop.yaml');
  mkdirSync(join(directory, 'bellhop.d'));
  writeFileSync(path, MAIN);
  writeFileSync(join(directory, 'bellhop.d/20-more.yaml'), DROP_IN);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function load() {
  const result = loadConfig(path);
  if (!result.ok) throw new Error(result.errors[0]!.message);
  return result;
}

const loaded = (): Config => load().config;

/** The configuration that an exported text is, without where its policies are written. */
function parsed(text: string): Config {
  const result = parseConfig(text, path, { dropIns: [] });
  if (!result.ok) throw new Error(result.errors.map(({ message, line }) => `${line}: ${message}`).join('; '));
  return withoutPlaces(result.config);
}

function withoutPlaces(config: Config): Config {
  return JSON.parse(JSON.stringify(config, (key, value) => (key === 'place' ? undefined : value))) as Config;
}

async function start() {
  const { config, texts } = load();
  const speaker = new Speaker(config);
  await speaker.start();
  return {
    speaker,
    manager: new ConfigManager(speaker, path, texts),
    [Symbol.asyncDispose]: () => speaker.stop('the test is over'),
  };
}

test('without changes it is the same configuration, with the comments of the file', async () => {
  await using it = await start();
  const { text, files, notes } = it.manager.export(true);
  expect(parsed(text)).toEqual(withoutPlaces(loaded()));
  expect(text).toContain('# edge router of the lab');
  expect(text).toContain('# rack 7');
  expect(files).toEqual([path, join(directory, 'bellhop.d/20-more.yaml')]);
  expect(notes).toEqual([]);
});

test('routes of run time are networks, disabled neighbors are shut down', async () => {
  await using it = await start();
  const { ownRoutes } = it.speaker;
  ownRoutes.announce('cli', {
    prefix: '203.0.113.0/24',
    communities: [0xfde80007],
    med: 7,
    peers: ['192.0.2.2'],
  });
  ownRoutes.announce('api:blue', { prefix: '2001:db8:7::/48' });
  ownRoutes.announce('api:blue', { prefix: '10.0.0.0/8' });
  ownRoutes.announce('vip:web', { prefix: '203.0.113.9/32' });
  ownRoutes.announce('cli', { prefix: '198.51.100.0/24' }, { ttlMilliseconds: 60_000 });
  it.speaker.disable('2001:db8::2', 'rack 7 moves');
  it.speaker.disable('192.0.2.9');
  const exported = it.manager.export(true);
  expect(exported).toMatchObject({
    routes: 2,
    disabled: 2,
    notes: ['Routes that end by themselves are left out: 1.'],
  });
  const config = parsed(exported.text);
  expect(config.networks.map(({ prefix }) => prefix)).toEqual([
    '10.0.0.0/8',
    '10.9.0.0/16',
    '203.0.113.0/24',
    '2001:db8:7::/48',
  ]);
  expect(config.networks[2]).toMatchObject({ med: 7, communities: [0xfde80007], peers: ['192.0.2.2'] });
  expect(config.neighbors.map(({ address, shutdown }) => [address, shutdown])).toEqual([
    ['192.0.2.2', undefined],
    ['2001:db8::2', 'rack 7 moves'],
    ['192.0.2.9', ''],
  ]);
});

test('secrets are hidden unless they are asked for, and counted', async () => {
  await using it = await start();
  const { text, hiddenSecrets, notes } = it.manager.export(false);
  expect(text).not.toMatch(/s3cret|other/);
  expect({ hiddenSecrets, notes }).toEqual({
    hiddenSecrets: 2,
    notes: ['Secrets are hidden: 2; --with-secrets shows them.'],
  });
  expect(parsed(text).neighbors[0]!.password).toBe('hidden');
  expect(it.manager.export(true).text).toContain('s3cret');
});

test('every header of a check is a secret, also one that an alias stands for', async () => {
  writeFileSync(
    path,
    `${MAIN}vips:
  - name: web
    addresses: [203.0.113.10]
    checks:
      - { http: 'http://127.0.0.1/', headers: &headers { X-Vault-Token: t0ken-1, Private-Token: t0ken-2 } }
      - { http: 'http://127.0.0.1/b', headers: *headers }
      - { http: 'http://127.0.0.1/c', name: &name t0ken-3, headers: { Host: *name } }
`,
  );
  await using it = await start();
  const { text, hiddenSecrets } = it.manager.export(false);
  expect(text).not.toMatch(/t0ken/);
  expect(hiddenSecrets).toBe(2 + 3);
  expect(parsed(text).vips[0]!.checks[0]!.probe).toMatchObject({
    headers: [
      ['X-Vault-Token', 'hidden'],
      ['Private-Token', 'hidden'],
    ],
  });
  expect(it.manager.export(true).text).toMatch(/t0ken-1/);
});

test('over TCP there are no comments, in which there may be old passwords', async () => {
  const comments = `# password: first
as: 65001 # second
router-id: 10.0.0.1
# third
listen: [] # fourth
neighbors:
  # fifth
  - { address: 192.0.2.2, peer-as: 65002, import: accept, export: accept } # sixth
  - address: 192.0.2.3 # seventh
    # eighth
    peer-as: 65003
    import: # ninth
      accept
    # tenth
networks:
  # eleventh

  # twelfth
  - prefix: 10.0.0.0/8
# last
`;
  writeFileSync(path, comments);
  rmSync(join(directory, 'bellhop.d'), { recursive: true });
  await using it = await start();
  const { text, notes } = it.manager.export(false, true);
  expect(text).not.toContain('#');
  expect(notes).toContain('Comments are left out; the control socket shows them.');
  expect(parsed(text)).toEqual(withoutPlaces(loaded()));
  expect(it.manager.export(false).text.match(/#/g)).toHaveLength(13);
});

test('it is what is in force, not what is in the file by now: apply, rollback, reload', async () => {
  await using it = await start();
  const networks = () => parsed(it.manager.export(true).text).networks.map(({ prefix }) => prefix);
  writeFileSync(path, MAIN.replace('10.0.0.0/8', '10.5.0.0/16'));
  expect(networks()).toEqual(['10.0.0.0/8', '10.9.0.0/16']);
  it.manager.apply(MAIN.replace('10.0.0.0/8', '10.7.0.0/16'), 'other.yaml', { confirmWithinSeconds: 60 });
  expect(networks()).toEqual(['10.7.0.0/16', '10.9.0.0/16']);
  it.manager.rollback();
  expect(networks()).toEqual(['10.0.0.0/8', '10.9.0.0/16']);
  it.manager.reload();
  expect(networks()).toEqual(['10.5.0.0/16', '10.9.0.0/16']);
  writeFileSync(path, 'as: nonsense');
  expect(() => it.manager.reload()).toThrow();
  expect(networks()).toEqual(['10.5.0.0/16', '10.9.0.0/16']);
});
