/** Policies as they are in force: their terms, where each is written, and which sessions they decide for. */
import type { Config, PeerSettings } from '../config/types.ts';
import { BUILTIN_POLICIES } from '../policy/builtin.ts';
import type { Condition, Policy, Term, TermVerdict } from '../policy/types.ts';
import type { Neighbor } from './neighbor.ts';
import { actionText, valuesOf } from './policy-text.ts';
import { rangeOf } from './route-plan.ts';

/** Values of a condition that are named; of more there is the number. */
const NAMED_VALUES = 20;

/** One thing that a term asks of a route. */
export interface PolicyCondition {
  /** As in the file: `prefix-set: bogons`. */
  readonly text: string;
  /** What its sets and lists hold, the first twenty. */
  readonly values: readonly string[];
  /** How many they hold. */
  readonly valueCount: number;
}

export interface PolicyTermStatus {
  /** Place in the policy, from 1. */
  readonly number: number;
  readonly name?: string;
  /** All must hold; none: every route. */
  readonly match: readonly PolicyCondition[];
  /** What is changed, in this order: `local-pref: 200`. */
  readonly set: readonly string[];
  readonly verdict: TermVerdict;
  readonly file?: string;
  readonly line?: number;
}

/** One direction of a neighbor, or of a range of neighbors, that has the policy. */
export interface PolicyUse {
  readonly direction: 'import' | 'export';
  /** Address, or the prefix of a range of neighbors. */
  readonly neighbor: string;
  readonly peerGroup?: string;
  /** All policies of this direction, in the order in which they are asked. */
  readonly chain: readonly string[];
  /** Established sessions. */
  readonly sessions: number;
}

export interface PolicyStatus {
  readonly name: string;
  /** `function`: of the program in which the speaker runs. */
  readonly kind: 'terms' | 'built-in' | 'function';
  readonly file?: string;
  readonly line?: number;
  readonly terms: readonly PolicyTermStatus[];
  /** What becomes of a route that no term decided; `next`: the next policy of the chain, behind the last one it is rejected. */
  readonly end: TermVerdict;
  readonly uses: readonly PolicyUse[];
}

/**
 * All policies of the configuration in its order, and behind them the built-in ones that are in use.
 *
 * @param config in force
 */
export function policyStatuses(config: Config, neighbors: Iterable<Neighbor>): PolicyStatus[] {
  const uses = usesByPolicy(config, [...neighbors]);
  const builtIn = [...BUILTIN_POLICIES.values()].filter(({ name }) => uses.has(name));
  return [...config.policies, ...builtIn].map((policy) => policyStatus(policy, uses.get(policy.name) ?? []));
}

function policyStatus(policy: Policy, uses: readonly PolicyUse[]): PolicyStatus {
  const { name, program, terms, end, place } = policy;
  return {
    name,
    kind: program !== undefined ? 'function' : BUILTIN_POLICIES.has(name) ? 'built-in' : 'terms',
    ...place,
    terms: terms.map(termStatus),
    end,
    uses,
  };
}

function termStatus({ name, match, set, verdict, place }: Term, index: number): PolicyTermStatus {
  return {
    number: index + 1,
    ...(name !== undefined && { name }),
    match: match.map(conditionStatus),
    set: set.map(actionText),
    verdict,
    ...(place !== undefined && { file: place.file, line: place.line }),
  };
}

function conditionStatus(condition: Condition): PolicyCondition {
  const values = valuesOf(condition);
  return { text: condition.text, values: values.slice(0, NAMED_VALUES), valueCount: values.length };
}

function usesByPolicy(config: Config, neighbors: readonly Neighbor[]): Map<string, PolicyUse[]> {
  const uses = new Map<string, PolicyUse[]>();
  const established = neighbors.filter(({ index }) => index !== undefined);
  const add = (neighbor: string, settings: PeerSettings, sessions: number): void => {
    for (const direction of ['import', 'export'] as const) {
      const chain = settings[direction] ?? [];
      const { peerGroup } = settings;
      const use = { direction, neighbor, ...(peerGroup !== undefined && { peerGroup }), chain, sessions };
      for (const name of new Set(chain)) {
        const known = uses.get(name);
        if (known === undefined) uses.set(name, [use]);
        else known.push(use);
      }
    }
  };
  for (const settings of config.neighbors) {
    const { address } = settings;
    add(address, settings, established.filter((one) => one.settings.address === address).length);
  }
  for (const range of config.dynamicNeighbors) {
    const inside = established.filter(
      ({ dynamic, settings }) => dynamic && rangeOf(config, settings.address) === range,
    );
    add(range.prefix, range, inside.length);
  }
  return uses;
}
