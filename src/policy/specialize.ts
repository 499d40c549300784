/**
 * A chain of policies as one session sees it: what depends on the neighbor is decided, so that sessions for which it
 * comes out the same share one compiled policy, and one update group.
 */
import { hashBytes } from '../base/hash.ts';
import type { PolicyProgram } from './program-types.ts';
import { matchesNeighbor } from './route-tests.ts';
import type { Action, Condition, ConditionTest, Policy, PolicySession, Term } from './types.ts';

/** The policies with every condition about the session decided; one without such conditions is the same object. */
export function specialize(chain: readonly Policy[], session: PolicySession): readonly Policy[] {
  return chain.map((policy) => {
    const terms = policy.terms.map((term) => {
      const match = decideAll(term.match, session);
      return match === term.match ? term : { ...term, match };
    });
    return terms.every((term, i) => term === policy.terms[i]) ? policy : { ...policy, terms };
  });
}

/** A condition that fails for the session makes the others of its term superfluous; one that holds is nothing. */
function decideAll(match: Term['match'], session: PolicySession): readonly Condition[] {
  const decided = match.map((condition) => decide(condition, session));
  if (decided.every((condition, i) => condition === match[i])) return match;
  const never = decided.find((condition) => condition.kind === 'constant' && !condition.value);
  return never === undefined ? decided.filter(({ kind }) => kind !== 'constant') : [never];
}

function decide(condition: Condition, session: PolicySession): Condition {
  const { text } = condition;
  switch (condition.kind) {
    case 'neighbor':
      return constant(isSession(condition, session), text);
    case 'from':
      return session.direction === 'import' ? constant(isSession(condition, session), text) : condition;
    case 'not': {
      const of = decide(condition.of, session);
      if (of === condition.of) return condition;
      return of.kind === 'constant' ? constant(!of.value, text) : { kind: 'not', of, text };
    }
    case 'all':
    case 'any': {
      // One part that is true decides `any`, one that is false decides `all`.
      const deciding = condition.kind === 'any';
      const of = condition.of.map((part) => decide(part, session));
      if (of.every((part, i) => part === condition.of[i])) return condition;
      if (of.some((part) => part.kind === 'constant' && part.value === deciding))
        return constant(deciding, text);
      const open = of.filter(({ kind }) => kind !== 'constant');
      return open.length === 0 ? constant(!deciding, text) : { kind: condition.kind, of: open, text };
    }
    default:
      return condition;
  }
}

function isSession(
  condition: ConditionTest & { kind: 'neighbor' | 'from' },
  session: PolicySession,
): boolean {
  return matchesNeighbor(condition.patterns, { address: session.address, group: session.peerGroup });
}

function constant(value: boolean, text: string): Condition {
  return { kind: 'constant', value, text };
}

/**
 * What a specialized chain does, as a short text: equal for equal behaviour, whatever names and lines it has in the
 * file.
 */
export function behaviourKey(chain: readonly Policy[], session: PolicySession): string {
  const actions = chain.flatMap(({ terms }) => terms.flatMap(({ set }) => set));
  // A function may ask for anything that it is shown of the session.
  const { address, peerGroup, localAs, peerAs, self } = session;
  const seen = { address, peerGroup, localAs, peerAs, self: self.map(String) };
  return contentKey({
    ...(chain.some(({ program }) => program !== undefined) && { session: seen }),
    policies: chain.map(policyKey),
    direction: session.direction,
    ...(actions.some(usesLocalAs) && { localAs: session.localAs }),
    ...(session.direction === 'import' && actions.some(isSelf) && { self: session.self.map(String) }),
  });
}

/** What one policy does, as a short text. */
export function policyKey(policy: Policy): string {
  return cached(policy, () =>
    contentKey({
      terms: policy.terms.map(({ match, set, verdict }) => ({
        match: match.map(conditionKey),
        set,
        verdict,
      })),
      end: policy.end,
      ...(policy.program && { program: programKey(policy.program) }),
    }),
  );
}

/** A function is what it is and nothing else: each one is numbered. */
const PROGRAM_KEYS = new WeakMap<object, number>();
let programs = 0;

function programKey({ run, perPrefix }: PolicyProgram): readonly [number, boolean] {
  let number = PROGRAM_KEYS.get(run);
  if (number === undefined) {
    number = ++programs;
    PROGRAM_KEYS.set(run, number);
  }
  return [number, perPrefix];
}

/** What a condition asks, as a short text. */
export function conditionKey(condition: ConditionTest): string {
  return cached(condition, () => contentKey(condition));
}

/** By object: sets may have thousands of prefixes, and are used by every session. */
const KEYS = new WeakMap<object, string>();

function cached(object: object, make: () => string): string {
  let key = KEYS.get(object);
  if (key === undefined) {
    key = make();
    KEYS.set(object, key);
  }
  return key;
}

/** 124 bits of a hash of what the operator has written, without what is only there to be shown. */
function contentKey(content: object): string {
  const text = JSON.stringify(content, function (this: object, key, value: unknown) {
    return key === 'text' && !isCommunity(this) ? undefined : value;
  });
  const bytes = new TextEncoder().encode(text);
  return [1, 2, 3, 4].map((seed) => hashBytes(bytes, 0, bytes.length, seed).toString(36)).join('-');
}

/** Of a community, the text is the content (`CommunityLiteral`). */
function isCommunity(holder: object): boolean {
  const kind = (holder as { readonly kind?: unknown }).kind;
  return kind === 'standard' || kind === 'large' || kind === 'extended';
}

function usesLocalAs(action: Action): boolean {
  return (
    (action.kind === 'prepend' && action.as === 'own') ||
    (action.kind === 'remove-private-as' && action.mode === 'replace')
  );
}

function isSelf(action: Action): boolean {
  return action.kind === 'next-hop' && action.mode === 'self';
}
