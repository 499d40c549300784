/**
 * The semantics of policies written down a second time, over plain objects, without compiling anything: the model
 * that the compiled policies are compared with. It shares no code with `src/policy` but its data types.
 */
import type { CommunityPattern, Condition, NumberRange, Policy, Term } from '../../src/policy/types.ts';

/** A route as the model sees it. */
export interface NaiveRoute {
  readonly prefix: string;
  /** Address as a number, for IPv4 prefixes only. */
  readonly address: number;
  readonly length: number;
  readonly source: 'local' | 'internal' | 'external';
  readonly path: readonly number[];
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: readonly string[];
}

const within = (ranges: readonly NumberRange[], value: number | undefined) =>
  value !== undefined && ranges.some(({ min, max }) => min <= value && value <= max);

function prefixIsIn(
  ranges: readonly { prefix: string; min: number; max: number }[],
  route: NaiveRoute,
): boolean {
  return ranges.some(({ prefix, min, max }) => {
    const [text, bits] = prefix.split('/');
    const network = text!.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
    const size = 2 ** (32 - Number(bits));
    const inside =
      Math.floor(route.address / size) === Math.floor(network / size) && route.length >= Number(bits);
    return inside && route.length >= min && route.length <= max;
  });
}

function hasCommunity(pattern: CommunityPattern, communities: readonly string[]): boolean {
  return communities.some((text) => {
    const numbers = text.split(':').map(Number);
    return pattern.kind === 'standard' && pattern.parts.every((part, i) => within([part], numbers[i]));
  });
}

function holds(condition: Condition, route: NaiveRoute): boolean {
  switch (condition.kind) {
    case 'all':
      return !condition.of.some((part) => !holds(part, route));
    case 'any':
      return condition.of.some((part) => holds(part, route));
    case 'not':
      return !holds(condition.of, route);
    case 'prefix':
      return prefixIsIn(condition.ranges, route);
    case 'prefix-length':
      return within([condition.range], route.length);
    case 'source':
      return condition.sources.includes(route.source);
    case 'as-path':
      return condition.patterns.some((pattern) =>
        new RegExp(pattern.replaceAll('_', '(?:^|[,{}() ]|$)')).test(route.path.join(' ')),
      );
    case 'as-path-length':
      return within([condition.range], route.path.length);
    case 'as-path-contains':
      return route.path.some((as) => within(condition.ranges, as));
    case 'origin-as':
      return within(condition.ranges, route.path.at(-1));
    case 'community': {
      const present = condition.patterns.filter((pattern) => hasCommunity(pattern, route.communities)).length;
      if (condition.quantifier === 'any') return present > 0;
      return condition.quantifier === 'none' ? present === 0 : present === condition.patterns.length;
    }
    case 'med':
      return condition.range === undefined ? route.med === undefined : within([condition.range], route.med);
    case 'local-pref':
      return within([condition.range], route.localPref ?? 100);
    default:
      throw new Error(`the model knows no ${condition.kind}`);
  }
}

const limited = (value: number) => Math.min(Math.max(value, 0), 0xffffffff);

function changed(term: Term, route: NaiveRoute, ownAs: number): NaiveRoute {
  let { path, med, localPref, communities } = route;
  for (const action of term.set)
    switch (action.kind) {
      case 'local-pref':
        if (action.change.kind === 'set') localPref = action.change.value;
        else if (action.change.kind === 'add') localPref = limited((localPref ?? 100) + action.change.value);
        break;
      case 'med':
        if (action.change.kind === 'remove') med = undefined;
        else
          med =
            action.change.kind === 'set' ? action.change.value : limited((med ?? 0) + action.change.value);
        break;
      case 'prepend': {
        const as = action.as === 'own' ? ownAs : action.as === 'last' ? path[0] : action.as;
        if (as !== undefined) path = [...Array.from({ length: action.count }, () => as), ...path];
        break;
      }
      case 'communities-remove':
        communities = communities.filter(
          (text) => !action.patterns.some((pattern) => hasCommunity(pattern, [text])),
        );
        break;
      case 'communities-add':
        communities = [...new Set([...communities, ...action.communities.map(({ text }) => text)])];
        break;
      case 'communities-set':
        communities = action.communities.map(({ text }) => text);
        break;
      default:
        throw new Error(`the model knows no ${action.kind}`);
    }
  return { ...route, path, med, localPref, communities };
}

/** The route that comes out of a chain, or undefined when it is rejected. */
export function naively(chain: readonly Policy[], route: NaiveRoute, ownAs: number): NaiveRoute | undefined {
  let present = route;
  for (const { terms, end } of chain) {
    for (const term of terms) {
      if (!term.match.every((condition) => holds(condition, present))) continue;
      present = changed(term, present, ownAs);
      if (term.verdict === 'accept') return present;
      if (term.verdict === 'reject') return undefined;
    }
    if (end === 'accept') return present;
    if (end === 'reject') return undefined;
  }
  return undefined;
}
