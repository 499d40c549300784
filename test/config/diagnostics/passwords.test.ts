/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Passwords. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

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
