/**
 * The part of the peer schema that says what is special about a session: limits, AS numbers, communities, roles,
 * shutdown. As everywhere, nothing has a zod default: a peer group stands in between.
 */
import { z } from 'zod';
import { asNumber, duration, flag, percentage, shutdown, wholeNumber } from './schema-types.ts';

const MAX_COUNT = 2 ** 26;

/** What a peer gets when neither its neighbor entry nor its peer group says otherwise. Times in seconds. */
export const FEATURE_DEFAULTS = {
  'allow-own-as': 0,
  'advertisement-interval': 0,
  'send-communities': ['standard', 'large', 'extended'],
} as const;

/** Defaults inside of `max-prefixes`. */
export const LIMIT_DEFAULTS = {
  action: 'restart',
  counts: 'received',
  threshold: 80,
  'restart-after': 300,
} as const;

const maxPrefixes = z.strictObject({
  count: wholeNumber(1, MAX_COUNT).meta({
    description: 'Prefixes of each family that the peer may have; one more is too many.',
    examples: [1000],
    'x-unit': 'prefixes',
  }),
  action: z.enum(['warn', 'block', 'restart', 'shutdown']).optional().meta({
    description:
      'What happens to one more: `warn` only says so; `block` keeps the session and refuses it, until there is room and the peer announces it again (`bellhop refresh`); `restart` ends the session with Cease/1 and connects again after `restart-after`; `shutdown` ends it until the configuration of the neighbor changes.',
    default: LIMIT_DEFAULTS.action,
  }),
  counts: z.enum(['received', 'accepted']).optional().meta({
    description: 'What is counted: all that the peer announces, or what is accepted of it.',
    default: LIMIT_DEFAULTS.counts,
  }),
  threshold: percentage.optional().meta({
    description: 'Part of `count` at which a warning is due.',
    default: '80%',
    examples: ['80%'],
  }),
  'restart-after': duration({ minimum: 1, maximum: 604_800 })
    .optional()
    .meta({
      description: 'Pause before the next session with `action: restart`.',
      default: LIMIT_DEFAULTS['restart-after'],
      examples: ['5m'],
      'x-unit': 'seconds',
    }),
});

const localAs = z.strictObject({
  as: asNumber.meta({
    description: 'AS number to go by on this session; neither ours nor that of the peer.',
    examples: [64999],
  }),
  'no-prepend': flag.optional().meta({
    description: 'Do not put it in front of the paths received from the peer.',
    default: false,
  }),
  'replace-as': flag.optional().meta({
    description: 'Do not show our real AS number behind it in announcements to the peer.',
    default: false,
  }),
});

/** Keys of a peer. */
export const peerFeatureShape = {
  shutdown: shutdown.optional().meta({
    description:
      'Keep the session down: `true`, or a text that the peer is told with Cease/2 (RFC 9003), at most 255 bytes.',
    default: false,
    examples: ['maintenance until 18:00'],
  }),
  'graceful-shutdown': flag.optional().meta({
    description:
      'The session will be shut down (RFC 8326): an eBGP peer hears the community `graceful-shutdown` with every route, an iBGP peer LOCAL_PREF 0, and routes from an eBGP peer get LOCAL_PREF 0. Default: what the top of the file says. Routes that an eBGP peer marks get LOCAL_PREF 0 always.',
    default: false,
  }),
  'max-prefixes': maxPrefixes.optional().meta({
    description: 'How many prefixes of each family the peer may announce, and what happens then.',
  }),
  'max-prefixes-out': wholeNumber(1, MAX_COUNT)
    .optional()
    .meta({
      description:
        'Most prefixes of each family that the peer is told; the rest is withheld until others go. A smaller number takes nothing back.',
      examples: [500],
      'x-unit': 'prefixes',
    }),
  role: z
    .enum(['provider', 'customer', 'peer', 'rs-server', 'rs-client'])
    .optional()
    .meta({
      description:
        'What we are to the eBGP peer (RFC 9234): offered in OPEN, where a peer that does not match is refused; route leaks are rejected, and ONLY_TO_CUSTOMER is added and respected.',
      examples: ['customer'],
    }),
  'role-strict': flag.optional().meta({
    description: 'Refuse a peer that does not say its role (RFC 9234 4.2).',
    default: false,
  }),
  'enforce-first-as': flag.optional().meta({
    description:
      "Do not accept routes from an eBGP peer whose AS_PATH does not begin with the peer's AS (RFC 4271 6.3). Default: true, but false with `role: rs-client`, as route servers do not add theirs.",
    examples: [true],
  }),
  'local-as': localAs.optional().meta({
    description: 'Another AS number than ours for this eBGP session, as in a migration.',
  }),
  'allow-own-as': wholeNumber(0, 255).optional().meta({
    description: 'How often our own AS may be in AS_PATH of routes from the peer without being a loop.',
    default: FEATURE_DEFAULTS['allow-own-as'],
  }),
  'allow-as-sets': flag.optional().meta({
    description:
      'Take routes with an AS_SET or AS_CONFED_SET in AS_PATH from the peer, and tell it such routes; else they are withdrawn and kept back (RFC 9774).',
    default: false,
  }),
  'as-override': flag.optional().meta({
    description: "In announcements to the eBGP peer, write our AS where the path has the peer's.",
    default: false,
  }),
  'remove-private-as': z
    .enum(['all', 'leading', 'only', 'replace-all', 'replace-leading', 'replace-only'])
    .optional()
    .meta({
      description:
        "Take private AS numbers (RFC 6996) out of announcements to the eBGP peer: `all` of them, the `leading` ones up to the first public number, or `only` when the path has no public one. `replace-...` writes our AS instead. The peer's own number stays.",
      examples: ['all'],
    }),
  'send-communities': z
    .array(z.enum(['standard', 'large', 'extended']))
    .optional()
    .meta({
      description: 'Kinds of communities that the peer hears; `[]` for none.',
      default: FEATURE_DEFAULTS['send-communities'],
      examples: [['standard', 'large']],
      title: 'list of `standard`, `large`, `extended`',
    }),
  'advertisement-interval': duration({ minimum: 0, maximum: 600 })
    .optional()
    .meta({
      description:
        'Least time between two batches of changes to the peer (RFC 4271 9.2.1.1); the first table is sent without.',
      default: FEATURE_DEFAULTS['advertisement-interval'],
      examples: ['5s'],
      'x-unit': 'seconds',
    }),
  'default-originate': flag.optional().meta({
    description:
      'Announce a default route of our own to the peer, for each family, whatever is in the table and whatever the export policy says; an eBGP peer needs an export policy all the same (RFC 8212).',
    default: false,
  }),
  'route-server-client': flag.optional().meta({
    description:
      'The eBGP peer is a client of this route server (RFC 7947): it hears AS_PATH and MED as they are, and the next hop too unless `next-hop` says otherwise.',
    default: false,
  }),
  'route-reflector-client': flag.optional().meta({
    description: 'The iBGP peer is a client of this route reflector (RFC 4456).',
    default: false,
  }),
};
