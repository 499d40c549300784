/** ORIGIN: how the route came into BGP. Well-known mandatory; takes part in selection. */
import { Disposition, defineAttribute, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

/** Value of ORIGIN; the position in this order is the wire value, and lower is preferred. */
export type Origin = (typeof ORIGINS)[number];

export const origin = defineAttribute({
  code: 1,
  name: 'origin',
  rfc: 'RFC 4271 section 5.1.1, RFC 7606 section 7.1',
  flags: FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check(bytes, start, end) {
    if (end - start !== 1) return UpdateError.attributeLength;
    return bytes[start]! < ORIGINS.length ? 0 : UpdateError.invalidOrigin;
  },
  read: (bytes, start): Origin => ORIGINS[bytes[start]!]!,
  write: (value, out) => out.u8(ORIGINS.indexOf(value)),
  format: (value) => value,
});
