/**
 * RIB records of MRT files (RFC 6396 section 4.3, TABLE_DUMP_V2; RFC 8050 with path identifiers), one peer's view of
 * them. A file is read whole: a table of today has some 300 MB unpacked.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readU16, readU32 } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';

/** One route of a recording. `bytes` is lent. */
export interface MrtRoute {
  readonly bytes: Uint8Array;
  /** Bits of the prefix, which stands at `prefixAt`. */
  readonly length: number;
  readonly prefixAt: number;
  /** The path attributes: `bytes[attributesStart..attributesEnd)`. */
  readonly attributesStart: number;
  readonly attributesEnd: number;
}

const HEADER = 12;
const TABLE_DUMP_V2 = 13;
/** Subtypes of unicast RIBs, plain and with path identifiers. */
const SUBTYPES = { 4: [2, 8], 16: [4, 10] } as const;
const ADD_PATH_SUBTYPES: readonly number[] = [8, 10];

/**
 * Visits the routes of the peer that has most of them, in the order of the file.
 *
 * @throws BellhopError INVALID_ARGUMENT when the file cannot be read or holds no such routes
 */
export function readMrtRib(path: string, addressOctets: 4 | 16, visit: (route: MrtRoute) => void): void {
  const bytes = unpacked(path);
  const counts = new Map<number, number>();
  eachRoute(bytes, path, addressOctets, (peer) => void counts.set(peer, (counts.get(peer) ?? 0) + 1));
  const [chosen] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [-1, 0]);
  if (chosen < 0)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${path} holds no ${addressOctets === 4 ? 'IPv4' : 'IPv6'} routes of a TABLE_DUMP_V2 RIB`,
    );
  eachRoute(bytes, path, addressOctets, (peer, route) => {
    if (peer === chosen) visit(route);
  });
}

function eachRoute(
  bytes: Uint8Array,
  path: string,
  addressOctets: 4 | 16,
  visit: (peer: number, route: MrtRoute) => void,
): void {
  const subtypes: readonly number[] = SUBTYPES[addressOctets];
  for (let at = 0; at < bytes.length; ) {
    const end = at + HEADER + (at + HEADER <= bytes.length ? readU32(bytes, at + 8) : 0);
    if (at + HEADER > bytes.length || end > bytes.length) throw broken(path, at);
    const subtype = readU16(bytes, at + 6);
    if (readU16(bytes, at + 4) === TABLE_DUMP_V2 && subtypes.includes(subtype))
      if (!eachEntry(bytes, at + HEADER, end, addressOctets, ADD_PATH_SUBTYPES.includes(subtype), visit))
        throw broken(path, at);
    at = end;
  }
}

/** The entries of one RIB record; false when its lengths contradict each other. */
function eachEntry(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressOctets: 4 | 16,
  addPath: boolean,
  visit: (peer: number, route: MrtRoute) => void,
): boolean {
  const prefixAt = start + 5;
  if (prefixAt > end) return false;
  const length = bytes[start + 4]!;
  let at = prefixAt + ((length + 7) >>> 3);
  if (length > addressOctets * 8 || at + 2 > end) return false;
  const head = addPath ? 12 : 8;
  const entries = readU16(bytes, at);
  at += 2;
  for (let i = 0; i < entries; i++) {
    if (at + head > end) return false;
    const attributesStart = at + head;
    const attributesEnd = attributesStart + readU16(bytes, attributesStart - 2);
    if (attributesEnd > end) return false;
    visit(readU16(bytes, at), { bytes, length, prefixAt, attributesStart, attributesEnd });
    at = attributesEnd;
  }
  return true;
}

function unpacked(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BellhopError('INVALID_ARGUMENT', `cannot read ${path}: ${reason}`);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  if (bytes.toString('latin1', 0, 3) === 'BZh')
    throw new BellhopError('INVALID_ARGUMENT', `${path} is packed: unpack it with bunzip2 first`);
  return bytes;
}

function broken(path: string, at: number): BellhopError {
  return new BellhopError('INVALID_ARGUMENT', `${path} is no MRT file: the record at octet ${at} is broken`);
}
