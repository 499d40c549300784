/** ATOMIC_AGGREGATE: a mark without value; an aggregating speaker has left AS numbers out of the path. */
import { Disposition, defineAttribute, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

export const atomicAggregate = defineAttribute({
  code: 6,
  name: 'atomicAggregate',
  rfc: 'RFC 4271 section 5.1.6, RFC 7606 section 7.6',
  flags: FLAG_TRANSITIVE,
  onMalformed: Disposition.attributeDiscard,
  check: (_bytes, start, end) => (end === start ? 0 : UpdateError.attributeLength),
  read: (): true => true,
  write() {},
  format: () => 'atomic-aggregate',
});
