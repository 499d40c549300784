/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: Warnings. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

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
