/** What a change is said to do is what the diff makes of it, key by key. */
import { describe, expect, test } from 'vitest';
import { diffConfig } from '../../src/config/diff.ts';
import { parseConfig } from '../../src/config/load.ts';
import { explainChanges } from '../../src/config/plan.ts';
import type { Config } from '../../src/config/types.ts';

const BASE = `
as: 65000
router-id: 10.0.0.1
listen: [10.0.0.1]
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, import: accept, export: accept, description: one }
  - { address: 10.0.0.3, peer-as: internal, password: secret-one }
dynamic-neighbors:
  - { prefix: 10.1.0.0/16, peer-as: external, import: accept, export: accept, limit: 10 }
networks:
  - { prefix: 192.0.2.0/24 }
  - { prefix: 198.51.100.0/24, med: 1 }
`;

function configOf(text: string): Config {
  const result = parseConfig(text, 'lab.yaml', { env: {} });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.config;
}

function plan(from: string, to: string): string[] {
  const text = BASE.replace(from, to);
  expect(text).not.toBe(BASE);
  return explainChanges(configOf(BASE), configOf(text)).map(({ class: kind, subject, key, from, to }) =>
    key === undefined ? `${kind}: ${subject}` : `${kind}: ${subject} ${key}: ${from} -> ${to}`,
  );
}

