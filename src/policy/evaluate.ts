/**
 * The terms of a chain of policies over one route, with a record for people when one is asked for.
 *
 * Terms are tried in order, and what they changed stays changed. A term that says `accept` or `reject` ends it; so does
 * the end of a policy that says so (`default`). Otherwise the next policy of the chain goes on, and behind the last one
 * the route is rejected.
 */
import type { ExplainedChange, ExplainedStep } from '../rib/transform.ts';
import { ATTRIBUTES_OF, perform } from './actions.ts';
import { compileCondition, type NumberTest, type Predicate, type Subject } from './conditions.ts';
import { type CompiledProgram, compileProgram, WRITABLE } from './program.ts';
import type { CODE, PolicyRoute } from './route.ts';
import type { Policy, PolicySession, Term } from './types.ts';

interface CompiledCondition {
  readonly text: string;
  readonly holds: Predicate;
}

export interface CompiledTerm {
  readonly term: Term;
  readonly conditions: readonly CompiledCondition[];
}

interface CompiledEntry {
  readonly policy: Policy;
  readonly terms: readonly CompiledTerm[];
  readonly program: CompiledProgram | undefined;
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
  /** The policy whose function failed, which is why the route is rejected. */
  readonly failed?: Policy;
}

/** Compiles the conditions of a specialized chain. */
export function compileChain(
  chain: readonly Policy[],
  session: PolicySession,
  number: NumberTest,
): CompiledChain {
  const policies = chain.map((policy) => ({
    policy,
    program: policy.program && compileProgram(policy.program, session, number),
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
  for (const { policy, terms, program } of policies) {
    if (program !== undefined) {
      const outcome = evaluateProgram(policy, program, subject, family, steps);
      if (outcome !== undefined) return outcome;
      continue;
    }
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

/** Runs a function; undefined when it leaves the decision to the next policy. */
function evaluateProgram(
  policy: Policy,
  program: CompiledProgram,
  subject: Subject,
  family: number,
  steps: ExplainedStep[] | undefined,
): Outcome | undefined {
  const before = steps && snapshot(WRITABLE, subject.route);
  const step = { policy: policy.name, term: 'function', place: undefined, failed: undefined };
  try {
    const verdict = program(subject, family);
    steps?.push({ ...step, verdict, changes: changes(before!, subject.route) });
    return verdict === 'next' ? undefined : { verdict, reason: `the function of policy \`${policy.name}\`` };
  } catch (error) {
    const reason = `the function of policy \`${policy.name}\` failed: ${messageOf(error)}`;
    steps?.push({ ...step, verdict: 'reject', changes: [] });
    return { verdict: 'reject', reason, failed: policy };
  }
}

/** What was thrown, whatever it is: even making a text of it may throw. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'it threw something that is no text';
  }
}

/** What to call a term: its name, or its number. */
export function termName(term: Term, index: number): string {
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
