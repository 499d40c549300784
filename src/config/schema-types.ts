/**
 * Building blocks of the configuration schema: addresses, prefixes, AS numbers, durations, communities.
 *
 * Each block takes what YAML gives (text or a number) and yields the canonical value, or a complaint: what is wrong
 * with the value, and a hint what to write instead. The `title` of a block is the type shown in the configuration
 * reference and in editors.
 *
 * Over 300 lines: a dozen blocks of a few lines, which the schemas of all parts of the file import together.
 */

import { Address4, Address6 } from 'ip-address';
import { z } from 'zod';
import { parseIpv4 } from '../base/address.ts';
import { MAX_SHUTDOWN_TEXT_BYTES } from '../base/limits.ts';
import { parseCommunity, parseExtendedCommunity, parseLargeCommunity } from '../wire/community-text.ts';
import type { ListenAddress, NextHopSetting } from './types.ts';

const MAX_U32 = 0xffff_ffff;

/** Why a value cannot be used, and what would be right. Kept apart from values by its class. */
export class Complaint {
  readonly message: string;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    this.message = message;
    this.hint = hint;
  }
}

/** Adds `parse` behind a schema; a complaint becomes a zod issue that carries the hint in `params`. */
export function parsed<Input, Output>(input: z.ZodType<Input>, parse: (value: Input) => Output | Complaint) {
  return input.transform((value, context): Output => {
    const result = parse(value);
    if (!(result instanceof Complaint)) return result;
    context.addIssue({ code: 'custom', message: result.message, params: { hint: result.hint } });
    return z.NEVER;
  });
}

/** What YAML makes of an unquoted word. */
export const numberOrText = z.union([z.number(), z.string()]);

/** The value as the file has it, in backquotes, for a message. */
export function quoted(value: string | number): string {
  return `\`${value}\``;
}

/** A whole number from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number) {
  return z.int().min(minimum).max(maximum).meta({ title: 'number' });
}

/** `true` or `false`. */
export const flag = z.boolean().meta({ title: 'true or false' });

/** Text that is not empty. */
export const text = z.string().min(1).meta({ title: 'text' });

/** AS numbers nobody can have, with the reason. */
const RESERVED_AS = new Map([
  [0, 'AS 0 is reserved and cannot be used (RFC 7607)'],
  [23456, 'AS 23456 is AS_TRANS, a stand-in for 4-octet numbers, and cannot be used (RFC 6793)'],
  [65535, 'AS 65535 is reserved and cannot be used (RFC 7300)'],
  [MAX_U32, 'AS 4294967295 is reserved and cannot be used (RFC 7300)'],
]);

/** The AS number in `65000`, `"65000"` or asdot text (`1.10`, RFC 5396). */
export function parseAsNumber(value: number | string): number | Complaint {
  const number = typeof value === 'number' ? value : asNumberOfText(value);
  if (Number.isNaN(number)) {
    const digits = /^as[ -]?(\d+)$/i.exec(String(value))?.[1];
    return new Complaint(`${quoted(value)} is not an AS number`, digits && `write \`${digits}\``);
  }
  if (!Number.isInteger(number) || number < 0 || number > MAX_U32)
    return new Complaint(`${quoted(value)} is not an AS number`, 'AS numbers go from 1 to 4294967294');
  const reason = RESERVED_AS.get(number);
  return reason === undefined ? number : new Complaint(reason, 'private AS numbers are 64512 to 65534');
}

function asNumberOfText(value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(value);
  if (dotted === null) return Number.NaN;
  const [high, low] = [Number(dotted[1]), Number(dotted[2])];
  return high > 0xffff || low > 0xffff ? Number.NaN : high * 0x1_0000 + low;
}

/** A 4-octet AS number that may be used on the wire. */
export const asNumber = parsed(numberOrText, parseAsNumber).meta({ title: 'AS number' });

