/**
 * `match:` of a term to conditions. One function for each key; several keys must all hold, of a list one must.
 */
import { canonicalAddress } from '../base/address.ts';
import type {
  CommunityPattern,
  Condition,
  ConditionTest,
  NeighborPattern,
  NumberRange,
  OriginName,
  PrefixRange,
  RouteSource,
} from '../policy/types.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import { type Item, itemsOf, type PolicySets, reportComplaint } from './policy-sets.ts';
import {
  MAX_U32,
  parseAddressRange,
  parseAsPathPattern,
  parseAsRange,
  parseCommunityItem,
  parseNumberRange,
  parsePrefixRange,
} from './policy-values.ts';
import { Complaint } from './schema-types.ts';
import { suggest } from './suggest.ts';

/** What the keys of a match are resolved against. */
export interface MatchContext {
  readonly sets: PolicySets;
  /** Names of the peer groups of the file. */
  readonly groups: readonly string[];
  readonly report: Report;
}

type Reader = (value: unknown, path: KeyPath, context: MatchContext) => ConditionTest | undefined;

/** The conditions of a match, in the order of the file. What is wrong has been reported and is left out. */
export function resolveMatch(match: unknown, path: KeyPath, context: MatchContext): Condition[] {
  if (typeof match !== 'object' || match === null || Array.isArray(match)) return [];
  return Object.entries(match).flatMap(([key, value]) => {
    const read = READERS[key];
    // A key that is unknown or has no value has been reported with the schema.
    if (read === undefined || value === null || value === undefined) return [];
    const test = read(value, [...path, key], context);
    return test === undefined ? [] : [{ ...test, text: conditionText(key, value) }];
  });
}

const READERS: Readonly<Record<string, Reader>> = {
  'prefix-set': (value, path, { sets }) => ({
    kind: 'prefix',
    ranges: joined(itemsOf(value, path).map((item) => sets.prefixes.find(item))),
  }),
  prefix: (value, path, { report }) => ({
    kind: 'prefix',
    ranges: each(value, path, report, (text) => parsePrefixRange(String(text))),
  }),
  'prefix-length': (value, path, { report }) => {
    const range = numberRange(value, path, report, 128);
    return range && { kind: 'prefix-length', range };
  },
  family: (value, path, { report }) => ({
    kind: 'family',
    families: each(value, path, report, parseFamily),
  }),
  source: (value, path, { report }) => ({
    kind: 'source',
    sources: each(value, path, report, (text) =>
      wordOf<RouteSource>(text, ['local', 'internal', 'external']),
    ),
  }),
  neighbor: (value, path, { report }) => ({
    kind: 'neighbor',
    patterns: each(value, path, report, parseNeighbor),
  }),
  'from-neighbor': (value, path, { report }) => ({
    kind: 'from',
    patterns: each(value, path, report, parseNeighbor),
  }),
  'peer-group': (value, path, context) => ({ kind: 'neighbor', patterns: groups(value, path, context) }),
  'from-peer-group': (value, path, context) => ({ kind: 'from', patterns: groups(value, path, context) }),
  'as-path-set': (value, path, { sets }) => ({
    kind: 'as-path',
    patterns: joined(itemsOf(value, path).map((item) => sets.asPaths.find(item))),
  }),
  'as-path': (value, path, { report }) => ({
    kind: 'as-path',
    patterns: each(value, path, report, (text) => parseAsPathPattern(String(text))),
  }),
  'as-path-length': (value, path, { report }) => {
    const range = numberRange(value, path, report);
    return range && { kind: 'as-path-length', range };
  },
  'as-path-contains': (value, path, context) => ({
    kind: 'as-path-contains',
    ranges: asRanges(value, path, context),
  }),
  'origin-as': (value, path, context) => ({ kind: 'origin-as', ranges: asRanges(value, path, context) }),
  'neighbor-as': (value, path, context) => ({ kind: 'neighbor-as', ranges: asRanges(value, path, context) }),
  community: resolveCommunity,
  'community-set': (value, path, { sets }) => ({
    kind: 'community',
    quantifier: 'any',
    patterns: joined(itemsOf(value, path).map((item) => sets.communities.find(item))),
  }),
  'community-count': communityCount('standard'),
  'extended-community-count': communityCount('extended'),
  'large-community-count': communityCount('large'),
  med: (value, path, { report }) => {
    if (value === 'none') return { kind: 'med', range: undefined };
    const range = numberRange(value, path, report);
    return range && { kind: 'med', range };
  },
  'local-pref': (value, path, { report }) => {
    const range = numberRange(value, path, report);
    return range && { kind: 'local-pref', range };
  },
  origin: (value, path, { report }) => ({
    kind: 'origin',
    origins: each(value, path, report, (text) => wordOf<OriginName>(text, ['igp', 'egp', 'incomplete'])),
  }),
  'next-hop': (value, path, { sets, report }) => ({
    kind: 'next-hop',
    ranges: joined(
      itemsOf(value, path).map((item) => {
        if (sets.prefixes.has(String(item.value))) return sets.prefixes.get(String(item.value));
        const range = reportComplaint(parseAddressRange(String(item.value)), item.path, report);
        return range === undefined ? [] : [range];
      }),
    ),
  }),
  not: (value, path, context) => ({ kind: 'not', of: group(value, path, context) }),
  any: (value, path, context) => ({ kind: 'any', of: groupsOf(value, path, context) }),
  all: (value, path, context) => ({ kind: 'all', of: groupsOf(value, path, context) }),
};

/** Several conditions as one. */
function group(value: unknown, path: KeyPath, context: MatchContext): Condition {
  const of = resolveMatch(value, path, context);
  return of.length === 1 ? of[0]! : { kind: 'all', of, text: of.map(({ text }) => text).join(', ') };
}

