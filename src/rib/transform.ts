/**
 * RouteTransform: how the tables see policy. `policy` implements it, `engine` calls it; neither table knows more.
 */
import type { AttrId } from './attr-table.ts';
import type { PrefixId } from './prefix-table.ts';

/** Result of {@link RouteTransform.apply} for a route that is not to be used. */
export const REJECT = 0;

export interface RouteTransform {
  /** Name of the policy, for status. */
  readonly name: string;
  /** Attributes to use for the route, or {@link REJECT}. The result is interned; the caller takes the reference. */
  apply(attr: AttrId, prefix: PrefixId): AttrId;
}
