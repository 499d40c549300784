/**
 * Where the cases take place: one cable, the daemon under test on one side, on the other a machine with an address,
 * and so a session, for each case. No case waits for another one's session to come back.
 */
import {
  attribute,
  LOCAL_PREF,
  legalPath,
  lengthOf,
  NEW_AS,
  number,
  OLD_AS,
  ORIGIN,
  reach,
  update,
} from './build.ts';
import type { ConformanceCase, Ground } from './case.ts';

export const DAEMON = { address: '10.98.0.1', address6: 'fd98::1', as: 65001 } as const;
export const EXTERNAL_AS = 65002;

/** Of the adversary; next hop of its IPv6 routes. */
export const ADVERSARY_ADDRESS6 = 'fd98::2';

/** The adversary's address for case number `index`. */
export function addressOf(index: number): string {
  return `10.98.${1 + Math.floor(index / 200)}.${10 + (index % 200)}`;
}

/** Routes of case number `index` as text; every case has its own, so that one table tells them apart. */
export function prefixesOf(index: number): {
  readonly touched: string;
  readonly touched6: string;
  readonly other: string;
  readonly control: string;
  readonly control6: string;
} {
  const high = index >> 8;
  const low = index & 255;
  return {
    touched: `198.${18 + high}.${low}.0/24`,
    touched6: `2001:db8:${(index + 1).toString(16)}::/48`,
    other: `47.${high}.${low}.0/24`,
    control: `48.${high}.${low}.0/24`,
    control6: `2001:db9:${(index + 1).toString(16)}::/48`,
  };
}

function addressHex(text: string): string {
  return text
    .split('.')
    .map((octet) => number(Number(octet), 1))
    .join('');
}

/** IPv4 NLRI of a /24. */
function nlri(prefix: string): string {
  return `18${addressHex(prefix.split('/')[0] ?? '').slice(0, 6)}`;
}

/** fd98::1 and the like. */
function shortAddress6(last: number): string {
  return `fd98${number(last, 14)}`;
}

/** What the message of case number `index` is made from. */
export function groundOf(one: ConformanceCase, index: number): Ground {
  const prefixes = prefixesOf(index);
  const internal = one.session === 'ibgp';
  return {
    internal,
    as4: one.as4 ?? true,
    peerAs: internal ? DAEMON.as : EXTERNAL_AS,
    localAs: DAEMON.as,
    own4: addressHex(DAEMON.address),
    own6: shortAddress6(1),
    hop4: addressHex(addressOf(index)),
    hop6: shortAddress6(2),
    touched: nlri(prefixes.touched),
    touched6: `3020010db8${number(index + 1, 2)}`,
    other: nlri(prefixes.other),
  };
}

/** The routes that a session begins with. */
export function firstRoutes(ground: Ground): string {
  const preference = ground.internal ? LOCAL_PREF : '';
  const path = ORIGIN + legalPath(ground, OLD_AS);
  const hop = attribute(0x40, 3, ground.hop4);
  return (
    update('', path + hop + preference, ground.touched + ground.other) +
    update('', path + preference + reach(ground), '')
  );
}

/** The routes that show whether the session still works, one of each family. */
export function controlRoutes(ground: Ground, index: number): string {
  const path = ORIGIN + legalPath(ground, NEW_AS);
  const hop = attribute(0x40, 3, ground.hop4);
  const preference = ground.internal ? LOCAL_PREF : '';
  return (
    update('', path + hop + preference, nlri(prefixesOf(index).control)) +
    update('', path + preference + reach(ground, { nlri: `3020010db9${number(index + 1, 2)}` }), '')
  );
}

/** The message of case number `index`. */
export function messageOf(one: ConformanceCase, index: number): string {
  const hex = one.message(groundOf(one, index));
  if (!Number.isInteger(lengthOf(hex))) throw new Error(`${one.area}: ${one.name}: half an octet`);
  return hex;
}
