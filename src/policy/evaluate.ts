/**
 * The terms of a chain of policies over one route, with a record for people when one is asked for.
 *
 * Terms are tried in order, and what they changed stays changed. A term that says `accept` or `reject` ends it; so does
 * the end of a policy that says so (`default`). Otherwise the next policy of the chain goes on, and behind the last one
 * the route is rejected.
 */
import type { ExplainedChange, ExplainedStep } from '../rib/transform.ts';
import { ATTRIBUTES_OF, type CompiledAction, compileAction } from './actions.ts';
import type { AttributeName } from './attribute-edit.ts';
import { type Check, compileCondition, type NumberTest, type Subject } from './conditions.ts';
import { type FactBits, Facts } from './facts.ts';
import { type CompiledProgram, compileProgram, WRITABLE } from './program.ts';
import type { PolicyRoute } from './route.ts';
import type { Policy, PolicySession, Term } from './types.ts';

interface CompiledTerm {
  readonly term: Term;
  /** Of the conditions of the term, in their order. */
  readonly checks: readonly Check[];
  readonly actions: readonly CompiledAction[];
  /** What it comes to when it matches; undefined: the next term. */
  readonly outcome: Outcome | undefined;
}

/** Terms that stand one behind the other and cannot match unless one of some facts holds. */
interface TermRun {
  /** Index behind the last one. */
  readonly end: number;
  /** Those of the cheapest group first. */
  readonly facts: readonly FactBits[];
}

interface CompiledEntry {
  readonly policy: Policy;
  readonly terms: readonly CompiledTerm[];
  /** By index of a term: the terms from there on that can be passed over together. */
  readonly runs: readonly (TermRun | undefined)[];
  readonly program: CompiledProgram | undefined;
  /** What its end comes to; undefined: the next policy. */
  readonly outcome: Outcome | undefined;
}

export interface CompiledChain {
  readonly policies: readonly CompiledEntry[];
  readonly facts: Facts;
  /** What the chain comes to when nothing has decided. */
  readonly outcome: Outcome;
}

/** What an evaluation came to. */
export interface Outcome {
  readonly verdict: 'accept' | 'reject';
  /** One clause: what decided. */
  readonly reason: string;
  /** The policy whose function failed, which is why the route is rejected. */
  readonly failed: Policy | undefined;
}

function outcomeOf(verdict: Outcome['verdict'], reason: string, failed?: Policy): Outcome {
  return { verdict, reason, failed };
}

/** Compiles a specialized chain. */
export function compileChain(
  chain: readonly Policy[],
  session: PolicySession,
  number: NumberTest,
): CompiledChain {
  const facts = new Facts();
  const policies = chain.map((policy): CompiledEntry => {
    const terms = policy.terms.map(
      (term, index): CompiledTerm => ({
        term,
        checks: term.match.map((condition) => compileCondition(condition, number, facts)),
        actions: term.set.map((action) => compileAction(action, session)),
        outcome:
          term.verdict === 'next'
            ? undefined
            : outcomeOf(term.verdict, `${termName(term, index)} of policy \`${policy.name}\``),
      }),
    );
    return {
      policy,
      program: policy.program && compileProgram(policy.program, session, number),
      terms,
      runs: runsOf(terms),
      outcome:
        policy.end === 'next'
          ? undefined
          : outcomeOf(policy.end, `the end of policy \`${policy.name}\` (default: ${policy.end})`),
    };
  });
  const names = chain.map(({ name }) => `\`${name}\``).join(', ');
  const undecided = outcomeOf('reject', `no term of ${names} decided, and the end of a policy is reject`);
  return { policies, facts, outcome: undecided };
}

/** The longest runs, each at the index of its first term. */
function runsOf(terms: readonly CompiledTerm[]): (TermRun | undefined)[] {
  const runs: (TermRun | undefined)[] = terms.map(() => undefined);
  for (let start = 0; start < terms.length; start++) {
    const found = new Map<string, FactBits>();
    let end = start;
    for (; end < terms.length; end++) {
      const fact = terms[end]!.checks.find((check) => check.fact !== undefined)?.fact;
      if (fact === undefined) break;
      const { group, word, bits } = fact;
      const key = `${group} ${word}`;
      found.set(key, { group, word, bits: bits | (found.get(key)?.bits ?? 0) });
    }
    if (end - start < 2) continue;
    const facts = [...found.values()].sort((a, b) => a.group - b.group);
    runs[start] = { end, facts };
    start = end - 1;
  }
  return runs;
}

/**
 * HOT. Runs the chain over a route, which is changed. Each term that was looked at is added to `steps`.
 *
 * @param subject with the facts of the chain
 */
export function evaluate(
  { policies, outcome: undecided }: CompiledChain,
  subject: Subject,
  family: number,
  steps?: ExplainedStep[],
): Outcome {
  const { route, facts } = subject;
  facts.begin(subject.outcomes);
  for (let entry = 0; entry < policies.length; entry++) {
    const { policy, terms, runs, program, outcome: end } = policies[entry]!;
    if (program !== undefined) {
      const outcome = evaluateProgram(policy, program, subject, family, steps);
      if (outcome !== undefined) return outcome;
      facts.forget();
      continue;
    }
    for (let index = 0; index < terms.length; index++) {
      const run = runs[index];
      if (run !== undefined && steps === undefined && !mayMatch(run, subject)) {
        index = run.end - 1;
        continue;
      }
      const { term, checks, actions, outcome } = terms[index]!;
      const failed = firstFailed(checks, subject);
      if (failed >= 0) {
        steps?.push(explainedStep(policy, term, index, term.match[failed]!.text, []));
        continue;
      }
      const before = steps && snapshot(attributesOf(term), route);
      for (let i = 0; i < actions.length; i++) actions[i]!(route, family);
      if (actions.length > 0) facts.forget();
      steps?.push(explainedStep(policy, term, index, undefined, changes(before!, route)));
      if (outcome !== undefined) return outcome;
    }
    if (end !== undefined) return end;
  }
  return undecided;
}

/** Whether one of the terms of a run may match. */
function mayMatch({ facts: wanted }: TermRun, { facts, route }: Subject): boolean {
  for (let i = 0; i < wanted.length; i++) if (facts.some(wanted[i]!, route)) return true;
  return false;
}

/** Index of the first one that does not hold, or -1. */
function firstFailed(checks: readonly Check[], subject: Subject): number {
  for (let i = 0; i < checks.length; i++) if (!checks[i]!.holds(subject)) return i;
  return -1;
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
    return verdict === 'next' ? undefined : outcomeOf(verdict, `the function of policy \`${policy.name}\``);
  } catch (error) {
    const reason = `the function of policy \`${policy.name}\` failed: ${messageOf(error)}`;
    steps?.push({ ...step, verdict: 'reject', changes: [] });
    return outcomeOf('reject', reason, policy);
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

type Texts = ReadonlyMap<AttributeName, string | undefined>;

/** The attributes that a term's actions may change. */
function attributesOf(term: Term): readonly AttributeName[] {
  return term.set.flatMap(({ kind }): readonly AttributeName[] => ATTRIBUTES_OF[kind]);
}

/** Attributes as text. */
function snapshot(names: readonly AttributeName[], route: PolicyRoute): Texts {
  return new Map(names.map((name) => [name, route.format(name)]));
}

function changes(before: Texts, route: PolicyRoute): ExplainedChange[] {
  return [...before]
    .map(([attribute, text]) => ({ attribute, before: text, after: route.format(attribute) }))
    .filter((change) => change.before !== change.after);
}
