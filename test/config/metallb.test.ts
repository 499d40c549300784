/** `metallb` of the configuration: where manifests are, and who we are in them. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { explainChanges } from '../../src/config/plan.ts';
import type { Config } from '../../src/config/types.ts';

const BASE = 'as: 65000\nrouter-id: 10.0.0.1\n';

function load(text: string, env: Record<string, string> = {}) {
  return parseConfig(`${BASE}${text}`, '/etc/bellhop/bellhop.yaml', { env });
}

function config(text: string, env?: Record<string, string>): Config {
  const loaded = load(text, env);
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.config;
}

test('files and state start at the folder of the configuration; the node has its name as a label', () => {
  expect(
    config('metallb: { files: [m/*.yaml, /srv/x.yaml], node: n1, node-labels: { rack: r1 } }').metallb,
  ).toEqual({
    files: ['/etc/bellhop/m/*.yaml', '/srv/x.yaml'],
    node: 'n1',
    nodeLabels: { 'kubernetes.io/hostname': 'n1', rack: 'r1' },
    stateFile: '/var/lib/bellhop/metallb.json',
  });
  const text = 'metallb: { files: [a], node: n1 }';
  expect(config(text, { STATE_DIRECTORY: '/run/b' }).metallb?.stateFile).toBe('/run/b/metallb.json');
  expect(config(text.replace('n1', 'n1, state-file: s.json')).metallb?.stateFile).toBe('/etc/bellhop/s.json');
  expect(config('').metallb).toBeUndefined();
});

test.each([
  ['metallb: { files: [a] }', 'missing key `node`'],
  ['metallb: { node: a }', 'missing key `files`'],
  ['metallb: { files: [], node: a }', '`files` is empty'],
  ['metallb: { files: [a], node: a, node-label: { a: b } }', 'unknown key `node-label`'],
  ['metallb: { files: [a], node: a, node-labels: { a: 1 } }', '`a` should be text, but is a number'],
])('%s: %s', (text, message) => {
  const loaded = load(text);
  expect(loaded.ok ? [] : loaded.errors.map((error) => [error.line, error.message])).toEqual([[3, message]]);
});

test('a label that contradicts the name of the node is a warning', () => {
  const loaded = load('metallb: { files: [a], node: n1, node-labels: { kubernetes.io/hostname: n2 } }');
  expect(loaded.ok && loaded.warnings.map(({ message }) => message)).toEqual([
    'the label says `n2`, but `node` is `n1`',
  ]);
});

test('explainChanges: what happens to manifests', () => {
  const [none, one, other] = ['', 'n1', 'n2'].map((node) =>
    config(node === '' ? '' : `metallb: { files: [a], node: ${node} }`),
  ) as [Config, Config, Config];
  const told = (from: Config, to: Config) =>
    explainChanges(from, to).map((change) => [change.class, change.subject, change.key]);
  expect(told(none, one)).toEqual([['hot', 'metallb', undefined]]);
  expect(told(one, none)).toEqual([['session reset', 'metallb', undefined]]);
  expect(told(one, other)).toEqual([
    ['session reset', 'metallb', 'node'],
    ['session reset', 'metallb', 'node-labels'],
  ]);
  expect(told(one, one)).toEqual([]);
});
