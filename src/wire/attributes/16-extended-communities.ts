/** EXTENDED COMMUNITIES: labels of 64 bits with a type. Order, duplicates and unknown types are kept. */
import { readU32 } from '../../base/bytes.ts';
import { type ExtendedCommunity, formatExtendedCommunity } from '../community-text.ts';
import { checkList } from './lists.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE } from './spec.ts';

export const extendedCommunities = defineAttribute({
  code: 16,
  name: 'extendedCommunities',
  rfc: 'RFC 4360, RFC 7606 section 7.14',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => checkList(start, end, 8),
  read(bytes, start, end): readonly ExtendedCommunity[] {
    const values: ExtendedCommunity[] = [];
    for (let at = start; at < end; at += 8)
      values.push({ high: readU32(bytes, at), low: readU32(bytes, at + 4) });
    return values;
  },
  write(value, out) {
    for (const { high, low } of value) {
      out.u32(high);
      out.u32(low);
    }
  },
  format: (value) => value.map(formatExtendedCommunity).join(' '),
});
