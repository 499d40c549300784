/**
 * The schema of the configuration file: every key with its type, meaning, default and unit.
 *
 * The one description of the file's shape. Checking, the JSON Schema for editors (`json-schema.ts`) and the
 * configuration reference (`reference.ts`) are derived from it. Objects are strict: an unknown key is an error.
 */
import { z } from 'zod';
import { apiShape } from './schema-api.ts';
import { dialledPeerShape, dynamicNeighborShape, neighborShape } from './schema-peer.ts';
import {
  asNumber,
  community,
  flag,
  largeCommunity,
  listenAddress,
  prefix,
  routerId,
  unicastAddress,
  wholeNumber,
} from './schema-types.ts';

const MAX_U32 = 0xffff_ffff;

const networkShape = {
  prefix: prefix.meta({ description: 'Prefix to originate.', examples: ['192.0.2.0/24'] }),
  'next-hop': unicastAddress.optional().meta({
    description: 'Next hop other than our own address; of the same IP version as the prefix.',
    examples: ['10.0.0.9'],
  }),
  med: wholeNumber(0, MAX_U32)
    .optional()
    .meta({
      description: 'MULTI_EXIT_DISC (RFC 4271 5.1.4). Default: none.',
      examples: [10],
    }),
  'local-pref': wholeNumber(0, MAX_U32)
    .optional()
    .meta({
      description: 'LOCAL_PREF (RFC 4271 5.1.5). Default: 100 towards iBGP.',
      examples: [200],
    }),
  origin: z.enum(['igp', 'egp', 'incomplete']).optional().meta({
    description: 'ORIGIN (RFC 4271 5.1.1).',
    default: 'igp',
  }),
  communities: z
    .array(community)
    .optional()
    .meta({
      description: 'Communities (RFC 1997), as numbers or well-known names.',
      examples: [['65000:100', 'no-export']],
      title: 'list of communities',
    }),
  'large-communities': z
    .array(largeCommunity)
    .optional()
    .meta({
      description: 'Large communities (RFC 8092).',
      examples: [['65000:1:2']],
      title: 'list of large communities',
    }),
};

const bestPathShape = {
  'always-compare-med': flag.optional().meta({
    description: 'Compare MED also between routes from different neighbor ASes.',
    default: false,
  }),
  'missing-med-as-worst': flag.optional().meta({
    description: 'A route without MED loses to one with; otherwise its MED counts as 0 (RFC 4271 9.1.2.2).',
    default: false,
  }),
  'compare-router-id': flag.optional().meta({
    description: 'Between equal eBGP routes, take the lower router id instead of the older route.',
    default: false,
  }),
};

const topShape = {
  as: asNumber.meta({ description: 'Our AS number (asdot such as `1.10` is fine).', examples: [65000] }),
  'router-id': routerId.meta({
    description: 'Our BGP identifier, unique among our peers (RFC 4271 4.2, RFC 6286).',
    examples: ['10.0.0.1'],
  }),
  listen: z
    .array(listenAddress)
    .optional()
    .meta({
      description:
        'Where to wait for peers: `ADDRESS:PORT`, `[V6]:PORT`, or an address alone for port 179. `[]` does not listen.',
      default: ['0.0.0.0:179', '[::]:179'],
      title: 'list of ADDRESS:PORT',
    }),
};

/** The whole file: what is checked, and what editors get. */
export const fileSchema = z.strictObject({
  ...topShape,
  'best-path': z
    .strictObject(bestPathShape)
    .optional()
    .meta({ description: 'How the best route is selected.' }),
  api: z.strictObject(apiShape).optional().meta({ description: 'The HTTP API beyond its UNIX socket.' }),
  'peer-groups': z
    .record(
      z.string(),
      z.strictObject(dialledPeerShape).meta({ description: 'Settings that peers inherit.' }),
    )
    .optional()
    .meta({ description: 'Settings that several peers have in common, by name of the group.' }),
  neighbors: z
    .array(z.strictObject(neighborShape))
    .optional()
    .meta({ description: 'Peers with a known address.', examples: [[]] }),
  'dynamic-neighbors': z
    .array(z.strictObject(dynamicNeighborShape))
    .optional()
    .meta({
      description: 'Ranges of addresses from which peers may connect. We never dial them.',
      examples: [[]],
    }),
  networks: z
    .array(z.strictObject(networkShape))
    .optional()
    .meta({ description: 'Routes that we originate.', examples: [[]] }),
});

/** The same keys, each optional, where a bad value is as good as none. */
function salvaging<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  const entries = Object.entries(shape).map(([key, schema]) => [key, z.optional(schema).catch(undefined)]);
  return z
    .object(Object.fromEntries(entries) as { [Key in keyof Shape]: z.ZodCatch<z.ZodOptional<Shape[Key]>> })
    .catch({} as never); // every key is optional, which TypeScript cannot see through the mapped type
}

/**
 * Reads what is good in a file and drops the rest, so that the checks across keys also run, and report, when other
 * parts of the file are wrong. Never fails.
 */
export const salvageSchema = salvaging({
  ...topShape,
  'best-path': salvaging(bestPathShape),
  api: salvaging(apiShape),
  'peer-groups': z.record(z.string(), salvaging(dialledPeerShape)),
  neighbors: z.array(salvaging(neighborShape)),
  'dynamic-neighbors': z.array(salvaging(dynamicNeighborShape)),
  networks: z.array(salvaging(networkShape)),
});

/** The good parts of a file; every key may be missing. */
export type FileInput = z.output<typeof salvageSchema>;
/** The good parts of one entry of a list. */
export type NeighborInput = NonNullable<FileInput['neighbors']>[number];
export type DynamicNeighborInput = NonNullable<FileInput['dynamic-neighbors']>[number];
export type NetworkInput = NonNullable<FileInput['networks']>[number];

/** What a peer group may say; neighbors and dynamic ranges say a part of it, and more. */
export type PeerInput = NonNullable<FileInput['peer-groups']>[string];
