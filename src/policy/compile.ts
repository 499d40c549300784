/**
 * CompiledPolicy: a chain of policies as a RouteTransform.
 *
 * HOT in `apply`. The conditions fall into two parts. Those about the prefix, the family and the origin of the route
 * run for every route (`route-tests.ts`); their outcomes together are the variant. All the rest is a function of the
 * variant and the attribute set, worked out once for each pair and remembered (`memo.ts`).
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { MAX_POLICY_ATTRIBUTE_BYTES } from '../base/limits.ts';
import { formatPrefix } from '../base/prefix.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { type ExplainedStep, REJECT, type RouteExplanation, type RouteTransform } from '../rib/transform.ts';
import type { Subject } from './conditions.ts';
import { type CompiledChain, compileChain, evaluate } from './evaluate.ts';
import { Facts } from './facts.ts';
import { PolicyMemo, type PolicyMemory, UNKNOWN } from './memo.ts';
import { PrefixFilter } from './prefix-set.ts';
import { PolicyRoute } from './route.ts';
import { type RouteTables, RouteTest, type RouteTestCondition } from './route-tests.ts';
import { behaviourKey, conditionKey, specialize } from './specialize.ts';
import type { Action, Policy, PolicySession } from './types.ts';

/** What a policy works on. An engine has this shape, but for the memory. */
export interface PolicyEnvironment extends RouteTables {
  readonly attrs: AttrTable;
  /** Of `attrs`; shared by all policies on it. */
  readonly memory: PolicyMemory;
  /** Hears of every evaluation in which the function of `policy` failed; `reason` is a clause. */
  readonly failed?: (policy: Policy, reason: string) => void;
}

/**
 * Compiles a chain for a session. Patterns must have been checked (`AsPathMatcher`): a bad one throws here.
 */
export function compilePolicy(
  chain: readonly Policy[],
  session: PolicySession,
  environment: PolicyEnvironment,
): CompiledPolicy {
  return new CompiledPolicy(chain, session, environment);
}

export class CompiledPolicy implements RouteTransform {
  readonly key: string;
  readonly perPrefix: boolean;
  readonly passesNextHop: boolean;
  /** Times that the terms were run, routes rejected at a bound of the attribute table, functions that failed. */
  readonly counters = { evaluations: 0, tableFull: 0, failures: 0 };
  #name: string;
  #chain: CompiledChain;
  /** As they are in the file. */
  #policies: readonly Policy[];
  readonly #environment: PolicyEnvironment;
  readonly #attrs: AttrTable;
  readonly #memory: PolicyMemory;
  readonly #ribs: PolicyEnvironment['ribs'];
  readonly #tests: readonly RouteTest[];
  /** Numbers of all tests, and of those that are not about prefixes alone. */
  readonly #all: readonly number[];
  readonly #others: readonly number[];
  /** Of the prefixes for which one of the rest may hold. */
  readonly #filter: PrefixFilter | undefined;
  /** The outcomes when no test holds. */
  readonly #none: readonly boolean[];
  readonly #memo: PolicyMemo;
  /** The last result that was no rejection, good at its epoch of the memory; attribute 0: none. */
  #lastAttr: AttrId = 0;
  #lastVariant = 0;
  #lastResult: AttrId = 0;
  #lastEpoch = 0;
  readonly #hasPrograms: boolean;
  /** False when a function wants to see every prefix. */
  readonly #remembers: boolean;

  constructor(policies: readonly Policy[], session: PolicySession, environment: PolicyEnvironment) {
    const chain = specialize(policies, session);
    const tests = new TestNumbers();
    const actions = chain.flatMap(({ terms }) => terms.flatMap(({ set }) => set));
    this.key = behaviourKey(chain, session);
    this.#name = nameOf(chain);
    this.#policies = policies;
    this.#environment = environment;
    this.#attrs = environment.attrs;
    this.#memory = environment.memory;
    this.#ribs = environment.ribs;
    this.#chain = compileChain(chain, session, tests.number);
    if (actions.some((action) => dependsOnFamily(action, session)))
      tests.number({ kind: 'family', families: [0] });
    this.#tests = tests.conditions.map((condition) => new RouteTest(condition, environment));
    this.#none = this.#tests.map(() => false);
    this.#all = this.#tests.map((_, i) => i);
    this.#others = this.#all.filter((i) => this.#tests[i]!.prefixes === undefined);
    const sets = this.#tests.flatMap(({ prefixes }) => prefixes ?? []);
    if (sets.length > 0) this.#filter = new PrefixFilter(sets);
    this.#hasPrograms = chain.some(({ program }) => program !== undefined);
    this.#remembers = !chain.some(({ program }) => program?.perPrefix);
    this.perPrefix = !this.#remembers || this.#tests.some((test) => test.perPrefix);
    this.passesNextHop =
      session.direction === 'export' &&
      (this.#hasPrograms ||
        actions.some((action) => action.kind === 'next-hop' && action.mode === 'unchanged'));
    this.#memo = new PolicyMemo(environment.memory, this.#tests.length);
  }

  get name(): string {
    return this.#name;
  }

