/**
 * The model: policies over plain objects, made anew for every route. It shares with `src/policy` the data types, the
 * readers of patterns, prefix sets, the route tests, and nothing else.
 *
 * The terms of a chain of policies over one route, with a record for people when one is asked for.
 *
 * Terms are tried in order, and what they changed stays changed. A term that says `accept` or `reject` ends it; so does
 * the end of a policy that says so (`default`). Otherwise the next policy of the chain goes on, and behind the last one
 * the route is rejected.
 */

import type { Policy, PolicySession, Term } from '../../../src/policy/types.ts';
import type { ExplainedChange, ExplainedStep } from '../../../src/rib/transform.ts';
import { ATTRIBUTES_OF, perform } from './actions.ts';
import { compileCondition, type NumberTest, type Predicate, type Subject } from './conditions.ts';
import type { CODE, PolicyRoute } from './route.ts';

interface CompiledCondition {
  readonly text: string;
  readonly holds: Predicate;
}

interface CompiledTerm {
  readonly term: Term;
  readonly conditions: readonly CompiledCondition[];
}

interface CompiledEntry {
  readonly policy: Policy;
  readonly terms: readonly CompiledTerm[];
}

export interface CompiledChain {
  readonly policies: readonly CompiledEntry[];
  readonly session: PolicySession;
}

/** What an evaluation came to. */
export interface Outcome {
  readonly verdict: 'accept' | 'reject';
  /** One clause: what decided. */
  readonly reason: string;
}

/** Compiles the conditions of a specialized chain. */
export function compileChain(
  chain: readonly Policy[],
  session: PolicySession,
  number: NumberTest,
): CompiledChain {
  const policies = chain.map((policy) => ({
    policy,
    terms: policy.terms.map((term) => ({
      term,
      conditions: term.match.map((condition) => ({
        text: condition.text,
        holds: compileCondition(condition, number),
      })),
    })),
  }));
  return { policies, session };
}

/** Runs the chain over a route, which is changed. Each term that was looked at is added to `steps`. */
export function evaluate(
  { policies, session }: CompiledChain,
  subject: Subject,
  family: number,
  steps?: ExplainedStep[],
): Outcome {
  for (const { policy, terms } of policies) {
    for (const [index, { term, conditions }] of terms.entries()) {
      const failed = conditions.find(({ holds }) => !holds(subject));
      if (failed !== undefined) {
        steps?.push(explainedStep(policy, term, index, failed.text, []));
        continue;
      }
      const before = steps && snapshot(attributesOf(term), subject.route);
      for (const action of term.set) perform(action, subject.route, session, family);
      steps?.push(explainedStep(policy, term, index, undefined, changes(before!, subject.route)));
      if (term.verdict !== 'next')
        return { verdict: term.verdict, reason: `${termName(term, index)} of policy \`${policy.name}\`` };
    }
    if (policy.end !== 'next')
      return { verdict: policy.end, reason: `the end of policy \`${policy.name}\` (default: ${policy.end})` };
  }
  const names = policies.map(({ policy }) => `\`${policy.name}\``).join(', ');
  return { verdict: 'reject', reason: `no term of ${names} decided, and the end of a policy is reject` };
}

/** What to call a term: its name, or its number. */
function termName(term: Term, index: number): string {
  return term.name === undefined ? `term ${index + 1}` : `term \`${term.name}\``;
}

function explainedStep(
  policy: Policy,
  term: Term,
  index: number,
  failed: string | undefined,
  changes: readonly ExplainedChange[],
): ExplainedStep {
  return {
    policy: policy.name,
    term: term.name ?? `term ${index + 1}`,
    place: term.place === undefined ? undefined : `${term.place.file}:${term.place.line}`,
    verdict: failed === undefined ? term.verdict : undefined,
    failed,
    changes,
  };
}

type Texts = ReadonlyMap<keyof typeof CODE, string | undefined>;

/** The attributes that a term's actions may change. */
function attributesOf(term: Term): readonly (keyof typeof CODE)[] {
  return term.set.flatMap(({ kind }): readonly (keyof typeof CODE)[] => ATTRIBUTES_OF[kind]);
}

/** Attributes as text. */
function snapshot(names: readonly (keyof typeof CODE)[], route: PolicyRoute): Texts {
  return new Map(names.map((name) => [name, route.format(name)]));
}

function changes(before: Texts, route: PolicyRoute): ExplainedChange[] {
  return [...before]
    .map(([attribute, text]) => ({ attribute, before: text, after: route.format(attribute) }))
    .filter((change) => change.before !== change.after);
}
