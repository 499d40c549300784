/**
 * What clients may write into paths and query strings, checked and made canonical before a speaker sees it. The same
 * schemas make the OpenAPI document.
 */
import { z } from 'zod';
import { MAX_ROUTES_PER_PAGE } from '../base/limits.ts';
import { CHANGE_CLASSES } from '../config/plan.ts';
import { duration } from '../config/schema-types.ts';
import { EVENT_TYPES } from '../observers/event-stream.ts';
import { METRIC_ALIASES } from '../observers/metrics.ts';
import {
  address,
  asNumber,
  community,
  family,
  flag,
  positiveNumber,
  prefixOrAddress,
  routeSource,
} from './schemas/parts.ts';

/** The `:address` of a path. */
export const NeighborParameters = z.strictObject({ address });

/** The `:name` of a policy in a path. */
export const PolicyParameters = z.strictObject({
  name: z
    .string()
    .max(256)
    .meta({ description: 'Name of a policy.', examples: ['from-transit'] }),
});

/** Query string of `GET /v1/routes`. */
export const RoutesQuery = z
  .strictObject({
    prefix: prefixOrAddress.optional(),
    longerPrefixes: flag.optional().meta({ description: 'Also all prefixes that lie in `prefix`.' }),
    received: address
      .optional()
      .meta({ description: 'What this neighbor sent (Adj-RIB-In, before import).' }),
    advertised: address
      .optional()
      .meta({ description: 'What this neighbor is sent, as it is sent (Adj-RIB-Out).' }),
    peer: routeSource.optional().meta({ description: 'Routes of the table from this neighbor, or `local`.' }),
    best: flag.optional().meta({ description: 'Only best routes.' }),
    community: community
      .optional()
      .meta({ description: 'Routes with this community: standard, large or extended.' }),
    as: asNumber.optional().meta({ description: 'Routes with this AS anywhere in the AS path.' }),
    family: family.optional(),
    limit: positiveNumber(
      MAX_ROUTES_PER_PAGE,
      `a page has at most ${MAX_ROUTES_PER_PAGE} routes; go on with the cursor, or leave the limit out for all`,
    )
      .optional()
      .meta({ description: 'Routes of one page; without it all routes are streamed.' }),
    cursor: z
      .string()
      .max(32)
      .optional()
      .meta({ description: 'Where the next page begins: `Bellhop-Next-Cursor` of the one before.' }),
  })
  .refine((query) => query.received === undefined || query.advertised === undefined, {
    message: 'received and advertised exclude each other',
  });

/** Query string of `GET /v1/explain`. */
export const ExplainQuery = z.strictObject({
  prefix: prefixOrAddress,
  from: routeSource.optional().meta({ description: 'Only what this neighbor announces, or `local`.' }),
  to: address.optional().meta({ description: 'Only what this neighbor is told.' }),
});

/** Query string of `GET /v1/errors`. */
export const ErrorsQuery = z.strictObject({ neighbor: address.optional() });

/** Query string of `GET /metrics`. */
export const MetricsQuery = z.strictObject({
  aliases: z
    .enum(METRIC_ALIASES, { error: `must be ${METRIC_ALIASES.join(' or ')}` })
    .optional()
    .meta({ description: 'Also under the names of this program.' }),
});

/** Query string of `GET /v1/events`. */
export const EventsQuery = z.strictObject({
  types: z
    .string()
    .default(EVENT_TYPES.join(','))
    .transform((text, context) => {
      const names = text.split(',').filter((name) => name !== '');
      const wrong = names.find((name) => !EVENT_TYPES.some((type) => type === name));
      if (wrong === undefined && names.length > 0) return names as (typeof EVENT_TYPES)[number][];
      context.addIssue({
        code: 'custom',
        message: `'${wrong ?? text}' is no type of event; write some of ${EVENT_TYPES.join(',')}`,
      });
      return z.NEVER;
    })
    .meta({ description: 'Types of events, with commas between.', examples: ['session,route'] }),
  since: z.string().max(64).optional().meta({ description: 'Id of the last event seen.' }),
});

/** Headers of `GET /v1/events`. */
export const EventsHeaders = z.looseObject({
  'last-event-id': z.string().max(64).optional().meta({ description: 'As `since`; wins over it.' }),
});

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

/** A text for the peer's operator (RFC 9003). */
const message = z.string().optional().meta({ description: 'For the operator of the peer (RFC 9003).' });

/** Body of `POST /v1/neighbors/:address/clear`; it may be left out, as those of the next two. */
export const ClearBody = z
  .strictObject({
    soft: z
      .enum(['in', 'out'])
      .optional()
      .meta({ description: 'Keep the session; the peer sends its routes again, or we ours.' }),
    message,
  })
  .prefault({});

/** Body of `POST /v1/neighbors/:address/disable`. */
export const DisableBody = z.strictObject({ message }).prefault({});

/** Body of `POST /v1/neighbors/:address/enable`. */
export const EnableBody = z.strictObject({}).prefault({});

/**
 * A configuration as text; `file` is its name in diagnostics, and on the control socket where relative paths start. On
 * TCP they start at the configuration of the daemon.
 */
const document = { file: z.string().min(1), text: z.string() };

/** The most that a change may cost. */
const atMost = z
  .enum(CHANGE_CLASSES, { error: `must be one of ${CHANGE_CLASSES.join(', ')}` })
  .optional()
  .meta({ description: 'Change nothing when a change costs more than that.' });

/** Query string of `GET /v1/config`. */
export const ConfigQuery = z.strictObject({
  secrets: flag.optional().meta({ description: 'Show passwords; on the control socket only.' }),
});

/** Body of `POST /v1/plan`. */
export const PlanBody = z.strictObject(document);

/** Body of `POST /v1/apply`; `confirmWithin` becomes seconds. */
export const ApplyBody = z.strictObject({
  ...document,
  confirmWithin: duration({ minimum: 1, maximum: 86_400 }).optional(),
  atMost,
});

/** Body of `POST /v1/reload`; it may be left out. */
export const ReloadBody = z.strictObject({ atMost }).prefault({});

/** An object type in which undefined members may be left out instead. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** A copy of `object` without the members that are undefined. */
export function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
