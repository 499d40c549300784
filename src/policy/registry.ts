/**
 * PolicyRegistry: one compiled policy for all sessions for which a chain does the same.
 *
 * A chain is found by what it does and not by its name, so a policy that a reload has changed is another one, and one
 * that only moved in the file is the same, with its results.
 */
import type { RouteTransform } from '../rib/transform.ts';
import { CompiledPolicy, type PolicyEnvironment } from './compile.ts';
import { acceptPolicy, missingPolicy, rejectPolicy } from './defaults.ts';
import { PolicyMemory } from './memo.ts';
import { behaviourKey, specialize } from './specialize.ts';
import type { Policy, PolicySession } from './types.ts';

/** What policies forgot or refused at a bound, over all of them. */
export interface PolicyCounters {
  readonly policies: number;
  /** Times that terms were run: once for each distinct set of attributes. */
  readonly evaluations: number;
  /** Routes rejected because their new attributes found no room. */
  readonly tableFull: number;
  /** Times that a function of the program failed, for which the route is rejected. */
  readonly failures: number;
  /** Times that remembered results were dropped at a bound. */
  readonly flushes: number;
}

export class PolicyRegistry {
  readonly #environment: PolicyEnvironment;
  readonly #inUse: () => Iterable<RouteTransform>;
  readonly #policies = new Map<string, CompiledPolicy>();
  /** Number of policies at which the next look for unused ones is due. */
  #collectAt = 64;
  #past = { evaluations: 0, tableFull: 0, failures: 0 };
  /** Functions that have failed. */
  readonly #failed = new WeakSet<object>();

  /**
   * @param tables an engine, or what a policy needs of one
   * @param inUse the transforms that sessions have: all others may go
   * @param warn hears once of each function that fails, in a clause
   */
  constructor(
    tables: Omit<PolicyEnvironment, 'memory' | 'failed'>,
    inUse: () => Iterable<RouteTransform>,
    warn?: (reason: string) => void,
  ) {
    const { attrs, peers, ribs } = tables;
    const failed = ({ program }: Policy, reason: string): void => {
      if (program === undefined || this.#failed.has(program.run)) return;
      this.#failed.add(program.run);
      warn?.(reason);
    };
    this.#environment = { attrs, peers, ribs, memory: new PolicyMemory(attrs), failed };
    this.#inUse = inUse;
  }

  /**
   * The transform of a chain for a session.
   *
   * @param chain undefined when nothing is configured: then eBGP rejects (RFC 8212) and iBGP accepts
   */
  transform(chain: readonly Policy[] | undefined, external: boolean, session: PolicySession): RouteTransform {
    if (chain === undefined) return external ? missingPolicy : acceptPolicy;
    const [only] = chain;
    if (chain.length === 1 && only!.terms.length === 0 && only!.place === undefined && !only!.program)
      return only!.end === 'accept' ? acceptPolicy : rejectPolicy;
    const key = behaviourKey(specialize(chain, session), session);
    const known = this.#policies.get(key);
    if (known !== undefined) {
      known.relabel(chain, session);
      return known;
    }
    if (this.#policies.size >= this.#collectAt) this.collect();
    const compiled = new CompiledPolicy(chain, session, this.#environment);
    this.#policies.set(key, compiled);
    return compiled;
  }

  /** Forgets the policies that no session has. */
  collect(): void {
    const inUse = new Set(this.#inUse());
    for (const [key, policy] of this.#policies) {
      if (inUse.has(policy)) continue;
      this.#past.evaluations += policy.counters.evaluations;
      this.#past.tableFull += policy.counters.tableFull;
      this.#past.failures += policy.counters.failures;
      policy.dispose();
      this.#policies.delete(key);
    }
    this.#collectAt = Math.max(64, this.#policies.size * 2);
  }

  get counters(): PolicyCounters {
    let { evaluations, tableFull, failures } = this.#past;
    for (const { counters } of this.#policies.values()) {
      evaluations += counters.evaluations;
      tableFull += counters.tableFull;
      failures += counters.failures;
    }
    return {
      policies: this.#policies.size,
      evaluations,
      tableFull,
      failures,
      flushes: this.#environment.memory.flushes,
    };
  }
}
