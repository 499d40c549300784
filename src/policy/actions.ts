/**
 * Actions: what a term does to the attributes of a route. One function each, over {@link PolicyRoute}: new values are put
 * together from the bytes of old ones, but for what is rare.
 *
 * Export marks what the session must send as it is: a next hop or MED that a policy has chosen is not what the rules
 * of RFC 4271 would send. The marks are low bits of the attribute's flags, which the wire does not use and received
 * blobs never have; `engine/rewrite.ts` obeys them and does not send them.
 */
import { parseAddress } from '../base/address.ts';
import { equalBytes } from '../base/bytes.ts';
import { DEFAULT_LOCAL_PREF } from '../rib/attr-derive.ts';
import { SegmentType } from '../wire/as4.ts';
import type { AsPathSegment } from '../wire/attributes/as-path-segments.ts';
import { MARK_BY_POLICY, MARK_SELF } from '../wire/attributes/marks.ts';
import { SLOT } from './attribute-edit.ts';
import { isPrivateAs, PRIVATE_ASNS } from './builtin.ts';
import { COMMUNITY_OCTETS, CommunityIndex } from './community-index.ts';
import { containsAny } from './conditions.ts';
import { COMMUNITY_ATTRIBUTE, PolicyRoute } from './route.ts';
import type {
  Action,
  CommunityKind,
  CommunityLiteral,
  CommunityPattern,
  NumberChange,
  PolicySession,
  PrivateAsMode,
} from './types.ts';

const MAX_U32 = 0xffffffff;
const MAX_SEGMENT_ASNS = 255;
const NO_BYTES = new Uint8Array(0);

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

/** Carries out an action; `family` is the index of the route's family: it says which address is our next hop. */
export type CompiledAction = (route: PolicyRoute, family: number) => void;

/** HOT in what it returns: it runs once for each distinct attribute set. */
export function compileAction(action: Action, session: PolicySession): CompiledAction {
  switch (action.kind) {
    case 'local-pref':
      return changeNumber(SLOT.localPref, action.change, DEFAULT_LOCAL_PREF, 0);
    case 'med':
      return changeNumber(SLOT.med, action.change, 0, markOf(session));
    case 'aigp':
      return (route) =>
        route.set('aigp', action.value === undefined ? undefined : [{ type: 'metric', value: action.value }]);
    case 'origin':
      return (route) => route.set('origin', action.origin);
    case 'remove-private-as':
      return (route) => removePrivateAs(route, action.mode, session.localAs);
    case 'prepend': {
      const { count } = action;
      const as = action.as === 'own' ? session.localAs : action.as;
      return (route) => prepend(route, as === 'last' ? route.neighborAs : as, count);
    }
    case 'communities-remove':
      return removeCommunities(action.patterns);
    case 'communities-add':
      return addCommunities(action.communities);
    case 'communities-set':
      return setCommunities(action.communities);
    case 'next-hop':
      return setNextHop(action, session);
  }
}

function markOf({ direction }: PolicySession): number {
  return direction === 'export' ? MARK_BY_POLICY : 0;
}

function changeNumber(slot: number, change: NumberChange, missing: number, mark: number): CompiledAction {
  switch (change.kind) {
    case 'set':
      return (route) => route.setNumber(slot, change.value, mark);
    case 'add':
      return (route) => {
        const present = route.has(slot) ? route.number(slot) : missing;
        route.setNumber(slot, Math.min(Math.max(present + change.value, 0), MAX_U32), mark);
      };
    case 'remove':
      return (route) => route.remove(slot);
  }
}

function prepend(route: PolicyRoute, as: number | undefined, count: number): void {
  if (as === undefined || count === 0) return;
  const values = route.values();
  const start = values.length;
  const slot = SLOT.asPath;
  const bytes = route.has(slot) ? route.bytesOf(slot) : NO_BYTES;
  const from = route.has(slot) ? route.from[slot]! : 0;
  const to = route.has(slot) ? route.to[slot]! : 0;
  // A sequence that leads takes them in as far as it has room: full ones come first.
  const joins = to > from && bytes[from] === SegmentType.sequence;
  const present = joins ? bytes[from + 1]! : 0;
  if (joins && present + count > MAX_SEGMENT_ASNS) {
    prependLong(route, as, count);
    return;
  }
  for (let left = count; left > 0; left -= MAX_SEGMENT_ASNS) {
    const length = Math.min(left, MAX_SEGMENT_ASNS);
    values.u8(SegmentType.sequence);
    values.u8(length + present);
    for (let i = 0; i < length; i++) values.u32(as);
  }
  values.copy(bytes, joins ? from + 2 : from, to);
  route.written(slot, start, 0);
}

/** The sequence in front gets too long for one segment. */
function prependLong(route: PolicyRoute, as: number, count: number): void {
  const [first, ...rest] = route.segments;
  const asns = [...new Array<number>(count).fill(as), ...first!.asns];
  route.set('asPath', [{ type: 'sequence', asns }, ...rest]);
}

