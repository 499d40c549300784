/**
 * Communities as text: `65000:100`, `no-export`, `65000:1:2`. One place for what config, CLI, API and logs accept and
 * print. Extended communities have a directory of their own: `extended-communities/`.
 *
 * Invariant: the output is canonical and parsing gives the same value back. Parsing takes more spellings than are
 * printed: any letter case, `_` for `-`, and the names other speakers use. Not hot.
 */

export { formatExtendedCommunity, parseExtendedCommunity } from './extended-communities/index.ts';
export type { ExtendedCommunity } from './extended-communities/spec.ts';
/** A large community: global administrator (an AS number) and two local parts, 32 bits each (RFC 8092). */
export type LargeCommunity = readonly [number, number, number];

/** Well-known standard communities, name to value (IANA; RFC 1997, 3765, 7611, 7999, 8326, 9494). */
export const WELL_KNOWN_COMMUNITIES = {
  'graceful-shutdown': 0xffff0000,
  'accept-own': 0xffff0001,
  'llgr-stale': 0xffff0006,
  'no-llgr': 0xffff0007,
  blackhole: 0xffff029a,
  'no-export': 0xffffff01,
  'no-advertise': 0xffffff02,
  'no-export-subconfed': 0xffffff03,
  'no-peer': 0xffffff04,
} as const;

/** Names of other systems for the same values; understood, never printed. */
const ALIASES = {
  gshut: WELL_KNOWN_COMMUNITIES['graceful-shutdown'],
  'planned-shut': WELL_KNOWN_COMMUNITIES['graceful-shutdown'],
  'local-as': WELL_KNOWN_COMMUNITIES['no-export-subconfed'],
  internet: 0,
} as const;

const VALUE_BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries({ ...WELL_KNOWN_COMMUNITIES, ...ALIASES }),
);
const NAME_BY_VALUE: ReadonlyMap<number, string> = new Map(
  Object.entries(WELL_KNOWN_COMMUNITIES).map(([name, value]) => [value, name]),
);

/** Text of a standard community: its well-known name, else `65000:100`. */
export function formatCommunity(value: number): string {
  return NAME_BY_VALUE.get(value) ?? `${value >>> 16}:${value & 0xffff}`;
}

/** The unsigned 32-bit value of a standard community's text or name, or undefined when the text is neither. */
export function parseCommunity(text: string): number | undefined {
  const named = VALUE_BY_NAME.get(text.toLowerCase().replaceAll('_', '-'));
  if (named !== undefined) return named;
  const parts = parseNumbers(text, 2, 0xffff);
  return parts === undefined ? undefined : parts[0]! * 0x10000 + parts[1]!;
}

/** Text of a large community: `65000:1:2` (RFC 8092 section 4). */
export function formatLargeCommunity(value: LargeCommunity): string {
  return value.join(':');
}

/** The large community of `65000:1:2` or `large:65000:1:2`, or undefined when the text is none. */
export function parseLargeCommunity(text: string): LargeCommunity | undefined {
  const parts = parseNumbers(text.replace(/^large:/i, ''), 3, 0xffffffff);
  return parts === undefined ? undefined : [parts[0]!, parts[1]!, parts[2]!];
}

function parseNumbers(text: string, count: number, maximum: number): number[] | undefined {
  const parts = text.split(':').map((part) => parseNumber(part, maximum));
  const numbers = parts.filter((part) => part !== undefined);
  return parts.length === count && numbers.length === count ? numbers : undefined;
}

function parseNumber(text: string, maximum: number): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= maximum ? value : undefined;
}
