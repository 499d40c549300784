/**
 * Compiled policies against the model in `reference/`: every match and action, on random routes of both families with
 * every kind of attribute, must give the same verdict, the same bytes and the same explanation.
 *
 * Over 300 lines: half of it is the list of conditions and actions, and what random routes are made of.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { RouteTest, type RouteTestCondition } from '../../src/policy/route-tests.ts';
import { conditionKey, specialize } from '../../src/policy/specialize.ts';
import type { Policy, PolicySession } from '../../src/policy/types.ts';
import type { ExplainedStep } from '../../src/rib/transform.ts';
import { writeAttribute } from '../../src/wire/attributes/blob.ts';
import { chain, Ground, OWN } from './fixtures.ts';
import { compileChain, evaluate } from './reference/evaluate.ts';
import { PolicyRoute } from './reference/route.ts';

const CONDITIONS = [
  'prefix: 10.0.0.0/8 le 24',
  'prefix: [2001:db8::/32 le 64, 0.0.0.0/0 ge 25]',
  'prefix: 8.8.0.0/16 le 32',
  'prefix-set: bogons',
  'prefix-length: ">= 24"',
  'family: ipv4',
  'source: [local, internal]',
  'neighbor: 10.0.0.2',
  'from-neighbor: [10.0.0.3, 10.0.0.9]',
  'as-path: "_65002_"',
  'as-path: ["^$", "^65001", "[,{(]3[ )}]"]',
  'as-path: "^(65001_)+[0-9]*$"',
  'as-path: ["_4200000000$", "1.*2.*3"]',
  'as-path-length: "> 1"',
  'as-path-contains: [65002, 4200000000-4294967294]',
  'origin-as: [65002, 3]',
  'neighbor-as: 65001',
  'community: "65000:*"',
  'community: ["*:1", "1:1-9"]',
  'community: "64000-65200:2"',
  'community: { all: ["65000:1", "1:1"] }',
  'community: { none: ["1:1", "large:65000:*:1", "rt:65000:*"] }',
  'community: ["large:65000:1:*", "large:*:7:0-9"]',
  'community: { all: ["rt:65000:1", "no-export"] }',
  'community-count: ">= 2"',
  'large-community-count: 1',
  'extended-community-count: "<= 1"',
  'med: "<= 10"',
  'med: none',
  'local-pref: ">= 150"',
  'origin: [igp, egp]',
  'next-hop: [192.0.2.0/24, 2001:db8::/32]',
  'not: { community: "65000:2", med: 10 }',
  'any: [{ source: local }, { origin-as: 65001 }, { as-path: "_3_" }]',
];

const ACTIONS = [
  'local-pref: 200',
  'local-pref: +60',
  'med: 10',
  'med: -5',
  'med: none',
  'aigp: 7',
  'aigp: none',
  'origin: incomplete',
  'remove-private-as: all',
  'remove-private-as: leading',
  'remove-private-as: replace',
  'remove-private-as: only-private',
  'prepend: { as: own, count: 2 }',
  'prepend: { as: last, count: 16 }',
  'community: { add: ["65000:1", "large:65000:1:1", "no-export"] }',
  'community: { add: ["rt:65000:1", "1:1"], remove: ["65000:*", "large:*:7:*"] }',
  'community: { remove: ["rt:65000:*", "*:1"] }',
  'community: { set: ["1:1", "large:1:1:1"] }',
  'community: { set: [] }',
  'next-hop: self',
  'next-hop: unchanged',
  'next-hop: [198.51.100.9, 2001:db8::9]',
];

function distinctKeys(texts: readonly string[]): string[] {
  return [...new Map(texts.map((text) => [text.slice(0, text.indexOf(':')), text])).values()];
}

const some = (texts: readonly string[], maxLength: number) =>
  fc.subarray([...texts], { maxLength }).map(distinctKeys);

const term = fc
  .tuple(some(CONDITIONS, 2), some(ACTIONS, 3), fc.constantFrom('accept', 'reject', 'next', 'next', 'next'))
  .map(([match, set, then]) => {
    const change = set.length > 0 && then !== 'reject' ? `set: { ${set.join(', ')} }, ` : '';
    return `{ ${match.length > 0 ? `match: { ${match.join(', ')} }, ` : ''}${change}then: ${then} }`;
  });

const chainText = fc.array(
  fc
    .tuple(
      fc.array(term, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('', '{ default: accept }', '{ default: reject }'),
    )
    .map(([terms, end]) => [...terms, ...(end === '' ? [] : [end])].join(', ')),
  { minLength: 1, maxLength: 2 },
);

function policiesOf(texts: readonly string[]): readonly Policy[] {
  const body = texts.map((terms, i) => `  p${i}: [${terms}]\n`).join('');
  return chain(`policies:\n${body}`, ...texts.map((_, i) => `p${i}`));
}

const u32 = (...values: number[]) =>
  values.flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);

const as = fc.constantFrom(65001, 65002, 3, 13, 64512, 4200000000);
/** Types 1 to 4; now and then a sequence that is nearly full. */
const segment = fc
  .record({
    type: fc.constantFrom(2, 2, 2, 1, 3, 4),
    asns: fc.array(as, { minLength: 1, maxLength: 4 }),
    long: fc.constantFrom(1, 1, 1, 1, 1, 62),
  })
  .map(({ type, asns, long }) => {
    const all = Array.from({ length: long }, () => asns).flat();
    return [type, all.length, ...u32(...all)];
  });
