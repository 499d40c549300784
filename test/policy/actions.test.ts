/** Each action of a policy: what it makes of a route. */
import { describe, expect, test } from 'vitest';
import { chain, Ground, outcome, policyOf, type TestRoute } from './fixtures.ts';

/** The attributes after `set`. */
function after(set: string, attributes: TestRoute['attributes'] = {}, sets = '') {
  return outcome(chain(`${sets}\npolicies: { p: [{ set: { ${set} }, then: accept }] }`, 'p'), { attributes });
}

const sequence = (...asns: number[]) => [{ type: 'sequence', asns }];

type Row = readonly [set: string, before: object, after: object];

function table(name: string, rows: readonly Row[], sets = ''): void {
  test.each(rows)(`${name}: %s`, (set, before, expected) => {
    const result = after(set, before as TestRoute['attributes'], sets);
    const present = Object.entries(expected).filter(([, value]) => value !== undefined);
    expect(result).toMatchObject(Object.fromEntries(present));
    for (const [key, value] of Object.entries(expected))
      if (value === undefined) expect(result).not.toHaveProperty(key);
  });
}

table('numbers', [
  ['local-pref: 200', {}, { localPref: 200 }],
  ['local-pref: +50', {}, { localPref: 150 }],
  ['local-pref: "-50"', { localPref: 30 }, { localPref: 0 }],
  ['med: 10', {}, { med: 10 }],
  ['med: +10', { med: 5 }, { med: 15 }],
  ['med: +10', {}, { med: 10 }],
  ['med: -10', { med: 5 }, { med: 0 }],
  ['med: +4294967295', { med: 5 }, { med: 4294967295 }],
  ['med: none', { med: 5 }, { med: undefined }],
  ['aigp: 1000', {}, { aigp: [{ type: 'metric', value: '1000' }] }],
  ['aigp: "18446744073709551615"', {}, { aigp: [{ type: 'metric', value: '18446744073709551615' }] }],
  ['aigp: none', { aigp: [{ type: 'metric', value: '1' }] }, { aigp: undefined }],
  ['origin: incomplete', {}, { origin: 'incomplete' }],
]);

table('AS path', [
  ['prepend: { as: own }', { asPath: '65001' }, { asPath: sequence(65000, 65001) }],
  ['prepend: { as: own, count: 3 }', { asPath: '' }, { asPath: sequence(65000, 65000, 65000) }],
  ['prepend: { as: last, count: 2 }', { asPath: '7 8' }, { asPath: sequence(7, 7, 7, 8) }],
  ['prepend: { as: last }', { asPath: '' }, { asPath: [] }],
  [
    'prepend: { as: 64999 }',
    { asPath: '{1,2}' },
    { asPath: [...sequence(64999), { type: 'set', asns: [1, 2] }] },
  ],
  ['remove-private-as: only-private', { asPath: '64512 65534' }, { asPath: [] }],
  ['remove-private-as: only-private', { asPath: '64512 1' }, { asPath: sequence(64512, 1) }],
  ['remove-private-as: leading', { asPath: '64512 1 64513' }, { asPath: sequence(1, 64513) }],
  ['remove-private-as: all', { asPath: '64512 1 4200000000' }, { asPath: sequence(1) }],
  ['remove-private-as: all', { asPath: '1 {64512} 2' }, { asPath: sequence(1, 2) }],
  ['remove-private-as: replace', { asPath: '64512 1 64513' }, { asPath: sequence(65000, 1, 65000) }],
  ['remove-private-as: all, prepend: { as: own }', { asPath: '64512 1' }, { asPath: sequence(65000, 1) }],
]);

const MIXED = {
  communities: ['65000:1', '1:1'],
  largeCommunities: ['65000:1:1', '1:1:1'],
  extendedCommunities: ['rt:65000:1', 'rt:1:1'],
};

