/** A route of our own in the words of the engine: texts checked and turned into bytes. */
import { parseAddress, parseIpv4 } from '../base/address.ts';
import { BellhopError } from '../base/errors.ts';
import { MAX_OWN_ATTRIBUTE_BYTES } from '../base/limits.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../base/prefix.ts';
import { localBlob } from '../engine/local-route.ts';
import type { OwnRoute } from './own-routes.ts';

const ORIGINS = { igp: 0, egp: 1, incomplete: 2 } as const;

/** Index of the family a prefix belongs to: IPv4 unicast or IPv6 unicast. */
export function familyOf({ bytes }: Prefix): number {
  return bytes.length === 4 ? 0 : 1;
}

/** The bytes of a prefix. @throws BellhopError INVALID_ARGUMENT when the text is not a canonical prefix. */
export function ownPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined)
    throw invalid(`${text} is not a prefix; write an address and a length, such as 192.0.2.0/24`);
  const canonical = formatPrefix(prefix.bytes, prefix.length);
  if (canonical !== text) throw invalid(`${text} is not written as ${canonical}`);
  return prefix;
}

/**
 * The attributes of `route` as a canonical blob.
 *
 * @throws BellhopError INVALID_ARGUMENT when one cannot be sent.
 */
export function ownRouteBlob(route: OwnRoute): Uint8Array {
  const { prefix } = route;
  const blob = localBlob({
    nextHop: route.nextHop === undefined ? undefined : nextHopBytes(prefix, route.nextHop),
    origin: ORIGINS[route.origin ?? 'igp'],
    asPath: route.asPath ?? [],
    asPathAsIs: route.asPathAsIs === true,
    med: route.med,
    localPref: route.localPref,
    communities: route.communities ?? [],
    communitiesAsIs: route.communitiesAsIs === true,
    largeCommunities: route.largeCommunities ?? [],
    extendedCommunities: (route.extendedCommunities ?? []).map((text) => extendedBytes(prefix, text)),
    atomicAggregate: route.atomicAggregate === true,
    aggregator: route.aggregator && {
      as: route.aggregator.as,
      address: aggregatorBytes(prefix, route.aggregator.address),
    },
    originatorId: route.originatorId === undefined ? undefined : identifier(prefix, route.originatorId),
    clusterList: (route.clusterList ?? []).map((text) => identifier(prefix, text)),
  });
  if (blob.length > MAX_OWN_ATTRIBUTE_BYTES)
    throw invalid(`the attributes of ${prefix} take ${blob.length} bytes; ${MAX_OWN_ATTRIBUTE_BYTES} fit`);
  return blob;
}

function nextHopBytes(prefix: string, text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw invalid(`next hop ${text} of ${prefix} is not an IP address`);
  // The other way round is fine: RFC 8950.
  if (bytes.length === 4 && prefix.includes(':'))
    throw invalid(`${prefix} needs an IPv6 next hop, not ${text}`);
  return bytes;
}

function identifier(prefix: string, text: string): number {
  const value = parseIpv4(text);
  if (value === undefined) throw invalid(`identifier ${text} of ${prefix} is not four numbers`);
  return value;
}

function extendedBytes(prefix: string, text: string): Uint8Array {
  if (!/^[0-9a-f]{16}$/i.test(text))
    throw invalid(`extended community ${text} of ${prefix} is not 16 hexadecimal digits`);
  return Uint8Array.from({ length: 8 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}

function aggregatorBytes(prefix: string, text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes?.length !== 4) throw invalid(`aggregator ${text} of ${prefix} is not an IPv4 address`);
  return bytes;
}

function invalid(message: string): BellhopError {
  return new BellhopError('INVALID_ARGUMENT', message);
}
