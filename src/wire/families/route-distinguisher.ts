/**
 * Route distinguishers as text: `65000:1`, `192.0.2.1:1`, `4200000000:1` (RFC 4364 section 4.2).
 *
 * Invariant: parsing what was printed gives the same octets. A 4-octet AS number that would fit in two is marked
 * `65000L:1`, or it would read like the 2-octet form; types nobody defined are `0x` and 16 digits.
 */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { fromHex, readU16, readU32, toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';

/** Octets of a route distinguisher. */
export const DISTINGUISHER_OCTETS = 8;

/** Text of the 8 octets at `at`. */
export function readDistinguisher(bytes: Uint8Array, at: number): string {
  switch (readU16(bytes, at)) {
    case 0:
      return `${readU16(bytes, at + 2)}:${readU32(bytes, at + 4)}`;
    case 1:
      return `${formatIpv4(readU32(bytes, at + 2))}:${readU16(bytes, at + 6)}`;
    case 2: {
      const as = readU32(bytes, at + 2);
      return `${as}${as > 0xffff ? '' : 'L'}:${readU16(bytes, at + 6)}`;
    }
    default:
      return `0x${toHex(bytes, at, at + DISTINGUISHER_OCTETS)}`;
  }
}

/** Appends the 8 octets that `text` stands for. @throws BellhopError INVALID_ARGUMENT when it is no distinguisher */
export function writeDistinguisher(text: string, out: ByteWriter): void {
  if (/^0x[0-9a-f]{16}$/i.test(text)) {
    out.copy(fromHex(text.slice(2)));
    return;
  }
  const match = /^(?:(\d{1,10})(L?)|([\d.]{7,15})):(\d{1,10})$/i.exec(text);
  const address = match?.[3] === undefined ? undefined : parseIpv4(match[3]);
  const as = Number(match?.[1] ?? 0);
  const number = Number(match?.[4] ?? 0);
  const narrow = address === undefined && match?.[2] === '' && as <= 0xffff;
  if (
    match === null ||
    (match[3] !== undefined && address === undefined) ||
    as > 0xffffffff ||
    number > (narrow ? 0xffffffff : 0xffff)
  )
    throw new BellhopError('INVALID_ARGUMENT', `not a route distinguisher: ${text}`);
  if (narrow) {
    out.u16(0);
    out.u16(as);
    out.u32(number);
    return;
  }
  out.u16(address === undefined ? 2 : 1);
  out.u32(address ?? as);
  out.u16(number);
}
