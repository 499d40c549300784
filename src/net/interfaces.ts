/**
 * What this host's interfaces say about an address: is it directly connected, whose is it, what can be a next hop.
 *
 * Every call asks the kernel anew (about 0.1 ms), so call it per session, not per route. Interfaces that are down
 * are absent. Point-to-point links show our own address only: a peer there is "connected" when both ends share the
 * prefix (/30, /31, /127), not when each is a /32.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { type AddressBytes, isLinkLocal, parseAddress, splitZone } from '../base/address.ts';
import { maskInPlace, type Prefix, prefixContains } from '../base/prefix.ts';

/** The interfaces by name, as `os.networkInterfaces()` gives them; tests pass their own. */
export type InterfaceTable = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** An address of this host and the subnet it stands in. */
export interface LocalSubnet {
  /** Canonical text; link-local with `%zone`. */
  readonly address: string;
  readonly bytes: AddressBytes;
  /** The subnet, host bits zero. */
  readonly prefix: Prefix;
  readonly interface: string;
  /** The interface's name when the address means nothing without it (link-local), else undefined. */
  readonly zone: string | undefined;
  /** Whether the interface is a loopback one. */
  readonly loopback: boolean;
}

/** Every address of every interface that is up, in the system's order. */
export function localSubnets(interfaces: InterfaceTable = networkInterfaces()): LocalSubnet[] {
  const subnets: LocalSubnet[] = [];
  for (const [name, entries] of Object.entries(interfaces)) {
    for (const entry of entries ?? []) {
      const subnet = subnetOfEntry(name, entry);
      if (subnet !== undefined) subnets.push(subnet);
    }
  }
  return subnets;
}

/**
 * The most specific local subnet that contains `address`, or undefined when it is not directly connected. A zone
 * (`fe80::1%eth0`) limits the search to that interface; a link-local address without one is on any.
 */
export function subnetOf(address: string, interfaces?: InterfaceTable): Prefix | undefined {
  const { address: text, zone } = splitZone(address);
  const bytes = parseAddress(text);
  if (bytes === undefined) return undefined;
  let best: Prefix | undefined;
  for (const subnet of localSubnets(interfaces)) {
    if (zone !== undefined && subnet.interface !== zone) continue;
    if (!prefixContains(subnet.prefix, bytes)) continue;
    if (best === undefined || subnet.prefix.length > best.length) best = subnet.prefix;
  }
  return best;
}

/** Name of the interface that has `localAddress` (optional `%zone`), or undefined when none has. */
export function interfaceOfAddress(localAddress: string, interfaces?: InterfaceTable): string | undefined {
  const { address: text, zone } = splitZone(localAddress);
  const bytes = parseAddress(text);
  if (bytes === undefined) return undefined;
  return localSubnets(interfaces).find(
    (subnet) => (zone === undefined || subnet.interface === zone) && sameAddress(subnet.bytes, bytes),
  )?.interface;
}

/**
 * The IPv6 addresses of an interface that can be next hops (RFC 2545 section 3), canonical and without zone: the
 * first that is not link-local (`::1` only if there is no other), and the first link-local one.
 */
export function ipv6OfInterface(
  name: string,
  interfaces?: InterfaceTable,
): { readonly global: string | undefined; readonly linkLocal: string | undefined } {
  const own = localSubnets(interfaces).filter((s) => s.interface === name && s.bytes.length === 16);
  const global = own.filter((subnet) => subnet.zone === undefined);
  const linkLocal = own.find((subnet) => subnet.zone !== undefined);
  return {
    global: (global.find((subnet) => subnet.address !== '::1') ?? global[0])?.address,
    linkLocal: linkLocal === undefined ? undefined : splitZone(linkLocal.address).address,
  };
}

/** The first IPv4 address of an interface (`127.0.0.0/8` only if there is no other), or undefined. */
export function ipv4OfInterface(name: string, interfaces?: InterfaceTable): string | undefined {
  const own = localSubnets(interfaces).filter((s) => s.interface === name && s.bytes.length === 4);
  return (own.find((subnet) => subnet.bytes[0] !== 127) ?? own[0])?.address;
}

function subnetOfEntry(name: string, entry: NetworkInterfaceInfo): LocalSubnet | undefined {
  const bytes = parseAddress(entry.address);
  const length = Number(entry.cidr?.split('/')[1] ?? Number.NaN);
  // A netmask with holes has no length; nobody routes with one.
  if (bytes === undefined || !Number.isInteger(length)) return undefined;
  const masked = bytes.slice();
  maskInPlace(masked, length);
  const zone = bytes.length === 16 && isLinkLocal(bytes) ? name : undefined;
  return {
    address: zone === undefined ? entry.address : `${entry.address}%${zone}`,
    bytes,
    prefix: { bytes: masked, length },
    interface: name,
    zone,
    loopback: entry.internal,
  };
}

function sameAddress(a: AddressBytes, b: AddressBytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
