/**
 * AS4_AGGREGATOR: the aggregator with a 4-octet AS number, carried past speakers that know 2 octets only.
 *
 * As AS4_PATH it means something on 2-octet sessions alone and is refused elsewhere; it replaces an AGGREGATOR that
 * says AS_TRANS (`as4.ts`). Never in an interned blob.
 */
import { formatIpv4 } from '../../base/address.ts';
import { readU32 } from '../../base/bytes.ts';
import { type Aggregator, formatAggregator } from './07-aggregator.ts';
import { writeIpv4Text } from './addresses.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

export const as4Aggregator = defineAttribute({
  code: 18,
  name: 'as4Aggregator',
  rfc: 'RFC 6793 sections 3, 4.2.3 and 6, RFC 7607',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.attributeDiscard,
  neverInBlob: true,
  check(bytes, start, end, context) {
    if (context.as4) return UpdateError.optionalAttribute;
    if (end - start !== 8) return UpdateError.attributeLength;
    return readU32(bytes, start) === 0 ? UpdateError.optionalAttribute : 0;
  },
  read: (bytes, start): Aggregator => ({
    as: readU32(bytes, start),
    address: formatIpv4(readU32(bytes, start + 4)),
  }),
  write(value, out) {
    out.u32(value.as);
    writeIpv4Text(value.address, out);
  },
  format: formatAggregator,
});
