/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: AS numbers and router id. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

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
