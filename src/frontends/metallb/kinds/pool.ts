/** IPAddressPool: addresses for services. */
import { z } from 'zod';
import { Complaint, parsed } from '../../../config/schema-types.ts';
import { type AddressRange, parseRange } from '../addresses.ts';
import { labelSelector } from '../selectors.ts';
import { flag, integer, words } from './fields.ts';

const range = parsed(z.string(), (text): AddressRange | Complaint => {
  const found = parseRange(text);
  return typeof found === 'string'
    ? new Complaint(found, 'write `192.0.2.0/24` or `192.0.2.10-192.0.2.20`')
    : found;
});

export const poolSpec = z.strictObject({
  addresses: z.array(range).min(1),
  autoAssign: flag.default(true),
  avoidBuggyIPs: flag.default(false),
  serviceAllocation: z
    .strictObject({
      priority: integer(0, 2 ** 31 - 1).default(0),
      namespaces: words.default([]),
      namespaceSelectors: z.array(labelSelector).default([]),
      serviceSelectors: z.array(labelSelector).default([]),
    })
    .optional(),
});

export type PoolSpec = z.output<typeof poolSpec>;
