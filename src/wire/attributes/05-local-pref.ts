/** LOCAL_PREF: the degree of preference inside an AS; higher is preferred. Discarded from external neighbors. */
import { readU32 } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

export const localPref = defineAttribute({
  code: 5,
  name: 'localPref',
  rfc: 'RFC 4271 section 5.1.5, RFC 7606 section 7.5',
  flags: FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  discardFromExternal: true,
  check: (_bytes, start, end) => (end - start === 4 ? 0 : UpdateError.attributeLength),
  read: (bytes, start): number => readU32(bytes, start),
  write: (value, out) => out.u32(value),
  format: (value) => String(value),
});
