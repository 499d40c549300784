/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Snippets. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

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