/** An AS number, or `external` (any other AS) or `internal` (our own AS). */
export const peerAs = parsed(numberOrText, (value): number | 'external' | 'internal' | Complaint => {
  if (value === 'external' || value === 'internal') return value;
  const number = parseAsNumber(value);
  return number instanceof Complaint && number.hint === undefined
    ? new Complaint(number.message, 'write a number, `external` or `internal`')
    : number;
}).meta({ title: 'AS number, `external` or `internal`' });

/** A BGP identifier as dotted quad (RFC 6286: any number but 0). */
export const routerId = parsed(z.string(), (value): string | Complaint => {
  const address = readAddress(value);
  if (!(address instanceof Address4))
    return new Complaint(`${quoted(value)} is not a router id`, 'write four numbers, such as `10.0.0.1`');
  return address.isUnspecified()
    ? new Complaint('0.0.0.0 cannot be a router id (RFC 6286)', "write one of this router's IPv4 addresses")
    : value;
}).meta({ title: 'dotted quad' });

/** The address in `value`, with a prefix length if it has one; undefined when it is none of either version. */
function readPrefix(value: string): Address4 | Address6 | undefined {
  if (Address4.isValid(value)) return new Address4(value);
  return Address6.isValid(value) ? new Address6(value) : undefined;
}

function readAddress(value: string): Address4 | Address6 | undefined {
  const address = value.includes('/') ? undefined : readPrefix(value);
  return zoneOf(address) === '%' ? undefined : address;
}

/** `%eth0`, or nothing. */
function zoneOf(address: Address4 | Address6 | undefined): string {
  return address instanceof Address6 ? address.zone : '';
}

function parseHost(value: string): Address4 | Address6 | Complaint {
  const address = readAddress(value);
  if (address !== undefined) return address;
  const slash = value.indexOf('/');
  const hint = slash < 0 ? undefined : `write \`${value.slice(0, slash)}\`, without a prefix length`;
  return new Complaint(`${quoted(value)} is not an IP address`, hint);
}

/** Canonical text of an address that a router can have: no zone unless it is link-local, which needs one. */
function parseUnicast(value: string): string | Complaint {
  const address = parseHost(value);
  if (address instanceof Complaint) return address;
  if (address.isUnspecified())
    return new Complaint(`${quoted(value)} is the unspecified address; a router cannot have it`);
  const text = address.correctForm();
  if (address instanceof Address4)
    return address.isMulticast() || address.isReserved() || address.isBroadcast()
      ? new Complaint(`${quoted(value)} is not a unicast address`)
      : text;
  if (address.isMulticast()) return new Complaint(`${quoted(value)} is not a unicast address`);
  if (address.isMapped4())
    return new Complaint(
      `${quoted(value)} is an IPv4 address in IPv6 form`,
      `write \`${address.to4().correctForm()}\``,
    );
  if (address.isLinkLocal() && address.zone === '')
    return new Complaint(
      `link-local address ${quoted(value)} does not say on which interface`,
      `write \`${text}%eth0\`, with the name of the interface`,
    );
  if (!address.isLinkLocal() && address.zone !== '')
    return new Complaint(`only a link-local address has a zone`, `write \`${text}\``);
  return text + address.zone;
}

/** An IPv4 or IPv6 unicast address; link-local with `%interface`. Yields canonical text (RFC 5952). */
export const unicastAddress = parsed(z.string(), parseUnicast).meta({ title: 'IP address' });

const NEXT_HOP_FORMS = '`self`, `unchanged`, `third-party` or an address';
const NEXT_HOP_WORDS = ['self', 'unchanged', 'third-party'] as const;

