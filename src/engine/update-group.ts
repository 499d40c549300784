/**
 * UpdateGroup: the peers that hear the same bytes for one family, and what they have been told (Adj-RIB-Out).
 *
 * HOT. Adj-RIB-Out is one attribute id per prefix (0: not announced) and the index of the peer it came from, shared
 * by all members: a member is never told its own routes, and the source column says which these are. A member that
 * joins, asks for a refresh or falls behind is a group of its own until it has caught up; then the two are equal by
 * construction and merge. 6 bytes a prefix and group.
 */
import { grownCapacity, growU16, growU32, isRoomy } from '../base/columns.ts';
import { IntQueue } from '../base/int-queue.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import type { RouteTransform } from '../rib/transform.ts';
import type { TableFamily } from '../wire/families/spec.ts';
import type { NextHopParams, PeerParams } from './peer-params.ts';
import { type ExportOptions, PLAIN_SESSION } from './session-options.ts';

/** Everything that changes the bytes a peer hears. */
export interface GroupParams {
  readonly family: TableFamily;
  readonly localAs: number;
  readonly external: boolean;
  readonly as4: boolean;
  readonly extendedNextHop: boolean;
  /** Largest message in bytes. */
  readonly maximumLength: number;
  readonly nextHop: NextHopParams;
  /** `nextHop.self`, where the members can be told it. */
  readonly ownNextHop: Uint8Array | undefined;
  readonly export: RouteTransform;
  /**
   * Address of the peer where a next hop may be passed on to an eBGP peer: it must not be told its own one (RFC 4271
   * section 5.1.3), or may be told a limited number of prefixes. Such a group has one member.
   */
  readonly receiver: Uint8Array | undefined;
  readonly options: ExportOptions;
  /** Audiences of routes of our own that the members belong to. */
  readonly audiences: readonly number[];
}

const NO_AUDIENCES: readonly number[] = [];

/** The group parameters of a peer for a family. */
export function groupParams(peer: PeerParams, family: TableFamily, localAs: number): GroupParams {
  const nextHop = peer.nextHop[family.index]!;
  const extendedNextHop = (peer.context.extendedNextHop & (1 << family.index)) !== 0;
  const selfFits =
    nextHop.self !== undefined && fitsNextHop({ family, extendedNextHop }, nextHop.self.length);
  return {
    family,
    localAs,
    external: peer.external,
    as4: peer.context.as4,
    extendedNextHop,
    maximumLength: peer.context.extendedMessage ? 65_535 : 4096,
    nextHop,
    ownNextHop: selfFits ? nextHop.self : undefined,
    export: peer.export,
    receiver: isAlone(peer, family) ? peer.address : undefined,
    options: (peer.options ?? PLAIN_SESSION).export,
    audiences: peer.audiences ?? NO_AUDIENCES,
  };
}

/** Whether a group can be told a next hop of `length` bytes; 0 stands for none. */
export function fitsNextHop(
  { family, extendedNextHop }: Pick<GroupParams, 'family' | 'extendedNextHop'>,
  length: number,
): boolean {
  if (family.keyWords === 4) return length >= 16;
  return length === 4 || (length >= 16 && extendedNextHop);
}

/** Whether the peer cannot share a group: it must not hear its own address, or its prefixes are counted. */
function isAlone(peer: PeerParams, family: TableFamily): boolean {
  if (peer.options?.export.maximumPrefixes !== undefined) return true;
  return peer.external && (peer.nextHop[family.index]!.mode !== 'self' || peer.export.passesNextHop);
}

/** Peers with equal keys share a group. */
export function groupKey(params: GroupParams): string {
  const { options, receiver, audiences } = params;
  return [
    wireKey(params),
    params.export.key,
    receiver?.join('.'),
    options.defaultOriginate,
    options.maximumPrefixes,
    audiences.join('.'),
  ].join('|');
}

/**
 * The part of {@link groupKey} on which the bytes of a route depend that is told with an attribute set; the rest
 * decides which set that is, and whether it is heard at all.
 */
