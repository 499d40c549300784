/**
 * The policy part of the schema: sets, policies, their tests. Shapes only: what the texts mean is read in
 * `policy-sets.ts`, `policy-match.ts` and `policy-actions.ts`, where a mistake inside of a list is reported at its item.
 *
 * Over 300 lines because the description of every key is here, once.
 */
import { z } from 'zod';
import { text } from './schema-types.ts';

const words = z.union([z.string(), z.array(z.string()).min(1)]).meta({ title: 'name or list of names' });
const numberOrText = z.union([z.number(), z.string()]);
const range = numberOrText.meta({ title: 'number, `>= 10`, `<= 10` or `10-20`' });
const asItems = z
  .union([z.number(), z.string(), z.array(numberOrText).min(1)])
  .meta({ title: 'AS numbers, ranges or AS sets' });
const communityItems = z
  .union([z.string(), z.array(z.string())])
  .meta({ title: 'communities, patterns or community sets' });
const change = numberOrText.meta({ title: 'number, or `"+10"`, `"-10"`' });

/** The policies of a neighbor in one direction; a chain when there are several. */
export const policyNames = z
  .union([z.string(), z.array(z.string()).min(1)])
  .meta({ title: 'name of a policy, or list of names' });

const matchSchema: z.ZodType = z.lazy(() => z.strictObject(matchShape));

/** Conditions; all of them must hold. */
export const matchShape = {
  'prefix-set': words.optional().meta({
    description: 'The prefix is in one of these prefix sets.',
    examples: ['bogons'],
  }),
  prefix: words.optional().meta({
    description:
      'The prefix is one of these: `PREFIX`, `PREFIX ge 20`, `PREFIX le 24`, `PREFIX ge 20 le 24`.',
    examples: ['10.0.0.0/8 le 24'],
    title: 'prefix range or list of them',
  }),
  'prefix-length': range
    .optional()
    .meta({ description: 'Length of the prefix in bits.', examples: ['>= 25'], 'x-unit': 'bits' }),
  family: words.optional().meta({ description: 'Address family of the route.', examples: ['ipv6-unicast'] }),
  source: words.optional().meta({
    description:
      'Where the route was learned: `local` (our own networks), `internal` (iBGP) or `external` (eBGP).',
    examples: ['external'],
    title: 'source or list of sources',
  }),
  neighbor: words.optional().meta({
    description:
      'The neighbor the policy is applied to, by address or range of addresses: at import the one that sent the route, at export the one that would hear it.',
    examples: ['10.0.0.2'],
    title: 'address, prefix or list of them',
  }),
  'peer-group': words.optional().meta({
    description: 'The peer group of the neighbor the policy is applied to.',
    examples: ['fabric'],
  }),
  'from-neighbor': words.optional().meta({
    description: 'The neighbor the route was learned from, by address or range of addresses.',
    examples: ['10.0.0.2'],
    title: 'address, prefix or list of them',
  }),
  'from-peer-group': words.optional().meta({
    description: 'The peer group of the neighbor the route was learned from.',
    examples: ['fabric'],
  }),
  'as-path-set': words.optional().meta({
    description: 'A pattern of one of these AS-path sets is found in the path.',
    examples: ['customers'],
  }),
  'as-path': words.optional().meta({
    description:
      'One of these patterns is found in the path. Regular expressions in the form of Cisco and FRR: `_` is a blank, a comma, a bracket or an end of the path.',
    examples: ['^65010(_|$)'],
    title: 'pattern or list of patterns',
  }),
  'as-path-length': range.optional().meta({
    description: 'Length of the path as selection counts it: an AS set is one, a confederation nothing.',
    examples: ['<= 20'],
    'x-unit': 'AS numbers',
  }),
  'as-path-contains': asItems.optional().meta({
    description: 'One of these AS numbers is in the path.',
    examples: ['bogon-asns'],
  }),
  'origin-as': asItems.optional().meta({
    description: 'The last AS of the path, which originated the route, is one of these.',
    examples: [65010],
  }),
  'neighbor-as': asItems.optional().meta({
    description: 'The first AS of the path is one of these.',
    examples: [65010],
  }),
  community: z
    .unknown()
    .optional()
    .meta({
      description:
        'The route has one of these communities: `65000:1`, `65000:*`, `65000:100-199`, `no-export`, `large:65000:1:*`, `rt:65000:*`, or the name of a community set. With keys: `any`, `all` and `none` of a list.',
      examples: ['no-export'],
      title: 'communities, or keys `any`, `all`, `none`',
    }),
  'community-set': words.optional().meta({
    description: 'The route has a community of one of these sets.',
    examples: ['internal'],
  }),
  'community-count': range
    .optional()
    .meta({ description: 'Number of standard communities.', examples: ['<= 50'] }),
  'extended-community-count': range
    .optional()
    .meta({ description: 'Number of extended communities.', examples: ['<= 50'] }),
  'large-community-count': range
    .optional()
    .meta({ description: 'Number of large communities.', examples: ['<= 50'] }),
  med: range.optional().meta({
    description: 'MED. A route without one matches `none` and nothing else.',
    examples: ['<= 100'],
    title: 'number, range or `none`',
  }),
  'local-pref': range
    .optional()
    .meta({ description: 'LOCAL_PREF; 100 when the route has none.', examples: [200] }),
  origin: words
    .optional()
    .meta({ description: 'ORIGIN: `igp`, `egp` or `incomplete`.', examples: ['incomplete'] }),
  'next-hop': words.optional().meta({
    description: 'The next hop is one of these addresses, or in one of these prefixes or prefix sets.',
    examples: ['192.0.2.0/24'],
    title: 'addresses, prefixes or prefix sets',
  }),
  not: matchSchema.optional().meta({ description: 'These conditions do not all hold.', title: 'conditions' }),
  any: z
    .array(matchSchema)
    .min(1)
    .optional()
    .meta({ description: 'One of these sets of conditions holds.', title: 'list of conditions' }),
  all: z
    .array(matchSchema)
    .min(1)
    .optional()
    .meta({ description: 'All of these sets of conditions hold.', title: 'list of conditions' }),
};

