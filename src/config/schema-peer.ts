/**
 * The peer part of the schema: what can be said about a neighbor, a dynamic range, a peer group.
 *
 * Nothing is required here but what identifies a peer, and nothing has a zod default: a peer group stands between
 * what a neighbor says and {@link PEER_DEFAULTS}.
 */

import { z } from 'zod';
import { DEFAULT_DYNAMIC_LIMIT, MAX_PEERS } from '../base/limits.ts';
import { type FamilyName, UNICAST_FAMILIES } from '../wire/families/index.ts';
import { policyNames } from './policy-schema.ts';
import { peerFeatureShape } from './schema-peer-features.ts';
import {
  duration,
  flag,
  nextHop,
  peerAs,
  prefix,
  text,
  unicastAddress,
  wholeNumber,
} from './schema-types.ts';

const DAY_SECONDS = 86_400;

/** What a peer gets when neither its neighbor entry nor its peer group says otherwise. Times in seconds. */
export const PEER_DEFAULTS = {
  passive: false,
  port: 179,
  'hold-time': 90,
  'minimum-hold-time': 3,
  'connect-retry': 30,
  'idle-hold-time': 5,
  'idle-hold-time-maximum': 120,
  'four-octet-as': true,
  'extended-message': true,
} as const;

const familyNames = UNICAST_FAMILIES.map((family) => family.name) as [FamilyName, ...FamilyName[]];

/** Keys that a neighbor, a dynamic neighbor range and a peer group have in common. */
const sharedPeerShape = {
  'peer-as': peerAs.optional().meta({
    description:
      "The peer's AS: a number (asdot such as `1.10` is fine), `external` for any AS but ours, or `internal` for ours. Required, here or in the peer group.",
    examples: [65001, 'external'],
  }),
  description: text
    .optional()
    .meta({ description: 'A name for people, shown in `bellhop show`.', examples: ['tor-1'] }),
  'local-address': unicastAddress.optional().meta({
    description: 'Source address of our connections. Default: chosen by the kernel.',
    examples: ['10.0.0.1'],
  }),
  'hold-time': duration({ minimum: 3, maximum: 65_535, whole: true, zero: true })
    .optional()
    .meta({
      description:
        'Silence after which a session is dead; the smaller of both sides counts, and KEEPALIVEs go out at a third of it. 0 switches it off (RFC 4271 4.2).',
      default: PEER_DEFAULTS['hold-time'],
      examples: ['90s'],
      'x-unit': 'seconds',
    }),
  'minimum-hold-time': duration({ minimum: 0, maximum: 65_535, whole: true })
    .optional()
    .meta({
      description:
        'Smallest hold time accepted from the peer; a smaller one is refused. With 0, the peer may switch the hold timer off (RFC 4271 6.2).',
      default: PEER_DEFAULTS['minimum-hold-time'],
      examples: ['3s'],
      'x-unit': 'seconds',
    }),
  'idle-hold-time': duration({ minimum: 0, maximum: DAY_SECONDS })
    .optional()
    .meta({
      description: 'Pause after a failed session; doubles with each failure in a row (RFC 4271 8.1.1).',
      default: PEER_DEFAULTS['idle-hold-time'],
      examples: ['5s'],
      'x-unit': 'seconds',
    }),
  'idle-hold-time-maximum': duration({ minimum: 0, maximum: DAY_SECONDS })
    .optional()
    .meta({
      description: 'Where the doubling of `idle-hold-time` ends.',
      default: PEER_DEFAULTS['idle-hold-time-maximum'],
      examples: ['120s'],
      'x-unit': 'seconds',
    }),
  'send-hold-time': duration({ minimum: 1, maximum: DAY_SECONDS })
    .optional()
    .meta({
      description:
        'Time for which the peer may take no byte from us before the session is closed (RFC 9687). Default: 8 minutes or twice the hold time, whichever is longer.',
      examples: ['8m'],
      'x-unit': 'seconds',
    }),
  multihop: wholeNumber(1, 255)
    .optional()
    .meta({
      description:
        'TTL of our packets, for an eBGP peer that is not directly connected. Not together with `ttl-security`.',
      examples: [2],
      'x-unit': 'hops',
    }),
  'ttl-security': wholeNumber(1, 254)
    .optional()
    .meta({
      description:
        'GTSM (RFC 5082): send with TTL 255 and drop packets that have crossed more than this many hops; 1 is a directly connected peer.',
      examples: [1],
      'x-unit': 'hops',
    }),
  password: text.optional().meta({
    description: 'TCP MD5 key (RFC 2385), at most 80 bytes. Better: `password-file` or `password-env`.',
    examples: ['not-a-good-key'],
  }),
  'password-file': text.optional().meta({
    description:
      'File that holds the TCP MD5 key; a newline at its end is ignored. A relative path starts at the folder of the configuration file.',
    examples: ['/etc/bellhop/tor-1.key'],
  }),
  'password-env': text.optional().meta({
    description: 'Environment variable that holds the TCP MD5 key.',
    examples: ['BELLHOP_TOR_1_KEY'],
  }),
  families: z
    .array(z.enum(familyNames))
    .min(1)
    .optional()
    .meta({
      description:
        'Address families offered to the peer (RFC 4760). Default: `ipv4-unicast` for an IPv4 peer, `ipv6-unicast` for an IPv6 peer.',
      examples: [['ipv4-unicast']],
      title: 'list of families',
    }),
  'next-hop': nextHop.optional().meta({
    description:
      'Next hop of routes announced to the peer: `self`, `unchanged`, `third-party` (as received when the peer is in the same subnet, else `self`), or an address or a list of one IPv4 and one IPv6 address to write instead of our own. Default: `self` towards eBGP, `unchanged` towards iBGP (RFC 4271 5.1.3).',
    examples: ['self'],
  }),
  import: policyNames.optional().meta({
    description:
      'Policies for routes from the peer: `accept`, `reject`, `own-networks-only`, or names of `policies`; several are tried in turn. Without one an eBGP peer is heard, but nothing is accepted (RFC 8212); an iBGP peer defaults to `accept`.',
    examples: ['accept'],
  }),
  export: policyNames.optional().meta({
    description:
      'Policies for routes to the peer, as for `import`. Without one nothing is announced to an eBGP peer (RFC 8212); an iBGP peer defaults to `accept`.',
    examples: ['accept'],
  }),
  'four-octet-as': flag.optional().meta({
    description: 'Offer 4-octet AS numbers (RFC 6793).',
    default: PEER_DEFAULTS['four-octet-as'],
  }),
  'extended-message': flag.optional().meta({
    description: 'Offer messages of up to 65535 bytes (RFC 8654).',
    default: PEER_DEFAULTS['extended-message'],
  }),
  ...peerFeatureShape,
};