const path = fc.array(segment, { maxLength: 3 }).map((segments) => segments.flat());
const standard = fc
  .subarray([0xfde80001, 0xfde80002, 0x00010001, 0x00010009, 0xffffff01, 0x00020001])
  .map((list) => u32(...list));
const large = fc
  .subarray([
    [65000, 1, 1],
    [65000, 7, 2],
    [1, 7, 9],
    [4200000000, 0, 1],
  ])
  .map((list) => u32(...list.flat()));
const extended = fc
  .subarray([
    [0, 2, 0xfd, 0xe8, 0, 0, 0, 1],
    [0, 2, 0xfd, 0xe8, 0, 0, 0, 2],
    [0x43, 9, 1, 2, 3, 4, 5, 6],
  ])
  .map((list) => list.flat());
const bytes = (...values: number[]) => fc.constantFrom(...values.map((value) => u32(value)));
const EXTENDED_LENGTH = 0x10;

/** One attribute: flags, code, value; undefined when it is absent. A short one may have a long length field. */
const attribute = (flags: number, code: number, value: fc.Arbitrary<number[]>, always = false) =>
  fc
    .record({
      value: always ? value : fc.option(value, { nil: [] }),
      isLong: fc.boolean(),
      isPartial: fc.boolean(),
    })
    .map(({ value, isLong, isPartial }) => {
      if (value.length === 0 && !always) return [];
      const partial = isPartial && (flags & 0xc0) === 0xc0 ? 0x20 : 0;
      return isLong || value.length > 255
        ? [flags | partial | EXTENDED_LENGTH, code, value.length >>> 8, value.length & 255, ...value]
        : [flags | partial, code, value.length, ...value];
    });

const blob = (isIpv6: boolean) =>
  fc
    .tuple(
      attribute(0x40, 1, fc.constantFrom([0], [1], [2]), true),
      attribute(0x40, 2, path, true),
      attribute(
        0x40,
        3,
        isIpv6
          ? fc.constantFrom(
              [...u32(0x20010db8), ...u32(0, 0, 1)],
              [...u32(0x20010db9, 0, 0, 1), ...u32(0xfe800000, 0, 0, 1)],
            )
          : bytes(0xc0000201, 0xc6336401),
      ),
      attribute(0x80, 4, bytes(0, 10, 11, 0xffffffff)),
      attribute(0x40, 5, bytes(100, 200, 0xfffffff0)),
      attribute(0x40, 6, fc.constant([])),
      attribute(0xc0, 8, standard),
      attribute(0xc0, 16, extended),
      attribute(0x80, 26, fc.constant([1, 0, 11, ...u32(0, 5)])),
      attribute(0xc0, 32, large),
      attribute(0xc0, 99, fc.constant([1, 2, 3])),
    )
    // As a peer may send them: in any order.
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    .map((all) => Uint8Array.from(all.flat()));

const PREFIXES = ['10.0.0.0/8', '10.1.2.0/24', '8.8.8.128/25', '2001:db8::/48', '2001:db9::/32'];
const route = fc.constantFrom(...PREFIXES).chain((prefix) =>
  fc.record({
    prefix: fc.constant(prefix),
    from: fc.constantFrom(0, 1, 2),
    blob: blob(prefix.includes(':')),
  }),
);

/** The model on a set of attributes: its explanation and the bytes that come out; undefined when they are the same. */
function model(
  ground: Ground,
  policies: readonly Policy[],
  session: PolicySession,
  blob: Uint8Array,
  family: number,
  prefix: number,
  from: number,
) {
  const outcomes: boolean[] = [];
  const numbers = new Map<string, number>();
  const number = (condition: RouteTestCondition): number => {
    const key = conditionKey(condition);
    if (!numbers.has(key)) {
      numbers.set(key, outcomes.length);
      outcomes.push(new RouteTest(condition, ground).holds(family, prefix, from));
    }
    return numbers.get(key)!;
  };
  const compiled = compileChain(specialize(policies, session), session, number);
  const subject = { route: new PolicyRoute(blob, 0, blob.length), outcomes };
  const steps: ExplainedStep[] = [];
  const { verdict, reason } = evaluate(compiled, subject, family, steps);
  const out = new ByteWriter();
  subject.route.write(out);
  return {
    explanation: { verdict, reason, steps },
    told: subject.route.changed ? [...out.take()] : [...blob],
  };
}

