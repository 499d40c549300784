/**
 * THE table of RFC clauses behind what is done about a fault in an UPDATE: for the one fault that decides
 * (`fault-place.ts`) and for all of them (`update-problems.ts`).
 */
import { attributeByCode } from './attributes/index.ts';
import { UpdateError } from './attributes/spec.ts';

/** Clauses for faults that no attribute's spec can name. */
export const CLAUSE = {
  lengths: 'RFC 4271 section 6.3',
  unrecognized: 'RFC 4271 section 6.3',
  flags: 'RFC 7606 section 3 (c)',
  missing: 'RFC 7606 section 3 (d)',
  repeated: 'RFC 7606 section 3 (g)',
  overrun: 'RFC 7606 section 4',
  nothingToWithdraw: 'RFC 7606 section 5.2',
  nlri: 'RFC 7606 section 5.3',
} as const;

/** The clause for a fault inside of attribute `code`, of which the list has room for all. */
export function attributeClause(subcode: number, code: number): string {
  const spec = attributeByCode[code];
  if (subcode === UpdateError.unrecognizedWellKnown || spec === undefined) return CLAUSE.unrecognized;
  if (subcode === UpdateError.malformedAttributeList) return CLAUSE.repeated;
  if (subcode === UpdateError.attributeFlags && spec.faults?.[subcode] === undefined) return CLAUSE.flags;
  // What a spec cites begins with the definition; the handling of errors is a part of its own.
  return spec.rfc.split(', ').find((part) => part.startsWith('RFC 7606')) ?? spec.rfc;
}

/** `clause` for a withdrawal that became a reset because no announced prefix is in sight. */
export function promoted(clause: string): string {
  return `${clause}, ${CLAUSE.nothingToWithdraw}`;
}
