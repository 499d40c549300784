/**
 * Text of an address family in a capability. Peers announce families bellhop does not speak, and those need text too.
 */
import { FAMILIES, familyIndex } from '../families/index.ts';

/** `ipv4-unicast` for a family bellhop speaks, else its numbers: `afi 25 safi 70`. */
export function formatFamily(afi: number, safi: number): string {
  return FAMILIES[familyIndex(afi, safi)]?.name ?? `afi ${afi} safi ${safi}`;
}
