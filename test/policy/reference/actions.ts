/**
 * Actions: what a term does to the attributes of a route. One function each, over {@link PolicyRoute}.
 *
 * Export marks what the session must send as it is: a next hop or MED that a policy has chosen is not what the rules
 * of RFC 4271 would send. The marks are low bits of the attribute's flags, which the wire does not use and received
 * blobs never have; `engine/rewrite.ts` obeys them and does not send them.
 */
import { parseAddress } from '../../../src/base/address.ts';
import { PRIVATE_ASNS } from '../../../src/policy/builtin.ts';
import { matchesPattern } from '../../../src/policy/community-pattern.ts';
import type {
  Action,
  CommunityKind,
  CommunityLiteral,
  CommunityPattern,
  NumberChange,
  PolicySession,
  PrivateAsMode,
} from '../../../src/policy/types.ts';
import type { AsPathSegment } from '../../../src/wire/attributes/as-path-segments.ts';
import { MARK_BY_POLICY, MARK_SELF } from '../../../src/wire/attributes/marks.ts';
import type { PolicyRoute } from './route.ts';

const MAX_U32 = 0xffffffff;
const KINDS: readonly CommunityKind[] = ['standard', 'extended', 'large'];

/** Attributes that an action may change, by their names in JSON. */
export const ATTRIBUTES_OF = {
  'local-pref': ['localPref'],
  med: ['med'],
  aigp: ['aigp'],
  origin: ['origin'],
  'remove-private-as': ['asPath'],
  prepend: ['asPath'],
  'communities-remove': ['communities', 'extendedCommunities', 'largeCommunities'],
  'communities-add': ['communities', 'extendedCommunities', 'largeCommunities'],
  'communities-set': ['communities', 'extendedCommunities', 'largeCommunities'],
  'next-hop': ['nextHop'],
} as const satisfies Record<Action['kind'], readonly string[]>;

/**
 * Carries out one action.
 *
 * @param family index of the route's family: it says which address is our next hop
 */
export function perform(action: Action, route: PolicyRoute, session: PolicySession, family: number): void {
  switch (action.kind) {
    case 'local-pref': {
      const value = changed(action.change, route.localPref);
      route.set('localPref', value);
      return;
    }
    case 'med':
      route.set('med', changed(action.change, route.get('med') ?? 0), markOf(session));
      return;
    case 'aigp':
      route.set('aigp', action.value === undefined ? undefined : [{ type: 'metric', value: action.value }]);
      return;
    case 'origin':
      route.set('origin', action.origin);
      return;
    case 'remove-private-as':
      removePrivateAs(route, action.mode, session.localAs);
      return;
    case 'prepend':
      prepend(route, action.as === 'own' ? session.localAs : action.as, action.count);
      return;
    case 'communities-remove':
      removeCommunities(route, action.patterns);
      return;
    case 'communities-add':
      addCommunities(route, action.communities);
      return;
    case 'communities-set':
      setCommunities(route, action.communities);
      return;
    case 'next-hop':
      setNextHop(route, action, session, family);
  }
}

function markOf({ direction }: PolicySession): number {
  return direction === 'export' ? MARK_BY_POLICY : 0;
}

function changed(change: NumberChange, present: number): number | undefined {
  switch (change.kind) {
    case 'set':
      return change.value;
    case 'add':
      return Math.min(Math.max(present + change.value, 0), MAX_U32);
    case 'remove':
      return undefined;
  }
}

function prepend(route: PolicyRoute, as: number | 'last', count: number): void {
  const number = as === 'last' ? route.neighborAs : as;
  if (number === undefined || count === 0) return;
  const added = new Array<number>(count).fill(number);
  const [first, ...rest] = route.segments;
  const joins = first?.type === 'sequence';
  const segments: AsPathSegment[] = joins
    ? [{ type: 'sequence', asns: [...added, ...first.asns] }, ...rest]
    : [{ type: 'sequence', asns: added }, ...route.segments];
  route.set('asPath', segments);
}

/** Whether an AS number is for private use (RFC 6996). */
function isPrivateAs(as: number): boolean {
  return PRIVATE_ASNS.some(({ min, max }) => as >= min && as <= max);
}

function removePrivateAs(route: PolicyRoute, mode: PrivateAsMode, localAs: number): void {
  const { asns, segments } = route;
  if (!asns.some(isPrivateAs)) return;
  if (mode === 'only-private') {
    if (asns.every(isPrivateAs)) route.set('asPath', []);
    return;
  }
  let leading = true;
  const kept = segments.map((segment) => ({
    ...segment,
    asns: segment.asns.flatMap((as) => {
      if (!isPrivateAs(as) || (mode === 'leading' && !leading)) {
        leading = false;
        return [as];
      }
      return mode === 'replace' ? [localAs] : [];
    }),
  }));
  route.set('asPath', joinSequences(kept.filter(({ asns: left }) => left.length > 0)));
}

/** Sequences that have come to stand side by side are one. */
function joinSequences(segments: readonly AsPathSegment[]): AsPathSegment[] {
  const joined: AsPathSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last?.type === 'sequence' && segment.type === 'sequence')
      joined[joined.length - 1] = { type: 'sequence', asns: [...last.asns, ...segment.asns] };
    else joined.push(segment);
  }
  return joined;
}

function removeCommunities(route: PolicyRoute, patterns: readonly CommunityPattern[]): void {
  for (const kind of KINDS) {
    const present = route.communities(kind);
    const kept = present.filter((one) => !patterns.some((pattern) => matchesPattern(pattern, one)));
    if (kept.length < present.length)
      route.setCommunities(
        kind,
        kept.map(({ text }) => text),
      );
  }
}

function addCommunities(route: PolicyRoute, communities: readonly CommunityLiteral[]): void {
  for (const kind of KINDS) {
    const present = route.communities(kind).map(({ text }) => text);
    const added = communities.filter((one) => one.kind === kind && !present.includes(one.text));
    if (added.length > 0) route.setCommunities(kind, [...present, ...added.map(({ text }) => text)]);
  }
}

function setCommunities(route: PolicyRoute, communities: readonly CommunityLiteral[]): void {
  for (const kind of KINDS) {
    const wanted = communities.filter((one) => one.kind === kind).map(({ text }) => text);
    if (wanted.length > 0 || (communities.length === 0 && route.communities(kind).length > 0))
      route.setCommunities(kind, wanted);
  }
}

function setNextHop(
  route: PolicyRoute,
  action: Action & { readonly kind: 'next-hop' },
  session: PolicySession,
  family: number,
): void {
  const { direction, self } = session;
  if (action.mode === 'unchanged') {
    // At import a next hop is as received already; a route without one is told with ours.
    if (direction === 'export') route.mark('nextHop', MARK_BY_POLICY);
    return;
  }
  if (action.mode === 'self') {
    const own = self[family];
    // The session knows its address when it sends: the mark alone lets sessions with other addresses share the work.
    if (direction === 'export') route.mark('nextHop', MARK_SELF);
    else if (own !== undefined) route.setNextHop(own, 0);
    return;
  }
  const text = family === 1 ? action.ipv6 : action.ipv4;
  const bytes = text === undefined ? undefined : parseAddress(text);
  if (bytes !== undefined) route.setNextHop(bytes, markOf(session));
}
