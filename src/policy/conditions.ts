/**
 * Conditions: a test as data to a predicate. Route tests become a read of a bit that `compile.ts` has worked out, patterns
 * of paths and communities a read of a bit that `facts.ts` finds out; the others look at the attributes.
 *
 * HOT: predicates run once for each distinct attribute set, and make no objects.
 */
import { readU32 } from '../base/bytes.ts';
import { SLOT } from './attribute-edit.ts';
import { COMMUNITY_OCTETS } from './community-index.ts';
import type { FactBits, Facts } from './facts.ts';
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

type Predicate = (subject: Subject) => boolean;

/** Numbers a route test; equal ones get the same number. */
export type NumberTest = (test: RouteTestCondition) => number;

/** A condition that can be asked: one of the facts, or a predicate. */
export class Check {
  /** What most conditions ask for. */
  readonly fact: FactBits | undefined;
  readonly #predicate: Predicate | undefined;

  constructor(fact: FactBits | undefined, predicate?: Predicate) {
    this.fact = fact;
    this.#predicate = predicate;
  }

  holds(subject: Subject): boolean {
    return this.fact === undefined ? this.#predicate!(subject) : subject.facts.some(this.fact, subject.route);
  }
}

function otherwise(predicate: Predicate): Check {
  return new Check(undefined, predicate);
}

/**
 * A condition, ready to be asked. Neighbor conditions must have been decided (`specialize.ts`).
 *
 * @param facts numbers the patterns that the condition asks for
 */
export function compileCondition(condition: ConditionTest, number: NumberTest, facts: Facts): Check {
  if (isRouteTest(condition)) return new Check(facts.outcome(number(condition)));
  switch (condition.kind) {
    case 'constant':
      return otherwise(() => condition.value);
    case 'neighbor':
      throw new Error('neighbor conditions are decided for each session before they are compiled');
    case 'all': {
      const parts = condition.of.map((part) => compileCondition(part, number, facts));
      return otherwise((subject) => parts.every((part) => part.holds(subject)));
    }
    case 'any': {
      const parts = condition.of.map((part) => compileCondition(part, number, facts));
      return otherwise((subject) => parts.some((part) => part.holds(subject)));
    }
    case 'not': {
      const part = compileCondition(condition.of, number, facts);
      return otherwise((subject) => !part.holds(subject));
    }
    case 'as-path':
      return new Check(facts.anyPath(condition.patterns));
    case 'community':
      return compileCommunity(condition, facts);
    default:
      return otherwise(compileAttributeTest(condition));
  }
}

type AttributeTest = Exclude<
  ConditionTest,
  {
    readonly kind:
      | RouteTestCondition['kind']
      | ('all' | 'any' | 'not' | 'constant' | 'neighbor' | 'as-path' | 'community');
  }
>;

function compileAttributeTest(test: AttributeTest): Predicate {
  switch (test.kind) {
    case 'as-path-length':
      return ({ route }) => isIn(test.range, route.pathLength);
    case 'as-path-contains':
      return ({ route }) => containsAny(route, test.ranges);
    case 'origin-as':
      return ({ route }) => isInAny(test.ranges, route.originAs);
    case 'neighbor-as':
      return ({ route }) => isInAny(test.ranges, route.neighborAs);
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
  { quantifier, patterns }: ConditionTest & { readonly kind: 'community' },
  facts: Facts,
): Check {
  if (quantifier === 'all') {
    const each = patterns.map((pattern) => new Check(facts.anyCommunity([pattern])));
    return otherwise((subject) => each.every((one) => one.holds(subject)));
  }
  const any = new Check(facts.anyCommunity(patterns));
  return quantifier === 'any' ? any : otherwise((subject) => !any.holds(subject));
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
