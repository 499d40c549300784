/** LARGE_COMMUNITIES: labels of three 32-bit numbers, the first an AS number. Order and duplicates are kept. */
import { readU32 } from '../../base/bytes.ts';
import { formatLargeCommunity, type LargeCommunity } from '../community-text.ts';
import { checkList } from './lists.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE } from './spec.ts';

export const largeCommunities = defineAttribute({
  code: 32,
  name: 'largeCommunities',
  rfc: 'RFC 8092',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => checkList(start, end, 12),
  read(bytes, start, end): readonly LargeCommunity[] {
    const values: LargeCommunity[] = [];
    for (let at = start; at < end; at += 12)
      values.push([readU32(bytes, at), readU32(bytes, at + 4), readU32(bytes, at + 8)]);
    return values;
  },
  write(value, out) {
    for (const parts of value) for (const part of parts) out.u32(part);
  },
  format: (value) => value.map(formatLargeCommunity).join(' '),
});
