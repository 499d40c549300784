/** CLUSTER_LIST: the reflection clusters a route went through, latest first. Discarded from external neighbors. */
import { formatIpv4 } from '../../base/address.ts';
import { readU32 } from '../../base/bytes.ts';
import { writeIpv4Text } from './addresses.ts';
import { checkList } from './lists.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL } from './spec.ts';

export const clusterList = defineAttribute({
  code: 10,
  name: 'clusterList',
  rfc: 'RFC 4456 section 8, RFC 7606 section 7.10',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.treatAsWithdraw,
  discardFromExternal: true,
  check: (_bytes, start, end) => checkList(start, end, 4),
  read(bytes, start, end): readonly string[] {
    const values: string[] = [];
    for (let at = start; at < end; at += 4) values.push(formatIpv4(readU32(bytes, at)));
    return values;
  },
  write(value, out) {
    for (const id of value) writeIpv4Text(id, out);
  },
  format: (value) => value.join(' '),
});