export function wireKey(params: GroupParams): string {
  const { nextHop } = params;
  const { defaultOriginate: _, maximumPrefixes: __, ...form } = params.options;
  return [
    params.family.index,
    params.external,
    params.as4,
    params.extendedNextHop,
    params.maximumLength,
    nextHop.mode,
    nextHop.self?.join('.'),
    nextHop.mode === 'third-party' && nextHop.sharedSubnet?.bytes.join('.'),
    nextHop.mode === 'third-party' && nextHop.sharedSubnet?.length,
    JSON.stringify(form),
  ].join('|');
}

/** ORIGIN IGP and an empty AS_PATH: the next hop is that of the session. */
export const DEFAULT_ROUTE = Uint8Array.of(0x40, 1, 1, 0, 0x40, 2, 0);

/** All zeros, in the length of the family. */
export function defaultAddress(family: TableFamily): Uint8Array {
  return new Uint8Array(family.keyWords * 4);
}

/** What is sent when the walk over the table that a group has begun is done. */
export type WalkEnd = 'end-of-rib' | 'end-of-refresh' | 'nothing';

export class UpdateGroup {
  readonly rib: FamilyRib;
  readonly params: GroupParams;
  readonly key: string;
  readonly members = new Set<PeerIndex>();
  /** Attribute set told to the members, by prefix id; 0 for none. Holds a reference. */
  advertised = new Uint32Array(64);
  /** Peer index the advertised route came from; that member has not been told. */
  source = new Uint16Array(64);
  /** Prefixes advertised. */
  count = 0;
  /** Next prefix id of the walk over the table; 0 when there is no walk. */
  cursor = 0;
  /** The walk sends what is advertised already too (route refresh). */
  force = false;
  walkEnd: WalkEnd = 'nothing';
  /** An enhanced refresh follows the first walk: no BoRR before End-of-RIB (RFC 7313 section 4.1). */
  refreshWaits = false;
  /** A member cannot take more: changes wait in `backlog`. */
  paused = false;
  readonly backlog = new IntQueue();
  /** The sockets of all members took the last batch at once. */
  prompt = false;
  /** Prefixes that the member is not told because it has been told as many as it may. */
  readonly withheld = new Set<PrefixId>();
  /** The member's own address is the next hop of a route, so it hears less than others with the same key. */
  solo = false;
  /** The attribute set looked at last for {@link solo}, and the member whose address is its next hop. */
  readonly lastNextHop: { attr: AttrId; owner: PeerIndex | undefined } = { attr: 0, owner: undefined };
  /** The default route that the members hear whatever is in the table; 0: none. */
  readonly defaultPrefix: PrefixId;
  readonly defaultAttr: AttrId;
  readonly #attrs: AttrTable;
  #countBySource = new Uint32Array(16);

  constructor(rib: FamilyRib, params: GroupParams, attrs: AttrTable) {
    this.rib = rib;
    this.params = params;
    this.key = groupKey(params);
    this.#attrs = attrs;
    const { defaultOriginate } = params.options;
    this.defaultPrefix = defaultOriginate ? rib.prefixes.internBytes(defaultAddress(params.family), 0) : 0;
    this.defaultAttr = defaultOriginate ? attrs.intern(DEFAULT_ROUTE, 0, DEFAULT_ROUTE.length) : 0;
    if (this.defaultAttr !== 0) attrs.ref(this.defaultAttr);
  }

  /** Whether nothing is outstanding: the columns say what the Loc-RIB says. */
  get settled(): boolean {
    return this.cursor === 0 && this.backlog.size === 0 && !this.paused;
  }

