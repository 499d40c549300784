/**
 * RouteTransform: how the tables see policy. `policy` implements it, `engine` calls it; neither table knows more.
 */
import type { AttrId } from './attr-table.ts';
import type { PeerIndex } from './peer-table.ts';
import type { PrefixId } from './prefix-table.ts';

/** Result of {@link RouteTransform.apply} for a route that is not to be used. */
export const REJECT = 0;

export interface RouteTransform {
  /** Name of the policy, for status. */
  readonly name: string;
  /** Stands for what the policy does: two transforms with one key give the same results. */
  readonly key: string;
  /** Whether the result depends on the prefix; else one call serves all routes of a message. */
  readonly perPrefix: boolean;
  /** The result may carry the next hop of another router: an eBGP peer must not be told its own address. */
  readonly passesNextHop: boolean;
  /**
   * Attributes to use for the route, or {@link REJECT}. The result is interned; the caller takes the reference.
   *
   * @param family index of the family, to which `prefix` belongs
   * @param prefix 0 where {@link perPrefix} is false
   * @param from the peer the route came from; 0 for a route of our own
   */
  apply(attr: AttrId, family: number, prefix: PrefixId, from: PeerIndex): AttrId;
  /** What `apply` would do, for people; absent where there is nothing to say. */
  explain?(attr: AttrId, family: number, prefix: PrefixId, from: PeerIndex): RouteExplanation;
}

/** How a policy decided about a route. */
export interface RouteExplanation {
  readonly verdict: 'accept' | 'reject';
  /** One clause: what decided. */
  readonly reason: string;
  /** The terms that were looked at, in order. */
  readonly steps: readonly ExplainedStep[];
}

/** One term of a policy as it saw the route. */
export interface ExplainedStep {
  readonly policy: string;
  /** Its name, or `term 3`. */
  readonly term: string;
  /** `bellhop.yaml:12`; undefined for a built-in policy. */
  readonly place: string | undefined;
  /** `accept`, `reject` or `next`; undefined when it did not match. */
  readonly verdict: 'accept' | 'reject' | 'next' | undefined;
  /** The first condition that failed, as in the file; undefined when it matched. */
  readonly failed: string | undefined;
  readonly changes: readonly ExplainedChange[];
}

/** An attribute that a term changed; undefined where it is absent. */
export interface ExplainedChange {
  readonly attribute: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}
