/**
 * The attribute words of a route: what is sent, what only steers bellhop (`split`, `watchdog`, `withdraw`), and what
 * cannot be obeyed and why. Communities keep their order, as in ExaBGP.
 */
import type { OwnRoute } from '../../speaker/own-routes.ts';
import {
  addressOf,
  aggregatorOf,
  asNumberOf,
  communityOf,
  extendedCommunityOf,
  identifierOf,
  largeCommunityOf,
  numberOf,
} from './values.ts';
import { CommandError, type Words } from './words.ts';

/** What the words after a prefix say. */
export interface RouteWords {
  attributes: Omit<OwnRoute, 'prefix' | 'peers'>;
  /** A next hop was given; `self` leaves it out of the attributes. */
  hasNextHop: boolean;
  /** Announce the prefixes of this length inside instead. */
  split: number | undefined;
  watchdog: string | undefined;
  /** With `watchdog`: not announced before its watchdog is. */
  held: boolean;
  /** What was understood but cannot be obeyed. */
  notes: string[];
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Reader = (words: Words, into: RouteWords, attributes: Writable<RouteWords['attributes']>) => void;

const LABELS = 'bellhop announces plain unicast routes, without labels and route distinguishers';

const refuse =
  (reason: string): Reader =>
  () => {
    throw new CommandError(reason);
  };

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'next-hop',
    (words, into, attributes) => {
      const text = words.next('next hop');
      into.hasNextHop = true;
      attributes.nextHop = text.toLowerCase() === 'self' ? undefined : addressOf(text, 'next hop');
    },
  ],
  [
    'origin',
    (words, _into, attributes) => {
      const text = words.next('origin').toLowerCase();
      if (text !== 'igp' && text !== 'egp' && text !== 'incomplete')
        throw new CommandError(`origin ${text} is not igp, egp or incomplete`);
      attributes.origin = text;
    },
  ],
  [
    'med',
    (words, _into, attributes) => {
      attributes.med = numberOf(words.next('med'), 'med');
    },
  ],
  [
    'local-preference',
    (words, _into, attributes) => {
      attributes.localPref = numberOf(words.next('local-preference'), 'local-preference');
    },
  ],
  [
    'as-path',
    (words, _into, attributes) => {
      const items = words.list('as-path');
      if (items.some((item) => item === '(' || item === '['))
        throw new CommandError('AS_SET is not used any more (RFC 9774); write the path as one list');
      attributes.asPath = items.map(asNumberOf);
      attributes.asPathAsIs = items.length > 0;
    },
  ],
  [
    'community',
    (words, _into, attributes) => {
      attributes.communities = unique(words.list('community').map(communityOf));
      attributes.communitiesAsIs = true;
    },
  ],
  [
    'large-community',
    (words, _into, attributes) => {
      attributes.largeCommunities = unique(words.list('large-community')).map(largeCommunityOf);
    },
  ],
  [
    'extended-community',
    (words, _into, attributes) => {
      attributes.extendedCommunities = unique(words.list('extended-community').map(extendedCommunityOf));
    },
  ],
  [
    'atomic-aggregate',
    (_words, _into, attributes) => {
      attributes.atomicAggregate = true;
    },
  ],
  [
    'aggregator',
    (words, _into, attributes) => {
      const isInParentheses = words.take('(');
      attributes.aggregator = aggregatorOf(words.next('aggregator'));
      if (isInParentheses && !words.take(')')) throw new CommandError('aggregator ( without )');
    },
  ],
  [
    'originator-id',
    (words, _into, attributes) => {
      attributes.originatorId = identifierOf(words.next('originator-id'), 'originator-id');
    },
  ],
  [
    'cluster-list',
    (words, _into, attributes) => {
      const items = words.list('cluster-list');
      attributes.clusterList = items.map((item) => identifierOf(item, 'cluster-list'));
    },
  ],
  [
    'path-information',
    (words, into) => {
      const text = words.next('path-information');
      if (/^\d/.test(text) && !text.includes('.')) numberOf(text, 'path-information');
      else identifierOf(text, 'path-information');
      into.notes.push(
        'path-information is not sent: bellhop has one route for a prefix and process, the last one announced',
      );
    },
  ],
  [
    'split',
    (words, into) => {
      const length = /^\/(\d{1,3})$/.exec(words.next('split'))?.[1];
      if (length === undefined) throw new CommandError('split needs a length, such as /24');
      into.split = Number(length);
    },
  ],
  [
    'watchdog',
    (words, into) => {
      into.watchdog = words.next('watchdog');
    },
  ],
  [
    'withdraw',
    (_words, into) => {
      into.held = true;
    },
  ],
  ['name', (words) => void words.next('name')],
  ['label', refuse(LABELS)],
  ['rd', refuse(LABELS)],
  ['route-distinguisher', refuse(LABELS)],
  ['bgp-prefix-sid', refuse('bellhop does not originate BGP-Prefix-SID')],
  ['bgp-prefix-sid-srv6', refuse('bellhop does not originate BGP-Prefix-SID')],
  ['aigp', refuse('bellhop does not originate AIGP')],
  ['attribute', refuse('bellhop does not originate attributes given as bytes')],
]);

/** Names of all attribute words. */
export const ATTRIBUTE_WORDS: readonly string[] = [...READERS.keys()];

/** Reads words until they end, or until `nlri` when that is where routes begin. */
export function readRouteWords(words: Words): RouteWords {
  const into: RouteWords = {
    attributes: {},
    hasNextHop: false,
    split: undefined,
    watchdog: undefined,
    held: false,
    notes: [],
  };
  for (let word = words.peek(); word !== undefined && word !== 'nlri'; word = words.peek()) {
    words.next('attribute');
    const read = READERS.get(word);
    if (read === undefined) throw new CommandError(`${word} is not an attribute`);
    read(words, into, into.attributes);
  }
  if (into.held && into.watchdog === undefined)
    throw new CommandError('withdraw behind a route needs a watchdog that announces it later');
  return into;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
