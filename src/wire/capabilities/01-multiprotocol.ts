/**
 * Multiprotocol extensions: "I can exchange routes of this address family" (RFC 4760 section 8). One capability per
 * family. The reserved octet between AFI and SAFI is ignored when received and sent as 0.
 */
import { readU16 } from '../../base/bytes.ts';
import { formatFamily } from './format-family.ts';
import { defineCapability } from './spec.ts';

/** An address family by its IANA numbers, spoken by bellhop or not. */
export interface AddressFamily {
  /** Address family identifier, 0..65535. */
  readonly afi: number;
  /** Subsequent address family identifier, 0..255. */
  readonly safi: number;
}

export const multiprotocol = defineCapability({
  code: 1,
  name: 'multiprotocol',
  rfc: 'RFC 4760 section 8',
  check: (_bytes, start, end) => end - start === 4,
  read: (bytes, start): AddressFamily => ({ afi: readU16(bytes, start), safi: bytes[start + 3]! }),
  write({ afi, safi }, out) {
    out.u16(afi);
    out.u8(0);
    out.u8(safi);
  },
  format: ({ afi, safi }) => formatFamily(afi, safi),
});