/** `self`, `unchanged`, `third-party`, an address, or a list of at most one address per IP version. */
export const nextHop = parsed(
  z.union([z.string(), z.array(z.string()).min(1)]),
  (value): NextHopSetting | Complaint => {
    const mode = NEXT_HOP_WORDS.find((word) => word === value);
    if (mode !== undefined) return { mode, ipv4: undefined, ipv6: undefined };
    let ipv4: string | undefined;
    let ipv6: string | undefined;
    for (const entry of Array.isArray(value) ? value : [value]) {
      const address = parseHost(entry);
      if (address instanceof Complaint)
        return new Complaint(`${quoted(entry)} is not a next hop`, `write ${NEXT_HOP_FORMS}`);
      const valid = parseUnicast(entry);
      if (valid instanceof Complaint) return valid;
      if (valid.includes('%')) return new Complaint('a next hop cannot be a link-local address (RFC 2545)');
      if ((valid.includes(':') ? ipv6 : ipv4) !== undefined)
        return new Complaint(
          'two next hops of the same IP version',
          'write at most one IPv4 and one IPv6 address',
        );
      if (valid.includes(':')) ipv6 = valid;
      else ipv4 = valid;
    }
    return { mode: 'self', ipv4, ipv6 };
  },
).meta({ title: '`self`, `unchanged`, `third-party`, address or list of addresses' });

/** A prefix of either family without host bits. Yields canonical text. */
export const prefix = parsed(z.string(), (value): string | Complaint => {
  const found = readPrefix(value);
  if (found === undefined || zoneOf(found) !== '')
    return new Complaint(
      `${quoted(value)} is not a prefix`,
      'write an address and a length, such as `192.0.2.0/24`',
    );
  const first = found.startAddress().correctForm();
  const canonical = `${first}/${found.subnetMask}`;
  if (!value.includes('/'))
    return new Complaint(`prefix ${quoted(value)} has no length`, `did you mean \`${canonical}\`?`);
  return found.correctForm() === first
    ? canonical
    : new Complaint(`prefix ${quoted(value)} has host bits set`, `did you mean \`${canonical}\`?`);
}).meta({ title: 'prefix' });

/** `ADDRESS:PORT`, `[V6]:PORT`, or an address alone, which means `defaultPort`. Port 0 picks a free one. */
export function addressAndPort(defaultPort: number) {
  return parsed(z.string(), (value): ListenAddress | Complaint => {
    const parts = /^\[([^\]]*)\](?::(.*))?$/.exec(value) ?? /^([^:]*):([^:]*)$/.exec(value);
    const address = parseHost(parts === null ? value : parts[1]!);
    if (address instanceof Complaint)
      return new Complaint(
        `${quoted(value)} is not an address to listen on`,
        `write \`10.0.0.1:${defaultPort}\`, \`[2001:db8::1]:${defaultPort}\`, or an address alone`,
      );
    const digits = parts?.[2] ?? String(defaultPort);
    if (!/^\d{1,5}$/.test(digits) || Number(digits) > 65_535)
      return new Complaint(`${quoted(digits)} is not a port`, 'ports go from 0 to 65535');
    return { address: address.correctForm() + zoneOf(address), port: Number(digits) };
  }).meta({ title: 'ADDRESS:PORT' });
}

/** Where to wait for peers. */
export const listenAddress = addressAndPort(179);

/** `any`, `all`, or how many. */
export const quorum = parsed(numberOrText, (value): 'any' | 'all' | number | Complaint => {
  if (value === 'any' || value === 'all') return value;
  const number = Number(value);
  return Number.isInteger(number) && number > 0
    ? number
    : new Complaint(`${quoted(value)} is no number of neighbors`, 'write `any`, `all` or a number above 0');
}).meta({ title: '`any`, `all` or number' });

/** Bounds of a duration in seconds. */
interface DurationRange {
  readonly minimum: number;
  readonly maximum: number;
  /** The protocol carries whole seconds. */
  readonly whole?: boolean;
  /** A value below `minimum` that is allowed as well: 0 switches the timer off. */
  readonly zero?: boolean;
}

