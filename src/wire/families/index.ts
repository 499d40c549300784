/** THE list of address families. A family's place is its index; only append. */
import { ipv4Unicast } from './ipv4-unicast.ts';
import { ipv6Unicast } from './ipv6-unicast.ts';
import type { FamilySpec } from './spec.ts';

export const FAMILIES = [ipv4Unicast, ipv6Unicast] as const;

/** Name of an address family bellhop speaks: `ipv4-unicast` or `ipv6-unicast`. */
export type FamilyName = (typeof FAMILIES)[number]['name'];

/** The family with this name, or undefined. */
export function familyByName(name: string): FamilySpec | undefined {
  return FAMILIES.find((family) => family.name === name);
}

/** HOT. Index of the family with these identifiers, or -1 when bellhop does not speak it. */
export function familyIndex(afi: number, safi: number): number {
  if (safi !== 1) return -1;
  return afi === 1 ? 0 : afi === 2 ? 1 : -1;
}