/** Keys of a peer we may dial: those of every peer, and how to reach it. */
export const dialledPeerShape = {
  ...sharedPeerShape,
  passive: flag.optional().meta({
    description: 'Wait for the peer to connect, never dial.',
    default: PEER_DEFAULTS.passive,
  }),
  port: wholeNumber(1, 65_535).optional().meta({
    description: 'TCP port that the peer listens on.',
    default: PEER_DEFAULTS.port,
  }),
  'connect-retry': duration({ minimum: 0.1, maximum: DAY_SECONDS })
    .optional()
    .meta({
      description: 'Pause between attempts to connect (RFC 4271 8.1.3).',
      default: PEER_DEFAULTS['connect-retry'],
      examples: ['30s'],
      'x-unit': 'seconds',
    }),
};

const peerGroup = text.optional().meta({
  description: 'Name of the peer group to inherit from.',
  examples: ['fabric'],
});

/** Keys of a neighbor. */
export const neighborShape = {
  address: unicastAddress.meta({
    description: 'Address of the peer; a link-local one with its interface, `fe80::1%eth0`.',
    examples: ['10.0.0.2'],
  }),
  'peer-group': peerGroup,
  ...dialledPeerShape,
};

/** Keys of a range of addresses from which peers may connect. */
export const dynamicNeighborShape = {
  prefix: prefix.meta({
    description: 'Peers may connect from these addresses. Of overlapping ranges the longest prefix wins.',
    examples: ['10.1.0.0/16'],
  }),
  limit: wholeNumber(1, MAX_PEERS).optional().meta({
    description: 'Sessions from this range at a time; one more is refused.',
    default: DEFAULT_DYNAMIC_LIMIT,
    'x-unit': 'sessions',
  }),
  'peer-group': peerGroup,
  ...sharedPeerShape,
};
