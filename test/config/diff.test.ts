/** A reload does what changed, and nothing else. */
import { describe, expect, test } from 'vitest';
import { diffConfig, isEmptyDiff } from '../../src/config/diff.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';

const BASE = `
as: 65000
router-id: 10.0.0.1
listen: [10.0.0.1]
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, import: accept, export: accept }
  - { address: 10.0.0.3, peer-as: internal }
dynamic-neighbors:
  - { prefix: 10.1.0.0/16, peer-as: external }
networks:
  - { prefix: 192.0.2.0/24 }
  - { prefix: 198.51.100.0/24 }
`;

function configOf(text: string): Config {
  const result = parseConfig(text, 'lab.yaml', { env: {} });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.config;
}

/** The diff after replacing text in the base configuration, without the parts that are empty. */
function diffAfter(from: string, to: string): object {
  const text = BASE.replace(from, to);
  expect(text).not.toBe(BASE);
  const diff = diffConfig(configOf(BASE), configOf(text));
  return Object.fromEntries(
    Object.entries(diff).filter(([, part]: [string, unknown]) =>
      Array.isArray(part) ? part.length > 0 : part,
    ),
  );
}

describe('diffConfig', () => {
  test('nothing when the files mean the same', () => {
    const reordered = `
networks: [{ prefix: 198.51.100.0/24, origin: igp }, { prefix: 192.0.2.0/24 }]
neighbors:
  - { peer-as: internal, address: 10.0.0.3, hold-time: 90 }
  - { address: 10.0.0.2, peer-as: 65001, export: accept, import: accept, families: [ipv4-unicast] }
dynamic-neighbors: [{ prefix: 10.1.0.0/16, peer-as: external, limit: 100 }]
listen: ["10.0.0.1:179"]
router-id: 10.0.0.1
as: 65000
`;
    expect(isEmptyDiff(diffConfig(configOf(BASE), configOf(reordered)))).toBe(true);
  });

  test('a neighbor that moved is one removed, one added', () => {
    expect(diffAfter('10.0.0.3', '10.0.0.4')).toMatchObject({
      addedNeighbors: [{ address: '10.0.0.4' }],
      removedNeighbors: ['10.0.0.3'],
    });
  });

  test.each([
    ['peer-as: internal', 'peer-as: external'],
    ['peer-as: internal', 'peer-as: internal, hold-time: 9s'],
    ['peer-as: internal', 'peer-as: internal, password: secret'],
    ['peer-as: internal', 'peer-as: internal, families: [ipv4-unicast, ipv6-unicast]'],
    ['peer-as: internal', 'peer-as: internal, route-reflector-client: true, description: also'],
    ['peer-as: 65001', 'peer-as: 65001, role: peer'],
    ['peer-as: 65001', 'peer-as: 65001, local-as: { as: 64999 }'],
  ])('a session setting resets the session: %s -> %s', (from, to) => {
    const diff = diffAfter(from, to);
    expect(Object.keys(diff)).toEqual(['resetNeighbors']);
    const address = from === 'peer-as: internal' ? '10.0.0.3' : '10.0.0.2';
    expect(diff).toMatchObject({ resetNeighbors: [{ address }] });
  });

  test.each([
    ['import: accept', 'import: reject'],
    ['export: accept', 'export: reject'],
    ['import: accept', 'import: accept, description: tor-1'],
  ])('policy and description leave the session up: %s -> %s', (from, to) => {
    const diff = diffAfter(from, to);
    expect(Object.keys(diff)).toEqual(['softNeighbors']);
    expect(diff).toMatchObject({ softNeighbors: [{ address: '10.0.0.2' }] });
  });

  test('a network with new attributes is announced again', () => {
    const diff = diffAfter('192.0.2.0/24', '192.0.2.0/24, med: 5');
    expect(Object.keys(diff)).toEqual(['addedNetworks']);
    expect(diff).toMatchObject({ addedNetworks: [{ prefix: '192.0.2.0/24', med: 5 }] });
  });

  test.each([
    'next-hop: 10.0.0.9',
    'shutdown: "rack 7 moves"',
    'graceful-shutdown: true',
    'max-prefixes: { count: 10 }',
    'max-prefixes-out: 10',
    'enforce-first-as: false',
    'allow-own-as: 1',
    'as-override: true',
    'remove-private-as: all',
    'send-communities: []',
    'advertisement-interval: 5s',
    'default-originate: true',
    'route-server-client: true',
  ])('%s takes effect in the running session', (key) => {
    const diff = diffAfter('peer-as: 65001', `peer-as: 65001, ${key}`);
    expect(Object.keys(diff)).toEqual(['softNeighbors']);
  });

  test('what the top of the file says about all neighbors is a change of each', () => {
    const soft = { softNeighbors: [{ address: '10.0.0.2' }, { address: '10.0.0.3' }] };
    expect(diffAfter('as: 65000', 'as: 65000\ngraceful-shutdown: true')).toMatchObject(soft);
    expect(diffAfter('as: 65000', 'as: 65000\ncluster-id: 9.9.9.9')).toMatchObject(soft);
  });

  test('an aggregate that changes is one removed, one added', () => {
    const aggregate = 'aggregates: [{ prefix: 198.51.0.0/16 }]';
    const [before, after] = [aggregate, aggregate.replace(' }', ', summary-only: true }')].map((text) =>
      configOf(`${BASE}${text}`),
    );
    expect(diffConfig(before!, after!)).toMatchObject({
      removedAggregates: ['198.51.0.0/16'],
      addedAggregates: [{ prefix: '198.51.0.0/16', summaryOnly: true }],
    });
  });

  test('networks, ranges and listen addresses come and go', () => {
    expect(diffAfter('192.0.2.0/24', '203.0.113.0/24')).toMatchObject({
      addedNetworks: [{ prefix: '203.0.113.0/24' }],
      removedNetworks: ['192.0.2.0/24'],
    });
    expect(diffAfter('10.1.0.0/16', '10.2.0.0/16')).toMatchObject({
      addedRanges: [{ prefix: '10.2.0.0/16' }],
      removedRanges: ['10.1.0.0/16'],
    });
    expect(diffAfter('peer-as: external', 'peer-as: external, limit: 5, hold-time: 9')).toMatchObject({
      changedRanges: [{ prefix: '10.1.0.0/16', limit: 5 }],
    });
    expect(diffAfter('peer-as: external', 'peer-as: external, limit: 5, allow-own-as: 1')).toMatchObject({
      softRanges: [{ prefix: '10.1.0.0/16', limit: 5 }],
    });
    expect(diffAfter('[10.0.0.1]', '["10.0.0.1:1179"]')).toEqual({
      addedListen: [{ address: '10.0.0.1', port: 1179 }],
      removedListen: [{ address: '10.0.0.1', port: 179 }],
    });
  });

  test('what needs a restart is named', () => {
    expect(diffAfter('as: 65000', 'as: 65009')).toEqual({ restart: ['as'] });
    expect(diffAfter('router-id: 10.0.0.1', 'router-id: 10.0.0.9')).toEqual({ restart: ['router-id'] });
  });

  test('best-path changes are told apart', () => {
    expect(diffAfter('as: 65000', 'as: 65000\nbest-path: { always-compare-med: true }')).toEqual({
      bestPathChanged: true,
    });
  });

  describe('policies', () => {
    const config = (neighbor: string, policies: string) =>
      configOf(`
as: 65000
router-id: 10.0.0.1
peer-groups: { one: { import: p }, two: { import: p } }
neighbors:
  - { address: 10.0.0.2, peer-as: internal, ${neighbor} }
  - { address: 10.0.0.3, peer-as: internal }
dynamic-neighbors: [{ prefix: 10.1.0.0/16, peer-as: internal, ${neighbor} }]
policies: ${policies}
`);
    const changes = (before: readonly [string, string], after: readonly [string, string]) =>
      Object.fromEntries(
        Object.entries(diffConfig(config(...before), config(...after))).filter(
          ([, part]: [string, unknown]) => Array.isArray(part) && part.length > 0,
        ),
      );
    const P = '{ p: [{ match: { med: 1 }, then: accept }] }';
    const soft = { softNeighbors: [{ address: '10.0.0.2' }], softRanges: [{ prefix: '10.1.0.0/16' }] };

    test('a policy that does something else is applied to the sessions that use it', () => {
      const after = '{ p: [{ match: { med: 2 }, then: accept }] }';
      expect(changes(['import: p', P], ['import: p', after])).toMatchObject({
        changedPolicies: ['p'],
        ...soft,
      });
      expect(changes(['export: [reject, p]', P], ['export: [reject, p]', after])).toMatchObject(soft);
      expect(changes(['import: accept', P], ['import: accept', after])).toEqual({ changedPolicies: ['p'] });
    });

    test('names of terms, comments and lines are no change', () => {
      const after = '\n  # a comment\n  p:\n    - { name: x, match: { med: "1" }, then: accept }';
      expect(changes(['import: p', P], ['import: p', after])).toEqual({});
    });

    test('other names, and another peer group with the same settings, leave the session up', () => {
      expect(changes(['import: p', P], ['import: [p, accept]', P])).toMatchObject(soft);
      expect(changes(['peer-group: one', P], ['peer-group: two', P])).toMatchObject(soft);
    });
  });
});
