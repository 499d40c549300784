/** IPv6 address specific extended communities: a type, an address and a number, 20 octets. Order and duplicates are kept. */
import { formatIpv6, parseIpv6 } from '../../base/address.ts';
import { readU16 } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { checkList } from './lists.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE } from './spec.ts';

/** One community: `{ type: 2, address: '2001:db8::1', number: 5 }`. */
export type Ipv6ExtendedCommunity = {
  /** Type in the upper, sub-type in the lower octet; 0x0002 is a route target, 0x0003 a route origin. */
  readonly type: number;
  readonly address: string;
  /** 0..65535. */
  readonly number: number;
};

const OCTETS = 20;
const NAMES: Readonly<Record<number, string>> = {
  2: 'rt',
  3: 'ro',
  11: 'vrf-route-import',
  12: 'redirect-ip',
  13: 'redirect',
};

export const ipv6ExtendedCommunities = defineAttribute({
  code: 25,
  name: 'ipv6ExtendedCommunities',
  rfc: 'RFC 5701, RFC 7606 section 7.15',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check: (_bytes, start, end) => checkList(start, end, OCTETS),
  read(bytes, start, end): readonly Ipv6ExtendedCommunity[] {
    const values: Ipv6ExtendedCommunity[] = [];
    for (let at = start; at < end; at += OCTETS)
      values.push({
        type: readU16(bytes, at),
        address: formatIpv6(bytes, at + 2),
        number: readU16(bytes, at + 18),
      });
    return values;
  },
  write(value, out) {
    for (const { type, address, number } of value) {
      const octets = parseIpv6(address);
      if (octets === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an IPv6 address: ${address}`);
      out.u16(type);
      out.copy(octets);
      out.u16(number);
    }
  },
  format: (value) =>
    value
      .map(({ type, address, number }) => {
        const name = NAMES[type] ?? `0x${type.toString(16).padStart(4, '0')}`;
        return `${name}:[${address}]:${number}`;
      })
      .join(' '),
});
