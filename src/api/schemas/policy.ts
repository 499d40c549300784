/** Schemas of policies in force; the types are in `speaker/policy-status.ts`. */
import { z } from 'zod';

const verdict = z.enum(['accept', 'reject', 'next']);
const file = z.string().optional().meta({ description: 'File it is written in.' });
const line = z.int().min(1).optional();

const term = z
  .strictObject({
    number: z.int().min(1),
    name: z.string().optional(),
    match: z
      .array(
        z.strictObject({
          text: z.string().meta({ examples: ['prefix-set: bogons'] }),
          values: z
            .array(z.string())
            .meta({ description: 'What its sets and lists hold, the first twenty.' }),
          valueCount: z.int().min(0),
        }),
      )
      .meta({ description: 'All must hold; none: every route.' }),
    set: z
      .array(z.string())
      .meta({ description: 'What is changed, in this order.', examples: [['med: +10']] }),
    verdict,
    file,
    line,
  })
  .meta({ id: 'PolicyTerm' });

const use = z
  .strictObject({
    direction: z.enum(['import', 'export']),
    neighbor: z.string().meta({ description: 'Address, or the prefix of a range of neighbors.' }),
    peerGroup: z.string().optional(),
    chain: z
      .array(z.string())
      .meta({ description: 'All policies of this direction, in the order in which they are asked.' }),
    sessions: z.int().min(0).meta({ description: 'Established sessions.' }),
  })
  .meta({ id: 'PolicyUse' });

export const policy = z
  .strictObject({
    name: z.string(),
    kind: z
      .enum(['terms', 'built-in', 'function'])
      .meta({ description: '`function`: of the program in which the speaker runs.' }),
    file,
    line,
    terms: z.array(term),
    end: verdict.meta({
      description:
        'What becomes of a route that no term decided; `next`: the next policy of the chain, behind the last one it ' +
        'is rejected.',
    }),
    uses: z.array(use),
  })
  .meta({ id: 'Policy', description: 'A policy in force.' });
