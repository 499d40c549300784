/**
 * One test for each kind of mistake in a configuration file, with the exact text that the operator sees.
 */
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { parseConfig } from '../../src/config/load.ts';

/** Everything that is said about a file, as printed. */
function complaintsAbout(text: string): string {
  const result = parseConfig(text, 'lab.yaml', {
    env: { KEY: 'secret' },
    readFile: (path) => {
      if (path.endsWith('empty.key')) return '\n';
      throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    },
  });
  return result.ok
    ? result.warnings.map((warning) => formatDiagnostic(warning, 'warning')).join('\n')
    : result.errors.map((error) => formatDiagnostic(error, 'error')).join('\n');
}

describe('formatDiagnostic: YAML', () => {
  test('an empty file', () => {
    const file = `
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:1: error: the file has no content
    1 | 
      | ^ write at least \`as: 65000\` and \`router-id: 10.0.0.1\``);
  });

  test('a file of comments', () => {
    const file = `
# nothing yet
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:1: error: the file has no content
    1 | # nothing yet
      | ^ write at least \`as: 65000\` and \`router-id: 10.0.0.1\``);
  });

  test('a list instead of keys', () => {
    const file = `
- as: 65000
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:1: error: the file is a list, not a set of keys
    1 | - as: 65000
      | ^^^^^^^^^^^ write at least \`as: 65000\` and \`router-id: 10.0.0.1\``);
  });

  test('a single value', () => {
    const file = `
hello
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:1: error: the file is a single value, not a set of keys
    1 | hello
      | ^^^^^ write at least \`as: 65000\` and \`router-id: 10.0.0.1\``);
  });

  test('a list that does not end', () => {
    const file = `
as: 65000
listen: [10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:3:1: error: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
    3 | 
      | ^`);
  });

  test('a tab as indentation', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
	- address: 10.0.0.2
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:1: error: a tab cannot indent YAML
    4 | 	- address: 10.0.0.2
      | ^ use spaces`);
  });

  test('a duplicate key', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
as: 65001
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:1: error: key \`as\` appears twice
    3 | as: 65001
      | ^^ remove one of them`);
  });

  test('a second document', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
---
as: 65001
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:1: error: a second document starts here
    3 | ---
      | ^^^ keep one configuration in a file`);
  });

  test('an unknown alias', () => {
    const file = `
as: *number
router-id: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:5: error: unknown alias \`*number\`
    1 | as: *number
      |     ^^^^^^^ write \`&number\` at an earlier value`);
  });

  test('an alias bomb', () => {
    const file = `
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:1: error: aliases expand to more than 1000 values
    1 | a: &a [x, x, x, x, x, x, x, x, x, x]
      | ^ use fewer aliases`);
  });

  test('a merge key that contains itself', () => {
    const file = `
base: &base {<<: *base}
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:1: error: aliases expand to more than 1000 values
    1 | base: &base {<<: *base}
      | ^ use fewer aliases`);
  });

  test('an unknown tag', () => {
    const file = `
as: !number 65000
router-id: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:5: error: not valid YAML: Unresolved tag: !number
    1 | as: !number 65000
      |     ^^^^^^^`);
  });
});

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
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:1: error: unknown key \`frobnicate\`
    3 | frobnicate: 1
      | ^^^^^^^^^^ known here: as, router-id, listen, best-path, peer-groups, neighbors, dynamic-neighbors, networks`);
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
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:50: error: \`acept\` is not \`accept\` or \`reject\`
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

describe('formatDiagnostic: AS numbers and router id', () => {
  test('AS 0', () => {
    const file = `
as: 0
router-id: 10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: AS 0 is reserved and cannot be used (RFC 7607)
    1 | as: 0
      |     ^ private AS numbers are 64512 to 65534`);
  });

  test('AS_TRANS', () => {
    const file = `
as: 23456
router-id: 10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: AS 23456 is AS_TRANS, a stand-in for 4-octet numbers, and cannot be used (RFC 6793)
    1 | as: 23456
      |     ^^^^^ private AS numbers are 64512 to 65534`);
  });

  test('AS 65535', () => {
    const file = `
