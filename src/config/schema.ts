/**
 * The schema of the configuration file: every key with its type, meaning, default and unit.
 *
 * The one description of the file's shape. Checking, the JSON Schema for editors (`json-schema.ts`) and the
 * configuration reference (`reference.ts`) are derived from it. Objects are strict: an unknown key is an error.
 */
import { z } from 'zod';
import { policyTopShape, termShape } from './policy-schema.ts';
import { apiShape } from './schema-api.ts';
import { metallbShape } from './schema-metallb.ts';
import { aggregateShape, networkShape } from './schema-network.ts';
import { dialledPeerShape, dynamicNeighborShape, neighborShape } from './schema-peer.ts';
import { processSchema, processShape } from './schema-processes.ts';

import { asNumber, duration, flag, listenAddress, routerId, text } from './schema-types.ts';
import { announceShape, checkShape, hooksShape, scalarVipShape, vipSchema } from './schema-vip.ts';

/** Where runtime state is kept. */
export const DEFAULT_STATE_FILE = '/var/lib/bellhop/state.jsonl';

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

/** At the end of the file. */
const stateShape = {
  persist: flag.optional().meta({
    description:
      'Routes announced with `bellhop announce` or the API, and disabled neighbors, survive a restart of bellhop.',
    default: false,
  }),
  'state-file': text.optional().meta({
    description: 'Where `persist` keeps them; a relative path starts at this file.',
    default: DEFAULT_STATE_FILE,
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
  'drain-on-stop': duration({ minimum: 0.1, maximum: 3600, zero: true }).optional().meta({
    description:
      'On SIGTERM, announce VIPs, services of MetalLB manifests and networks for so long with the community `graceful-shutdown` and LOCAL_PREF 0 (RFC 8326) before VIPs are withdrawn and sessions end.',
    default: 0,
    'x-unit': 'seconds',
  }),
  'vip-state-file': text.optional().meta({
    description:
      'Where bellhop remembers which interface addresses it has added, to remove them after a crash. `$STATE_DIRECTORY` (systemd) replaces the folder.',
    default: '/var/lib/bellhop/vip-addresses.json',
  }),
  'graceful-shutdown': flag.optional().meta({
    description: 'All sessions will be shut down (RFC 8326); see the key of a neighbor.',
    default: false,
  }),
  'cluster-id': routerId.optional().meta({
    description:
      'Cluster id of this route reflector (RFC 4456), the same in reflectors of one cluster. Default: the router id.',
    examples: ['10.0.0.1'],
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
  aggregates: z
    .array(z.strictObject(aggregateShape))
    .optional()
    .meta({
      description:
        'Routes that we originate while there are routes inside of them, with AGGREGATOR and ATOMIC_AGGREGATE and without the AS numbers of those (RFC 4271 9.2.2.2, RFC 9774).',
      examples: [[]],
    }),
  ...policyTopShape,
  vips: z
    .array(vipSchema)
    .optional()
    .meta({ description: 'Addresses that we announce while a service is healthy.', examples: [[]] }),
  metallb: z
    .strictObject(metallbShape)
    .optional()
    .meta({ description: 'Peers, address pools and services of MetalLB manifests.' }),
  processes: z
    .array(processSchema)
    .optional()
    .meta({ description: "Programs that announce routes with ExaBGP's process API.", examples: [[]] }),
  ...stateShape,
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
  aggregates: z.array(salvaging(aggregateShape)),
  ...policyTopShape,
  // What is in here is read item by item, each with its own mistakes.
  policies: z.record(z.string(), z.array(salvaging({ ...termShape, match: z.unknown(), set: z.unknown() }))),
  vips: z.array(
    salvaging({
      ...scalarVipShape,
      checks: z.array(salvaging(checkShape)),
      announce: salvaging(announceShape),
      hooks: salvaging(hooksShape),
    }),
  ),
  metallb: salvaging(metallbShape),
  processes: z.array(salvaging(processShape)),
  ...stateShape,
});

/** The good parts of a file; every key may be missing. */
export type FileInput = z.output<typeof salvageSchema>;
/** The good parts of one entry of a list. */
export type NeighborInput = NonNullable<FileInput['neighbors']>[number];
export type DynamicNeighborInput = NonNullable<FileInput['dynamic-neighbors']>[number];
export type NetworkInput = NonNullable<FileInput['networks']>[number];
export type VipInput = NonNullable<FileInput['vips']>[number];
export type ProcessInput = NonNullable<FileInput['processes']>[number];
export type CheckInput = NonNullable<VipInput['checks']>[number];
export type AggregateInput = NonNullable<FileInput['aggregates']>[number];

/** One entry of a policy. */
export type TermInput = NonNullable<FileInput['policies']>[string][number];
export type PolicyTestInput = NonNullable<FileInput['tests']>[number];

/** What a peer group may say; neighbors and dynamic ranges say a part of it, and more. */
export type PeerInput = NonNullable<FileInput['peer-groups']>[string];
