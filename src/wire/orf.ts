/**
 * Outbound route filter entries in a ROUTE-REFRESH (RFC 5291 section 4), prefixes of RFC 5292 read, other types kept.
 *
 * Bellhop never announces that it understands filters, so these are for decoding what others say. The prefix of an
 * entry has the family of the message; the sequence number orders entries, and the lengths are those it accepts.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import { fromHex, readU16, readU32, toHex } from '../base/bytes.ts';
import { octetsOf, prefixOf, readPrefixText, writePrefixOctets } from './families/prefix-bits.ts';

/** One entry of a prefix filter. */
export type PrefixFilter =
  | { readonly action: 'remove-all' }
  | {
      readonly action: 'add' | 'remove';
      readonly match: 'permit' | 'deny';
      /** 0..4294967295. */
      readonly sequence: number;
      readonly prefix: string;
      /** Shortest and longest prefix that it matches; 0 when that is not restricted. */
      readonly minLength: number;
      readonly maxLength: number;
    };

/** The entries of one type. */
export type FilterBlock =
  | { readonly type: 64; readonly entries: readonly PrefixFilter[] }
  /** A type without a reader here, or entries that cannot be read. */
  | { readonly type: number; readonly hex: string };

/** All filters of a message. */
export interface Filters {
  /** 1 sends the routes again at once, 2 waits for a further request. */
  readonly whenToRefresh: number;
  readonly blocks: readonly FilterBlock[];
}

const ADDRESS_PREFIX = 64;
const BLOCK_HEADER = 3;
/** Sequence, minimum, maximum and length, behind the octet of action and match. */
const ENTRY_FIXED = 7;
const ACTIONS = ['add', 'remove', 'remove-all'] as const;
const DENY = 0x20;

/**
 * Reads the filters of a ROUTE-REFRESH for `afi`, without the four octets of AFI, subtype and SAFI.
 *
 * @returns undefined when their lengths contradict each other, also when there are none at all.
 */
export function readFilters(bytes: Uint8Array, start: number, end: number, afi: number): Filters | undefined {
  if (start >= end) return undefined;
  const blocks: FilterBlock[] = [];
  for (let at = start + 1; at < end; ) {
    if (end - at < BLOCK_HEADER) return undefined;
    const type = bytes[at]!;
    const next = at + BLOCK_HEADER + readU16(bytes, at + 1);
    if (next > end) return undefined;
    at += BLOCK_HEADER;
    const entries = type === ADDRESS_PREFIX ? readPrefixFilters(bytes, at, next, afi) : undefined;
    blocks.push(
      entries === undefined ? { type, hex: toHex(bytes, at, next) } : { type: ADDRESS_PREFIX, entries },
    );
    at = next;
  }
  return { whenToRefresh: bytes[start]!, blocks };
}

function readPrefixFilters(
  bytes: Uint8Array,
  start: number,
  end: number,
  afi: number,
): PrefixFilter[] | undefined {
  const octets = afi === 1 ? 4 : 16;
  const entries: PrefixFilter[] = [];
  for (let at = start; at < end; ) {
    const head = bytes[at++]!;
    const action = ACTIONS[head >>> 6];
    if (action === undefined || (afi !== 1 && afi !== 2)) return undefined;
    if (action === 'remove-all') {
      entries.push({ action });
      continue;
    }
    if (end - at < ENTRY_FIXED) return undefined;
    const length = bytes[at + 6]!;
    const next = at + ENTRY_FIXED + octetsOf(length);
    if (length > octets * 8 || next > end) return undefined;
    entries.push({
      action,
      match: (head & DENY) === 0 ? 'permit' : 'deny',
      sequence: readU32(bytes, at),
      prefix: readPrefixText(bytes, at + ENTRY_FIXED, length, octets),
      minLength: bytes[at + 4]!,
      maxLength: bytes[at + 5]!,
    });
    at = next;
  }
  return entries;
}

/** Appends what {@link readFilters} reads. @throws BellhopError INVALID_ARGUMENT when a prefix is none of `afi` */
export function writeFilters(filters: Filters, afi: number, out: ByteWriter): void {
  out.u8(filters.whenToRefresh);
  for (const block of filters.blocks) {
    out.u8(block.type);
    const lengthAt = out.length;
    out.u16(0);
    if ('hex' in block) out.copy(fromHex(block.hex));
    else for (const entry of block.entries) writePrefixFilter(entry, afi, out);
    out.patchU16(lengthAt, out.length - lengthAt - 2);
  }
}

function writePrefixFilter(entry: PrefixFilter, afi: number, out: ByteWriter): void {
  if (entry.action === 'remove-all') {
    out.u8(0x80);
    return;
  }
  const prefix = prefixOf(entry.prefix, afi === 1 ? 4 : 16);
  out.u8((entry.action === 'add' ? 0 : 0x40) | (entry.match === 'permit' ? 0 : DENY));
  out.u32(entry.sequence);
  out.u8(entry.minLength);
  out.u8(entry.maxLength);
  out.u8(prefix.length);
  writePrefixOctets(prefix, out);
}

/** Short text: `add permit 5 192.0.2.0/24 ge 25 le 32`. */
export function formatPrefixFilter(entry: PrefixFilter): string {
  if (entry.action === 'remove-all') return entry.action;
  const { action, match, sequence, prefix, minLength, maxLength } = entry;
  const ge = minLength === 0 ? '' : ` ge ${minLength}`;
  const le = maxLength === 0 ? '' : ` le ${maxLength}`;
  return `${action} ${match} ${sequence} ${prefix}${ge}${le}`;
}
