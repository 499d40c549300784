/** Mistakes in policies, one test a kind, with the exact text that the operator sees. */
import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './complaints.ts';

const HEAD = 'as: 65000\nrouter-id: 10.0.0.1\n';

/** First line and hint of each complaint: the snippet is the same everywhere. */
function complaints(body: string): string[] {
  return complaintsAbout(HEAD + body)
    .split(/\n(?=lab\.yaml:)/)
    .map((text) => {
      const [head, , carets = ''] = text.split('\n');
      const hint = carets.replace(/^[ |]*\^+ ?/, '');
      return `${head!.replace('lab.yaml:', '')} => ${hint}`;
    });
}

/** A policy with one term. */
const term = (text: string): string => `policies:\n  p:\n  - { ${text} }\n`;

describe('names', () => {
  test.each([
    [
      'import: from-transt\npolicies: { from-transit: [{ then: accept }] }\n',
      '3:9: error: unknown policy `from-transt` => did you mean `from-transit`?',
    ],
    [
      'neighbors: [{ address: 10.0.0.2, peer-as: internal, export: [accept, nothing-like-it] }]\n',
      '3:70: error: unknown policy `nothing-like-it` => known: accept, reject, own-networks-only',
    ],
    [
      term('match: { prefix-set: bogon }, then: reject'),
      '5:28: error: unknown prefix set `bogon` => did you mean `bogons`?',
    ],
    [
      term('match: { as-path-set: [a] }, then: reject'),
      '5:30: error: unknown AS-path set `a` => there are none in `as-path-sets`',
    ],
    [
      term('match: { origin-as: privat-asns }, then: reject'),
      '5:27: error: unknown AS set `privat-asns` => did you mean `private-asns`?',
    ],
    [
      term('match: { community: no-exprt }, then: reject'),
      '5:27: error: unknown community set `no-exprt` => did you mean `no-export`?',
    ],
    [
      term('match: { peer-group: fabric }, then: reject'),
      '5:28: error: unknown peer group `fabric` => there are none in `peer-groups`',
    ],
    [
      'prefix-sets: { bogons: [10.0.0.0/8] }\n',
      '3:16: error: the prefix set `bogons` is built in => give yours another name',
    ],
    [
      'policies: { accept: [{ then: accept }] }\n',
      '3:13: error: the policy `accept` is built in => give yours another name',
    ],
  ])('%s', (body, expected) => {
    expect(complaints(body)).toEqual([expected]);
  });
});

describe('keys', () => {
  test.each([
    [
      term('match: { prefix_set: bogons }, then: reject'),
      '5:16: error: unknown key `prefix_set` => did you mean `prefix-set`?',
    ],
    [
      term('match: { not: { orgin: igp } }, then: reject'),
      '5:23: error: unknown key `orgin` => did you mean `origin`?',
    ],
    [
      term('match: { any: [{ med: 1 }, { mde: 2 }] }, then: reject'),
      '5:36: error: unknown key `mde` => did you mean `med`?',
    ],
    [term('set: { metric: 5 }, then: accept'), '5:14: error: unknown key `metric` => did you mean `med`?'],
    [
      term('then: acept'),
      '5:13: error: `acept` is not `accept`, `reject` or `next` => did you mean `accept`?',
    ],
    [
      term('name: x'),
      '5:7: error: the term neither changes nor decides anything => add `then: accept`, `reject` or `next`',
    ],
    [
      'policies: { p: [{ default: accept }, { then: reject }] }\n',
      '3:19: error: `default` is not the last entry of the policy => move it to the end',
    ],
    ['policies: { p: [] }\n', '3:13: error: the policy `p` has no terms => write `- then: accept`'],
  ])('%s', (body, expected) => {
    expect(complaints(body)).toEqual([expected]);
  });
});

