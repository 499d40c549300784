/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Neighbors. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

describe('formatDiagnostic: Neighbors', () => {
  test('a neighbor twice, in two spellings', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - { address: 2001:db8::1, peer-as: internal }
  - { address: 2001:DB8:0::1, peer-as: internal }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:5:16: error: 2001:db8::1 appears twice in \`neighbors\`
    5 |   - { address: 2001:DB8:0::1, peer-as: internal }
      |                ^^^^^^^^^^^^^ it is already in line 4`);
  });

  test('an unknown peer group', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
peer-groups: { fabric: { peer-as: internal } }
neighbors:
  - { address: 10.0.0.2, peer-group: fabrik }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:5:38: error: unknown peer group \`fabrik\`
    5 |   - { address: 10.0.0.2, peer-group: fabrik }
      |                                      ^^^^^^ did you mean \`fabric\`?`);
  });

  test('a peer group where there are none', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-group: fabric
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:5:17: error: unknown peer group \`fabric\`
    5 |     peer-group: fabric
      |                 ^^^^^^ there are none in \`peer-groups\``);
  });

  test('a peer group that is no set of keys, with no second error where it is used', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
peer-groups: { fabric: 3 }
neighbors: [{ address: 10.0.0.2, peer-group: fabric }]
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:3:24: error: \`fabric\` should be a set of keys, but is a number
    3 | peer-groups: { fabric: 3 }
      |                        ^`);
  });

  test('mistakes of shape and of meaning together', () => {
    const file = `
as: 0
router-id: 10.0.0.1
neighbors:
  - { address: 10.0.0.2, peer-group: fabric, port: 0 }
  - { address: 10.0.0.2, peer-as: internal }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: AS 0 is reserved and cannot be used (RFC 7607)
    1 | as: 0
      |     ^ private AS numbers are 64512 to 65534
lab.yaml:4:38: error: unknown peer group \`fabric\`
    4 |   - { address: 10.0.0.2, peer-group: fabric, port: 0 }
      |                                      ^^^^^^ there are none in \`peer-groups\`
lab.yaml:4:52: error: \`0\` is too small
    4 |   - { address: 10.0.0.2, peer-group: fabric, port: 0 }
      |                                                    ^ write at least 1
lab.yaml:5:16: error: 10.0.0.2 appears twice in \`neighbors\`
    5 |   - { address: 10.0.0.2, peer-as: internal }
      |                ^^^^^^^^ it is already in line 4`);
  });

  test('hold time 2', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    hold-time: 2
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:16: error: \`2\` is too short
    6 |     hold-time: 2
      |                ^ write 0 or at least 3s`);
  });

  test('a hold time with milliseconds', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    hold-time: 3500ms
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:16: error: \`3500ms\` is not a whole number of seconds, which is what BGP carries
    6 |     hold-time: 3500ms
      |                ^^^^^^`);
  });

  test('a hold time of a day', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    hold-time: 24h
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:16: error: \`24h\` is too long
    6 |     hold-time: 24h
      |                ^^^ write at most 65535s`);
  });

  test('text that is no duration', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    hold-time: 1 minute
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:16: error: \`1 minute\` is not a duration
    6 |     hold-time: 1 minute
      |                ^^^^^^^^ write \`90\`, \`90s\`, \`300ms\`, \`2m\` or \`1h\``);
  });

  test('an idle hold time above its maximum', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    idle-hold-time: 5m
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:21: error: \`idle-hold-time\` (300s) is longer than \`idle-hold-time-maximum\` (120s)
    6 |     idle-hold-time: 5m
      |                     ^^ set \`idle-hold-time-maximum: 300s\` or more`);
  });

  test('multihop with ttl-security', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: external
    multihop: 2
    ttl-security: 1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:7:5: error: \`ttl-security\` and \`multihop\` exclude each other
    7 |     ttl-security: 1
      |     ^^^^^^^^^^^^ remove one of them`);
  });

  test('an unknown family', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    families: [ipv4-unicats]
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:16: error: \`ipv4-unicats\` is not \`ipv4-unicast\` or \`ipv6-unicast\`
    6 |     families: [ipv4-unicats]
      |                ^^^^^^^^^^^^ did you mean \`ipv4-unicast\`?`);
  });

  test('no families', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    families: []
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:15: error: \`families\` is empty
    6 |     families: []
      |               ^^ remove it, or write \`families: [ipv4-unicast]\``);
  });

  test('a bad next hop', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    next-hop: me
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:15: error: \`me\` is not a next hop
    6 |     next-hop: me
      |               ^^ write \`self\`, \`unchanged\`, \`third-party\` or an address`);
  });

  test('two IPv4 next hops', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    next-hop: [10.0.0.1, 10.0.0.3]
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:15: error: two next hops of the same IP version
    6 |     next-hop: [10.0.0.1, 10.0.0.3]
      |               ^^^^^^^^^^^^^^^^^^^^ write at most one IPv4 and one IPv6 address`);
  });

  test('a link-local next hop', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    next-hop: fe80::1%eth0
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:15: error: a next hop cannot be a link-local address (RFC 2545)
    6 |     next-hop: fe80::1%eth0
      |               ^^^^^^^^^^^^`);
  });

  test('a dynamic range twice', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
dynamic-neighbors:
  - { prefix: 10.1.0.0/16, peer-as: internal }
  - { prefix: 10.1.0.0/16, peer-as: internal }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:5:15: error: 10.1.0.0/16 appears twice in \`dynamic-neighbors\`
    5 |   - { prefix: 10.1.0.0/16, peer-as: internal }
      |               ^^^^^^^^^^^ it is already in line 4`);
  });

  test('passive in a dynamic range', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
dynamic-neighbors:
  - { prefix: 10.1.0.0/16, peer-as: internal, passive: false }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:47: error: unknown key \`passive\`
    4 |   - { prefix: 10.1.0.0/16, peer-as: internal, passive: false }
      |                                               ^^^^^^^ \`passive\` belongs in a neighbor or a peer group`);
  });

  test('a mistake in an anchor once, not at each use', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - &base { address: 10.0.0.2, peer-as: internal, hold-time: 1s }
  - { <<: *base, address: 10.0.0.3 }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:62: error: \`1s\` is too short
    4 |   - &base { address: 10.0.0.2, peer-as: internal, hold-time: 1s }
      |                                                              ^^ write 0 or at least 3s`);
  });
});
