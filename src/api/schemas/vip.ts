/** Schemas of VIPs and of what `doctor` finds; the types are in `vip/status.ts`. */
import { z } from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const vipState = z.enum(['INIT', 'RISING', 'UP', 'FALLING', 'DOWN', 'MAINTENANCE']);

const checkStatus = z.strictObject({
  name: z.string(),
  kind: z.enum(['http', 'tcp', 'exec', 'dns', 'grpc']),
  state: vipState.exclude(['MAINTENANCE']),
  count: count.meta({ description: 'Results in a row that count towards the change.' }),
  rise: count,
  fall: count,
  intervalSeconds: z.number().min(0),
  timeoutSeconds: z.number().min(0),
  runs: count,
  failures: count,
  timeouts: count,
  worstLateMilliseconds: milliseconds.meta({
    description: 'Longest time that a run started after it was due.',
  }),
  history: z
    .array(z.strictObject({ time: z.string(), ok: z.boolean(), detail: z.string(), milliseconds }))
    .meta({ description: 'Results, newest first.' }),
});

export const drain = z.strictObject({
  stage: z.enum(['announced', 'withdrawn']),
  since: z.string(),
  graceSeconds: z.number().min(0),
  announcedMilliseconds: milliseconds.optional(),
  withdrawnMilliseconds: milliseconds.optional(),
});

export const vip = z
  .strictObject({
    name: z.string(),
    state: vipState,
    reason: z.string().meta({ description: 'Why it is in this state.' }),
    since: z.string(),
    announced: z.enum(['withdrawn', 'up', 'degraded', 'draining']),
    addresses: z.array(z.string()),
    prefixes: z.array(z.string()),
    peers: z.array(z.string()).optional().meta({ description: 'The only neighbors that may hear it.' }),
    required: count.meta({ description: 'Checks that must be healthy.' }),
    checks: z.array(checkStatus),
    maintenanceFile: z.string().optional(),
    maintenance: z.boolean(),
    drain: drain.optional(),
    interfaceAddresses: z.array(
      z.strictObject({ interface: z.string(), address: z.string(), present: z.boolean(), ours: z.boolean() }),
    ),
    problem: z.string().optional().meta({ description: 'What keeps it from being announced.' }),
    changes: count,
    lastWithdrawal: z
      .strictObject({ time: z.string(), reason: z.string(), flushMilliseconds: milliseconds.optional() })
      .optional(),
  })
  .meta({ id: 'Vip', description: 'Addresses that are announced while their service is healthy.' });

export const diagnosis = z
  .strictObject({
    vip: z.string(),
    state: vipState,
    healthy: z.boolean(),
    firstBroken: count.optional().meta({ description: 'Index in `links` of the first broken one.' }),
    links: z.array(
      z.strictObject({
        link: z.string(),
        status: z.enum(['ok', 'broken', 'warning', 'skipped']),
        detail: z.string(),
        more: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'Diagnosis', description: 'The chain from the checks of a VIP to its peers.' });
