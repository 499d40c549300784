/**
 * FamilySpec: what the codec and the tables must know of an address family. `index.ts` holds the list.
 */

export interface FamilySpec {
  /** Position in the list: the bit number in {@link WireContext.families} and the index of the family's RIB. */
  readonly index: number;
  /** Name in configuration, CLI and JSON: `ipv4-unicast`. */
  readonly name: string;
  /** Address family identifier (IANA). */
  readonly afi: number;
  /** Subsequent address family identifier (IANA). */
  readonly safi: number;
  /** 32-bit words of a prefix key: 1 for IPv4, 4 for IPv6. */
  readonly keyWords: 1 | 4;
  /** Longest prefix in bits. */
  readonly maxLength: 32 | 128;
}
