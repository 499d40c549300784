/** The commands of the model-based test as plain data, so that a failing run shrinks and prints well. */
import fc from 'fast-check';
import type { NaivePolicy, NaiveRoute } from './naive-speaker.ts';

export const LOCAL_AS = 65000;
const TAG = (65000 << 16) | 1;

/** Attribute sets in use. Several peers send the very same ones, and so do our own networks. */
export const ROUTES: readonly NaiveRoute[] = (
  [
    { path: [65001] },
    { path: [65001], med: 10 },
    { path: [65001], med: 20, origin: 1 },
    { path: [65002, 4200000001], communities: [TAG >>> 0] },
    { path: [65002], med: 5, nextHop: ['10.0.0.77', '2001:db8:a::77'] },
    { path: [65001, LOCAL_AS] },
    { path: [], localPref: 100, med: 3 },
    { path: [], localPref: 100 },
    { path: [65003, 65003], communities: [0xffffff01] },
    { path: [65003], communities: [0xffffff02] },
    { path: [65003], localPref: 300 },
    { path: [65002], nextHop: ['10.0.0.254', '2001:db8:ffff::254'] },
  ] satisfies Partial<NaiveRoute>[]
).map((route) => ({ origin: 0, nextHop: ['192.0.2.1', '2001:db8::1'], communities: [], ...route }));

export const PREFIXES = [
  '0.0.0.0/0',
  '198.51.100.0/24',
  '198.51.100.128/25',
  '203.0.113.7/32',
  '::/0',
  '2001:db8:1::/48',
  '2001:db8:1:2::/64',
  '2001:db8:1:2::3/128',
] as const;

/** Policies by name; `run.ts` makes the engine's twins of them. */
export const POLICIES = {
  accept: (route) => route,
  reject: () => undefined,
  'no tag': (route) => (route.communities.includes(TAG >>> 0) ? undefined : route),
  'no med': (route) => (route.med === undefined ? route : undefined),
  prefer: (route) => ({ ...route, localPref: 200 }),
} satisfies Record<string, NaivePolicy>;
export type PolicyName = keyof typeof POLICIES;

export type Command =
  | { kind: 'announce'; peer: number; route: number; prefixes: number }
  | { kind: 'withdraw'; peer: number; prefixes: number }
  | { kind: 'network'; prefix: number; route: number }
  | { kind: 'no network'; prefix: number }
  | { kind: 'toggle'; peer: number }
  | { kind: 'import' | 'export'; peer: number; policy: PolicyName }
  | { kind: 'refresh'; peer: number; family: number; enhanced: boolean }
  | { kind: 'begin' | 'end'; peer: number; family: number }
  | { kind: 'slow' | 'fast'; peer: number }
  | { kind: 'work'; slices: number }
  | { kind: 'check' };

/** Commands for `peers` peers. Sets of prefixes are bits. */
export function commandsFor(peers: number): fc.Arbitrary<Command> {
  const peer = fc.nat({ max: peers - 1 });
  const prefixes = fc.integer({ min: 1, max: 2 ** PREFIXES.length - 1 });
  const prefix = fc.nat({ max: PREFIXES.length - 1 });
  const route = fc.nat({ max: ROUTES.length - 1 });
  const family = fc.nat({ max: 1 });
  const policy = fc.constantFrom(...(Object.keys(POLICIES) as PolicyName[]));
  const is = <const K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);
  return fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: is('announce'), peer, route, prefixes }) },
    { weight: 5, arbitrary: fc.record({ kind: is('withdraw'), peer, prefixes }) },
    { weight: 2, arbitrary: fc.record({ kind: is('network'), prefix, route }) },
    { weight: 2, arbitrary: fc.record({ kind: is('no network'), prefix }) },
    { weight: 3, arbitrary: fc.record({ kind: is('toggle'), peer }) },
    { weight: 2, arbitrary: fc.record({ kind: is('import', 'export'), peer, policy }) },
    { weight: 2, arbitrary: fc.record({ kind: is('refresh'), peer, family, enhanced: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: is('begin', 'end'), peer, family }) },
    { weight: 4, arbitrary: fc.record({ kind: is('slow', 'fast'), peer }) },
    { weight: 8, arbitrary: fc.record({ kind: is('work'), slices: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: is('check') }) },
  );
}
