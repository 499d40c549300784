/** Values of the text API in the spellings that ExaBGP's users write. Each function throws CommandError. */
import { formatAddress, parseAddress, parseIpv4 } from '../../base/address.ts';
import { formatPrefix, parsePrefix } from '../../base/prefix.ts';
import { parseCommunity, parseLargeCommunity } from '../../wire/community-text.ts';
import { CommandError } from './words.ts';

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;

/** A whole number up to 32 bits. */
export function numberOf(text: string, what: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= MAX_U32)) throw new CommandError(`${what} ${text} is not a number of 32 bits`);
  return value;
}

/** `65000` or `1.10`. */
export function asNumberOf(text: string): number {
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  if (dotted === null) return numberOf(text, 'AS number');
  const [high, low] = [Number(dotted[1]), Number(dotted[2])];
  if (high > MAX_U16 || low > MAX_U16) throw new CommandError(`${text} is not an AS number`);
  return high * 0x1_0000 + low;
}

/** Canonical text of a prefix without host bits; an address alone is a prefix of full length. */
export function prefixOf(text: string): string {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new CommandError(`${text} is not a prefix`);
  const canonical = formatPrefix(prefix.bytes, prefix.length);
  const given = parseAddress(text.split('/')[0]!)!;
  if (given.some((byte, i) => byte !== prefix.bytes[i]))
    throw new CommandError(`${text} has host bits set; write ${canonical}`);
  return canonical;
}

/** Canonical text of an IPv4 or IPv6 address. */
export function addressOf(text: string, what: string): string {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new CommandError(`${what} ${text} is not an IP address`);
  return formatAddress(bytes);
}

export function identifierOf(text: string, what: string): string {
  if (parseIpv4(text) === undefined) throw new CommandError(`${what} ${text} is not four numbers with dots`);
  return text;
}

/** `65000:1`, a well-known name, or 32 bits as a decimal or `0x` number. */
export function communityOf(text: string): number {
  const named = parseCommunity(text.toLowerCase() === 'nopeer' ? 'no-peer' : text);
  if (named !== undefined) return named;
  const value = /^(0x[\da-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value <= MAX_U32)) throw new CommandError(`${text} is not a community`);
  return value;
}

export function largeCommunityOf(text: string): readonly [number, number, number] {
  const found = parseLargeCommunity(text);
  if (found === undefined) throw new CommandError(`${text} is not a large community, such as 65000:1:2`);
  return found;
}

/** `65000:10.0.0.1`. */
export function aggregatorOf(text: string): { as: number; address: string } {
  const [as = '', address = '', ...more] = text.split(':');
  if (more.length > 0) throw new CommandError(`${text} is not an aggregator, such as 65000:10.0.0.1`);
  return { as: asNumberOf(as), address: identifierOf(address, 'aggregator') };
}

/** Types and sub-types with an administrator and a number: 2-octet AS, IPv4 address, 4-octet AS. */
const ADMINISTERED: ReadonlyMap<string, number> = new Map([
  ['target', 0x02],
  ['target4', 0x02],
  ['origin', 0x03],
  ['origin4', 0x03],
]);

/** 16 hexadecimal digits of `target:65000:1`, `origin:10.0.0.1:1`, `bandwidth:65000:1000`, `0x0002...`. */
export function extendedCommunityOf(text: string): string {
  const hex = /^0x([\da-f]{16})$/i.exec(text);
  if (hex !== null) return hex[1]!.toLowerCase();
  if (text === 'redirect-to-nexthop') return '0800000000000000';
  const parts = text.split(':');
  const name = parts.length === 2 ? 'target' : parts.shift()!;
  const subtype = ADMINISTERED.get(name);
  if (subtype !== undefined && parts.length === 2)
    return administered(name, subtype, parts as [string, string]);
  if (name === 'l2info' && parts.length === 4) {
    const [encapsulation, control, mtu, site] = parts.map((part) => numberOf(part, name));
    return `800a${digits(encapsulation!, 1)}${digits(control!, 1)}${digits(mtu!, 2)}${digits(site!, 2)}`;
  }
  if (name === 'redirect' && parts.length === 2)
    return `8008${digits(numberOf(parts[0]!, name), 2)}${digits(numberOf(parts[1]!, name), 4)}`;
  if (name === 'bandwidth' && parts.length === 2) {
    const rate = new DataView(new ArrayBuffer(4));
    rate.setFloat32(0, numberOf(parts[1]!, name));
    return `4004${digits(numberOf(parts[0]!, name), 2)}${digits(rate.getUint32(0), 4)}`;
  }
  throw new CommandError(`${text} is not an extended community that bellhop knows`);
}

function administered(name: string, subtype: number, [left, right]: readonly [string, string]): string {
  const rest = digits(subtype, 1);
  const address = parseIpv4(left);
  if (address !== undefined) return `01${rest}${digits(address, 4)}${digits(numberOf(right, name), 2)}`;
  const wide = /^(\d+)l$/i.exec(left)?.[1];
  const as = numberOf(wide ?? left, name);
  if (wide !== undefined || name.endsWith('4') || as > MAX_U16)
    return `02${rest}${digits(as, 4)}${digits(numberOf(right, name), 2)}`;
  // The number may be written as an address.
  return `00${rest}${digits(as, 2)}${digits(parseIpv4(right) ?? numberOf(right, name), 4)}`;
}

function digits(value: number, octets: number): string {
  if (value >= 2 ** (octets * 8)) throw new CommandError(`${value} does not fit in ${octets} octets`);
  return value.toString(16).padStart(octets * 2, '0');
}