const UNIT_MILLISECONDS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A length of time: `90` (seconds), `"90s"`, `"300ms"`, `"2m"`, `"1h"`. Yields seconds. */
export function duration(range: DurationRange) {
  return parsed(numberOrText, (value): number | Complaint => {
    const match = /^(\d{1,9})(ms|s|m|h)?$/.exec(String(value));
    if (match === null)
      return new Complaint(`${quoted(value)} is not a duration`, 'write `90`, `90s`, `300ms`, `2m` or `1h`');
    const seconds = (Number(match[1]) * UNIT_MILLISECONDS.get(match[2] ?? 's')!) / 1_000;
    if (range.whole && !Number.isInteger(seconds))
      return new Complaint(`${quoted(value)} is not a whole number of seconds, which is what BGP carries`);
    if (range.zero && seconds === 0) return 0;
    const least = range.zero ? `0 or at least ${range.minimum}s` : `at least ${range.minimum}s`;
    if (seconds < range.minimum) return new Complaint(`${quoted(value)} is too short`, `write ${least}`);
    return seconds > range.maximum
      ? new Complaint(`${quoted(value)} is too long`, `write at most ${range.maximum}s`)
      : seconds;
  }).meta({ title: 'duration' });
}

/** A part of a whole: `80%`. Yields the number. */
export const percentage = parsed(numberOrText, (value): number | Complaint => {
  const match = /^(\d{1,3})%?$/.exec(String(value));
  const number = match === null ? Number.NaN : Number(match[1]);
  return number >= 1 && number <= 100
    ? number
    : new Complaint(`${quoted(value)} is not a percentage`, 'write `1%` to `100%`');
}).meta({ title: 'percentage' });

/** Whether a session is kept down, and the text for the peer. Yields the text, empty for none; false: it is not. */
export const shutdown = parsed(z.union([z.boolean(), z.string()]), (value): string | false | Complaint => {
  if (typeof value === 'boolean') return value ? '' : false;
  const bytes = new TextEncoder().encode(value).length;
  if (bytes > MAX_SHUTDOWN_TEXT_BYTES)
    return new Complaint(
      `the text has ${bytes} bytes; a peer can be told ${MAX_SHUTDOWN_TEXT_BYTES} (RFC 9003)`,
      'write a shorter one',
    );
  return value.trim() === '' ? new Complaint('the text is empty', 'write `true` to say nothing') : value;
}).meta({ title: 'true, false or text' });

/** A community as text: `65000:100` or a well-known name such as `no-export`. Yields 32 bits. */
export const community = parsed(
  z.string(),
  (value): number | Complaint =>
    parseCommunity(value) ??
    new Complaint(`${quoted(value)} is not a community`, 'write `65000:100` or a name such as `no-export`'),
).meta({ title: 'community' });

/** A large community as text: `65000:1:2` (RFC 8092). */
export const largeCommunity = parsed(z.string(), (value): readonly [number, number, number] | Complaint => {
  const found = parseLargeCommunity(value);
  return found === undefined
    ? new Complaint(`${quoted(value)} is not a large community`, 'write three numbers, such as `65000:1:2`')
    : [found[0]!, found[1]!, found[2]!];
}).meta({ title: 'large community' });

/** An extended community as text: `rt:65000:1`, or `0x` and 16 hexadecimal digits. Yields the digits. */
export const extendedCommunity = parsed(z.string(), (value): string | Complaint => {
  const found = parseExtendedCommunity(value);
  const digits = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return found === undefined
    ? new Complaint(
        `${quoted(value)} is not an extended community`,
        'write `rt:65000:1`, or `0x` and 16 hexadecimal digits',
      )
    : digits(found.high) + digits(found.low);
}).meta({ title: 'extended community' });

/** An aggregator as text: `65000 10.0.0.1`. */
export const aggregator = parsed(z.string(), (value): { as: number; address: string } | Complaint => {
  const [as, address, ...more] = value.trim().split(/\s+/);
  const number = parseAsNumber(as ?? '');
  return number instanceof Complaint || parseIpv4(address ?? '') === undefined || more.length > 0
    ? new Complaint(`${quoted(value)} is not an aggregator`, 'write `65000 10.0.0.1`')
    : { as: number, address: address! };
}).meta({ title: 'AS number and IPv4 address' });
