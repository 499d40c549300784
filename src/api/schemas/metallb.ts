/** Schemas of MetalLB objects and what became of them; the types are in `frontends/metallb/status.ts`. */
import { z } from 'zod';
import { drain } from './vip.ts';

const count = z.int().min(0);
const names = z.array(z.string());

const announcement = z.strictObject({
  prefix: z.string(),
  peers: names.meta({ description: 'Names of BGPPeers.' }),
  problem: z.string().optional().meta({ description: 'Why it is not announced all the same.' }),
});

const object = z.strictObject({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  file: z.string(),
  line: count,
  state: z.enum(['accepted', 'inactive', 'refused', 'outdated', 'not obeyed']),
  reason: z.string().optional(),
  notes: names.meta({ description: 'What it says that is not obeyed.' }),
  addresses: names.optional(),
  pool: z.string().optional(),
  announced: z.array(announcement).optional(),
  services: names.optional(),
  counts: z
    .strictObject({
      assignedIPv4: count,
      assignedIPv6: count,
      availableIPv4: z.string(),
      availableIPv6: z.string(),
    })
    .optional(),
  address: z.string().optional(),
  session: z.string().optional(),
  prefixes: names.optional(),
});

export const metallb = z
  .strictObject({
    node: z.string(),
    nodeLabels: z.record(z.string(), z.string()),
    files: names,
    unmatched: names.meta({ description: 'Patterns that no file matches.' }),
    problems: z.array(z.strictObject({ file: z.string(), line: count, column: count, message: z.string() })),
    objects: z.array(object),
    drain: drain.optional(),
  })
  .meta({ id: 'Metallb', description: 'MetalLB manifests, object by object.' });
