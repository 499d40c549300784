/** Pieces that the schemas of requests and answers share. */
import { z } from 'zod';
import { canonicalAddress } from '../../base/address.ts';
import { formatPrefix, parsePrefix } from '../../base/prefix.ts';
import { parseCommunity, parseExtendedCommunity, parseLargeCommunity } from '../../wire/community-text.ts';
import { UNICAST_FAMILIES } from '../../wire/families/index.ts';

const FAMILY_NAMES = UNICAST_FAMILIES.map((family) => family.name);
const MAX_U32 = 0xffff_ffff;

/** An IP address in any spelling; yields the canonical one. */
export const address = z
  .string()
  .meta({ description: 'IP address; link-local with `%interface`.', examples: ['192.0.2.2'] })
  .transform((text, context) => {
    const canonical = canonicalAddress(text);
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: 'custom', message: `'${text}' is not an IP address` });
    return z.NEVER;
  });

/** An address, or `local` for our own routes. */
export const routeSource = z.union([z.literal('local'), address], {
  error: 'must be an IP address or `local`',
});

/** A prefix stays a prefix and an address an address: the first asks for an exact match, the second for the longest. */
export const prefixOrAddress = z
  .string()
  .meta({ description: 'Prefix, or an address: its longest match.', examples: ['203.0.113.0/24'] })
  .transform((text, context) => {
    const canonical = canonicalAddress(text);
    if (canonical !== undefined) return canonical;
    const prefix = parsePrefix(text);
    if (prefix !== undefined) return formatPrefix(prefix.bytes, prefix.length);
    context.addIssue({ code: 'custom', message: `'${text}' is not an IP prefix or address` });
    return z.NEVER;
  });

/** A family that the tables have. */
export const family = z.enum(FAMILY_NAMES, { error: `must be one of ${FAMILY_NAMES.join(', ')}` });

/** `true` or `false` in a query string. */
export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((text) => text === 'true');

/** A whole number from 1 to `maximum` in a query string. */
export function positiveNumber(maximum: number, tooLarge: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'must be a whole number above 0')
    .transform(Number)
    .refine((number) => number <= maximum, tooLarge);
}

/** An AS number in a query string. */
export const asNumber = positiveNumber(MAX_U32, 'AS numbers go to 4294967295');

/** A community of any kind, as text. */
export const community = z
  .string()
  .refine(
    (text) =>
      (parseCommunity(text) ?? parseLargeCommunity(text) ?? parseExtendedCommunity(text)) !== undefined,
    { error: ({ input }) => `'${input}' is no community; write 65000:1, 65000:1:2, rt:65000:1 or no-export` },
  );
