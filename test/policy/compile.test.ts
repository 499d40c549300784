/**
 * Compiled policies: equal to the model, whatever is remembered; keys; chains; what is bounded.
 *
 * Over 300 lines: all of it is about one function.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_POLICY_PAGES, MAX_POLICY_VARIANTS } from '../../src/base/limits.ts';
import { PolicyRegistry } from '../../src/policy/registry.ts';
import type { Policy } from '../../src/policy/types.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import { chain, Ground, OWN, outcome, policyOf } from './fixtures.ts';
import { type NaiveRoute, naively } from './naive.ts';

const CONDITIONS = [
  'prefix: 10.0.0.0/8 le 24',
  'prefix: [10.1.0.0/16, 0.0.0.0/0 ge 25]',
  'prefix-set: bogons',
  'prefix-length: ">= 24"',
  'source: external',
  'source: [local, internal]',
  'as-path: "_65002_"',
  'as-path: ["^$", "^65001"]',
  'as-path-length: "> 1"',
  'as-path-contains: 65001-65002',
  'origin-as: 65002',
  'community: "65000:*"',
  'community: { all: ["65000:1", "1:1"] }',
  'community: { none: ["1:1"] }',
  'med: "<= 10"',
  'med: none',
  'local-pref: ">= 150"',
  'not: { prefix: 10.0.0.0/8 le 32, med: 10 }',
  'any: [{ source: local }, { origin-as: 65001 }, { prefix: 10.1.0.0/16 }]',
];

const ACTIONS = [
  'local-pref: 200',
  'local-pref: +60',
  'med: 10',
  'med: -5',
  'med: none',
  'prepend: { as: own, count: 2 }',
  'prepend: { as: last }',
  'community: { add: ["65000:1"] }',
  'community: { remove: ["65000:*"] }',
  'community: { set: ["1:1"] }',
];

/** At most one condition and one action of a key, as YAML wants it. */
function distinctKeys(texts: readonly string[]): string[] {
  return [...new Map(texts.map((text) => [text.slice(0, text.indexOf(':')), text])).values()];
}

const some = (texts: readonly string[]) => fc.subarray([...texts], { maxLength: 2 }).map(distinctKeys);

const term = fc
  .tuple(some(CONDITIONS), some(ACTIONS), fc.constantFrom('accept', 'reject', 'next', 'next'))
  .map(([match, set, then]) => {
    const change = then === 'reject' ? '' : `set: { ${set.join(', ')} }, `;
    return `{ ${match.length > 0 ? `match: { ${match.join(', ')} }, ` : ''}${set.length > 0 ? change : ''}then: ${then} }`;
  });

const policyText = fc
  .tuple(
    fc.array(term, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '{ default: accept }', '{ default: reject }'),
  )
  .map(([terms, end]) => [...terms, ...(end === '' ? [] : [end])]);

const chainArbitrary = fc
  .array(policyText, { minLength: 1, maxLength: 3 })
  .map((policies) =>
    chain(
      `policies:\n${policies.map((terms, i) => `  p${i}: [${terms.join(', ')}]\n`).join('')}`,
      ...policies.map((_, i) => `p${i}`),
    ),
  );

const PREFIXES = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.128/25',
  '8.8.8.0/24',
  '192.168.0.0/30',
  '0.0.0.0/0',
];

const route: fc.Arbitrary<NaiveRoute> = fc
  .record({
    prefix: fc.constantFrom(...PREFIXES),
    source: fc.constantFrom('local' as const, 'internal' as const, 'external' as const),
    path: fc.array(fc.constantFrom(65001, 65002, 3), { maxLength: 3 }),
    med: fc.constantFrom(undefined, 0, 10, 11),
    localPref: fc.constantFrom(undefined, 100, 200),
    communities: fc.subarray(['65000:1', '65000:2', '1:1']),
  })
  .map((one) => {
    const [address, length] = one.prefix.split('/');
    const number = address!.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return { ...one, address: number, length: Number(length) };
  });

