/** Schemas of routes, of malformed messages and of problems; the types are in `speaker/status.ts` and `types.ts`. */
import { z } from 'zod';
import { diagnostic } from './config.ts';

const u32 = z.int().min(0).max(0xffff_ffff);
const count = z.int().min(0);

export const route = z
  .strictObject({
    family: z.string(),
    prefix: z.string(),
    best: z.boolean(),
    accepted: z.boolean(),
    rejectReason: z.string().optional(),
    peer: z.string().meta({ description: 'Address of the neighbor, or `local`.' }),
    nextHop: z.string(),
    nextHopLinkLocal: z.string().optional(),
    origin: z.string(),
    asPath: z.string().meta({ examples: ['65001 65002 {65003}'] }),
    med: u32.optional(),
    localPref: u32.optional(),
    communities: z.array(z.string()),
    largeCommunities: z.array(z.string()),
    extendedCommunities: z.array(z.string()),
    originatorId: z.string().optional(),
    clusterList: z.array(z.string()),
    atomicAggregate: z.boolean(),
    aggregator: z.string().optional(),
    unknown: z.array(z.strictObject({ code: count, flags: count, hex: z.string() })),
    lostBy: z.string().optional().meta({ description: 'Decision step that removed it from the candidates.' }),
  })
  .meta({ id: 'Route' });

export const errorEntry = z
  .strictObject({
    sequence: count,
    time: z.string(),
    peer: z.string(),
    type: z.string().optional(),
    bytes: z.string().meta({ description: 'The message in hexadecimal, header included.' }),
    length: count,
    truncated: z.boolean(),
    offset: count,
    attribute: z.string().optional(),
    attributeCode: count.optional(),
    code: count,
    subcode: count,
    reason: z.string(),
    rfc: z.string(),
    disposition: z.enum([
      'attribute-discard',
      'treat-as-withdraw',
      'disable-family',
      'session-reset',
      'connection-closed',
    ]),
    context: z.looseObject({ as4: z.boolean(), external: z.boolean() }).optional(),
    expected: z.looseObject({ localAs: u32, routerId: z.string() }).optional(),
  })
  .meta({ id: 'MalformedMessage' });

export const problem = z
  .strictObject({
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'One sentence that names what was wrong.' }),
    code: z
      .string()
      .optional()
      .meta({ description: 'Stable code.', examples: ['NOT_FOUND'] }),
    errors: z
      .array(
        z.strictObject({
          in: z.enum(['path', 'query', 'header', 'body']),
          pointer: z.string().meta({ description: 'JSON pointer to the value (RFC 6901 section 6).' }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Values of the request that were wrong, at most 20.' }),
    diagnostics: z.array(diagnostic).optional().meta({ description: 'What is wrong with a configuration.' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' });
