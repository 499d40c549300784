/**
 * THE list of extended communities that have a text form, and the text of all: `rt:65000:1`, `color:100`,
 * `link-bandwidth:65000:125000000`, otherwise `0x` and 16 hexadecimal digits. Not hot.
 *
 * Invariant: parsing what was printed gives the same 64 bits. It holds by construction: a text that would not is not
 * printed, so reserved bits and values nobody defined show as hexadecimal.
 */
import { administratorCommunities } from './administrators.ts';
import { evpnCommunities } from './evpn.ts';
import { flowspecCommunities } from './flowspec-actions.ts';
import { opaqueCommunities } from './opaque.ts';
import { rateCommunities } from './rates.ts';
import type { ExtendedCommunity, ExtendedCommunitySpec } from './spec.ts';

/** Every type with a text form. A name may stand several times, narrow forms first. */
export const EXTENDED_COMMUNITIES: readonly ExtendedCommunitySpec[] = [
  ...administratorCommunities,
  ...opaqueCommunities,
  ...rateCommunities,
  ...flowspecCommunities,
  ...evpnCommunities,
];

const SPEC_BY_CODE: ReadonlyMap<number, ExtendedCommunitySpec> = new Map(
  EXTENDED_COMMUNITIES.map((spec) => [spec.code, spec]),
);

/** Text of an extended community. */
export function formatExtendedCommunity({ high, low }: ExtendedCommunity): string {
  const spec = SPEC_BY_CODE.get(high >>> 16);
  if (spec !== undefined) {
    const value = spec.format(high & 0xffff, low);
    const text = value === '' ? spec.name : `${spec.name}:${value}`;
    const back = parseNamed(text);
    if (back?.high === high && back.low === low) return text;
  }
  return `0x${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}

/** The extended community of such a text, in any letter case, or undefined. */
export function parseExtendedCommunity(text: string): ExtendedCommunity | undefined {
  const hex = /^0x([0-9a-f]{8})([0-9a-f]{8})$/i.exec(text);
  if (hex === null) return parseNamed(text.toLowerCase());
  return { high: Number.parseInt(hex[1]!, 16), low: Number.parseInt(hex[2]!, 16) };
}

function parseNamed(text: string): ExtendedCommunity | undefined {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const value = colon < 0 ? '' : text.slice(colon + 1);
  if (colon >= 0 && value === '') return undefined;
  for (const spec of EXTENDED_COMMUNITIES) {
    if (spec.name !== name && spec.aliases?.includes(name) !== true) continue;
    const body = spec.parse(value);
    if (body !== undefined) return { high: (spec.code * 0x10000 + body.head) >>> 0, low: body.low };
  }
  return undefined;
}