const prependShape = {
  as: numberOrText.meta({
    description: 'What is put in front: `own` (our AS), `last` (the first AS of the path) or a number.',
    examples: ['own'],
    title: '`own`, `last` or AS number',
  }),
  count: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'How many times.', default: 1, title: 'number' }),
};

const communityChangeShape = {
  add: communityItems.optional().meta({
    description: 'Communities the route gets, those of a set included; no patterns.',
    examples: ['65000:1'],
  }),
  remove: communityItems.optional().meta({
    description: 'Communities the route loses: patterns and sets too. Done before `add`.',
    examples: ['65000:*'],
  }),
  set: communityItems.optional().meta({
    description:
      'Communities instead of those the route has of the same kinds; `[]` removes all of all kinds. Alone.',
    examples: ['65000:1'],
  }),
};

/** What a term changes. */
export const setShape = {
  'local-pref': change.optional().meta({ description: 'LOCAL_PREF.', examples: [200] }),
  med: change.optional().meta({
    description:
      'MED: a number, a change such as `"+10"`, or `none`. At export it is sent to eBGP peers too.',
    examples: [100],
  }),
  aigp: numberOrText.optional().meta({
    description: 'AIGP metric (RFC 7311), or `none`. Never sent to eBGP peers.',
    examples: [1000],
    title: 'number or `none`',
  }),
  origin: z
    .enum(['igp', 'egp', 'incomplete'])
    .optional()
    .meta({ description: 'ORIGIN.', examples: ['igp'] }),
  'remove-private-as': z
    .enum(['only-private', 'leading', 'all', 'replace'])
    .optional()
    .meta({
      description:
        'Private AS numbers (RFC 6996) in the path: `only-private` removes them if there are no others, `leading` those before the first other one, `all` every one, `replace` puts our own AS in their place.',
      examples: ['all'],
    }),
  prepend: z
    .strictObject(prependShape)
    .optional()
    .meta({ description: 'Lengthens the AS path; at export our AS comes in front of it as always.' }),
  community: z
    .strictObject(communityChangeShape)
    .optional()
    .meta({ description: 'Standard, extended and large communities.' }),
  'next-hop': z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .meta({
      description:
        'Next hop: `self` (our address on the session), `unchanged` (at export: as received), an address, or one IPv4 and one IPv6 address.',
      examples: ['self'],
      title: '`self`, `unchanged`, address or list of addresses',
    }),
};

/** One entry of a policy. */
export const termShape = {
  name: text.optional().meta({ description: 'Shown by explain.', examples: ['no-bogons'] }),
  match: matchSchema.optional().meta({
    description: 'Conditions that must all hold. Default: every route.',
    title: 'conditions, see below',
  }),
  set: z.strictObject(setShape).optional().meta({ description: 'What changes in a route that matches.' }),
  // biome-ignore lint/suspicious/noThenProperty: the key of the file; a shape is never awaited
  then: z
    .enum(['accept', 'reject', 'next'])
    .optional()
    .meta({
      description:
        '`accept` or `reject` ends the evaluation; `next` goes on with the next term. Default: `next` for a term that has `set`.',
      examples: ['accept'],
    }),
  default: z
    .enum(['accept', 'reject'])
    .optional()
    .meta({
      description:
        'As the last entry, alone: what happens at the end of the policy. Without it the next policy of the chain goes on, and behind the last one the route is rejected.',
      examples: ['accept'],
    }),
};