function groupsOf(value: unknown, path: KeyPath, context: MatchContext): Condition[] {
  return Array.isArray(value) ? value.map((entry, i) => group(entry, [...path, i], context)) : [];
}

/** One list stays the same object: what is compiled of it is found by it. */
function joined<Value>(lists: readonly (readonly Value[])[]): readonly Value[] {
  return lists.length === 1 ? lists[0]! : lists.flat();
}

function each<Value>(
  value: unknown,
  path: KeyPath,
  report: Report,
  parse: (value: string | number) => Value | Complaint,
): Value[] {
  return itemsOf(value, path)
    .map((item) => reportComplaint(parse(item.value), item.path, report))
    .filter((result) => result !== undefined);
}

function numberRange(
  value: unknown,
  path: KeyPath,
  report: Report,
  maximum = MAX_U32,
): NumberRange | undefined {
  return each(value, path, report, (text) => parseNumberRange(text, maximum))[0];
}

function asRanges(value: unknown, path: KeyPath, { sets, report }: MatchContext): readonly NumberRange[] {
  return joined(
    itemsOf(value, path).map((item) => {
      if (sets.asns.has(String(item.value))) return sets.asns.get(String(item.value));
      if (/^[a-z]/i.test(String(item.value))) return sets.asns.find(item);
      const range = reportComplaint(parseAsRange(item.value), item.path, report);
      return range === undefined ? [] : [range];
    }),
  );
}

function communityCount(of: 'standard' | 'extended' | 'large'): Reader {
  return (value, path, { report }) => {
    const range = numberRange(value, path, report);
    return range && { kind: 'community-count', of, range };
  };
}

const QUANTIFIERS = ['any', 'all', 'none'] as const;

function resolveCommunity(value: unknown, path: KeyPath, context: MatchContext): ConditionTest | undefined {
  const { report } = context;
  if (typeof value === 'string' || Array.isArray(value))
    return { kind: 'community', quantifier: 'any', patterns: communityPatterns(value, path, context) };
  if (typeof value !== 'object' || value === null) {
    report.error(path, '`community` should be a list of communities', 'write `community: [65000:1]`');
    return undefined;
  }
  const of: Condition[] = [];
  for (const [key, items] of Object.entries(value)) {
    const quantifier = QUANTIFIERS.find((word) => word === key);
    if (quantifier === undefined) {
      const meant = suggest(key, QUANTIFIERS);
      const hint = meant === undefined ? 'known here: any, all, none' : `did you mean \`${meant}\`?`;
      report.error([...path, key], `unknown key \`${key}\``, hint, 'key');
      continue;
    }
    const patterns = communityPatterns(items, [...path, key], context);
    of.push({ kind: 'community', quantifier, patterns, text: conditionText(key, items) });
  }
  return { kind: 'all', of };
}

function communityPatterns(
  value: unknown,
  path: KeyPath,
  { sets, report }: MatchContext,
): readonly CommunityPattern[] {
  return joined(
    itemsOf(value, path).map((item) => {
      const text = String(item.value);
      if (sets.communities.has(text)) return sets.communities.get(text);
      return communityItem(item, sets, report);
    }),
  );
}

/** The community that an item names; one that looks like the name of a set is reported as that. */
export function communityItem(item: Item, sets: PolicySets, report: Report): readonly CommunityPattern[] {
  const text = String(item.value);
  const result = parseCommunityItem(text);
  if (result instanceof Complaint && !text.includes(':')) return sets.communities.find(item);
  const pattern = reportComplaint(result, item.path, report);
  return pattern === undefined ? [] : [pattern];
}

function parseFamily(value: string | number): number | Complaint {
  const found = UNICAST_FAMILIES.find(({ name }) => name === value || name === `${value}-unicast`);
  return (
    found?.index ?? new Complaint(`\`${value}\` is not a family`, 'write `ipv4-unicast` or `ipv6-unicast`')
  );
}

function wordOf<Word extends string>(value: string | number, words: readonly Word[]): Word | Complaint {
  const meant = suggest(String(value), words);
  return (
    words.find((word) => word === value) ??
    new Complaint(
      `\`${value}\` is not one of ${words.join(', ')}`,
      meant === undefined ? `write \`${words[0]}\`` : `did you mean \`${meant}\`?`,
    )
  );
}

function parseNeighbor(value: string | number): NeighborPattern | Complaint {
  const text = String(value);
  const address = canonicalAddress(text);
  if (address !== undefined) return { kind: 'address', address };
  const range: PrefixRange | Complaint = parseAddressRange(text);
  if (range instanceof Complaint)
    return new Complaint(
      `\`${text}\` is neither an address nor a range of addresses`,
      'write `10.0.0.2` or `10.0.0.0/24`',
    );
  return { kind: 'range', prefix: range.prefix };
}

function groups(value: unknown, path: KeyPath, { groups: known, report }: MatchContext): NeighborPattern[] {
  return each(value, path, report, (text) => {
    const name = String(text);
    if (known.includes(name)) return { kind: 'group', group: name };
    const meant = suggest(name, known);
    const hint = known.length === 0 ? 'there are none in `peer-groups`' : `known: ${known.join(', ')}`;
    return new Complaint(
      `unknown peer group \`${name}\``,
      meant === undefined ? hint : `did you mean \`${meant}\`?`,
    );
  });
}

/** Longest text of a condition; lists may be of any length. */
const MAX_TEXT = 100;

function conditionText(key: string, value: unknown): string {
  const text = `${key}: ${valueText(value)}`;
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${valueText(inner)}`)
    .join(', ')} }`;
}