describe('values', () => {
  test.each([
    [
      'match: { prefix: 10.0.0.1/8 }, then: reject',
      '24: error: prefix `10.0.0.1/8` has host bits set => did you mean `10.0.0.0/8`?',
    ],
    [
      'match: { prefix: 10.0.0.0/8 le 7 }, then: reject',
      '24: error: no prefix below 10.0.0.0/8 has 8 to 7 bits => lengths go from 8 to 32, `ge` is not above `le`',
    ],
    [
      'match: { prefix: 10.0.0.0/8 le 24 ge 9 }, then: reject',
      '24: error: `10.0.0.0/8 le 24 ge 9` is not a prefix range => write `ge` before `le`',
    ],
    [
      'match: { as-path: "65001)" }, then: reject',
      '25: error: AS-path pattern `65001)`: `)` without a `(` (character 6) => docs/policy.md has the form of patterns',
    ],
    [
      'match: { med: ten }, then: reject',
      '21: error: `ten` is not a number or range => write `10`, `>= 10`, `<= 10` or `10-20`',
    ],
    [
      'match: { prefix-length: 129 }, then: reject',
      '31: error: `129` can never be => numbers go from 0 to 128',
    ],
    [
      'match: { source: externl }, then: reject',
      '24: error: `externl` is not one of local, internal, external => did you mean `external`?',
    ],
    [
      'match: { community: "65000:x" }, then: reject',
      '27: error: `65000:x` is neither a community nor a community set => write `65000:100`, `65000:*`, `large:65000:1:2`, `rt:65000:1` or `no-export`',
    ],
    [
      'set: { local-pref: none }, then: accept',
      '26: error: `none` is not a number or a change of one => write `100`, `"+10"`, `"-10"`',
    ],
    [
      'set: { community: { add: "65000:*" } }, then: accept',
      '32: error: `65000:*` is a pattern, and only a community can be added => write it without `*` and `-`',
    ],
    [
      'set: { next-hop: third-party }, then: accept',
      '24: error: a policy cannot set `third-party` => write `self`, `unchanged`, an address, or one IPv4 and one IPv6 address',
    ],
    [
      'set: { prepend: { as: us } }, then: accept',
      '29: error: `us` is not an AS to prepend => write `own`, `last` or a number',
    ],
    [
      'set: { aigp: 18446744073709551615 }, then: accept',
      '20: error: numbers above 9007199254740991 lose digits in YAML => put it in quotes',
    ],
  ])('%s', (text, expected) => {
    expect(complaints(term(text))).toEqual([`5:${expected}`]);
  });

  test('a mistake in a set is reported where it stands', () => {
    expect(
      complaints('prefix-sets:\n  a:\n    - 10.0.0.0/8\n    - 10.0.0.0/33\nas-sets: { b: [x] }\n'),
    ).toEqual([
      '6:7: error: `10.0.0.0/33` is not a prefix => write an address and a length, such as `192.0.2.0/24`',
      '7:16: error: `x` is not an AS number or range => write `65001` or `65001-65099`',
    ]);
  });
});

describe('warnings', () => {
  test.each([
    ['prefix-sets: { a: [10.0.0.0/8] }\n', '3:16: warning: the prefix set `a` is never used => remove it'],
    ['community-sets: { a: ["1:1"] }\n', '3:19: warning: the community set `a` is never used => remove it'],
    [
      'policies:\n  p:\n    - then: accept\n    - { match: { med: 1 }, then: reject }\n',
      '6:9: warning: this term can never match: term 1 in line 5 decides about every route => move it up, or give the other one a `match`',
    ],
    [
      term('set: { med: 1 }, then: reject'),
      '5:7: warning: `set` has no effect on a route that is rejected => remove it',
    ],
  ])('%s', (body, expected) => {
    expect(complaints(body)).toEqual([expected]);
  });
});

describe('tests of policies', () => {
  const body = (text: string) =>
    `policies: { p: [{ then: accept }] }\ntests: [{ name: x, expect: accept, ${text} }]\n`;

  test.each([
    [
      'route: { prefix: 10.0.0.0/8 }',
      '4:11: error: the test does not say which policy it is about => add `policy: NAME`, or the `neighbor` whose import policies are meant',
    ],
    ['policy: q, route: { prefix: 10.0.0.0/8 }', '4:44: error: unknown policy `q` => did you mean `p`?'],
    [
      'policy: p, route: { prefix: ten }',
      '4:64: error: `ten` is not a prefix => write an address and a length, such as `192.0.2.0/24`',
    ],
    [
      'policy: p, route: { prefix: 10.0.0.0/8, attributes: { as-path: "1" } }',
      '4:90: error: there is no attribute `as-path` => did you mean `asPath`?',
    ],
    [
      'policy: p, route: { prefix: 10.0.0.0/8 }, attributes: { communities: [x] }',
      '4:105: error: this cannot be communities: not a community: x => docs/decode.md has the form of attributes',
    ],
  ])('%s', (text, expected) => {
    expect(complaints(body(text))).toEqual([expected]);
  });
});