describe('explainChanges', () => {
  test('the API: where it listens is shown, token and certificate are not', () => {
    const base = configOf(BASE);
    const listen = { address: '127.0.0.1', port: 8179 };
    const before = { ...base, api: { ...base.api, listen, token: 'first-secret-token' } };
    const api = { listen: { ...listen, port: 8180 }, token: 'second-secret-token', ready: 'all' } as const;
    const after = { ...base, api: { ...api, tls: { cert: 'PEM', key: 'private' } } };
    const changes = explainChanges(before, after);
    expect(changes).toMatchObject([
      { class: 'hot', subject: 'api', key: 'listen', from: '127.0.0.1 port 8179', to: '127.0.0.1 port 8180' },
      { class: 'hot', subject: 'api', key: 'ready', from: 'any', to: 'all' },
      { class: 'hot', subject: 'api', key: 'token-file', from: '(secret)', to: '(secret)' },
      { class: 'hot', subject: 'api', key: 'tls', from: 'none', to: '(secret)' },
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/secret-token|PEM|private/);
    expect(explainChanges(after, after)).toEqual([]);
  });

  test.each([
    ['as: 65000', 'as: 65009', ['restart: bellhop as: 65000 -> 65009']],
    ['10.0.0.1\nlisten', '10.0.0.9\nlisten', ['restart: bellhop router-id: 10.0.0.1 -> 10.0.0.9']],
    ['[10.0.0.1]', '["[2001:db8::1]:1179"]', ['hot: listen 10.0.0.1:179', 'hot: listen [2001:db8::1]:1179']],
    ['description: one', 'description: two', ['hot: neighbor 10.0.0.2 description: one -> two']],
    ['import: accept', 'import: reject', ['soft: neighbor 10.0.0.2 import: accept -> reject']],
    [', export: accept, d', ', d', ['soft: neighbor 10.0.0.2 export: accept -> none']],
    ['peer-as: 65001', 'peer-as: 65002', ['session reset: neighbor 10.0.0.2 peer-as: 65001 -> 65002']],
    [
      'peer-as: 65001',
      'hold-time: 30, idle-hold-time: 1, peer-as: 65001',
      [
        'session reset: neighbor 10.0.0.2 hold-time: 90s -> 30s',
        'session reset: neighbor 10.0.0.2 idle-hold-time: 5s -> 1s',
      ],
    ],
    ['secret-one', 'secret-two', ['session reset: neighbor 10.0.0.3 password: (secret) -> (secret)']],
    [
      'address: 10.0.0.2',
      'address: 10.0.0.4',
      ['session reset: neighbor 10.0.0.2', 'hot: neighbor 10.0.0.4'],
    ],
    [
      'prefix: 10.1.0.0/16',
      'prefix: 10.2.0.0/16',
      ['session reset: dynamic-neighbor 10.1.0.0/16', 'hot: dynamic-neighbor 10.2.0.0/16'],
    ],
    [
      'networks:',
      '  - { prefix: 10.1.2.0/24, peer-as: external, import: accept, export: accept }\nnetworks:',
      ['session reset: dynamic-neighbor 10.1.2.0/24'],
    ],
    ['192.0.2.0/24', '203.0.113.0/24', ['hot: network 192.0.2.0/24', 'hot: network 203.0.113.0/24']],
    [
      'med: 1',
      'med: 2, communities: [no-export]',
      [
        'hot: network 198.51.100.0/24 med: 1 -> 2',
        'hot: network 198.51.100.0/24 communities: none -> [4294967041]',
      ],
    ],
    [
      'networks:',
      'best-path: { compare-router-id: true }\nnetworks:',
      [expect.stringMatching(/^soft: bellhop best-path: .*compare-router-id no -> .*compare-router-id yes$/)],
    ],
  ])('%s becomes %s', (from, to, lines) => {
    expect(plan(from, to)).toEqual(lines);
  });

  test.each([
    [
      'description: one',
      'description: one, max-prefixes: { count: 10, action: restart }, send-communities: [large], as-override: true',
      [
        'session reset: neighbor 10.0.0.2 max-prefixes: none -> count 10, action restart, counts received, threshold 80, restart-after 300s',
        'soft: neighbor 10.0.0.2 as-override: no -> yes',
        'soft: neighbor 10.0.0.2 send-communities: standard, large, extended -> large',
      ],
    ],
    [
      'description: one',
      'description: one, shutdown: moving',
      ['session reset: neighbor 10.0.0.2 shutdown: none -> moving'],
    ],
    [
      'description: one',
      'description: one, role: provider',
      ['session reset: neighbor 10.0.0.2 role: none -> provider'],
    ],
    ['networks:', 'drain-on-stop: 5s\nnetworks:', ['hot: bellhop drain-on-stop: 0s -> 5s']],
    [
      'networks:',
      'vip-state-file: /var/lib/vips\nnetworks:',
      [expect.stringMatching(/^restart: bellhop vip-state-file: .* -> \/var\/lib\/vips$/)],
    ],
    ['limit: 10', 'limit: 20', ['hot: dynamic-neighbor 10.1.0.0/16 limit: 10 -> 20']],
    ['networks:', 'aggregates: [{ prefix: 203.0.113.0/24 }]\nnetworks:', ['hot: aggregate 203.0.113.0/24']],
    [
      '- { prefix: 192.0.2.0/24 }',
      '- { prefix: 192.0.2.0/24, announce-if-present: 10.0.0.0/8 }',
      ['hot: network 192.0.2.0/24 announce-if-present: none -> 10.0.0.0/8'],
    ],
  ])('what is special about a session or a route: %s becomes %s', (from, to, lines) => {
    expect(plan(from, to)).toEqual(lines);
  });

  test('shutdown: its text matters to nobody, and without it a session is set up', () => {
    const [none, one, two] = ['one', 'one, shutdown: moving', 'one, shutdown: moved'].map((text) =>
      configOf(BASE.replace('description: one', `description: ${text}`)),
    );
    const classes = (from: Config, to: Config) => explainChanges(from, to).map((change) => change.class);
    expect(classes(none!, one!)).toEqual(['session reset']);
    expect(classes(one!, two!)).toEqual(['hot']);
    expect(classes(two!, none!)).toEqual(['hot']);
  });

  test.each([
    [undefined, '{ count: 10 }', 'session reset'],
    ['{ count: 10 }', '{ count: 9 }', 'session reset'],
    ['{ count: 10 }', '{ count: 11 }', 'hot'],
    ['{ count: 10 }', undefined, 'hot'],
    ['{ count: 10 }', '{ count: 10, restart-after: 1m }', 'hot'],
    ['{ count: 10 }', '{ count: 10, action: shutdown }', 'hot'],
    ['{ count: 10 }', '{ count: 9, action: warn }', 'hot'],
    ['{ count: 10, action: block }', '{ count: 10, action: shutdown }', 'session reset'],
    ['{ count: 10, counts: accepted }', '{ count: 10, counts: received }', 'session reset'],
    ['{ count: 10, counts: received }', '{ count: 10, counts: accepted }', 'hot'],
  ])('max-prefixes: from %s to %s is a %s', (from, to, kind) => {
    const [before, after] = [from, to].map((limit) =>
      configOf(BASE.replace('one }', limit === undefined ? 'one }' : `one, max-prefixes: ${limit} }`)),
    );
    expect(explainChanges(before!, after!)).toMatchObject([
      {
        key: 'max-prefixes',
        class: kind,
        effect: expect.stringMatching(
          kind === 'hot' ? /no session or route is touched/ : /may end the session/,
        ),
      },
    ]);
  });

  test('metallb: another place of manifests, or another node, may be the end of peers', () => {
    const metallb = { files: ['/m/*.yaml'], node: 'a', nodeLabels: { rack: '1' }, stateFile: '/s' };
    const old = { ...configOf(BASE), metallb };
    const change = (next: Partial<typeof metallb>) =>
      explainChanges(old, { ...old, metallb: { ...metallb, ...next } });
    for (const next of [{ files: ['/n/*.yaml'] }, { node: 'b' }, { nodeLabels: { rack: '2' } }])
      expect(change(next)).toMatchObject([
        { class: 'session reset', subject: 'metallb', effect: expect.stringContaining('may end') },
      ]);
    expect(change({ stateFile: '/t' })).toMatchObject([{ class: 'hot', key: 'state-file' }]);
  });

  test('a new neighbor that has a session as a peer of a range', () => {
    const added = '- { address: 10.1.0.9, peer-as: 65009, import: accept, export: accept }';
    const next = configOf(BASE.replace('dynamic-neighbors:', `  ${added}\ndynamic-neighbors:`));
    expect(explainChanges(configOf(BASE), next)).toMatchObject([
      { class: 'hot', subject: 'neighbor 10.1.0.9' },
    ]);
    expect(explainChanges(configOf(BASE), next, ['10.1.0.9'])).toMatchObject([
      { class: 'session reset', subject: 'neighbor 10.1.0.9' },
    ]);
  });

  test('policies that differ in a community alone are a change', () => {
    const policies = (text: string) =>
      configOf(`${BASE}policies: { p: [{ set: { community: { add: ["${text}"] } } }] }`);
    for (const text of ['65000:2', 'large:65000:1:2', 'rt:65000:2'])
      expect(explainChanges(policies('65000:1'), policies(text))).toMatchObject([{ subject: 'policy p' }]);
  });

  test('an aggregate: other settings key by key, and its end', () => {
    const [none, plain, summary] = [
      '',
      '{ prefix: 203.0.113.0/24 }',
      '{ prefix: 203.0.113.0/24, summary-only: true }',
    ].map((entry) => configOf(`${BASE}aggregates: [${entry}]`));
    expect(explainChanges(plain!, summary!)).toEqual([
      {
        class: 'hot',
        subject: 'aggregate 203.0.113.0/24',
        key: 'summary-only',
        from: 'no',
        to: 'yes',
        effect: 'told with the new settings',
      },
    ]);
    expect(explainChanges(summary!, none!)).toMatchObject([
      { class: 'hot', subject: 'aggregate 203.0.113.0/24', effect: expect.stringMatching(/^removed/) },
    ]);
  });

  test('a changed policy is one line with the neighbors that have it, and no dump of it', () => {
    const policies = (med: number) => `
policies:
  transit: [{ set: { med: ${med} }, then: accept }]
  nobody: [{ set: { med: ${med} }, then: accept }]
`;
    const text = BASE.replace('import: accept, export: accept, description', 'import: transit, description');
    const changes = explainChanges(configOf(text + policies(1)), configOf(text + policies(2)));
    expect(changes).toEqual([
      {
        class: 'soft',
        subject: 'policy transit',
        effect: 'routes of 10.0.0.2 are evaluated again, the sessions stay',
      },
      { class: 'hot', subject: 'policy nobody', effect: 'no neighbor has it' },
    ]);
  });

  test('nothing for files that mean the same', () => {
    expect(explainChanges(configOf(BASE), configOf(BASE.replace('65001', '0.65001')))).toEqual([]);
  });

  test('says session reset for exactly the neighbors whose session the diff resets', () => {
    const keys: [string, unknown][] = Object.entries(configOf(BASE).neighbors[0]!);
    for (const [key, value] of keys.filter(([name]) => name !== 'address')) {
      const old = configOf(BASE);
      const other = typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : 'accept2';
      const next = {
        ...old,
        neighbors: [{ ...old.neighbors[0]!, [key]: other }, old.neighbors[1]!],
      } as Config;
      const diff = diffConfig(old, next);
      const changes = explainChanges(old, next);
      expect(changes, key).toHaveLength(1);
      // A neighbor that is shut down keeps its place, and its session ends all the same.
      const ends = key === 'shutdown' || diff.resetNeighbors.length === 1;
      expect(changes[0]!.class === 'session reset', key).toBe(ends);
    }
  });
});
