/** Mistakes in a configuration file, one test a kind, with the text that the operator sees: processes. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/load.ts';
import type { ProcessConfig } from '../../../src/config/process-types.ts';
import { complaintsAbout } from './complaints.ts';

const HEAD = `as: 65000
router-id: 10.0.0.1
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, description: tor-1, import: accept, export: accept }
processes:
`;

function about(...processes: readonly string[]): string {
  return complaintsAbout(`${HEAD}${processes.map((one) => `  - ${one}\n`).join('')}`);
}

function processOf(text: string): ProcessConfig {
  const loaded = parseConfig(`${HEAD}  - ${text}\n`, 'lab.yaml', { env: {} });
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.config.processes[0]!;
}

describe('processes', () => {
  test('the smallest one', () => {
    expect(processOf('{ name: web, run: /usr/bin/watch }')).toEqual({
      name: 'web',
      run: ['/usr/bin/watch'],
      encoder: 'text',
      version: 4,
      respawn: true,
      keepRoutesSeconds: 0,
      acks: true,
      receive: [],
      neighbors: undefined,
    });
  });

  test.each([
    ['"python3 -m exabgp  healthcheck"', ['python3', '-m', 'exabgp', 'healthcheck']],
    [`'sh -c "echo \\"a b\\"; exit"'`, ['sh', '-c', 'echo "a b"; exit']],
    [`"sh -c 'a $b' c\\\\ d --x='e f'"`, ['sh', '-c', 'a $b', 'c d', '--x=e f']],
    ['[sh, -c, "a b"]', ['sh', '-c', 'a b']],
  ])('run: %s', (text, words) => {
    expect(processOf(`{ name: web, run: ${text} }`).run).toEqual(words);
  });

  test('neighbors by description, and a duration', () => {
    expect(processOf('{ name: web, run: watch, neighbors: [tor-1], keep-routes-for: 1m }')).toMatchObject({
      neighbors: ['10.0.0.2'],
      keepRoutesSeconds: 60,
    });
  });

  test.each([
    ['{ name: web }', 'missing key `run`'],
    ['{ run: watch }', 'missing key `name`'],
    ['{ name: web, run: "" }', 'is not a command line'],
    [`{ name: web, run: "sh -c 'a" }`, 'is not a command line'],
    ['{ name: web, run: bin/watch }', '`bin/watch` depends on where bellhop was started'],
    ['{ name: web, run: watch, neighbors: [tor-2] }', 'did you mean `tor-1`?'],
    ['{ name: web, run: watch, receive: [updates] }', 'did you mean `update`?'],
    ['{ name: web, run: watch, encoder: xml }', '`xml` is not `text` or `json`'],
    ['{ name: web, run: watch, keep-routes-for: 8d }', 'is not a duration'],
    ['{ name: web, run: watch, restart: true }', 'unknown key `restart`'],
  ])('%s', (text, complaint) => {
    expect(about(text)).toContain(complaint);
  });

  test('a name belongs to one', () => {
    expect(about('{ name: web, run: a }', '{ name: web, run: b }')).toContain(
      'web appears twice in `processes`',
    );
  });
});
