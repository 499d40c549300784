/**
 * Four-octet AS numbers: the sender's real AS number, and "my AS_PATHs have 4-octet numbers" (RFC 6793 section 3).
 * The number is not judged here: AS 0 (RFC 7607) is for the negotiation to refuse.
 */
import { readU32 } from '../../base/bytes.ts';
import { defineCapability } from './spec.ts';

export interface FourOctetAs {
  /** 0..4294967295. */
  readonly as: number;
}

export const fourOctetAs = defineCapability({
  code: 65,
  name: 'four-octet-as',
  rfc: 'RFC 6793 section 3',
  check: (_bytes, start, end) => end - start === 4,
  read: (bytes, start): FourOctetAs => ({ as: readU32(bytes, start) }),
  write: ({ as }, out) => out.u32(as),
  format: ({ as }) => String(as),
});
