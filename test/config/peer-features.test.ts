/** Limits, AS numbers, communities, roles, shutdown: what the keys mean, and what is said about mistakes. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Config, NeighborConfig } from '../../src/config/types.ts';
import { complaintsAbout } from './diagnostics/complaints.ts';

const HEAD = 'as: 65000\nrouter-id: 10.0.0.1\n';

function configOf(text: string): Config {
  const result = parseConfig(HEAD + text, 'lab.yaml', { env: {} });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.config;
}

/** An eBGP neighbor with these keys. */
function neighbor(keys: string, top = ''): NeighborConfig {
  return configOf(`${top}neighbors: [{ address: 10.0.0.2, peer-as: 65001, ${keys} }]`).neighbors[0]!;
}

/** What is said about a neighbor, without the warnings of RFC 8212. */
function complaints(keys: string, peerAs = '65001'): string {
  return complaintsAbout(
    `${HEAD}neighbors: [{ address: 10.0.0.2, peer-as: ${peerAs}, import: accept, export: accept, ${keys} }]\n`,
  );
}

describe('defaults', () => {
  test('of a neighbor', () => {
    expect(neighbor('')).toMatchObject({
      shutdown: undefined,
      gracefulShutdown: false,
      maxPrefixes: undefined,
      role: undefined,
      enforceFirstAs: true,
      allowOwnAs: 0,
      sendCommunities: ['standard', 'large', 'extended'],
      advertisementIntervalSeconds: 0,
    });
  });

  test('of max-prefixes', () => {
    expect(neighbor('max-prefixes: { count: 10 }').maxPrefixes).toEqual({
      count: 10,
      action: 'restart',
      counts: 'received',
      threshold: 80,
      restartAfterSeconds: 300,
    });
  });
});

describe('meaning', () => {
  test.each([
    ['max-prefixes: { count: 10, threshold: 90 }', { maxPrefixes: { threshold: 90 } }],
    ['max-prefixes: { count: 10, restart-after: 2m }', { maxPrefixes: { restartAfterSeconds: 120 } }],
    [
      'local-as: { as: 1.10, no-prepend: true }',
      { localAs: { as: 65546, noPrepend: true, replaceAs: false } },
    ],
    ['remove-private-as: leading', { removePrivateAs: { scope: 'leading', replace: false } }],
    ['remove-private-as: replace-only', { removePrivateAs: { scope: 'only', replace: true } }],
    ['send-communities: [large, standard, large]', { sendCommunities: ['standard', 'large'] }],
    ['send-communities: []', { sendCommunities: [] }],
    ['role: rs-client', { role: 'rs-client', enforceFirstAs: false }],
    ['role: rs-client, enforce-first-as: true', { enforceFirstAs: true }],
    ['route-server-client: true', { nextHop: { mode: 'unchanged' } }],
    ['route-server-client: true, next-hop: self', { nextHop: { mode: 'self' } }],
    ['shutdown: true', { shutdown: '' }],
    ['shutdown: rack 7 moves', { shutdown: 'rack 7 moves' }],
    ['shutdown: false', { shutdown: undefined }],
  ])('%s', (keys, expected) => {
    expect(neighbor(keys)).toMatchObject(expected);
  });

  test('a neighbor may be an exception from its group and from the top of the file', () => {
    const { neighbors } = configOf(`
graceful-shutdown: true
peer-groups: { all: { peer-as: 65001, shutdown: "moving" } }
neighbors:
  - { address: 10.0.0.2, peer-group: all }
  - { address: 10.0.0.3, peer-group: all, shutdown: false, graceful-shutdown: false }
`);
    expect(neighbors).toMatchObject([
      { shutdown: 'moving', gracefulShutdown: true },
      { shutdown: undefined, gracefulShutdown: false },
    ]);
  });
});

describe('mistakes', () => {
  test.each([
    ['max-prefixes: {}', 'missing key `count`', 'add `count: 1000`'],
    ['max-prefixes: 100', '`max-prefixes` should be a set of keys, but is a number', ''],
    [
      'max-prefixes: { count: 10, action: drop }',
      '`drop` is not `warn`, `block`, `restart` or `shutdown`',
      '',
    ],
    ['max-prefixes: { count: 10, threshold: 120% }', '`120%` is not a percentage', 'write `1%` to `100%`'],
    [
      'max-prefixes: { count: 10, action: warn, restart-after: 5m }',
      'warning: `restart-after` does nothing with `action: warn`',
      'remove it',
    ],
    ['max-prefixes: { counts: 10 }', 'missing key `count`', ''],
    ['restart-after: 5m', 'unknown key `restart-after`', '`restart-after` belongs in `max-prefixes`'],
    ['local-as: { as: 65000 }', '65000 is our AS number anyway', 'remove `local-as`'],
    ['local-as: { as: 65001 }', '65001 is the AS number of the peer', ''],
    ['local-as: 64999', '`local-as` should be a set of keys', ''],
    ['remove-private-as: true', '`remove-private-as` should be `all`, `leading`', ''],
    ['send-communities: [standart]', '`standart` is not', 'did you mean `standard`?'],
    ['role: costumer', '`costumer` is not', 'did you mean `customer`?'],
    ['role-strict: true', '`role-strict` needs a `role` of our own', 'add `role: customer`'],
    ['shutdown: ""', 'the text is empty', 'write `true`'],
    [
      `shutdown: "${'ü'.repeat(128)}"`,
      'the text has 256 bytes; a peer can be told 255',
      'write a shorter one',
    ],
    ['advertisement-interval: 1h', '`1h` is too long', 'write at most 600s'],
    ['allow-own-as: -1', '`-1` is too small', ''],
    ['route-reflector-client: true', 'is for iBGP peers, and this one is in another AS', 'remove it'],
  ])('%s', (keys, message, hint) => {
    const said = complaints(keys);
    expect(said).toContain(message);
    expect(said).toContain(hint);
  });

  test.each([
    'role: peer',
    'local-as: { as: 64999 }',
    'as-override: true',
    'remove-private-as: all',
    'route-server-client: true',
  ])('%s is for eBGP peers', (keys) => {
    const key = keys.slice(0, keys.indexOf(':'));
    expect(complaints(keys, 'internal')).toContain(`\`${key}\` is for eBGP peers, and this one is in our AS`);
  });

  test('aggregates and conditions', () => {
    const file = `${HEAD}
networks:
  - { prefix: 192.0.2.0/24 }
  - { prefix: 198.51.100.0/24, announce-if-present: 198.51.100.0/24 }
aggregates:
  - { prefix: 192.0.2.0/24 }
  - { prefix: 203.0.113.1/32 }
  - { prefix: 203.0.112.0/23 }
  - { prefix: 203.0.112.0/23, summary-only: true }
`;
    const said = complaintsAbout(file);
    expect(said).toContain('198.51.100.0/24 would wait for itself');
    expect(said).toContain('192.0.2.0/24 is in `networks` too, and announced anyway');
    expect(said).toContain('nothing can be inside of 203.0.113.1/32');
    expect(said).toContain('203.0.112.0/23 appears twice in `aggregates`');
  });
});
