/** What a VIP announces: apart from the schema of VIPs, which a running daemon does not need. */
import { parseAddress } from '../base/address.ts';
import { formatPrefix, maskInPlace } from '../base/prefix.ts';
import type { VipConfig } from './vip-types.ts';

/** Prefixes that a VIP announces: its addresses, shortened to the aggregation lengths, each once. */
export function announcedPrefixes({ addresses, announce }: VipConfig): readonly string[] {
  const prefixes = addresses.map((address) => {
    const slash = address.indexOf('/');
    const bytes = parseAddress(address.slice(0, slash))!;
    const wanted = bytes.length === 4 ? announce.aggregationLength : announce.aggregationLengthV6;
    const length = Math.min(Number(address.slice(slash + 1)), wanted);
    maskInPlace(bytes, length);
    return formatPrefix(bytes, length);
  });
  return [...new Set(prefixes)];
}
