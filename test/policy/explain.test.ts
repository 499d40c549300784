/** What a policy says about a route to a person: every term that was looked at, and what decided. */
import { expect, test } from 'vitest';
import { chain, Ground } from './fixtures.ts';

const BODY = `
prefix-sets: { vips: [203.0.113.0/24 le 32] }
policies:
  first:
    - name: no-bogons
      match: { prefix-set: bogons, not: { prefix-set: vips } }
      then: reject
    - match: { source: external, community: "65001:*" }
      set: { local-pref: 200, med: +5, community: { remove: "65001:1", add: "65000:1" } }
      then: next
  second:
    - { name: last, match: { med: 15 }, set: { origin: igp }, then: accept }
`;

test('explain: terms with place, the first condition that failed, changes before and after, verdict', () => {
  const ground = new Ground();
  const policy = ground.compile(chain(BODY, 'first', 'second'));
  const attributes = { med: 10, communities: ['65001:1', '1:1'] };
  expect(ground.explain(policy, { prefix: '203.0.113.0/24', attributes })).toEqual({
    verdict: 'accept',
    reason: 'term `last` of policy `second`',
    steps: [
      {
        policy: 'first',
        term: 'no-bogons',
        place: 'lab.yaml:7',
        verdict: undefined,
        failed: 'not: { prefix-set: vips }',
        changes: [],
      },
      {
        policy: 'first',
        term: 'term 2',
        place: 'lab.yaml:10',
        verdict: 'next',
        failed: undefined,
        changes: [
          { attribute: 'localPref', before: undefined, after: '200' },
          { attribute: 'med', before: '10', after: '15' },
          { attribute: 'communities', before: '65001:1 1:1', after: '1:1 65000:1' },
        ],
      },
      // Its only action leaves the value as it was.
      {
        policy: 'second',
        term: 'last',
        place: 'lab.yaml:14',
        verdict: 'accept',
        failed: undefined,
        changes: [],
      },
    ],
  });
});

test('explain: the end of a chain, and of a policy with a default, are reasons too', () => {
  const ground = new Ground();
  const chained = ground.compile(chain(BODY, 'first', 'second'));
  expect(ground.explain(chained, { prefix: '8.8.8.0/24' })).toMatchObject({
    verdict: 'reject',
    reason: 'no term of `first`, `second` decided, and the end of a policy is reject',
  });
  const open = ground.compile(
    chain('policies: { p: [{ match: { med: 1 }, then: reject }, { default: accept }] }', 'p'),
  );
  expect(ground.explain(open)).toMatchObject({
    verdict: 'accept',
    reason: 'the end of policy `p` (default: accept)',
  });
});

test('explain: a condition about the neighbor is named although it was decided beforehand', () => {
  const ground = new Ground();
  const policy = ground.compile(
    chain('policies: { p: [{ match: { med: 1, neighbor: 10.9.9.9 }, then: accept }] }', 'p'),
  );
  expect(ground.explain(policy).steps[0]?.failed).toBe('neighbor: 10.9.9.9');
});

test('explain changes nothing: neither the tables nor what is remembered', () => {
  const ground = new Ground();
  const policy = ground.compile(chain(BODY, 'first', 'second'));
  ground.intern();
  const before = ground.attrs.count;
  ground.explain(policy);
  expect([ground.attrs.count, policy.counters.evaluations, ground.memory.pages]).toEqual([before, 0, 0]);
});