/** The result of the compiled policy in the words of the model. */
function compiled(ground: Ground, policy: ReturnType<Ground['compile']>, given: NaiveRoute): unknown {
  const { prefix, source, path, med, localPref, communities } = given;
  const attributes = {
    asPath: path.length > 0 ? [{ type: 'sequence', asns: [...path] }] : [],
    ...(med !== undefined && { med }),
    ...(localPref !== undefined && { localPref }),
    ...(communities.length > 0 && { communities: [...communities] }),
  };
  const result = ground.run(policy, { prefix, source, attributes });
  if (result === 'reject') return undefined;
  const segments = (result['asPath'] ?? []) as unknown as { asns: number[] }[];
  return {
    path: segments.flatMap(({ asns }) => asns),
    med: result['med'],
    localPref: result['localPref'],
    communities: result['communities'] ?? [],
  };
}

function expected(policies: readonly Policy[], given: NaiveRoute): unknown {
  const out = naively(policies, given, OWN);
  return out && { path: out.path, med: out.med, localPref: out.localPref, communities: out.communities };
}

describe('CompiledPolicy: the model', () => {
  test('equals it on random chains and routes, and explain agrees with apply', () => {
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(chainArbitrary, fc.array(route, { minLength: 4, maxLength: 12 }), (policies, routes) => {
        const ground = new Ground();
        const policy = ground.compile(policies);
        for (const one of routes) {
          const wanted = expected(policies, one);
          expect(compiled(ground, policy, one)).toEqual(wanted);
          const attr = ground.intern();
          const { family, prefix } = ground.prefix(one.prefix);
          const accepted = policy.apply(attr, family, prefix, 1) !== 0;
          const { verdict } = policy.explain(attr, family, prefix, 1);
          expect(verdict).toBe(accepted ? 'accept' : 'reject');
          verdicts.add(wanted === undefined ? 'reject' : 'accept');
        }
      }),
      { numRuns: 400 },
    );
    expect(verdicts.size).toBe(2);
  });

  test('equals it when ids of attributes are forgotten and used again', () => {
    let reused = 0;
    fc.assert(
      fc.property(chainArbitrary, fc.array(route, { minLength: 10, maxLength: 30 }), (policies, routes) => {
        const ground = new Ground();
        const policy = ground.compile(policies);
        let highest = 0;
        for (const [i, one] of routes.entries()) {
          expect(compiled(ground, policy, one)).toEqual(expected(policies, one));
          // Nobody holds a reference, so everything goes: keys of the memo and its results.
          if (i % 3 === 2) ground.attrs.collect();
          const probe = ground.intern({ med: 4_000_000 + i });
          if (probe <= highest) reused++;
          highest = Math.max(highest, probe);
        }
      }),
      { numRuns: 200 },
    );
    expect(reused).toBeGreaterThan(100);
  });
});

