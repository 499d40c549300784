/** Schemas of routes of our own in answers, and of what changed among them; the types are in `types.ts`. */
import { z } from 'zod';

const u32 = z.int().min(0).max(0xffff_ffff);
const count = z.int().min(0);

export const announcement = z
  .strictObject({
    owner: z.string().meta({ description: 'Who wants it.', examples: ['config', 'cli', 'api:blue'] }),
    prefix: z.string(),
    nextHop: z.string().optional().meta({ description: 'Left out: our own address on each session.' }),
    origin: z.enum(['igp', 'egp', 'incomplete']),
    asPath: z.array(u32),
    med: u32.optional(),
    localPref: u32.optional(),
    communities: z.array(z.string()),
    largeCommunities: z.array(z.string()),
    extendedCommunities: z.array(z.string()),
    atomicAggregate: z.boolean(),
    aggregator: z.string().optional(),
    peers: z.array(z.string()).optional().meta({ description: 'The only neighbors that may hear it.' }),
    since: z.string(),
    expiresAt: z
      .string()
      .optional()
      .meta({ description: 'When it is withdrawn unless it is announced again.' }),
    remainingSeconds: z.number().min(0).optional(),
    active: z.boolean().meta({ description: 'Whether this is the route that is announced for its prefix.' }),
    reason: z.string().optional().meta({ description: 'Why it is not.' }),
  })
  .meta({ id: 'Announcement', description: 'A route of our own.' });

export const ownRouteChange = z
  .strictObject({ announced: count, changed: count, withdrawn: count })
  .meta({ id: 'AnnouncementChange', description: 'How many routes of the owner are new, changed and gone.' });