table(
  'communities',
  [
    ['community: { add: ["65000:9", no-export] }', {}, { communities: ['65000:9', 'no-export'] }],
    ['community: { add: ["65000:1", "65000:2"] }', MIXED, { communities: ['65000:1', '1:1', '65000:2'] }],
    [
      'community: { add: ["large:7:7:7", "rt:7:7"] }',
      {},
      { largeCommunities: ['7:7:7'], extendedCommunities: ['rt:7:7'] },
    ],
    ['community: { remove: ["65000:*"] }', MIXED, { ...MIXED, communities: ['1:1'] }],
    [
      'community: { remove: ["65000:*:*", "rt:*:1"] }',
      MIXED,
      { communities: MIXED.communities, largeCommunities: ['1:1:1'], extendedCommunities: undefined },
    ],
    ['community: { remove: internal }', MIXED, { communities: ['1:1'], largeCommunities: ['1:1:1'] }],
    ['community: { remove: ["65000:*"], add: ["65000:7"] }', MIXED, { communities: ['1:1', '65000:7'] }],
    ['community: { remove: "*:*" }', { communities: ['1:1'] }, { communities: undefined }],
    ['community: { set: ["9:9"] }', MIXED, { ...MIXED, communities: ['9:9'] }],
    [
      'community: { set: [] }',
      MIXED,
      { communities: undefined, largeCommunities: undefined, extendedCommunities: undefined },
    ],
    ['community: { add: marks }', {}, { communities: ['65000:5'], largeCommunities: ['65000:5:5'] }],
  ],
  'community-sets: { internal: ["65000:*", "large:65000:1:*"], marks: ["65000:5", "large:65000:5:5"] }',
);

describe('next hop', () => {
  test('at import: our address, or the one that is given, by family', () => {
    expect(outcome(policyOf('{ set: { next-hop: self }, then: accept }'))).toMatchObject({
      nextHop: '10.0.0.254',
    });
    expect(outcome(policyOf('{ set: { next-hop: unchanged }, then: accept }'))).toMatchObject({
      nextHop: '192.0.2.1',
    });
    const both = policyOf('{ set: { next-hop: [10.9.9.9, "2001:db8::9"] }, then: accept }');
    expect(outcome(both)).toMatchObject({ nextHop: '10.9.9.9' });
    expect(
      outcome(both, { prefix: '2001:db8:1::/48', attributes: { nextHop: '2001:db8::1' } }),
    ).toMatchObject({
      nextHop: '2001:db8::9',
    });
    const four = policyOf('{ set: { next-hop: 10.9.9.9 }, then: accept }');
    expect(
      outcome(four, { prefix: '2001:db8:1::/48', attributes: { nextHop: '2001:db8::1' } }),
    ).toMatchObject({
      nextHop: '2001:db8::1',
    });
  });

  test('at export the set says what the session must do, and differs from an untouched one', () => {
    const ground = new Ground();
    const plain = ground.intern();
    const results = ['unchanged', 'self', '192.0.2.1'].map((value) => {
      const policy = ground.compile(policyOf(`{ set: { next-hop: ${value} }, then: accept }`), {
        direction: 'export',
      });
      return policy.apply(plain, 0, 0, 1);
    });
    expect(new Set([plain, ...results]).size).toBe(3); // the address that it had is `unchanged` in other words
    expect(results.map((attr) => ground.marks(attr, 3))).toEqual([1, 2, 1]);
    expect(ground.marks(plain, 3)).toBe(0);
  });
});

test('unknown attributes and those that no action touches stay as they are', () => {
  const before = {
    aggregator: { as: 7, address: '10.0.0.7' },
    atomicAggregate: true,
    originatorId: '9.9.9.9',
  };
  expect(after('med: 7', before)).toMatchObject({ ...before, med: 7 });
});

test('a set of attributes that would not fit in any message is rejected and counted', () => {
  const ground = new Ground();
  const policy = ground.compile(policyOf('{ set: { prepend: { as: own, count: 64 } }, then: accept }'));
  // 16,165 numbers take 64,790 octets; 64 more are too many.
  const asPath = Array.from({ length: 64 }, (_, i) => ({
    type: 'sequence',
    asns: Array.from({ length: i < 63 ? 255 : 100 }, () => 7),
  }));
  expect(ground.run(policy, { attributes: { asPath } })).toBe('reject');
  expect(policy.counters).toEqual({ evaluations: 1, tableFull: 1, failures: 0 });
});
