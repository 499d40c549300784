/**
 * Policies as plain data: what `config` reads from the file and `compile.ts` turns into a RouteTransform.
 *
 * Everything that names a set is resolved already: a condition holds the values themselves. `text` and `place` are
 * for people only and take no part in the identity of a policy (`specialize.ts`).
 */

import type { PolicyProgram } from './program-types.ts';

/** Where a term or a condition is written. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What a matching term does with the route: `next` goes on with the next term. */
export type TermVerdict = 'accept' | 'reject' | 'next';

/** Both ends belong to it. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Prefixes below `prefix` with `min` to `max` bits. */
export interface PrefixRange {
  /** Canonical text. */
  readonly prefix: string;
  readonly min: number;
  readonly max: number;
}

export type CommunityKind = 'standard' | 'extended' | 'large';

/**
 * A set of communities of one kind. Standard ones have two numbers, large ones three. An extended one is compared as
 * text, part by part: its type (`rt`), then the parts behind its colons, where undefined stands for any.
 */
export type CommunityPattern =
  | { readonly kind: 'standard' | 'large'; readonly parts: readonly NumberRange[] }
  | { readonly kind: 'extended'; readonly type: string; readonly parts: readonly (string | undefined)[] };

/** One community as text, in its canonical form. */
export interface CommunityLiteral {
  readonly kind: CommunityKind;
  readonly text: string;
}

/** Where a route was learned. */
export type RouteSource = 'local' | 'internal' | 'external';

export type OriginName = 'igp' | 'egp' | 'incomplete';

/** A neighbor, by address, by range of addresses or by group. Addresses are canonical text, with zone. */
export type NeighborPattern =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'range'; readonly prefix: string }
  | { readonly kind: 'group'; readonly group: string };

/** What is asked of a route. */
export type ConditionTest =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** A condition that is decided already: what `neighbor` becomes for one session. */
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'prefix'; readonly ranges: readonly PrefixRange[] }
  | { readonly kind: 'prefix-length'; readonly range: NumberRange }
  | { readonly kind: 'family'; readonly families: readonly number[] }
  | { readonly kind: 'source'; readonly sources: readonly RouteSource[] }
  /** The session that the policy is applied to. */
  | { readonly kind: 'neighbor'; readonly patterns: readonly NeighborPattern[] }
  /** The session that the route came from: the same at import. */
  | { readonly kind: 'from'; readonly patterns: readonly NeighborPattern[] }
  | { readonly kind: 'as-path'; readonly patterns: readonly string[] }
  | { readonly kind: 'as-path-length'; readonly range: NumberRange }
  | {
      readonly kind: 'as-path-contains' | 'origin-as' | 'neighbor-as';
      readonly ranges: readonly NumberRange[];
    }
  | {
      readonly kind: 'community';
      readonly quantifier: 'any' | 'all' | 'none';
      readonly patterns: readonly CommunityPattern[];
    }
  | { readonly kind: 'community-count'; readonly of: CommunityKind; readonly range: NumberRange }
  /** Without a range: the route has no MED. */
  | { readonly kind: 'med'; readonly range: NumberRange | undefined }
  | { readonly kind: 'local-pref'; readonly range: NumberRange }
  | { readonly kind: 'origin'; readonly origins: readonly OriginName[] }
  | { readonly kind: 'next-hop'; readonly ranges: readonly PrefixRange[] };

/** A test with the words of the file: `prefix-set: bogons`. */
export type Condition = ConditionTest & { readonly text: string };

/** A new value of a number: `set` replaces it, `add` changes it by that much (it stays within 0 and its maximum). */
export type NumberChange =
  | { readonly kind: 'set'; readonly value: number }
  | { readonly kind: 'add'; readonly value: number }
  | { readonly kind: 'remove' };

/**
 * Which private AS numbers are taken out of the path: `only-private`: all, if the path has no other numbers; `leading`:
 * those before the first other number; `all`: every one; `replace`: every one becomes our own.
 */
export type PrivateAsMode = 'only-private' | 'leading' | 'all' | 'replace';

/** What a term changes. A term's actions are carried out in the order of this list. */
export type Action =
  | { readonly kind: 'local-pref' | 'med'; readonly change: NumberChange }
  /** The first value of AIGP; 64 bits in decimal digits, undefined removes the attribute. */
  | { readonly kind: 'aigp'; readonly value: string | undefined }
  | { readonly kind: 'origin'; readonly origin: OriginName }
  | { readonly kind: 'remove-private-as'; readonly mode: PrivateAsMode }
  /** `own`: our AS; `last`: the leftmost one of the path. */
  | { readonly kind: 'prepend'; readonly as: number | 'own' | 'last'; readonly count: number }
  | { readonly kind: 'communities-remove'; readonly patterns: readonly CommunityPattern[] }
  | { readonly kind: 'communities-add'; readonly communities: readonly CommunityLiteral[] }
  /** Replaces the communities of the kinds that are listed; an empty list removes all of all kinds. */
  | { readonly kind: 'communities-set'; readonly communities: readonly CommunityLiteral[] }
  /** An address for each IP version it is known for; a route of the other version keeps its next hop. */
  | {
      readonly kind: 'next-hop';
      readonly mode: 'self' | 'unchanged' | 'address';
      readonly ipv4: string | undefined;
      readonly ipv6: string | undefined;
    };

export interface Term {
  /** Shown by explain; undefined: known by its number and place. */
  readonly name: string | undefined;
  /** All must hold. */
  readonly match: readonly Condition[];
  readonly set: readonly Action[];
  /** `then` in the file. */
  readonly verdict: TermVerdict;
  readonly place: Place | undefined;
}

export interface Policy {
  readonly name: string;
  readonly terms: readonly Term[];
  /** What happens at the end of the terms; `next`: the next policy of the chain, behind the last one the route is rejected. */
  readonly end: TermVerdict;
  readonly place: Place | undefined;
  /** A function of the program that decides in place of terms. */
  readonly program?: PolicyProgram;
}

/** Where a policy is applied; what its conditions and actions depend on besides the route. */
export interface PolicySession {
  readonly direction: 'import' | 'export';
  readonly localAs: number;
  /** Canonical text with zone. */
  readonly address: string;
  readonly peerGroup: string | undefined;
  /** Our next hop by family index, 4, 16 or 32 bytes; undefined where we have none. */
  readonly self: readonly (Uint8Array | undefined)[];
  /** AS number of the peer; undefined while there is no session. */
  readonly peerAs?: number;
}
