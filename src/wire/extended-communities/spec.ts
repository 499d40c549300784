/**
 * ExtendedCommunitySpec: how one type and sub-type of extended community is said (RFC 4360). `index.ts` has the list.
 *
 * The 48 bits behind type and sub-type come as two integers: `head` (16 bits) and `low` (32 bits). A spec needs to say
 * the usual values only: what its text would not give back unchanged is printed as hexadecimal by `index.ts`.
 */

/** An extended community as two unsigned 32-bit halves (RFC 4360); type and sub-type lead `high`. */
export type ExtendedCommunity = { readonly high: number; readonly low: number };

/** The 48 bits of a value, or undefined when a text is none. */
export type CommunityBody = { readonly head: number; readonly low: number } | undefined;

export interface ExtendedCommunitySpec {
  /** Type in the upper, sub-type in the lower octet (IANA). */
  readonly code: number;
  /** In front of the colon: `rt`. Types that differ in width only share a name. */
  readonly name: string;
  /** Other names that are understood. */
  readonly aliases?: readonly string[];
  readonly rfc: string;
  /** Text behind `name:`; empty when the name says all. */
  format(head: number, low: number): string;
  /** The value of such a text. */
  parse(text: string): CommunityBody;
}

/** A decimal integer of 0 to `maximum`, or undefined. */
export function parseNumber(text: string, maximum: number): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= maximum ? value : undefined;
}
