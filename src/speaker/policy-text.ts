/** Conditions and actions of policies in the words of the configuration file. */
import type {
  Action,
  CommunityPattern,
  Condition,
  NumberChange,
  NumberRange,
  PrefixRange,
} from '../policy/types.ts';

/** What the sets behind a condition hold, such as the prefixes of `prefix-set: bogons`; empty where none is named. */
export function valuesOf(condition: Condition): string[] {
  switch (condition.kind) {
    case 'prefix':
    case 'next-hop':
      return condition.ranges.map(prefixRangeText);
    case 'as-path':
      return [...condition.patterns];
    case 'as-path-contains':
    case 'origin-as':
    case 'neighbor-as':
      return condition.ranges.map((range) => rangeText(range));
    case 'community':
      return condition.patterns.map(patternText);
    case 'not':
      return valuesOf(condition.of);
    case 'any':
    case 'all':
      return condition.of.flatMap(valuesOf);
    default:
      return [];
  }
}

/** `local-pref: 200`, `community: { remove: [65000:*] }`: one text for each action. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'local-pref':
    case 'med':
      return `${action.kind}: ${changeText(action.change)}`;
    case 'aigp':
      return `aigp: ${action.value ?? 'none'}`;
    case 'origin':
      return `origin: ${action.origin}`;
    case 'remove-private-as':
      return `remove-private-as: ${action.mode}`;
    case 'prepend':
      return `prepend: { as: ${action.as}, count: ${action.count} }`;
    case 'communities-remove':
      return communityAction('remove', action.patterns.map(patternText));
    case 'communities-add':
    case 'communities-set':
      return communityAction(
        action.kind === 'communities-add' ? 'add' : 'set',
        action.communities.map(({ text }) => text),
      );
    case 'next-hop': {
      const { mode, ipv4, ipv6 } = action;
      const addresses = [ipv4, ipv6].filter((address) => address !== undefined);
      if (mode !== 'address') return `next-hop: ${mode}`;
      return `next-hop: ${addresses.length === 1 ? addresses[0] : listText(addresses)}`;
    }
  }
}

function communityAction(verb: string, texts: readonly string[]): string {
  return `community: { ${verb}: ${listText(texts)} }`;
}

function listText(texts: readonly string[]): string {
  return `[${texts.join(', ')}]`;
}

function changeText(change: NumberChange): string {
  if (change.kind === 'remove') return 'none';
  return change.kind === 'add' && change.value >= 0 ? `+${change.value}` : String(change.value);
}

/** `10.0.0.0/8 ge 16 le 24`; bounds that are the length itself are left out, as they are in the file. */
function prefixRangeText({ prefix, min, max }: PrefixRange): string {
  const length = Number(prefix.slice(prefix.indexOf('/') + 1));
  return `${prefix}${min > length ? ` ge ${min}` : ''}${max > length ? ` le ${max}` : ''}`;
}

/** @param maximum of the number: the whole range is `*`. */
function rangeText({ min, max }: NumberRange, maximum = Number.POSITIVE_INFINITY): string {
  if (min === 0 && max === maximum) return '*';
  return min === max ? String(min) : `${min}-${max}`;
}

function patternText(pattern: CommunityPattern): string {
  if (pattern.kind === 'extended')
    return [pattern.type, ...pattern.parts.map((part) => part ?? '*')].join(':');
  const maximum = pattern.kind === 'standard' ? 0xffff : 0xffffffff;
  return pattern.parts.map((part) => rangeText(part, maximum)).join(':');
}
