/**
 * AGGREGATOR: AS number and address of the speaker that made an aggregate. Information only.
 *
 * 8 octets on sessions with 4-octet AS numbers and in every interned blob, else 6 (RFC 6793).
 */
import { formatIpv4 } from '../../base/address.ts';
import { readU16, readU32 } from '../../base/bytes.ts';
import { AS_TRANS } from '../open.ts';
import { writeIpv4Text } from './addresses.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

/** Value of AGGREGATOR and AS4_AGGREGATOR: AS number (never 0) and dotted-quad address. */
export type Aggregator = { readonly as: number; readonly address: string };

export const aggregator = defineAttribute({
  code: 7,
  name: 'aggregator',
  rfc: 'RFC 4271 section 5.1.7, RFC 6793, RFC 7606 section 7.7, RFC 7607',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.attributeDiscard,
  check(bytes, start, end, context) {
    if (end - start !== (context.as4 ? 8 : 6)) return UpdateError.attributeLength;
    const as = context.as4 ? readU32(bytes, start) : readU16(bytes, start);
    return as === 0 ? UpdateError.optionalAttribute : 0;
  },
  read: (bytes, start, end, context): Aggregator => ({
    as: context.as4 ? readU32(bytes, start) : readU16(bytes, start),
    address: formatIpv4(readU32(bytes, end - 4)),
  }),
  write(value, out, context) {
    if (context.as4) out.u32(value.as);
    else out.u16(value.as > 0xffff ? AS_TRANS : value.as);
    writeIpv4Text(value.address, out);
  },
  format: formatAggregator,
});

/** Text of an aggregator: `65001 192.0.2.1`. */
export function formatAggregator(value: Aggregator): string {
  return `${value.as} ${value.address}`;
}
