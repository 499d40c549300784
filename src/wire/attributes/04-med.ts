/** MULTI_EXIT_DISC: a neighbor AS's wish between several links to it; lower is preferred. */
import { readU32 } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';

export const med = defineAttribute({
  code: 4,
  name: 'med',
  rfc: 'RFC 4271 section 5.1.4, RFC 7606 section 7.4',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => (end - start === 4 ? 0 : UpdateError.attributeLength),
  read: (bytes, start): number => readU32(bytes, start),
  write: (value, out) => out.u32(value),
  format: (value) => String(value),
});
