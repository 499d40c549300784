/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Addresses and prefixes. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

describe('formatDiagnostic: Addresses and prefixes', () => {
  test('text that is no address', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: tor-1
    peer-as: internal
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:14: error: \`tor-1\` is not an IP address
    4 |   - address: tor-1
      |              ^^^^^`);
  });

  test('a prefix for an address', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2/31
    peer-as: internal
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:14: error: \`10.0.0.2/31\` is not an IP address
    4 |   - address: 10.0.0.2/31
      |              ^^^^^^^^^^^ write \`10.0.0.2\`, without a prefix length`);
  });

  test('link-local without zone', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: fe80::1
    peer-as: internal
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:14: error: link-local address \`fe80::1\` does not say on which interface
    4 |   - address: fe80::1
      |              ^^^^^^^ write \`fe80::1%eth0\`, with the name of the interface`);
  });

  test('a zone on a global address', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 2001:db8::1%eth0
    peer-as: internal
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:14: error: only a link-local address has a zone
    4 |   - address: 2001:db8::1%eth0
      |              ^^^^^^^^^^^^^^^^ write \`2001:db8::1\``);
  });

  test('the unspecified address', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: "::"
    peer-as: internal
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:14: error: \`::\` is the unspecified address; a router cannot have it
    4 |   - address: "::"
      |              ^^^^`);
  });

  test('a multicast address', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 224.0.0.1
    peer-as: internal
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:14: error: \`224.0.0.1\` is not a unicast address
    4 |   - address: 224.0.0.1
      |              ^^^^^^^^^`);
  });

  test('an IPv4 address in IPv6 form', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: ::ffff:10.0.0.2
    peer-as: internal
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:14: error: \`::ffff:10.0.0.2\` is an IPv4 address in IPv6 form
    4 |   - address: ::ffff:10.0.0.2
      |              ^^^^^^^^^^^^^^^ write \`10.0.0.2\``);
  });

  test('a local address of the other IP version', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 2001:db8::2
    peer-as: internal
    local-address: 10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:20: error: \`10.0.0.1\` is an IPv4 address, but neighbor 2001:db8::2 has IPv6
    6 |     local-address: 10.0.0.1
      |                    ^^^^^^^^ write an IPv6 address of this host`);
  });

  test('a listen address without brackets', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
listen: ["2001:db8::1:x"]
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:3:10: error: \`2001:db8::1:x\` is not an address to listen on
    3 | listen: ["2001:db8::1:x"]
      |          ^^^^^^^^^^^^^^^ write \`10.0.0.1:179\`, \`[2001:db8::1]:179\`, or an address alone`);
  });

  test('a listen port out of range', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
listen: ["[::]:65536"]
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:10: error: \`65536\` is not a port
    3 | listen: ["[::]:65536"]
      |          ^^^^^^^^^^^^ ports go from 0 to 65535`);
  });

  test('a listen address twice', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
listen:
  - 0.0.0.0:179
  - 0.0.0.0
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:5:5: error: 0.0.0.0 port 179 appears twice in \`listen\`
    5 |   - 0.0.0.0
      |     ^^^^^^^ it is already in line 4`);
  });

  test('host bits', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - prefix: 192.0.2.1/24
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:13: error: prefix \`192.0.2.1/24\` has host bits set
    4 |   - prefix: 192.0.2.1/24
      |             ^^^^^^^^^^^^ did you mean \`192.0.2.0/24\`?`);
  });

  test('a prefix without length', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - prefix: 192.0.2.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:13: error: prefix \`192.0.2.1\` has no length
    4 |   - prefix: 192.0.2.1
      |             ^^^^^^^^^ did you mean \`192.0.2.1/32\`?`);
  });

  test('text that is no prefix', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
networks:
  - prefix: 192.0.2.0/33
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:13: error: \`192.0.2.0/33\` is not a prefix
    4 |   - prefix: 192.0.2.0/33
      |             ^^^^^^^^^^^^ write an address and a length, such as \`192.0.2.0/24\``);
  });
});
