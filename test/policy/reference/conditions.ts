/**
 * Conditions: a test as data to a predicate. Route tests become a read of a bit that `compile.ts` has worked out; the
 * others look at the attributes.
 */

import { matchesPattern } from '../../../src/policy/community-pattern.ts';
import { prefixSetOf } from '../../../src/policy/prefix-set.ts';
import { isRouteTest, type RouteTestCondition } from '../../../src/policy/route-tests.ts';
import type { ConditionTest, NumberRange } from '../../../src/policy/types.ts';
import { AsPathMatcher } from './as-path.ts';
import type { PolicyRoute } from './route.ts';

/** What a predicate sees. */
export interface Subject {
  readonly route: PolicyRoute;
  /** The outcome of each route test, by its number. */
  readonly outcomes: readonly boolean[];
}

export type Predicate = (subject: Subject) => boolean;

/** Numbers a route test; equal ones get the same number. */
export type NumberTest = (test: RouteTestCondition) => number;

/** The predicate of a condition. Neighbor conditions must have been decided (`specialize.ts`). */
export function compileCondition(condition: ConditionTest, number: NumberTest): Predicate {
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
      const parts = condition.of.map((part) => compileCondition(part, number));
      return (subject) => parts.every((part) => part(subject));
    }
    case 'any': {
      const parts = condition.of.map((part) => compileCondition(part, number));
      return (subject) => parts.some((part) => part(subject));
    }
    case 'not': {
      const part = compileCondition(condition.of, number);
      return (subject) => !part(subject);
    }
    default:
      return compileAttributeTest(condition);
  }
}

type AttributeTest = Exclude<
  ConditionTest,
  { readonly kind: RouteTestCondition['kind'] | 'all' | 'any' | 'not' | 'constant' | 'neighbor' }
>;

function compileAttributeTest(test: AttributeTest): Predicate {
  switch (test.kind) {
    case 'as-path': {
      const matchers = test.patterns.map((pattern) => new AsPathMatcher(pattern));
      return ({ route }) => matchers.some((matcher) => matcher.test(route.pathText));
    }
    case 'as-path-length':
      return ({ route }) => isIn(test.range, route.pathLength);
    case 'as-path-contains':
      return ({ route }) => route.asns.some((as) => isInAny(test.ranges, as));
    case 'origin-as':
      return ({ route }) => isInAny(test.ranges, route.originAs);
    case 'neighbor-as':
      return ({ route }) => isInAny(test.ranges, route.neighborAs);
    case 'community':
      return compileCommunity(test);
    case 'community-count':
      return ({ route }) => isIn(test.range, route.communities(test.of).length);
    case 'med': {
      const { range } = test;
      return ({ route }) => {
        const med = route.get('med');
        return range === undefined ? med === undefined : med !== undefined && isIn(range, med);
      };
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

function compileCommunity({
  quantifier,
  patterns,
}: AttributeTest & { readonly kind: 'community' }): Predicate {
  const has = (route: PolicyRoute, pattern: (typeof patterns)[number]): boolean =>
    route.communities(pattern.kind).some((one) => matchesPattern(pattern, one));
  switch (quantifier) {
    case 'any':
      return ({ route }) => patterns.some((pattern) => has(route, pattern));
    case 'none':
      return ({ route }) => !patterns.some((pattern) => has(route, pattern));
    case 'all':
      return ({ route }) => patterns.every((pattern) => has(route, pattern));
  }
}

function isIn({ min, max }: NumberRange, value: number): boolean {
  return value >= min && value <= max;
}

function isInAny(ranges: readonly NumberRange[], value: number | undefined): boolean {
  return value !== undefined && ranges.some((range) => isIn(range, value));
}