  apply(attr: AttrId, family: number, prefix: PrefixId, from: PeerIndex): AttrId {
    const memo = this.#memo;
    const tests = this.#tests;
    if (!this.#remembers) return this.#decide(attr, family, prefix, this.#outcomes(family, prefix, from));
    const isNone = this.#filter !== undefined && !this.#filter.mayHave(this.#ribs[family]!, prefix);
    const asked = isNone ? this.#others : this.#all;
    let variant = 0;
    for (let i = 0; i < asked.length; i++) {
      const test = asked[i]!;
      if (!tests[test]!.holds(family, prefix, from)) continue;
      variant = memo.step(variant, test);
      if (variant < 0) return this.#applyAnew(attr, family, prefix, from);
    }
    const { epoch } = this.#memory;
    // Most routes have the attributes of the one before.
    if (attr === this.#lastAttr && variant === this.#lastVariant && epoch === this.#lastEpoch)
      return this.#lastResult;
    let result = memo.get(variant, attr);
    if (result === UNKNOWN) {
      const outcomes = variant === 0 ? this.#none : this.#outcomes(family, prefix, from);
      result = this.#remember(variant, attr, family, prefix, outcomes);
    }
    // Of the epoch in which the variant was found: all may have been forgotten meanwhile, and numbered anew.
    if (result !== REJECT) {
      this.#lastAttr = attr;
      this.#lastVariant = variant;
      this.#lastResult = result;
      this.#lastEpoch = epoch;
    }
    return result;
  }

  explain(attr: AttrId, family: number, prefix: PrefixId, from: PeerIndex): RouteExplanation {
    const { bytes, start, end } = this.#attrs.blob(attr);
    const steps: ExplainedStep[] = [];
    const subject = {
      route: new PolicyRoute().read(bytes, start, end),
      facts: this.#chain.facts,
      outcomes: this.#outcomes(family, prefix, from),
      prefix: () => this.#prefixText(family, prefix),
    };
    const { verdict, reason } = evaluate(this.#chain, subject, family, steps);
    return { verdict, reason, steps };
  }

  /** Takes over names and places of a chain that does the same: they may have moved in the file. */
  relabel(chain: readonly Policy[], session: PolicySession): void {
    if (chain.every((policy, i) => policy === this.#policies[i])) return;
    this.#policies = chain;
    this.#name = nameOf(chain);
    this.#chain = compileChain(specialize(chain, session), session, new TestNumbers().number);
  }

  /** Gives back the memory of a policy that is not used any more. */
  dispose(): void {
    this.#memory.remove(this.#memo);
  }

  #outcomes(family: number, prefix: PrefixId, from: PeerIndex): boolean[] {
    return this.#tests.map((test) => test.holds(family, prefix, from));
  }

  /** The first route of its variant. */
  #applyAnew(attr: AttrId, family: number, prefix: PrefixId, from: PeerIndex): AttrId {
    const memo = this.#memo;
    if (memo.full) {
      memo.flush();
      this.#memory.flushes++;
    }
    const outcomes = this.#outcomes(family, prefix, from);
    const variant = outcomes.reduce((node, holds, i) => (holds ? memo.grow(node, i) : node), 0);
    const known = memo.get(variant, attr);
    return known === UNKNOWN ? this.#remember(variant, attr, family, prefix, outcomes) : known;
  }

  #remember(
    variant: number,
    attr: AttrId,
    family: number,
    prefix: PrefixId,
    outcomes: readonly boolean[],
  ): AttrId {
    const { tableFull } = this.counters;
    const result = this.#decide(attr, family, prefix, outcomes);
    // Without room there is no result: there may be some the next time.
    if (this.counters.tableFull === tableFull) this.#memo.set(variant, attr, result);
    return result;
  }

  #decide(attr: AttrId, family: number, prefix: PrefixId, outcomes: readonly boolean[]): AttrId {
    const attrs = this.#attrs;
    const { facts } = this.#chain;
    const subject = this.#hasPrograms
      ? { route: new PolicyRoute(), facts, outcomes, prefix: () => this.#prefixText(family, prefix) }
      : SUBJECT;
    subject.facts = facts;
    subject.outcomes = outcomes;
    const { route } = subject;
    route.read(attrs.bytesOf(attr), attrs.startOf(attr), attrs.endOf(attr));
    this.counters.evaluations++;
    const { verdict, reason, failed } = evaluate(this.#chain, subject, family);
    if (failed !== undefined) {
      this.counters.failures++;
      this.#environment.failed?.(failed, reason);
    }
    let result = verdict === 'reject' ? REJECT : attr;
    if (result !== REJECT && route.changed) {
      result = this.#intern(route);
      if (result === REJECT) this.counters.tableFull++;
    }
    if (subject === SUBJECT) route.release();
    return result;
  }

  #prefixText(family: number, id: PrefixId): string {
    const { prefixes4, prefixes6, family: kind } = this.#ribs[family]!;
    const table = kind.keyWords === 1 ? prefixes4 : prefixes6;
    return formatPrefix(table.addressBytes(id), table.length[id]!);
  }

  #intern(route: PolicyRoute): AttrId {
    const out = BLOB;
    out.reset();
    route.write(out);
    if (out.length > MAX_POLICY_ATTRIBUTE_BYTES) return REJECT;
    return this.#attrs.intern(out.bytes, 0, out.length);
  }
}

/** For one set of attributes at a time; functions get a subject of their own, which they may keep. */
const SUBJECT: { -readonly [Key in keyof Subject]: Subject[Key] } = {
  route: new PolicyRoute(),
  facts: new Facts(),
  outcomes: [],
  prefix: () => '',
};
const BLOB = new ByteWriter(4096);

function nameOf(chain: readonly Policy[]): string {
  return chain.map(({ name }) => name).join(', ');
}

/** Numbers equal tests alike. */
class TestNumbers {
  readonly conditions: RouteTestCondition[] = [];
  readonly #numbers = new Map<string, number>();

  readonly number = (condition: RouteTestCondition): number => {
    const key = conditionKey(condition);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.conditions.push(condition) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  };
}

/** Whether an action does something else to routes of another family. */
function dependsOnFamily(action: Action, session: PolicySession): boolean {
  if (action.kind !== 'next-hop') return false;
  return action.mode === 'address' || (action.mode === 'self' && session.direction === 'import');
}