describe('CompiledPolicy: work', () => {
  test('terms run once for each distinct attribute set, however many prefixes it has', () => {
    const ground = new Ground();
    const policy = ground.compile(policyOf('{ match: { med: 1 }, set: { local-pref: 200 }, then: accept }'));
    expect(policy.perPrefix).toBe(false);
    for (let i = 0; i < 100; i++) ground.run(policy, { prefix: `10.0.${i}.0/24`, attributes: { med: 1 } });
    for (let i = 0; i < 100; i++) ground.run(policy, { prefix: `10.0.${i}.0/24`, attributes: { med: 2 } });
    expect(policy.counters.evaluations).toBe(2);
  });

  test('with prefix conditions they run once for each outcome of those', () => {
    const ground = new Ground();
    const policy = ground.compile(policyOf('{ match: { prefix: 10.0.0.0/16 le 24 }, then: accept }'));
    expect(policy.perPrefix).toBe(true);
    for (let i = 0; i < 100; i++) ground.run(policy, { prefix: `10.${i % 2}.${i}.0/24` });
    expect(policy.counters.evaluations).toBe(2);
  });

  test('two policies that undo each other keep no attribute set alive', () => {
    const ground = new Ground();
    const up = ground.compile(policyOf('{ set: { local-pref: 200 }, then: accept }'));
    const down = ground.compile(policyOf('{ set: { local-pref: 100 }, then: accept }'));
    const before = ground.intern({ localPref: 100 });
    const raised = up.apply(before, 0, 0, 1);
    expect(down.apply(raised, 0, 0, 1)).toBe(before);
    ground.attrs.collect();
    expect(ground.attrs.count).toBe(0);
  });

  test('more variants than are kept are forgotten, counted, and still right', () => {
    const ground = new Ground();
    const bits = Math.log2(MAX_POLICY_VARIANTS) + 1;
    const hosts = Array.from({ length: 2 ** bits }, (_, i) => `10.0.${i >>> 8}.${i & 255}/32`);
    // One term for each bit of the number of a host: each host is a variant of its own.
    const terms = Array.from({ length: bits }, (_, bit) => ({
      name: undefined,
      match: [
        {
          kind: 'prefix' as const,
          ranges: hosts.filter((_, i) => (i >>> bit) & 1).map((prefix) => ({ prefix, min: 32, max: 32 })),
          text: `bit ${bit}`,
        },
      ],
      set: [{ kind: 'med' as const, change: { kind: 'add' as const, value: 2 ** bit } }],
      verdict: 'next' as const,
      place: undefined,
    }));
    const policy = ground.compile([{ name: 'bits', terms, end: 'accept', place: undefined }]);
    const attr = ground.intern();
    for (const [i, host] of hosts.entries()) {
      const { family, prefix } = ground.prefix(host);
      const result = policy.apply(attr, family, prefix, 1);
      expect(ground.attrs.med[result]).toBe(i);
      if (i % 1000 === 0) expect(policy.apply(attr, family, prefix, 1)).toBe(result);
    }
    expect(ground.memory.flushes).toBeGreaterThan(0);
    expect(ground.memory.pages).toBeLessThanOrEqual(MAX_POLICY_PAGES);
  });
});

test('a result whose variant was forgotten while it was found is not the result of the next variant', () => {
  const ground = new Ground();
  const policy = ground.compile(
    policyOf(
      '{ match: { prefix: 10.1.0.0/16 le 32 }, set: { med: 1 }, then: accept }',
      '{ match: { prefix: 10.2.0.0/16 le 32 }, set: { med: 2 }, then: accept }',
    ),
  );
  const medOf = (attr: number, text: string) => {
    const { family, prefix } = ground.prefix(text);
    return ground.attrs.med[policy.apply(attr, family, prefix, 1)];
  };
  expect(medOf(ground.intern(), '10.1.1.0/24')).toBe(1);
  // Enough sets that the next one needs a page of its own, for which all results are forgotten.
  for (let med = 10; med < 1200; med++) ground.intern({ med });
  const far = ground.intern({ med: 5000 });
  const { memory } = ground;
  const allocate = memory.allocate.bind(memory);
  let forgotten = 0;
  memory.allocate = () => {
    if (forgotten++ === 0) policy.dispose();
    return allocate();
  };
  expect(medOf(far, '10.1.1.0/24')).toBe(1);
  expect(forgotten).toBe(1);
  for (let i = 0; i < 2; i++) expect(medOf(far, '10.2.1.0/24')).toBe(2);
});

