/** Keys of a route of our own: an entry of `networks`, and what `bellhop save` writes; those of `aggregates`. */
import { z } from 'zod';
import {
  aggregator,
  asNumber,
  community,
  extendedCommunity,
  flag,
  largeCommunity,
  prefix,
  unicastAddress,
  wholeNumber,
} from './schema-types.ts';

const MAX_U32 = 0xffff_ffff;

export const networkShape = {
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
  'as-path': z
    .array(asNumber)
    .optional()
    .meta({
      description: 'AS_PATH behind our own AS, nearest first (RFC 4271 5.1.2). Default: empty.',
      examples: [[65100, 65200]],
      title: 'list of AS numbers',
    }),
  'extended-communities': z
    .array(extendedCommunity)
    .optional()
    .meta({
      description: 'Extended communities (RFC 4360).',
      examples: [['rt:65000:1']],
      title: 'list of extended communities',
    }),
  'atomic-aggregate': flag.optional().meta({
    description: 'Send ATOMIC_AGGREGATE (RFC 4271 5.1.6).',
    default: false,
  }),
  aggregator: aggregator.optional().meta({
    description: 'AGGREGATOR (RFC 4271 5.1.7): AS number and router id. Default: none.',
    examples: ['65000 10.0.0.1'],
  }),
  peers: z
    .array(unicastAddress)
    .optional()
    .meta({
      description: 'Addresses of the only neighbors that may hear it. Default: all.',
      examples: [['192.0.2.2']],
      title: 'list of IP addresses',
    }),
  'announce-if-present': prefix.optional().meta({
    description:
      'Announce it only while there is a route for this prefix, learnt or of our own. Default: always.',
    examples: ['0.0.0.0/0'],
  }),
};

/** Keys of an entry of `aggregates`. */
export const aggregateShape = {
  prefix: prefix.meta({
    description: 'Prefix to announce while the table has a route inside of it.',
    examples: ['198.51.100.0/23'],
  }),
  'summary-only': flag.optional().meta({
    description: 'Announce none of the routes inside of it.',
    default: false,
  }),
  med: networkShape.med,
  'local-pref': networkShape['local-pref'],
  communities: networkShape.communities,
  'large-communities': networkShape['large-communities'],
};
