/**
 * What a policy costs a route: `node test/bench/policy-cost.ts`.
 *
 * A million IPv4 prefixes in 100,000 attribute sets, ten prefixes a set, through one policy: the first time, when the
 * terms run for each set, and again, when the results are remembered. CPU time of the process, least of 15 rounds.
 */
import { acceptPolicy } from '../../src/policy/defaults.ts';
import type { RouteTransform } from '../../src/rib/transform.ts';
import { Ground, policyOf } from '../policy/fixtures.ts';

const ROUTES = 1_000_000;
const SETS = 100_000;
const ROUNDS = 15;

const ground = new Ground();
const table = ground.ribs[0]!.prefixes4;
// Spread over 8.0.0.0 to 87.255.255.0, most of which is no bogon.
const prefixes = Uint32Array.from({ length: ROUTES }, (_, i) =>
  table.intern(0x08000000 + ((Math.imul(i, 0x9e3779b1) >>> 0) % 0x500000) * 256, 24),
);
const sets = Uint32Array.from({ length: SETS }, (_, i) => {
  const attr = ground.intern({ asPath: '65001 3356 15169', med: i });
  ground.attrs.ref(attr);
  return attr;
});

const LAST = '{ set: { local-pref: 200 }, then: accept }';
const BOGONS = '{ match: { prefix-set: bogons }, then: reject }';
const LENGTH = '{ match: { prefix-length: ">= 25" }, then: reject }';
const marks = Array.from(
  { length: 16 },
  (_, i) => `{ match: { as-path: "_${100 + i}_" }, set: { community: { add: "65000:${i}" } }, then: next }`,
);

const POLICIES: readonly (readonly [name: string, policy: RouteTransform])[] = [
  ['accept, the built-in one', acceptPolicy],
  ['attributes only', ground.compile(policyOf('{ match: { as-path-contains: 7 }, then: reject }', LAST))],
  ['source', ground.compile(policyOf('{ match: { source: local }, then: reject }', LAST))],
  ['bogons', ground.compile(policyOf(BOGONS, LAST))],
  ['bogons and length', ground.compile(policyOf(BOGONS, LENGTH, LAST))],
  [
    '20 terms, 3 about the prefix',
    ground.compile(
      policyOf(BOGONS, LENGTH, ...marks, '{ match: { prefix: 203.0.113.0/24 le 32 }, then: accept }', LAST),
    ),
  ],
];

/** CPU milliseconds of one pass over all routes. */
function pass(policy: RouteTransform): number {
  const before = process.cpuUsage();
  for (let i = 0; i < ROUTES; i++) policy.apply(sets[(i / 10) | 0]!, 0, prefixes[i]!, 1);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

console.log('policy                          first pass, us a set   remembered, ns a route');
for (const [name, policy] of POLICIES) {
  const first = pass(policy);
  const best = Math.min(...Array.from({ length: ROUNDS }, () => pass(policy)));
  const perSet = ((first - best) * 1000) / SETS;
  const perRoute = (best * 1e6) / ROUTES;
  console.log(`${name.padEnd(32)}${perSet.toFixed(1).padStart(20)}${perRoute.toFixed(1).padStart(25)}`);
}
