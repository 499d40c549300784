/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Networks. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

describe('formatDiagnostic: Networks', () => {
  test('a network twice', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - prefix: 192.0.2.0/24
  - prefix: 192.0.2.0/24
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:5:13: error: 192.0.2.0/24 appears twice in \`networks\`
    5 |   - prefix: 192.0.2.0/24
      |             ^^^^^^^^^^^^ it is already in line 4`);
  });

  test('a next hop of the other IP version', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - { prefix: 192.0.2.0/24, next-hop: 2001:db8::1 }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:39: error: \`2001:db8::1\` is an IPv6 address, but 192.0.2.0/24 has IPv4
    4 |   - { prefix: 192.0.2.0/24, next-hop: 2001:db8::1 }
      |                                       ^^^^^^^^^^^ write an IPv4 address`);
  });

  test('a bad community', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - { prefix: 192.0.2.0/24, communities: ["65000:65536"] }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:43: error: \`65000:65536\` is not a community
    4 |   - { prefix: 192.0.2.0/24, communities: ["65000:65536"] }
      |                                           ^^^^^^^^^^^^^ write \`65000:100\` or a name such as \`no-export\``);
  });

  test('a bad large community', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - { prefix: 192.0.2.0/24, large-communities: ["65000:1"] }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:49: error: \`65000:1\` is not a large community
    4 |   - { prefix: 192.0.2.0/24, large-communities: ["65000:1"] }
      |                                                 ^^^^^^^^^ write three numbers, such as \`65000:1:2\``);
  });

  test('a negative MED', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - { prefix: 192.0.2.0/24, med: -1 }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:34: error: \`-1\` is too small
    4 |   - { prefix: 192.0.2.0/24, med: -1 }
      |                                  ^^ write at least 0`);
  });

  test('an unknown origin', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - { prefix: 192.0.2.0/24, origin: ibgp }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:37: error: \`ibgp\` is not \`igp\`, \`egp\` or \`incomplete\`
    4 |   - { prefix: 192.0.2.0/24, origin: ibgp }
      |                                     ^^^^ did you mean \`igp\`?`);
  });
});