as: 65535
router-id: 10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: AS 65535 is reserved and cannot be used (RFC 7300)
    1 | as: 65535
      |     ^^^^^ private AS numbers are 64512 to 65534`);
  });

  test('AS 4294967295', () => {
    const file = `
as: 4294967295
router-id: 10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: AS 4294967295 is reserved and cannot be used (RFC 7300)
    1 | as: 4294967295
      |     ^^^^^^^^^^ private AS numbers are 64512 to 65534`);
  });

  test('an AS number of more than 32 bits', () => {
    const file = `
as: 4294967296
router-id: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:5: error: \`4294967296\` is not an AS number
    1 | as: 4294967296
      |     ^^^^^^^^^^ AS numbers go from 1 to 4294967294`);
  });

  test('an AS number with a prefix', () => {
    const file = `
as: AS65000
router-id: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:5: error: \`AS65000\` is not an AS number
    1 | as: AS65000
      |     ^^^^^^^ write \`65000\``);
  });

  test('asdot out of range', () => {
    const file = `
as: 1.65536
router-id: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:5: error: \`1.65536\` is not an AS number
    1 | as: 1.65536
      |     ^^^^^^^`);
  });

  test('an AS number that is a list', () => {
    const file = `
as: [65000]
router-id: 10.0.0.1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: \`as\` should be a number or text, but is a list
    1 | as: [65000]
      |     ^^^^^^^ write \`as: 65000\``);
  });

  test('a bad peer-as', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: extern
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:5:14: error: \`extern\` is not an AS number
    5 |     peer-as: extern
      |              ^^^^^^ write a number, \`external\` or \`internal\``);
  });

  test('no peer-as', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:5: error: neighbor 10.0.0.2 has no \`peer-as\`
    4 |   - address: 10.0.0.2
      |     ^^^^^^^ add \`peer-as: 65001\`, \`external\` or \`internal\``);
  });

  test('no peer-as in the group either', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
peer-groups: { fabric: {} }
neighbors:
  - { address: 10.0.0.2, peer-group: fabric }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:5:7: error: neighbor 10.0.0.2 has no \`peer-as\`, nor has its peer group \`fabric\`
    5 |   - { address: 10.0.0.2, peer-group: fabric }
      |       ^^^^^^^ add \`peer-as: 65001\`, \`external\` or \`internal\``);
  });

  test('a router id of zeros', () => {
    const file = `
as: 65000
router-id: 0.0.0.0
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:2:12: error: 0.0.0.0 cannot be a router id (RFC 6286)
    2 | router-id: 0.0.0.0
      |            ^^^^^^^ write one of this router's IPv4 addresses`);
  });

  test('a router id that is a number', () => {
    const file = `
as: 65000
router-id: 1
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:2:12: error: \`router-id\` should be text, but is a number
    2 | router-id: 1
      |            ^ write \`router-id: 10.0.0.1\``);
  });

  test('a router id with a big octet', () => {
    const file = `
as: 65000
router-id: 10.0.0.256
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:2:12: error: \`10.0.0.256\` is not a router id
    2 | router-id: 10.0.0.256
      |            ^^^^^^^^^^ write four numbers, such as \`10.0.0.1\``);
  });
});

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

