/**
 * Conditions: a test as data to a predicate. Route tests become a read of a bit that `compile.ts` has worked out, patterns
 * of paths and communities a read of a bit that `facts.ts` finds out; the others look at the attributes.
 *
 * HOT: predicates run once for each distinct attribute set, and make no objects.
 */
import { readU32 } from '../base/bytes.ts';
import { SLOT } from './attribute-edit.ts';
import { COMMUNITY_OCTETS } from './community-index.ts';
import type { FactBit, Facts } from './facts.ts';
import { prefixSetOf } from './prefix-set.ts';
import { COMMUNITY_ATTRIBUTE, type PolicyRoute } from './route.ts';
import { isRouteTest, type RouteTestCondition } from './route-tests.ts';
import type { ConditionTest, NumberRange } from './types.ts';

/** What a predicate sees. */
export interface Subject {
  readonly route: PolicyRoute;
  /** Of the chain; they know nothing of another route, or of this one before it was changed. */
  readonly facts: Facts;
  /** The outcome of each route test, by its number. */
  readonly outcomes: readonly boolean[];
  /** The prefix as text, for functions that ask for it; throws where there is none. */
  readonly prefix: () => string;
}

export type Predicate = (subject: Subject) => boolean;

/** Numbers a route test; equal ones get the same number. */
export type NumberTest = (test: RouteTestCondition) => number;

/**
 * The predicate of a condition. Neighbor conditions must have been decided (`specialize.ts`).
 *
 * @param facts numbers the patterns that the condition asks for
 */
export function compileCondition(condition: ConditionTest, number: NumberTest, facts: Facts): Predicate {
  if (isRouteTest(condition)) {
    const test = number(condition);
    return ({ outcomes }) => outcomes[test]!;
  }
  switch (condition.kind) {
    case 'constant':
      return () => condition.value;
    case 'neighbor':
      throw new Error('neighbor conditions are decided for each session before they are compiled');
    case 'all': {
      const parts = condition.of.map((part) => compileCondition(part, number, facts));
      return (subject) => parts.every((part) => part(subject));
    }
    case 'any': {
      const parts = condition.of.map((part) => compileCondition(part, number, facts));
      return (subject) => parts.some((part) => part(subject));
    }
    case 'not': {
      const part = compileCondition(condition.of, number, facts);
      return (subject) => !part(subject);
    }
    default:
      return compileAttributeTest(condition, facts);
  }
}

type AttributeTest = Exclude<
  ConditionTest,
  { readonly kind: RouteTestCondition['kind'] | 'all' | 'any' | 'not' | 'constant' | 'neighbor' }
>;

function compileAttributeTest(test: AttributeTest, facts: Facts): Predicate {
  switch (test.kind) {
    case 'as-path': {
      const { word, bit } = facts.anyPath(test.patterns);
      return (subject) => subject.facts.path(subject.route, word, bit);
    }
    case 'as-path-length':
      return ({ route }) => isIn(test.range, route.pathLength);
    case 'as-path-contains':
      return ({ route }) => containsAny(route, test.ranges);
    case 'origin-as':
      return ({ route }) => isInAny(test.ranges, route.originAs);
    case 'neighbor-as':
      return ({ route }) => isInAny(test.ranges, route.neighborAs);
    case 'community':
      return compileCommunity(test, facts);
    case 'community-count': {
      const slot = SLOT[COMMUNITY_ATTRIBUTE[test.of]];
      const octets = COMMUNITY_OCTETS[test.of];
      return ({ route }) =>
        isIn(test.range, route.has(slot) ? (route.to[slot]! - route.from[slot]!) / octets : 0);
    }
    case 'med': {
      const { range } = test;
      const slot = SLOT.med;
      if (range === undefined) return ({ route }) => !route.has(slot);
      return ({ route }) => route.has(slot) && isIn(range, route.number(slot));
    }
    case 'local-pref':
      return ({ route }) => isIn(test.range, route.localPref);
    case 'origin':
      return ({ route }) => {
        const origin = route.get('origin');
        return origin !== undefined && test.origins.includes(origin);
      };
    case 'next-hop': {
      const set = prefixSetOf(test.ranges);
      return ({ route }) => {
        const address = route.nextHopAddress;
        return address !== undefined && set.hasAddress(address);
      };
    }
  }
}

function compileCommunity(
  { quantifier, patterns }: AttributeTest & { readonly kind: 'community' },
  facts: Facts,
): Predicate {
  const has = ({ word, bit }: FactBit): Predicate => {
    return (subject) => subject.facts.community(subject.route, word, bit);
  };
  if (quantifier === 'all') {
    const each = patterns.map((pattern) => has(facts.anyCommunity([pattern])));
    return (subject) => each.every((one) => one(subject));
  }
  const any = has(facts.anyCommunity(patterns));
  return quantifier === 'any' ? any : (subject) => !any(subject);
}

/** Whether a number of the path, in segments of any type, is in one of the ranges. */
export function containsAny(route: PolicyRoute, ranges: readonly NumberRange[]): boolean {
  const slot = SLOT.asPath;
  if (!route.has(slot)) return false;
  const bytes = route.bytesOf(slot);
  const end = route.to[slot]!;
  for (let at = route.from[slot]!; at < end; ) {
    const next = at + 2 + bytes[at + 1]! * 4;
    for (at += 2; at < next; at += 4) if (isInAny(ranges, readU32(bytes, at))) return true;
  }
  return false;
}

function isIn({ min, max }: NumberRange, value: number): boolean {
  return value >= min && value <= max;
}

function isInAny(ranges: readonly NumberRange[], value: number | undefined): boolean {
  if (value === undefined) return false;
  for (let i = 0; i < ranges.length; i++) if (isIn(ranges[i]!, value)) return true;
  return false;
}