test('equals the model: verdict, bytes and explanation', () => {
  const seen = { accept: 0, reject: 0, changed: 0 };
  fc.assert(
    fc.property(
      chainText,
      fc.constantFrom('import' as const, 'export' as const),
      fc.array(route, { minLength: 6, maxLength: 12 }),
      (texts, direction, routes) => {
        const ground = new Ground();
        const policies = policiesOf(texts);
        const self = [Uint8Array.of(10, 0, 0, 254), Uint8Array.of(0xfe, 0x80, ...new Array(30).fill(1))];
        const session = { direction, localAs: OWN, address: '10.0.0.2', peerGroup: undefined, self };
        const policy = ground.compile(policies, session);
        for (const { prefix: text, from, blob } of routes) {
          const { family, prefix } = ground.prefix(text);
          const attr = ground.attrs.intern(blob, 0, blob.length);
          const wanted = model(ground, policies, session, blob, family, prefix, from);
          expect(policy.explain(attr, family, prefix, from)).toEqual(wanted.explanation);
          // Twice: worked out, and remembered.
          for (let turn = 0; turn < 2; turn++) {
            const result = policy.apply(attr, family, prefix, from);
            expect(result === 0 ? 'reject' : 'accept').toBe(wanted.explanation.verdict);
            if (result === 0) continue;
            const { bytes, start, end } = ground.attrs.blob(result);
            expect([...bytes.subarray(start, end)]).toEqual(wanted.told);
            if (result !== attr) seen.changed++;
          }
          seen[wanted.explanation.verdict]++;
        }
      },
    ),
    { numRuns: 600 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(500);
});

test('equals the model on more patterns than one automaton, or one word of facts, has room for', () => {
  // Each needs about 130 states, so some fifteen of them share an automaton; together they have more than 32 bits.
  const paths = Array.from({ length: 40 }, (_, i) => `_${i + 1}_([0-9]+_){20}`);
  const marks = Array.from({ length: 40 }, (_, i) => `${i + 1}:*`);
  const terms = paths.flatMap((pattern, i) => [
    `{ match: { as-path: "${pattern}" }, set: { med: +1 }, then: next }`,
    `{ match: { community: "${marks[i]}" }, set: { local-pref: +1 }, then: next }`,
  ]);
  const policies = policiesOf([[...terms, '{ then: accept }'].join(', ')]);
  const ground = new Ground();
  const policy = ground.compile(policies);
  const session = { direction: 'import', localAs: OWN, address: '10.0.0.2', peerGroup: undefined } as const;
  const { family, prefix } = ground.prefix('10.0.0.0/8');
  const meds = new Set<number>();
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }),
      (asns, communities) => {
        const out = new ByteWriter();
        writeAttribute(out, 0x40, 1, Uint8Array.of(0));
        writeAttribute(out, 0x40, 2, Uint8Array.from([2, asns.length, ...u32(...asns)]));
        const values = communities.flatMap((high) => u32(high * 65_536 + 7));
        if (values.length > 0) writeAttribute(out, 0xc0, 8, Uint8Array.from(values));
        const blob = out.take();
        const attr = ground.attrs.intern(blob, 0, blob.length);
        const wanted = model(ground, policies, { ...session, self: [] }, blob, family, prefix, 1);
        const { bytes, start, end } = ground.attrs.blob(policy.apply(attr, family, prefix, 1));
        expect([...bytes.subarray(start, end)]).toEqual(wanted.told);
        meds.add(ground.attrs.med[policy.apply(attr, family, prefix, 1)]!);
      },
    ),
    { numRuns: 40 },
  );
  expect(meds.size).toBeGreaterThan(5);
});

test('equals the model where values are written over a hundred times, and get long', () => {
  const terms = Array.from({ length: 120 }, (_, i) => {
    const communities = `community: { add: ["1:${i}", "large:1:1:${i}"]${i % 9 === 0 ? ', remove: "1:3-7"' : ''} }`;
    return `{ set: { prepend: { as: own, count: 16 }, med: +1, ${communities} }, then: next }`;
  });
  const policies = policiesOf([[...terms, '{ then: accept }'].join(', ')]);
  const ground = new Ground();
  const policy = ground.compile(policies);
  const session = { direction: 'import', localAs: OWN, address: '10.0.0.2', peerGroup: undefined } as const;
  const { family, prefix } = ground.prefix('10.0.0.0/8');
  for (const path of [[], [2, 1, 0, 0, 0, 7], [1, 1, 0, 0, 0, 7]]) {
    const blob = Uint8Array.from([0x40, 1, 1, 0, 0x40, 2, path.length, ...path]);
    const attr = ground.attrs.intern(blob, 0, blob.length);
    const wanted = model(ground, policies, { ...session, self: [] }, blob, family, prefix, 1);
    const { bytes, start, end } = ground.attrs.blob(policy.apply(attr, family, prefix, 1));
    expect([...bytes.subarray(start, end)]).toEqual(wanted.told);
  }
});