describe('formatDiagnostic: Passwords', () => {
  test('two sources', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    password: secret
    password-env: KEY
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:7:5: error: \`password-env\` and \`password\` exclude each other
    7 |     password-env: KEY
      |     ^^^^^^^^^^^^ remove one of them`);
  });

  test('a password of more than 80 bytes, starred out', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    password: sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:15: error: the password has 81 bytes
    6 |     password: *********************************************************************************
      |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TCP MD5 keys have at most 80`);
  });

  test('a mistake beside a password, starred out', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - { address: 10.0.0.2, password: secret, peer-as: internl }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:4:53: error: \`internl\` is not an AS number
    4 |   - { address: 10.0.0.2, password: ******, peer-as: internl }
      |                                                     ^^^^^^^ write a number, \`external\` or \`internal\``);
  });

  test('a number as password, starred out', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    password: 123456
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:15: error: \`password\` should be text, but is a number
    6 |     password: ******
      |               ^^^^^^ put it in quotes`);
  });

  test('a file that cannot be read', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    password-file: missing.key
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:20: error: cannot read \`missing.key\`: no such file or directory
    6 |     password-file: missing.key
      |                    ^^^^^^^^^^^ check the path and who may read the file`);
  });

  test('an empty file', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    password-file: empty.key
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:6:20: error: the password is empty
    6 |     password-file: empty.key
      |                    ^^^^^^^^^`);
  });

  test('a variable that is not set', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    password-env: NOT_SET
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:19: error: environment variable \`NOT_SET\` is not set
    6 |     password-env: NOT_SET
      |                   ^^^^^^^ set it, or use \`password-file\``);
  });
});

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

describe('formatDiagnostic: Snippets', () => {
  test('a tab before the mistake', () => {
    const file = `
as: 65000
router-id:	1.2.3
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:2:12: error: \`1.2.3\` is not a router id
    2 | router-id:	1.2.3
      |           	^^^^^ write four numbers, such as \`10.0.0.1\``);
  });

  test('a long line', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
best-path: {                                                                                          wrong: true                                                                                          }
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:3:103: error: unknown key \`wrong\`
    3 | …                         wrong: true                                                                …
      |                           ^^^^^ known here: always-compare-med, missing-med-as-worst, compare-router-id`);
  });

  test('control characters', () => {
    const file = `
as: "\u001b[31m"
router-id: 10.0.0.1
`;
    expect(complaintsAbout(file.slice(1))).toBe(`lab.yaml:1:5: error: \`·[31m\` is not an AS number
    1 | as: "·[31m"
      |     ^^^^^^^`);
  });

  test('Windows line ends', () => {
    const file = `
as: 0\r
router-id: 0.0.0.0\r
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:1:5: error: AS 0 is reserved and cannot be used (RFC 7607)
    1 | as: 0
      |     ^ private AS numbers are 64512 to 65534
lab.yaml:2:12: error: 0.0.0.0 cannot be a router id (RFC 6286)
    2 | router-id: 0.0.0.0
      |            ^^^^^^^ write one of this router's IPv4 addresses`);
  });
});

describe('formatDiagnostic: Warnings', () => {
  test('eBGP without policies', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: 65001
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:14: warning: eBGP neighbor 10.0.0.2 has no \`import\` and no \`export\`: nothing is accepted from it or announced to it (RFC 8212)
    4 |   - address: 10.0.0.2
      |              ^^^^^^^^ add \`import: accept\` and \`export: accept\``);
  });

  test('eBGP without export', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - { address: 10.0.0.2, peer-as: external, import: accept }
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:4:16: warning: eBGP neighbor 10.0.0.2 has no \`export\`: nothing is announced to it (RFC 8212)
    4 |   - { address: 10.0.0.2, peer-as: external, import: accept }
      |                ^^^^^^^^ add \`export: accept\``);
  });

  test('multihop for iBGP', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: 65000
    multihop: 2
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:5: warning: \`multihop\` does nothing for an iBGP peer, which may be any number of hops away
    6 |     multihop: 2
      |     ^^^^^^^^ remove it`);
  });

  test('a send hold time shorter than the hold time', () => {
    const file = `
as: 65000
router-id: 10.0.0.1
neighbors:
  - address: 10.0.0.2
    peer-as: internal
    send-hold-time: 30s
`;
    expect(
      complaintsAbout(file.slice(1)),
    ).toBe(`lab.yaml:6:21: warning: \`send-hold-time\` (30s) is shorter than \`hold-time\` (90s)
    6 |     send-hold-time: 30s
      |                     ^^^ RFC 9687 wants it longer`);
  });
});
