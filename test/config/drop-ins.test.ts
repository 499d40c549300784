/** `bellhop.d/*.yaml`: several files are one configuration, and every mistake is told in its own file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { loadConfig } from '../../src/config/load.ts';

const MAIN = `as: 65000
router-id: 10.0.0.1
peer-groups:
  fabric: { peer-as: 65001, import: accept, export: accept }
neighbors:
  - { address: 10.0.0.2, peer-group: fabric }
networks:
  - { prefix: 192.0.2.0/24 }
`;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-drop-ins-'));
  path = join(directory, 'bellhop.yaml');
  mkdirSync(join(directory, 'bellhop.d'));
  writeFileSync(path, MAIN);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const dropIn = (name: string, text: string) => writeFileSync(join(directory, 'bellhop.d', name), text);

function complaints(): string[] {
  const loaded = loadConfig(path);
  if (loaded.ok) throw new Error('it is valid');
  return loaded.errors.map((error) => formatDiagnostic(error, 'error').replaceAll(`${directory}/`, ''));
}

test('lists are put together in the order of the names, maps are joined', () => {
  dropIn(
    '20-b.yaml',
    'networks: [{ prefix: 203.0.113.0/24 }]\npeer-groups: { other: { peer-as: internal } }',
  );
  dropIn(
    '10-a.yml',
    'networks: [{ prefix: 198.51.100.0/24 }]\nneighbors: [{ address: 10.0.0.3, peer-group: other }]',
  );
  dropIn('30-empty.yaml', '# nothing yet\n');
  dropIn('.hidden.yaml', 'as: 1');
  dropIn('README', 'not: [yaml');
  const loaded = loadConfig(path);
  if (!loaded.ok) throw new Error('not valid');
  expect(loaded.config.networks.map(({ prefix }) => prefix)).toEqual([
    '192.0.2.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
  ]);
  expect(loaded.config.neighbors.map(({ address, peerAs }) => [address, peerAs])).toEqual([
    ['10.0.0.2', 65001],
    ['10.0.0.3', 'internal'],
  ]);
});

test('a mistake is told in the file, line and column where it stands', () => {
  dropIn('10-a.yaml', '\nnetworks:\n  - { prefix: 198.51.100.1/24 }\n');
  dropIn('20-b.yaml', 'neighbors:\n  - { address: 10.0.0.4, peer-group: fabric, hold_time: 3 }\n');
  expect(complaints()).toEqual([
    `bellhop.d/10-a.yaml:3:15: error: prefix \`198.51.100.1/24\` has host bits set
    3 |   - { prefix: 198.51.100.1/24 }
      |               ^^^^^^^^^^^^^^^ did you mean \`198.51.100.0/24\`?`,
    `bellhop.d/20-b.yaml:2:46: error: unknown key \`hold_time\`
    2 |   - { address: 10.0.0.4, peer-group: fabric, hold_time: 3 }
      |                                              ^^^^^^^^^ did you mean \`hold-time\`?`,
  ]);
});

test('what may be said once is said once, and two files that say the same entry are told apart', () => {
  dropIn(
    '10-a.yaml',
    'as: 65009\npeer-groups: { fabric: { peer-as: 1 } }\nnetworks: [{ prefix: 192.0.2.0/24 }]\n',
  );
  expect(complaints().map((text) => text.replace(/\n.*\n +\| +\^+/s, ' |'))).toEqual([
    'bellhop.d/10-a.yaml:1:1: error: `as` is in FILE already | remove one of them'.replace(
      'FILE',
      'bellhop.yaml',
    ),
    'bellhop.d/10-a.yaml:2:16: error: `peer-groups.fabric` is in bellhop.yaml already | remove one of them',
    'bellhop.d/10-a.yaml:3:22: error: 192.0.2.0/24 appears twice in `networks` | it is already in line 8 of bellhop.yaml',
  ]);
});

test('broken YAML in a drop-in is an error of that file', () => {
  dropIn('10-a.yaml', 'networks: [');
  expect(complaints()[0]).toMatch(/^bellhop\.d\/10-a\.yaml:1:\d+: error: /);
  dropIn('10-a.yaml', 'just text');
  expect(complaints()).toEqual([
    expect.stringMatching(/^bellhop\.d\/10-a\.yaml:1:1: error: the file is a single value/),
  ]);
});
