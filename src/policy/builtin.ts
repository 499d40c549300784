/**
 * Sets and policies that every configuration has. Their contents are part of the documentation (`docs/policy.md`).
 */
import type { NumberRange, Policy } from './types.ts';

/**
 * Prefixes that have no place in the Internet's table, each with everything inside of it (IANA special-purpose
 * registries, RFC 6890). The default routes are not among them.
 */
export const BOGON_PREFIXES: readonly string[] = [
  '0.0.0.0/8 le 32',
  '10.0.0.0/8 le 32',
  '100.64.0.0/10 le 32',
  '127.0.0.0/8 le 32',
  '169.254.0.0/16 le 32',
  '172.16.0.0/12 le 32',
  '192.0.0.0/24 le 32',
  '192.0.2.0/24 le 32',
  '192.168.0.0/16 le 32',
  '198.18.0.0/15 le 32',
  '198.51.100.0/24 le 32',
  '203.0.113.0/24 le 32',
  '224.0.0.0/4 le 32',
  '240.0.0.0/4 le 32',
  '::/8 le 128',
  '100::/64 le 128',
  '2001:2::/48 le 128',
  '2001:10::/28 le 128',
  '2001:db8::/32 le 128',
  '3ffe::/16 le 128',
  '3fff::/20 le 128',
  '5f00::/16 le 128',
  'fc00::/7 le 128',
  'fe80::/10 le 128',
  'fec0::/10 le 128',
  'ff00::/8 le 128',
];

/** For private use (RFC 6996). */
export const PRIVATE_ASNS: readonly NumberRange[] = [
  { min: 64_512, max: 65_534 },
  { min: 4_200_000_000, max: 4_294_967_294 },
];

/** Whether an AS number is for private use (RFC 6996). */
export function isPrivateAs(as: number): boolean {
  return PRIVATE_ASNS.some(({ min, max }) => as >= min && as <= max);
}

/** Numbers that no AS in the Internet has: reserved, AS_TRANS, documentation, private (RFC 7607, 6793, 5398, 6996, 7300). */
export const BOGON_ASNS: readonly NumberRange[] = [
  { min: 0, max: 0 },
  { min: 23_456, max: 23_456 },
  { min: 64_496, max: 131_071 },
  { min: 4_200_000_000, max: 4_294_967_295 },
];

/** Names of built-in prefix sets and AS sets. */
export const BUILTIN_PREFIX_SETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['bogons', BOGON_PREFIXES],
]);
export const BUILTIN_AS_SETS: ReadonlyMap<string, readonly NumberRange[]> = new Map([
  ['bogon-asns', BOGON_ASNS],
  ['private-asns', PRIVATE_ASNS],
]);

const only = (name: string, end: Policy['end'], terms: Policy['terms'] = []): [string, Policy] => [
  name,
  { name, terms, end, place: undefined },
];

/** Policies that need no definition. */
export const BUILTIN_POLICIES: ReadonlyMap<string, Policy> = new Map([
  only('accept', 'accept'),
  only('reject', 'reject'),
  only('own-networks-only', 'reject', [
    {
      name: 'own-networks',
      match: [{ kind: 'source', sources: ['local'], text: 'source: local' }],
      set: [],
      verdict: 'accept',
      place: undefined,
    },
  ]),
]);
