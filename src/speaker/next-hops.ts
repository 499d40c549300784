/**
 * Which next hop we announce on a session, by family: our own address on it, the interface's address of the other
 * family, or what the operator wrote (RFC 4271 section 5.1.3, RFC 2545 section 3, RFC 8950); and which ones we cannot
 * take because they are ours.
 */
import { isLinkLocal, parseAddress, splitZone } from '../base/address.ts';
import type { Prefix } from '../base/prefix.ts';
import type { NextHopSetting } from '../config/types.ts';
import type { NextHopParams } from '../engine/peer-params.ts';
import {
  type InterfaceTable,
  interfaceOfAddress,
  ipv4OfInterface,
  ipv6OfInterface,
  localSubnets,
  subnetOf,
} from '../net/interfaces.ts';
import type { WireContext } from '../wire/session-context.ts';

/** The two ends of a session, as text with zone. */
export interface SessionEnds {
  readonly localAddress: string;
  readonly peerAddress: string;
  readonly external: boolean;
}

/** The names as the compiler knows them: a configuration comes from another process, with strings of its own. */
const MODES = { self: 'self', unchanged: 'unchanged', 'third-party': 'third-party' } as const;

/** Next hop parameters for IPv4 unicast and IPv6 unicast, by family index. */
export function nextHopParams(
  ends: SessionEnds,
  setting: NextHopSetting,
  context: WireContext,
): readonly NextHopParams[] {
  const mode = setting.mode === 'default' ? (ends.external ? 'self' : 'unchanged') : MODES[setting.mode];
  const sharedSubnet = subnetOf(ends.peerAddress);
  const interfaceName = interfaceOfAddress(ends.localAddress);
  const self4 = textBytes(setting.ipv4) ?? ownIpv4(ends, interfaceName, context);
  const self6 = textBytes(setting.ipv6) ?? ownIpv6(ends, interfaceName, sharedSubnet);
  return [self4, self6].map((self) => ({ mode, self, sharedSubnet }));
}

/**
 * Our addresses, none of which can be the next hop of a route from the peer: those of all interfaces, link-local ones of
 * the session's interface only. A peer on this very host shares them with us: then it is our end of the session alone.
 */
export function ownAddresses(
  localAddress: string,
  peerAddress: string,
  interfaces?: InterfaceTable,
): readonly Uint8Array[] {
  const local = textBytes(localAddress);
  const end = local === undefined ? [] : [local];
  const onLoopback = local !== undefined && local.length === 4 && local[0] === 127;
  if (onLoopback || interfaceOfAddress(peerAddress, interfaces) !== undefined) return end;
  const link = interfaceOfAddress(localAddress, interfaces);
  const known = localSubnets(interfaces).filter(({ zone }) => zone === undefined || zone === link);
  return [...end, ...known.map(({ bytes }) => bytes)];
}

function textBytes(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : parseAddress(splitZone(text).address);
}

/** IPv4 next hop: our IPv4 address, or on an IPv6 session with RFC 8950 our IPv6 one. */
function ownIpv4(
  ends: SessionEnds,
  interfaceName: string | undefined,
  context: WireContext,
): Uint8Array | undefined {
  const local = textBytes(ends.localAddress);
  if (local === undefined || local.length === 4) return local;
  if ((context.extendedNextHop & 1) !== 0) return local;
  return interfaceName === undefined ? undefined : textBytes(ipv4OfInterface(interfaceName));
}

/** IPv6 next hop: global address, with the link-local one behind it when the peer is on the same link. */
function ownIpv6(
  ends: SessionEnds,
  interfaceName: string | undefined,
  sharedSubnet: Prefix | undefined,
): Uint8Array | undefined {
  const local = textBytes(ends.localAddress);
  const own = interfaceName === undefined ? undefined : ipv6OfInterface(interfaceName);
  const global = local?.length === 16 && !isLinkLocal(local) ? local : (textBytes(own?.global) ?? undefined);
  const linkLocal = local?.length === 16 && isLinkLocal(local) ? local : textBytes(own?.linkLocal);
  if (global === undefined) return local?.length === 16 ? local : undefined;
  const onLink = local?.length === 16 && sharedSubnet !== undefined;
  if (!onLink || linkLocal === undefined) return global;
  const pair = new Uint8Array(32);
  pair.set(global);
  pair.set(linkLocal, 16);
  return pair;
}
