/** Schema of programs that speak ExaBGP's process API; the type is in `frontends/exabgp/status.ts`. */
import { z } from 'zod';

const count = z.int().min(0);

export const processStatus = z
  .strictObject({
    name: z.string(),
    command: z.array(z.string()),
    state: z.enum(['running', 'waiting', 'ended']),
    pid: count.optional(),
    since: z.string(),
    lastEnd: z
      .string()
      .optional()
      .meta({ description: 'How it ended last, or why it could not be started.' }),
    restarts: count,
    routes: count,
    commands: count.meta({ description: 'Lines obeyed or refused.' }),
    errors: count.meta({ description: 'Of these, refused.' }),
    lastError: z.strictObject({ time: z.string(), command: z.string(), reason: z.string() }).optional(),
    notes: z.array(z.string()),
    eventsSent: count,
    eventsDropped: count,
    unreadBytes: count,
    blocked: z.boolean(),
    logLinesDropped: count,
  })
  .meta({ id: 'Process', description: 'A program that announces routes.' });
