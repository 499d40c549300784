/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Keys. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

describe('formatDiagnostic: Keys', () => {
  test('missing keys', () => {
    const file = `
neighbors: []
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:1: error: missing key \`as\`
    1 | neighbors: []
      | ^^^^^^^^^ add \`as: 65000\`
lab.yaml:1:1: error: missing key \`router-id\`
    1 | neighbors: []
      | ^^^^^^^^^ add \`router-id: 10.0.0.1\``);
  });

  test('an unknown key', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
frobnicate: 1
`;
    expect(complaintsAbout(file.slice(1))).toMatch(
      /^lab.yaml:3:1: error: unknown key `frobnicate`\n {4}3 \| frobnicate: 1\n {6}\| \^{10} known here: as, router-id, listen, .*networks/,
    );
  });

  test('a snake-case spelling', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: 65001
    hold_time: 90s
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:5: error: unknown key \`hold_time\`
    6 |     hold_time: 90s
      |     ^^^^^^^^^ did you mean \`hold-time\`?`);
  });

  test('a camel-case spelling', () => {
    const file = `
as: 65000
routerId: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:2:1: error: unknown key \`routerId\`
    2 | routerId: 10.0.0.1
      | ^^^^^^^^ did you mean \`router-id\`?`);
  });

  test('the name another daemon uses', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - neighbor-address: 10.0.0.2
    remote-as: 65001
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:5: error: unknown key \`neighbor-address\`
    4 |   - neighbor-address: 10.0.0.2
      |     ^^^^^^^^^^^^^^^^ did you mean \`address\`?
lab.yaml:5:5: error: unknown key \`remote-as\`
    5 |     remote-as: 65001
      |     ^^^^^^^^^ did you mean \`peer-as\`?`);
  });

  test('a slip of the finger', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neigbhors: []
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:1: error: unknown key \`neigbhors\`
    3 | neigbhors: []
      | ^^^^^^^^^ did you mean \`neighbors\`?`);
  });

  test('a key in the wrong place', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
hold-time: 90s
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:1: error: unknown key \`hold-time\`
    3 | hold-time: 90s
      | ^^^^^^^^^ \`hold-time\` belongs in a neighbor, a dynamic neighbor or a peer group`);
  });

  test.each([
    [
      'hold_time',
      'neighbors[].hold-time',
      '`hold-time` belongs in a neighbor, a dynamic neighbor or a peer group',
    ],
    [
      'holdTime',
      'neighbors[].hold-time',
      '`hold-time` belongs in a neighbor, a dynamic neighbor or a peer group',
    ],
    [
      'remote-as',
      'neighbors[].peer-as',
      '`peer-as` belongs in a neighbor, a dynamic neighbor or a peer group',
    ],
    ['restart_after', 'neighbors[].max-prefixes.restart-after', '`restart-after` belongs in `max-prefixes`'],
  ])('a misspelled key in the wrong place: %s', (key, path, belongs) => {
    const file = `as: 65000\nrouter-id: 10.0.0.1\n${key}: 90s\n`;
    expect(complaintsAbout(file)).toBe(
      `lab.yaml:3:1: error: unknown key \`${key}\`\n    3 | ${key}: 90s\n      | ${'^'.repeat(key.length)} did you mean \`${path}\`? ${belongs}`,
    );
  });

  test('of several places the one that is near comes first, and the top of the file has no path', () => {
    const file = `as: 65000
router-id: 10.0.0.1
neighbors: [{ address: 10.0.0.2, peer-as: 65001, import: a, export: accept, router_id: 10.0.0.1 }]
policies: { a: [{ local_pref: 5, then: accept }] }
`;
    expect(complaintsAbout(file)).toContain('did you mean `router-id`? It belongs in the top of the file');
    expect(complaintsAbout(file)).toContain('did you mean `policies.NAME[].match.local-pref`?');
  });

  test('a key without a value', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:1: error: \`neighbors\` is empty
    3 | neighbors:
      | ^^^^^^^^^ remove it, or write \`neighbors: []\``);
  });

  test('a list where keys belong', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
best-path: []
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:3:12: error: \`best-path\` should be a set of keys, but is a list
    3 | best-path: []
      |            ^^`);
  });

  test('text where keys belong', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors: [10.0.0.2]
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:3:13: error: \`neighbors[0]\` should be a set of keys, but is text
    3 | neighbors: [10.0.0.2]
      |             ^^^^^^^^`);
  });

  test('a number in quotes', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: 65001
    port: "179"
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:11: error: \`port\` should be a number, but is text
    6 |     port: "179"
      |           ^^^^^ write it without quotes`);
  });

  test('yes for true', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: 65001
    passive: yes
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:14: error: \`passive\` should be \`true\` or \`false\`, but is text
    6 |     passive: yes
      |              ^^^ write \`true\``);
  });

  test('an unknown word', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, import: acept, export: accept }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:50: error: unknown policy \`acept\`
    4 |   - { address: 10.0.0.2, peer-as: 65001, import: acept, export: accept }
      |                                                  ^^^^^ did you mean \`accept\`?`);
  });

  test('a number out of range', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    port: 65536
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:11: error: \`65536\` is too big
    6 |     port: 65536
      |           ^^^^^ write at most 65535`);
  });

  test('a number below its range', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: external
    multihop: 0
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:15: error: \`0\` is too small
    6 |     multihop: 0
      |               ^ write at least 1`);
  });
});
