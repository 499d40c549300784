/** ONLY_TO_CUSTOMER: the AS from which on a route may only go down to customers. Set and judged by roles (RFC 9234). */
import { readU32 } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

export const onlyToCustomer = defineAttribute({
  code: 35,
  name: 'onlyToCustomer',
  rfc: 'RFC 9234 section 5',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => (end - start === 4 ? 0 : UpdateError.attributeLength),
  read: (bytes, start): number => readU32(bytes, start),
  write: (value, out) => out.u32(value),
  format: String,
});
