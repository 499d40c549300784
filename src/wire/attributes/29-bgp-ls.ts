/**
 * BGP-LS: properties of the nodes, links and prefixes that link-state NLRI announces. Kept as bytes: `check` proves
 * that the TLVs fill the value (RFC 9552 section 8.2.2), what they say is for the consumer of such routes.
 *
 * It belongs to a family that has no table here, so it is never in an interned blob.
 */
import { fromHex, readU16, toHex } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';

export const bgpLs = defineAttribute({
  code: 29,
  name: 'bgpLs',
  rfc: 'RFC 9552 sections 5.3 and 8.2.2',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.attributeDiscard,
  neverInBlob: true,
  check(bytes, start, end) {
    let at = start;
    while (at < end) {
      if (end - at < 4) return UpdateError.optionalAttribute;
      at += 4 + readU16(bytes, at + 2);
    }
    return at === end ? 0 : UpdateError.optionalAttribute;
  },
  read: (bytes, start, end): string => `0x${toHex(bytes, start, end)}`,
  write: (value, out) => out.copy(fromHex(value.replace(/^0x/i, ''))),
  format: (value) => value,
});