function removePrivateAs(route: PolicyRoute, mode: PrivateAsMode, localAs: number): void {
  if (!containsAny(route, PRIVATE_ASNS)) return;
  const { asns, segments } = route;
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

/** Slot, kind and octets of one community. */
const KINDS = (['standard', 'extended', 'large'] as const).map((kind) => ({
  kind,
  slot: SLOT[COMMUNITY_ATTRIBUTE[kind]],
  octets: COMMUNITY_OCTETS[kind],
}));

/** Word 0 of one index at a time. */
const WORDS = new Int32Array(1);

function removeCommunities(patterns: readonly CommunityPattern[]): CompiledAction {
  const index = new CommunityIndex();
  for (const pattern of patterns) index.add(pattern, 0, 1);
  const isOne = (kind: CommunityKind, bytes: Uint8Array, from: number, to: number): boolean => {
    WORDS[0] = 0;
    index.scan(kind, bytes, from, to, WORDS);
    return WORDS[0] !== 0;
  };
  const kinds = KINDS.filter(({ kind }) => index.kinds.has(kind));
  return (route) => {
    for (const { kind, slot, octets } of kinds) {
      if (!route.has(slot) || !isOne(kind, route.bytesOf(slot), route.from[slot]!, route.to[slot]!)) continue;
      const values = route.values();
      const start = values.length;
      const bytes = route.bytesOf(slot);
      const to = route.to[slot]!;
      for (let at = route.from[slot]!; at < to; at += octets)
        if (!isOne(kind, bytes, at, at + octets)) values.copy(bytes, at, at + octets);
      if (values.length > start) route.written(slot, start, 0);
      else route.remove(slot);
    }
  };
}

/** The bytes of communities, by kind. */
function bytesOf(communities: readonly CommunityLiteral[]) {
  return KINDS.map(({ kind, slot, octets }) => {
    const route = new PolicyRoute();
    const texts = communities.filter((one) => one.kind === kind).map(({ text }) => text);
    route.setCommunities(kind, texts);
    const bytes = texts.length === 0 ? NO_BYTES : route.bytesOf(slot).slice(0, route.to[slot]!);
    return { slot, octets, bytes };
  });
}

function addCommunities(communities: readonly CommunityLiteral[]): CompiledAction {
  const kinds = bytesOf(communities).filter(({ bytes }) => bytes.length > 0);
  return (route) => {
    for (const { slot, octets, bytes } of kinds) {
      const values = route.values();
      const start = values.length;
      const isThere = route.has(slot);
      const present = isThere ? route.bytesOf(slot) : NO_BYTES;
      const from = isThere ? route.from[slot]! : 0;
      const to = isThere ? route.to[slot]! : 0;
      values.copy(present, from, to);
      const before = values.length;
      for (let at = 0; at < bytes.length; at += octets)
        if (!contains(present, from, to, bytes, at, octets)) values.copy(bytes, at, at + octets);
      if (values.length > before) route.written(slot, start, 0);
      else values.length = start;
    }
  };
}

/** Whether a list of values of `octets` has the one at `value[at]`. */
function contains(
  bytes: Uint8Array,
  from: number,
  to: number,
  value: Uint8Array,
  at: number,
  octets: number,
): boolean {
  for (let one = from; one < to; one += octets)
    if (equalBytes(bytes, one, one + octets, value, at)) return true;
  return false;
}

function setCommunities(communities: readonly CommunityLiteral[]): CompiledAction {
  const kinds = bytesOf(communities);
  return (route) => {
    for (const { slot, bytes } of kinds) {
      if (bytes.length > 0) {
        const values = route.values();
        const start = values.length;
        values.copy(bytes);
        route.written(slot, start, 0);
      } else if (communities.length === 0 && route.has(slot)) route.remove(slot);
    }
  };
}

function setNextHop(action: Action & { readonly kind: 'next-hop' }, session: PolicySession): CompiledAction {
  const { direction, self } = session;
  const mark = markOf(session);
  switch (action.mode) {
    case 'unchanged':
      // At import a next hop is as received already; a route without one is told with ours.
      return (route) => {
        if (direction === 'export') route.mark(SLOT.nextHop, MARK_BY_POLICY);
      };
    case 'self':
      // The session knows its address when it sends: the mark alone lets sessions with other addresses share the work.
      return (route, family) => {
        const own = self[family];
        if (direction === 'export') route.mark(SLOT.nextHop, MARK_SELF);
        else if (own !== undefined) route.setNextHop(own, 0);
      };
    case 'address': {
      const [ipv4, ipv6] = [action.ipv4, action.ipv6].map((text) =>
        text === undefined ? undefined : parseAddress(text),
      );
      return (route, family) => {
        const address = family === 1 ? ipv6 : ipv4;
        if (address !== undefined) route.setNextHop(address, mark);
      };
    }
  }
}
