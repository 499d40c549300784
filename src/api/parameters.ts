/**
 * What clients may write into paths and query strings, checked and made canonical before a speaker sees it.
 */
import { z } from 'zod';
import { canonicalAddress } from '../base/address.ts';
import { BellhopError } from '../base/errors.ts';
import { formatPrefix, parsePrefix } from '../base/prefix.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';

const FAMILY_NAMES = UNICAST_FAMILIES.map((family) => family.name);

const address = z.string().transform((text, context) => {
  const canonical = canonicalAddress(text);
  if (canonical !== undefined) return canonical;
  context.addIssue({ code: 'custom', message: `'${text}' is not an IP address` });
  return z.NEVER;
});

/** A prefix stays a prefix and an address an address: the first asks for an exact match, the second for the longest. */
const prefixOrAddress = z.string().transform((text, context) => {
  const canonical = canonicalAddress(text);
  if (canonical !== undefined) return canonical;
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return formatPrefix(prefix.bytes, prefix.length);
  context.addIssue({ code: 'custom', message: `'${text}' is not an IP prefix or address` });
  return z.NEVER;
});

const family = z.enum(FAMILY_NAMES, { error: `must be one of ${FAMILY_NAMES.join(', ')}` });

const limit = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number above 0')
  .transform(Number);

/** The `:address` of a path. */
export const NeighborParameters = z.strictObject({ address });

/** Query string of `GET /v1/routes`. */
export const RoutesQuery = z
  .strictObject({
    prefix: prefixOrAddress.optional(),
    received: address.optional(),
    advertised: address.optional(),
    family: family.optional(),
    limit: limit.optional(),
  })
  .refine((query) => query.received === undefined || query.advertised === undefined, {
    message: 'received and advertised exclude each other',
  });

/** Query string of `GET /v1/errors`. */
export const ErrorsQuery = z.strictObject({ neighbor: address.optional() });

/** Query string of `POST /v1/neighbors/:address/refresh`. */
export const RefreshQuery = z.strictObject({ family: family.optional() });

const seconds = z
  .string()
  .regex(/^\d{1,5}(\.\d{1,3})?$/, 'must be seconds, at most 86400')
  .transform(Number)
  .refine((value) => value <= 86_400, 'must be seconds, at most 86400');

const vipName = z.string().min(1);

/** The `:name` of a path. */
export const VipParameters = z.strictObject({ name: vipName });

/** Query string of `GET /v1/doctor`. */
export const DoctorQuery = z.strictObject({ vip: vipName.optional() });

/** Query string of `POST /v1/drain`: one VIP or all, seconds of grace. */
export const DrainQuery = z.strictObject({ vip: vipName.optional(), grace: seconds.optional() });

/** Query string of `POST /v1/undrain`. */
export const UndrainQuery = z.strictObject({ vip: vipName.optional() });

/**
 * `value` as `schema` makes it.
 *
 * @throws BellhopError INVALID_ARGUMENT that names every wrong parameter.
 */
export function parseParameters<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const sentences = result.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new BellhopError('INVALID_ARGUMENT', sentences.join('; '));
}

/** An object type in which undefined members may be left out instead. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** A copy of `object` without the members that are undefined. */
export function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
