/**
 * THE list of address families that the codec reads and writes, and the two of them that the daemon routes. A
 * family's place is its index; only append.
 */
import { ipv4Flowspec } from './ipv4-flowspec.ts';
import { ipv4FlowspecVpn } from './ipv4-flowspec-vpn.ts';
import { ipv4LabeledUnicast } from './ipv4-labeled-unicast.ts';
import { ipv4Multicast } from './ipv4-multicast.ts';
import { ipv4Unicast } from './ipv4-unicast.ts';
import { ipv4Vpn } from './ipv4-vpn.ts';
import { ipv6Flowspec } from './ipv6-flowspec.ts';
import { ipv6FlowspecVpn } from './ipv6-flowspec-vpn.ts';
import { ipv6LabeledUnicast } from './ipv6-labeled-unicast.ts';
import { ipv6Multicast } from './ipv6-multicast.ts';
import { ipv6Unicast } from './ipv6-unicast.ts';
import { ipv6Vpn } from './ipv6-vpn.ts';
import { l2vpnEvpn } from './l2vpn-evpn.ts';
import { routeTargetConstraint } from './route-target-constraint.ts';
import type { FamilySpec, TableFamily } from './spec.ts';

/** Every family of the codec, by index. At most 31: sets of families are bits of an integer. */
export const FAMILIES = [
  ipv4Unicast,
  ipv6Unicast,
  ipv4Multicast,
  ipv6Multicast,
  ipv4LabeledUnicast,
  ipv6LabeledUnicast,
  ipv4Vpn,
  ipv6Vpn,
  ipv4Flowspec,
  ipv6Flowspec,
  ipv4FlowspecVpn,
  ipv6FlowspecVpn,
  l2vpnEvpn,
  routeTargetConstraint,
] as const;

/** The families that have tables: what can be configured and negotiated. Their indexes are 0 and 1. */
export const UNICAST_FAMILIES = [ipv4Unicast, ipv6Unicast] as const;

/** Name of an address family the codec knows: `l2vpn-evpn`. */
export type CodecFamilyName = (typeof FAMILIES)[number]['name'];

/** Name of an address family bellhop routes: `ipv4-unicast` or `ipv6-unicast`. */
export type FamilyName = (typeof UNICAST_FAMILIES)[number]['name'];

/** The family with this name, or undefined. */
export function familyByName(name: string): FamilySpec | undefined {
  return FAMILIES.find((family) => family.name === name);
}

/** The family with this name that has tables, or undefined. */
export function unicastFamilyByName(name: string): TableFamily | undefined {
  return UNICAST_FAMILIES.find((family) => family.name === name);
}

/** Index by SAFI, of the families with AFI 1 and 2; 255 where there is none. */
const INDEX_IPV4 = indexesOf(1);
const INDEX_IPV6 = indexesOf(2);
const EVPN = { afi: l2vpnEvpn.afi, safi: l2vpnEvpn.safi, index: l2vpnEvpn.index } as const;
const NO_FAMILY = 255;

function indexesOf(afi: number): Uint8Array {
  const indexes = new Uint8Array(256).fill(255);
  for (const family of FAMILIES) if (family.afi === afi) indexes[family.safi] = family.index;
  return indexes;
}

/** HOT. Index of the family with these identifiers, or -1 when the codec does not know it. */
export function familyIndex(afi: number, safi: number): number {
  if (afi === EVPN.afi && safi === EVPN.safi) return EVPN.index;
  const index = afi === 1 ? INDEX_IPV4[safi & 0xff]! : afi === 2 ? INDEX_IPV6[safi & 0xff]! : NO_FAMILY;
  return index === NO_FAMILY || safi > 0xff ? -1 : index;
}

/** What a next hop of some length is in a family; see {@link nextHopFit}. */
export const NextHopFit = {
  never: 0,
  always: 1,
  /** Where RFC 8950 was agreed. */
  extended: 2,
  /** The next hop means nothing in this family. */
  ignored: 3,
} as const;

/** Longest next hop a family may have, two addresses with distinguishers, and the row of the table. */
const LENGTHS = 64;
const NEXT_HOP_FIT = new Uint8Array(FAMILIES.length * LENGTHS);
for (const family of FAMILIES as readonly FamilySpec[]) {
  const row = family.index * LENGTHS;
  if (family.nextHopLengths === 'ignored') NEXT_HOP_FIT.fill(NextHopFit.ignored, row, row + LENGTHS);
  else for (const length of family.nextHopLengths) NEXT_HOP_FIT[row + length] = NextHopFit.always;
  for (const length of family.extendedNextHopLengths ?? []) NEXT_HOP_FIT[row + length] = NextHopFit.extended;
}

/** HOT. Whether a next hop of `length` octets fits the family: one of {@link NextHopFit}. */
export function nextHopFit(family: number, length: number): number {
  return NEXT_HOP_FIT[family * LENGTHS + Math.min(length, LENGTHS - 1)]!;
}

/** Octets of route distinguisher in front of each address of a next hop, by family. */
export const NEXT_HOP_DISTINGUISHER = Uint8Array.from(FAMILIES, (family) => family.nextHopDistinguisher);