describe('chains', () => {
  const body = (first: string, second: string) => `policies: { a: [${first}], b: [${second}] }`;
  const run = (first: string, second: string) => outcome(chain(body(first, second), 'a', 'b'));

  test('a policy that does not decide hands the route on, with its changes', () => {
    expect(run('{ set: { med: 5 } }', '{ match: { med: 5 }, then: accept }')).toMatchObject({ med: 5 });
  });

  test('accept, reject and default end the chain', () => {
    expect(run('{ then: accept }', '{ then: reject }')).not.toBe('reject');
    expect(run('{ then: reject }', '{ then: accept }')).toBe('reject');
    expect(run('{ match: { med: 1 }, then: reject }, { default: accept }', '{ then: reject }')).not.toBe(
      'reject',
    );
    expect(run('{ match: { med: 1 }, then: accept }, { default: reject }', '{ then: accept }')).toBe(
      'reject',
    );
  });

  test('the end of the last policy is reject', () => {
    expect(run('{ set: { med: 5 } }', '{ set: { med: 6 } }')).toBe('reject');
    expect(outcome(policyOf('{ match: { med: 1 }, then: accept }'))).toBe('reject');
  });

  test('built-in policies stand in chains too', () => {
    const own = chain(body('{ set: { med: 5 } }', '{ then: accept }'), 'a', 'own-networks-only');
    expect(outcome(own, { source: 'local' })).toMatchObject({ med: 5 });
    expect(outcome(own, { source: 'internal' })).toBe('reject');
  });
});

describe('PolicyRegistry: policies are found by what they do', () => {
  const session = { direction: 'export', address: '10.0.0.2', peerGroup: 'edge', self: [] } as const;
  const registry = (used: RouteTransform[] = []) => new PolicyRegistry(new Ground(), () => used);
  const text = (terms: string, name = 'p') =>
    chain(`peer-groups: { edge: {} }\npolicies: { ${name}: [${terms}] }`, name);
  const get = (from: PolicyRegistry, policies: readonly Policy[], other: object = {}) =>
    from.transform(policies, true, { localAs: OWN, ...session, ...other });

  test('names, comments and lines make no difference', () => {
    const one = registry();
    const first = get(one, text('{ name: x, match: { med: 1 }, then: accept }'));
    const again = get(one, text('\n\n { match: { med: 1 }, then: accept }', 'renamed'));
    expect(again).toBe(first);
    expect(again.name).toBe('renamed'); // what people see follows the file
  });

  test('a changed policy under the same name is another one', () => {
    const one = registry();
    const before = get(one, text('{ match: { med: 1 }, then: accept }'));
    expect(get(one, text('{ match: { med: 2 }, then: accept }')).key).not.toBe(before.key);
  });

  test('neighbors share a policy until it tells them apart', () => {
    const one = registry();
    const plain = text('{ match: { med: 1 }, then: accept }');
    expect(get(one, plain, { address: '10.0.0.9' })).toBe(get(one, plain));
    const picky = text('{ match: { neighbor: 10.0.0.9 }, then: accept }');
    expect(get(one, picky, { address: '10.0.0.9' })).not.toBe(get(one, picky));
    expect(get(one, picky, { address: '10.0.0.8' })).toBe(get(one, picky));
  });

  test('our AS counts where it is used, and only there', () => {
    const one = registry();
    const plain = text('{ set: { med: 1 }, then: accept }');
    expect(get(one, plain, { localAs: 7 })).toBe(get(one, plain));
    const prepends = text('{ set: { prepend: { as: own } }, then: accept }');
    expect(get(one, prepends, { localAs: 7 })).not.toBe(get(one, prepends));
  });

  test('what no session uses is given back', () => {
    const used: RouteTransform[] = [];
    const one = registry(used);
    const kept = get(one, text('{ match: { med: 1 }, then: accept }'));
    get(one, text('{ match: { med: 2 }, then: accept }'));
    used.push(kept);
    one.collect();
    expect(one.counters.policies).toBe(1);
    expect(get(one, text('{ match: { med: 1 }, then: accept }'))).toBe(kept);
  });

  test('no policy is reject for eBGP (RFC 8212) and accept for iBGP', () => {
    const one = registry();
    expect(one.transform(undefined, true, { localAs: OWN, ...session }).apply(1, 0, 0, 0)).toBe(0);
    expect(one.transform(undefined, false, { localAs: OWN, ...session }).apply(1, 0, 0, 0)).toBe(1);
  });
});
