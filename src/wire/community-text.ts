/**
 * Communities as text: `65000:100`, `no-export`, `65000:1:2`, `rt:65000:1`. One place for what config, CLI, API and
 * logs accept and print.
 *
 * Invariant: the output is canonical and parsing gives the same value back. Parsing takes more spellings than are
 * printed: any letter case, `_` for `-`, and the names other speakers use. Not hot.
 */
import { formatIpv4, parseIpv4 } from '../base/address.ts';

/** A large community: global administrator (an AS number) and two local parts, 32 bits each (RFC 8092). */
export type LargeCommunity = readonly [number, number, number];

/** An extended community as two unsigned 32-bit halves (RFC 4360); type and sub-type lead `high`. */
export type ExtendedCommunity = { readonly high: number; readonly low: number };

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

/** Extended community types whose value is "administrator : number" (RFC 4360 section 3, RFC 5668). */
const AdministratorType = { as2: 0x00, ipv4: 0x01, as4: 0x02 } as const;
const SUBTYPE_NAMES: Readonly<Record<number, string>> = { 2: 'rt', 3: 'ro' };
const SUBTYPE_BY_NAME: Readonly<Record<string, number>> = { rt: 2, ro: 3, soo: 3 };

/**
 * Text of an extended community: `rt:65000:1`, `ro:192.0.2.1:1`, `rt:4200000000:1` for route target and route
 * origin, otherwise `0x` and 16 hexadecimal digits. An AS number below 65,536 in the 4-octet form is marked
 * `rt:65000L:1`, or it would read like the 2-octet form.
 */
export function formatExtendedCommunity(value: ExtendedCommunity): string {
  const { high, low } = value;
  const name = SUBTYPE_NAMES[(high >>> 16) & 0xff];
  const administrator = (((high & 0xffff) << 16) | (low >>> 16)) >>> 0;
  if (name !== undefined)
    switch (high >>> 24) {
      case AdministratorType.as2:
        return `${name}:${high & 0xffff}:${low}`;
      case AdministratorType.ipv4:
        return `${name}:${formatIpv4(administrator)}:${low & 0xffff}`;
      case AdministratorType.as4:
        return `${name}:${administrator}${administrator > 0xffff ? '' : 'L'}:${low & 0xffff}`;
    }
  return `0x${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}

/** The extended community of `rt:`, `ro:` or `soo:` text or of `0x` and 16 digits, or undefined. */
export function parseExtendedCommunity(text: string): ExtendedCommunity | undefined {
  const hex = /^0x([0-9a-f]{8})([0-9a-f]{8})$/i.exec(text);
  if (hex !== null) return { high: Number.parseInt(hex[1]!, 16), low: Number.parseInt(hex[2]!, 16) };
  const match = /^(rt|ro|soo):([\d.]+)(l?):(\d+)$/i.exec(text);
  if (match === null) return undefined;
  const subtype = SUBTYPE_BY_NAME[match[1]!.toLowerCase()]!;
  const isAddress = match[2]!.includes('.');
  const marked = match[3] !== '';
  const administrator = isAddress ? parseIpv4(match[2]!) : parseNumber(match[2]!, 0xffffffff);
  if (administrator === undefined || (isAddress && marked)) return undefined;
  const isShort = !isAddress && !marked && administrator <= 0xffff;
  const number = parseNumber(match[4]!, isShort ? 0xffffffff : 0xffff);
  if (number === undefined) return undefined;
  const type = isShort ? AdministratorType.as2 : isAddress ? AdministratorType.ipv4 : AdministratorType.as4;
  const head = type * 0x1000000 + subtype * 0x10000;
  if (isShort) return { high: head + administrator, low: number };
  return { high: head + (administrator >>> 16), low: (administrator & 0xffff) * 0x10000 + number };
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
