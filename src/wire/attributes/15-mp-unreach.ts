/**
 * MP_UNREACH_NLRI: withdrawn routes of any address family. AFI and SAFI alone are its End-of-RIB (RFC 4724 section 2).
 *
 * `check` proves the header only; the NLRI is the UPDATE frame's business. Never in an interned blob.
 */
import { readU16 } from '../../base/bytes.ts';
import { type CodecFamilyName, FAMILIES, familyIndex } from '../families/index.ts';
import { copyBytes } from '../message.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';

/** Value of MP_UNREACH_NLRI. */
export type MpUnreach = {
  /** Name of the family, undefined when the codec does not know it. */
  readonly family: CodecFamilyName | undefined;
  readonly afi: number;
  readonly safi: number;
  /** The withdrawn NLRI as on the wire, a copy. */
  readonly nlri: Uint8Array;
};

export const mpUnreach = defineAttribute({
  code: 15,
  name: 'mpUnreach',
  rfc: 'RFC 4760 section 4, RFC 7606 section 7.12',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.sessionReset,
  faults: { [UpdateError.malformedAttributeList]: Disposition.sessionReset },
  neverInBlob: true,
  check: (_bytes, start, end) => (end - start >= 3 ? 0 : UpdateError.optionalAttribute),
  read(bytes, start, end): MpUnreach {
    const afi = readU16(bytes, start);
    const safi = bytes[start + 2]!;
    return {
      family: FAMILIES[familyIndex(afi, safi)]?.name,
      afi,
      safi,
      nlri: copyBytes(bytes, start + 3, end),
    };
  },
  write(value, out) {
    out.u16(value.afi);
    out.u8(value.safi);
    out.copy(value.nlri);
  },
  format: (value) => `${value.family ?? `${value.afi}/${value.safi}`} (${value.nlri.length} octets)`,
});
