/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: YAML. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

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