  /** Prefixes that `member` has been told. */
  advertisedTo(member: PeerIndex): number {
    return this.count - (this.#countBySource[member] ?? 0);
  }

  /** Records that the members are told `attr` (0: nothing any more), from peer `source`. */
  record(prefix: PrefixId, attr: AttrId, source: PeerIndex): void {
    if (prefix >= this.advertised.length) this.#grow(prefix + 1);
    const old = this.advertised[prefix]!;
    if (old !== 0) this.#uncount(this.source[prefix]!);
    if (attr !== 0) this.#count(source);
    if (old !== attr) {
      if (attr !== 0) this.#attrs.ref(attr);
      if (old !== 0) this.#attrs.unref(old);
      this.advertised[prefix] = attr;
    }
    this.source[prefix] = source;
  }

  /** The attribute set told for `prefix`; 0 for none. */
  attrOf(prefix: PrefixId): AttrId {
    return prefix < this.advertised.length ? this.advertised[prefix]! : 0;
  }

  /**
   * Whether `prefix` must be kept from the only member, which has been told as many as it may (max-prefixes-out).
   * @param attr what it would be told; 0 for nothing.
   */
  withholds(prefix: PrefixId, attr: AttrId, source: PeerIndex): boolean {
    const maximum = this.params.options.maximumPrefixes;
    if (maximum === undefined) return false;
    this.withheld.delete(prefix);
    const [member] = this.members;
    if (attr === 0 || member === undefined || source === member) return false;
    const isTold = this.attrOf(prefix) !== 0 && this.source[prefix] !== member;
    if (isTold || this.advertisedTo(member) < maximum) return false;
    this.withheld.add(prefix);
    return true;
  }

  /** There may be room: one of the prefixes that are withheld has its chance. */
  admitNext(): void {
    if (this.withheld.size === 0) return;
    const [member] = this.members;
    const maximum = this.params.options.maximumPrefixes;
    if (member === undefined || maximum === undefined || this.advertisedTo(member) >= maximum) return;
    const [prefix] = this.withheld;
    this.withheld.delete(prefix!);
    this.backlog.push(prefix!);
  }

  /** A group of one with the same columns, to go its own way for a while. */
  split(member: PeerIndex): UpdateGroup {
    const twin = new UpdateGroup(this.rib, this.params, this.#attrs);
    this.copyTo(twin);
    this.members.delete(member);
    twin.members.add(member);
    return twin;
  }

  /** Gives `other`, which must be empty, the same columns. */
  copyTo(other: UpdateGroup): void {
    other.advertised = this.advertised.slice();
    other.source = this.source.slice();
    other.#countBySource = this.#countBySource.slice();
    other.count = this.count;
    this.#attrs.refAll(this.advertised);
  }

  /** Forgets everything advertised; prefixes that nothing else holds become dirty so that they are reclaimed. */
  clear(): void {
    for (let prefix = 1; prefix < this.advertised.length; prefix++) {
      if (this.advertised[prefix] === 0) continue;
      this.#attrs.unref(this.advertised[prefix]!);
      if (this.rib.head[prefix] === 0) this.rib.dirty.push(prefix);
    }
    this.advertised = new Uint32Array(64);
    this.source = new Uint16Array(64);
    this.#countBySource = new Uint32Array(16);
    this.count = 0;
    this.withheld.clear();
    if (this.defaultPrefix !== 0) this.rib.dirty.push(this.defaultPrefix);
    if (this.defaultAttr !== 0) this.#attrs.unref(this.defaultAttr);
  }

  /** Makes the columns as short as the prefix table allows. */
  trim(): void {
    const { limit } = this.rib.prefixes;
    if (!isRoomy(this.advertised.length, limit)) return;
    this.advertised = growU32(this.advertised, limit);
    this.source = growU16(this.source, limit);
  }

  #count(source: PeerIndex): void {
    if (source >= this.#countBySource.length)
      this.#countBySource = growU32(
        this.#countBySource,
        grownCapacity(this.#countBySource.length, source + 1),
      );
    this.#countBySource[source]!++;
    this.count++;
  }

  #uncount(source: PeerIndex): void {
    this.#countBySource[source]!--;
    this.count--;
  }

  #grow(needed: number): void {
    const capacity = grownCapacity(this.advertised.length, Math.max(needed, this.rib.prefixes.limit));
    this.advertised = growU32(this.advertised, capacity);
    this.source = growU16(this.source, capacity);
  }
}
