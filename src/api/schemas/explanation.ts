/** Schema of `GET /v1/explain`; the types are in `speaker/explanation.ts`. */
import { z } from 'zod';
import { EXPORT_CAUSES } from '../../speaker/explanation.ts';
import { errorEntry, route } from './route.ts';

const change = z.strictObject({
  attribute: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});

const policy = z.strictObject({
  name: z.string().meta({ description: 'Names of the chain; `none` where none is configured.' }),
  verdict: z.enum(['accept', 'reject']),
  reason: z.string(),
  steps: z
    .array(
      z.strictObject({
        policy: z.string(),
        term: z.string(),
        place: z
          .string()
          .optional()
          .meta({ examples: ['bellhop.yaml:12'] }),
        verdict: z.enum(['accept', 'reject', 'next']).optional(),
        failed: z.string().optional().meta({ description: 'The first condition that did not hold.' }),
        changes: z.array(change),
      }),
    )
    .meta({ description: 'The terms that were looked at, in order.' }),
});

const fault = errorEntry
  .pick({ sequence: true, time: true, disposition: true, attribute: true, reason: true, rfc: true })
  .meta({ id: 'ExplainedFault', description: 'A malformed message that announced the prefix.' });

const path = z.strictObject({
  peer: z.string(),
  owner: z.string().optional(),
  since: z.string().optional().meta({
    description: 'Of a neighbor: when its session began. The table keeps no time for each route.',
  }),
  faults: z.array(fault),
  received: route,
  accepted: z.boolean(),
  rule: z.string().optional().meta({ description: 'The rule that refused it before policy.' }),
  policy: policy.optional(),
  changes: z.array(change),
  best: z.boolean(),
  lostBy: z.string().optional(),
  pending: z.string().optional(),
});

const absence = z.strictObject({
  peer: z.string(),
  cause: z.enum([
    'no-session',
    'family-not-negotiated',
    'family-disabled',
    'treated-as-withdrawn',
    'max-prefixes',
    'not-announced',
  ]),
  reason: z.string(),
  since: z.string().optional(),
  faults: z.array(fault),
});

const told = z.strictObject({
  peer: z.string(),
  cause: z.enum(EXPORT_CAUSES),
  reason: z.string(),
  policy: policy.optional(),
  sent: route.optional().meta({ description: 'What the neighbor has been told, as it was sent.' }),
  changes: z.array(change),
  pending: z
    .strictObject({ reason: z.string(), wanted: route.optional() })
    .optional()
    .meta({ description: 'What it was told is not what it should be told now.' }),
});

export const explanation = z
  .strictObject({
    family: z.string(),
    prefix: z.string(),
    found: z.boolean().meta({ description: 'Any path is in the table, accepted or not.' }),
    longestMatch: z.string().optional(),
    paths: z.array(path).meta({ description: 'Best first.' }),
    absent: z.array(absence),
    waiting: z.array(z.string()).meta({ description: 'What of the configuration waits for other routes.' }),
    exports: z.array(told),
  })
  .meta({ id: 'Explanation' });
