/**
 * Policies written in TypeScript: what a function is shown of a route, and what it may answer.
 */
import type { OriginName, RouteSource } from './types.ts';

/** A route as a policy function sees it. Community texts are those of `bellhop show routes`. */
export interface PolicyRouteView {
  /** `10.0.0.0/8`. Reading it is an error unless the policy was given with `perPrefix`. */
  readonly prefix: string;
  readonly family: 'ipv4-unicast' | 'ipv6-unicast';
  /** Where it was learned: from ourselves, an iBGP peer or an eBGP peer. */
  readonly source: RouteSource;
  readonly origin: OriginName | undefined;
  /** Every AS number of the path, nearest first; those of sets too. */
  readonly asPath: readonly number[];
  /** The path as text, sets in braces: `65001 {65002,65003}`. */
  readonly asPathText: string;
  /** Length as the decision process counts it: a set is one. */
  readonly asPathLength: number;
  /** Leftmost AS number; undefined for an empty path or one that begins with a set. */
  readonly neighborAs: number | undefined;
  /** Rightmost AS number; undefined for an empty path or one that ends in a set. */
  readonly originAs: number | undefined;
  /** Canonical text; undefined for a route of our own that is told with our address. */
  readonly nextHop: string | undefined;
  readonly med: number | undefined;
  /** 100 when the route has none. */
  readonly localPref: number;
  /** `65000:1`; well-known ones by name: `no-export`. */
  readonly communities: readonly string[];
  /** `65000:1:2`. */
  readonly largeCommunities: readonly string[];
  /** `rt:65000:1`. */
  readonly extendedCommunities: readonly string[];
}

/** The session on which a policy function decides. */
export interface PolicyNeighbor {
  /** Canonical text, with zone for link-local. */
  readonly address: string;
  /** undefined only in policy tests of a file. */
  readonly peerAs: number | undefined;
  readonly peerGroup: string | undefined;
}

/** The argument of a policy function. */
export interface PolicyInput {
  readonly route: PolicyRouteView;
  /** The peer that sent the route (import) or will hear it (export). */
  readonly neighbor: PolicyNeighbor;
  readonly direction: 'import' | 'export';
  readonly localAs: number;
}

/** Attributes to change; what is not named stays. `null` removes the attribute. */
export interface RouteChanges {
  /** 0 to 4,294,967,295. */
  readonly localPref?: number | null;
  /** 0 to 4,294,967,295. */
  readonly med?: number | null;
  readonly origin?: OriginName;
  /** An address of the route's IP version, our own, or (at export) the one it came with. */
  readonly nextHop?: 'self' | 'unchanged' | (string & {});
  /** The whole path, nearest AS first; carried out before `prepend`. */
  readonly asPath?: readonly number[];
  /** Put in front of the path; the first one becomes the leftmost. */
  readonly prepend?: readonly number[];
  /** All standard communities. */
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
  readonly extendedCommunities?: readonly string[];
  /** What happens then: default `accept`; `next` asks the next policy of the chain. */
  readonly verdict?: 'accept' | 'next';
}

/**
 * What a policy function answers. Attributes to change accept the route. `next`, and no answer, ask the next policy of
 * the chain; behind the last one the route is rejected.
 */
export type PolicyResult = 'accept' | 'reject' | 'next' | RouteChanges | undefined;

/**
 * A policy as a function. It must depend on its argument alone: its answer is remembered for each distinct set of
 * attributes, family and source on each session. A function that throws, or answers something else than a
 * {@link PolicyResult} (a promise too), rejects the route; that is counted, and told once as a `warning` event.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a `return` is one that leaves the decision.
export type PolicyFunction = (input: PolicyInput) => PolicyResult | void;

/** A function, and how it is called. */
export interface PolicyProgram {
  readonly run: PolicyFunction;
  /** Call it for every route, with its prefix, and remember nothing. */
  readonly perPrefix: boolean;
}

/** Policy functions by name. */
export type PolicyFunctions = Readonly<
  Record<string, PolicyFunction | { readonly run: PolicyFunction; readonly perPrefix?: boolean }>
>;