const testRouteShape = {
  prefix: text.meta({ description: 'Prefix of the route.', examples: ['198.51.100.0/24'] }),
  source: z
    .enum(['local', 'internal', 'external'])
    .optional()
    .meta({ description: 'Where it was learned.', default: 'external' }),
  from: text
    .optional()
    .meta({ description: 'Address of the neighbor it was learned from.', examples: ['10.0.0.2'] }),
  attributes: z
    .record(z.string(), z.unknown().meta({ description: 'Value of the attribute.' }))
    .optional()
    .meta({
      description:
        'Attributes by name, in the JSON form of docs/wire.md; `asPath` may be text such as `65001 65002`.',
      title: 'attributes by name',
    }),
};

/** One test of a policy. */
export const policyTestShape = {
  name: text.meta({ description: 'What is tested.', examples: ['bogons are rejected'] }),
  policy: policyNames.optional().meta({
    description: 'The policies under test. Default: those of `neighbor`.',
    examples: ['from-transit'],
  }),
  neighbor: text
    .optional()
    .meta({ description: 'Address of the neighbor they are applied to.', examples: ['10.0.0.2'] }),
  direction: z
    .enum(['import', 'export'])
    .optional()
    .meta({ description: 'Direction in which they are applied.', default: 'import' }),
  route: z.strictObject(testRouteShape).meta({ description: 'The route that goes in.' }),
  expect: z.enum(['accept', 'reject']).meta({ description: 'The verdict.', examples: ['accept'] }),
  'decided-by': text
    .optional()
    .meta({ description: 'Name of the term that must decide.', examples: ['no-bogons'] }),
  attributes: z
    .record(z.string(), z.unknown().meta({ description: 'Value of the attribute.' }))
    .optional()
    .meta({
      description:
        'Attributes that must come out, in the form of those that go in; `null` for one that must be absent. Others are not looked at.',
      title: 'attributes by name',
    }),
};

/** Keys of the top level. */
export const policyTopShape = {
  'prefix-sets': z
    .record(z.string(), z.array(z.string()).meta({ description: 'Prefix ranges.' }))
    .optional()
    .meta({
      description:
        'Lists of prefixes by name: `PREFIX`, with `ge` and `le` for the lengths below it. Built in: `bogons`.',
      title: 'lists of prefix ranges by name',
    }),
  'as-path-sets': z
    .record(z.string(), z.array(z.string()).meta({ description: 'Patterns.' }))
    .optional()
    .meta({ description: 'Lists of AS-path patterns by name.', title: 'lists of patterns by name' }),
  'as-sets': z
    .record(z.string(), z.array(numberOrText).meta({ description: 'AS numbers and ranges.' }))
    .optional()
    .meta({
      description:
        'Lists of AS numbers and ranges (`65001-65099`) by name. Built in: `bogon-asns`, `private-asns`.',
      title: 'lists of AS numbers by name',
    }),
  'community-sets': z
    .record(z.string(), z.array(z.string()).meta({ description: 'Communities and patterns.' }))
    .optional()
    .meta({
      description: 'Lists of communities and patterns by name, of all kinds.',
      title: 'lists of communities by name',
    }),
  policies: z
    .record(
      z.string(),
      z
        .array(z.strictObject(termShape))
        .meta({ description: 'Terms, tried in order.', title: 'list of terms' }),
    )
    .optional()
    .meta({
      description:
        'Policies by name: lists of terms, tried in order. Built in: `accept`, `reject`, `own-networks-only`.',
      title: 'policies by name, see below',
    }),
  import: policyNames.optional().meta({
    description: 'Policies for routes from neighbors that have no `import`, nor has their peer group.',
    examples: ['from-transit'],
  }),
  export: policyNames.optional().meta({
    description: 'Policies for routes to neighbors that have no `export`, nor has their peer group.',
    examples: ['own-networks-only'],
  }),
  tests: z
    .array(z.strictObject(policyTestShape))
    .optional()
    .meta({ description: 'Tests of the policies, run by `bellhop policy test`.' }),
};
