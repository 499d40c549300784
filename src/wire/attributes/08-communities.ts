/** COMMUNITIES: labels of 32 bits on a route, for the policies of others. Order and duplicates are kept. */
import { readU32 } from '../../base/bytes.ts';
import { formatCommunity } from '../community-text.ts';
import { checkList } from './lists.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE } from './spec.ts';

export const communities = defineAttribute({
  code: 8,
  name: 'communities',
  rfc: 'RFC 1997, RFC 7606 section 7.8',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => checkList(start, end, 4),
  read(bytes, start, end): readonly number[] {
    const values: number[] = [];
    for (let at = start; at < end; at += 4) values.push(readU32(bytes, at));
    return values;
  },
  write(value, out) {
    for (const community of value) out.u32(community);
  },
  format: (value) => value.map(formatCommunity).join(' '),
});
