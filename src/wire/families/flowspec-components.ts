/**
 * The components of a flow specification, by type (RFC 8955 section 4.2.2, RFC 8956 section 3): a name and how the
 * value is said. Types stand in ascending order, each at most once; one that nobody defined has no length of its own,
 * so the whole specification is malformed.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { BellhopError } from '../../base/errors.ts';
import { formatPrefix } from '../../base/prefix.ts';
import { type BitNames, operatorsEnd, readOperators, writeOperators } from './flowspec-operators.ts';
import { type AddressOctets, octetsOf, prefixOf, readPrefixText, writePrefixOctets } from './prefix-bits.ts';

/** One component: what it looks at, and the prefix or the conditions. */
export interface FlowspecComponent {
  /** `destination`, `source`, `protocol`, `port` and so on: see {@link COMPONENT_NAMES}. */
  readonly type: string;
  /** A prefix (IPv6 with an offset: `2001:db8::/64 offset 32`), or operators: `=80 >=1024&<=2048`, `=syn+ack`. */
  readonly value: string;
}

const TCP_FLAGS: BitNames = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'];
const FRAGMENT: BitNames = ['dont-fragment', 'is-fragment', 'first-fragment', 'last-fragment'];
const TCP_FLAGS_TYPE = 9;
const FRAGMENT_TYPE = 12;
/** Types up to this one are prefixes. */
const LAST_PREFIX_TYPE = 2;

/** Names by type; 13 is for IPv6 alone. Type 3 is the next header there. */
export const COMPONENT_NAMES = [
  undefined,
  'destination',
  'source',
  'protocol',
  'port',
  'destination-port',
  'source-port',
  'icmp-type',
  'icmp-code',
  'tcp-flags',
  'packet-length',
  'dscp',
  'fragment',
  'flow-label',
] as const;

/** HOT. Whether `bytes[start..end)` is a row of components in order. No component at all is none. */
export function checkComponents(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressOctets: AddressOctets,
): boolean {
  const lastType = addressOctets === 16 ? 13 : 12;
  let previous = 0;
  let at = start;
  while (at < end) {
    const type = bytes[at++]!;
    if (type <= previous || type > lastType) return false;
    previous = type;
    at = type <= LAST_PREFIX_TYPE ? prefixEnd(bytes, at, end, addressOctets) : operatorsEnd(bytes, at, end);
    if (at < 0) return false;
  }
  return previous !== 0;
}

/** HOT. Where the prefix at `at` ends, or -1. IPv6 has an offset: that many leading bits are left out. */
function prefixEnd(bytes: Uint8Array, at: number, end: number, addressOctets: AddressOctets): number {
  if (at >= end) return -1;
  const length = bytes[at]!;
  if (length > addressOctets * 8) return -1;
  if (addressOctets === 4) {
    const next = at + 1 + ((length + 7) >>> 3);
    return next <= end ? next : -1;
  }
  if (at + 1 >= end) return -1;
  const offset = bytes[at + 1]!;
  // RFC 8956 section 3.1: the offset is below the length, unless both are 0.
  if (offset >= length && length + offset > 0) return -1;
  const next = at + 2 + ((length - offset + 7) >>> 3);
  return next <= end ? next : -1;
}

/** The components of a specification that passed the check. */
export function readComponents(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressOctets: AddressOctets,
): FlowspecComponent[] {
  const components: FlowspecComponent[] = [];
  for (let at = start; at < end; ) {
    const type = bytes[at++]!;
    const name = COMPONENT_NAMES[type]!;
    const next =
      type <= LAST_PREFIX_TYPE ? prefixEnd(bytes, at, end, addressOctets) : operatorsEnd(bytes, at, end);
    const value =
      type > LAST_PREFIX_TYPE
        ? readOperators(bytes, at, next, bitNames(type))
        : addressOctets === 4
          ? readPrefixText(bytes, at + 1, bytes[at]!, 4)
          : readShiftedPrefix(bytes, at);
    components.push({ type: name, value });
    at = next;
  }
  return components;
}

/** Appends the components in the order of their types. @throws BellhopError INVALID_ARGUMENT */
export function writeComponents(
  components: readonly FlowspecComponent[],
  out: ByteWriter,
  addressOctets: AddressOctets,
): void {
  const typed = components
    .map(({ type, value }) => ({ type: typeOf(type, addressOctets), value }))
    .toSorted((a, b) => a.type - b.type);
  for (const { type, value } of typed) {
    out.u8(type);
    if (type > LAST_PREFIX_TYPE) writeOperators(value, out, bitNames(type));
    else if (addressOctets === 4) {
      const prefix = prefixOf(value, 4);
      out.u8(prefix.length);
      writePrefixOctets(prefix, out);
    } else writeShiftedPrefix(value, out);
  }
}

function typeOf(name: string, addressOctets: AddressOctets): number {
  const type = COMPONENT_NAMES.indexOf(name as (typeof COMPONENT_NAMES)[number]);
  if (type < 1 || (type === 13 && addressOctets === 4))
    throw new BellhopError('INVALID_ARGUMENT', `no flow specification component: ${name}`);
  return type;
}

function bitNames(type: number): BitNames | undefined {
  return type === TCP_FLAGS_TYPE ? TCP_FLAGS : type === FRAGMENT_TYPE ? FRAGMENT : undefined;
}

/** An IPv6 prefix whose first `offset` bits are left out (RFC 8956 section 3.1). */
function readShiftedPrefix(bytes: Uint8Array, at: number): string {
  const length = bytes[at]!;
  const offset = bytes[at + 1]!;
  const address = new Uint8Array(16);
  for (let bit = offset; bit < length; bit++) {
    const from = bit - offset;
    if ((bytes[at + 2 + (from >>> 3)]! & (0x80 >>> (from & 7))) !== 0)
      address[bit >>> 3]! |= 0x80 >>> (bit & 7);
  }
  const text = formatPrefix(address, length);
  return offset === 0 ? text : `${text} offset ${offset}`;
}

function writeShiftedPrefix(text: string, out: ByteWriter): void {
  const match = /^(\S+)(?: offset (\d{1,3}))?$/.exec(text);
  const { bytes, length } = prefixOf(match?.[1] ?? text, 16);
  const offset = Number(match?.[2] ?? 0);
  if (offset >= length && length + offset > 0)
    throw new BellhopError('INVALID_ARGUMENT', `offset ${offset} is not inside the prefix: ${text}`);
  const pattern = new Uint8Array(octetsOf(length - offset));
  for (let bit = offset; bit < length; bit++) {
    const to = bit - offset;
    if ((bytes[bit >>> 3]! & (0x80 >>> (bit & 7))) !== 0) pattern[to >>> 3]! |= 0x80 >>> (to & 7);
  }
  out.u8(length);
  out.u8(offset);
  out.copy(pattern);
}
