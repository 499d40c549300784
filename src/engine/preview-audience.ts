/**
 * Peers that share an update group now and would share one after a change: what they have been told of a prefix is
 * compared with what they would be, once for all of them but those that a route comes from.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { equalBytes } from '../base/bytes.ts';
import { formatPrefix } from '../base/prefix.ts';
import { ATTR_NEXT_HOP_MARKED } from '../rib/attr-derive.ts';
import type { AttrId } from '../rib/attr-table.ts';
import { type PeerIndex, SOURCE_CLIENT, SOURCE_INTERNAL } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import type { Engine } from './engine.ts';
import type { Exporter } from './exporter.ts';
import type { PeerParams } from './peer-params.ts';
import { exportNextHop, writeExported } from './rewrite.ts';
import { type GroupParams, groupKey, groupParams, type UpdateGroup, wireKey } from './update-group.ts';

/** What happens to a route on its way to a peer; `repeated`: sent again, with the same content. */
export const PREVIEW_KINDS = ['announced', 'withdrawn', 'changed', 'repeated'] as const;
export type PreviewKind = (typeof PREVIEW_KINDS)[number];

/** A best path, or what a group is told of it; `attr` 0: none. */
export interface PreviewBest {
  readonly attr: AttrId;
  readonly source: PeerIndex;
  /** The only peers that may hear a route of our own; undefined: all. */
  readonly hearers: ReadonlySet<PeerIndex> | undefined;
}

/** What was found of one peer. */
export class PreviewCounts {
  readonly announced = { count: 0, first: [] as string[] };
  readonly withdrawn = { count: 0, first: [] as string[] };
  readonly changed = { count: 0, first: [] as string[] };
  readonly repeated = { count: 0, first: [] as string[] };
  /** Routes from the peer that would be accepted, rejected, or accepted with other attributes. */
  readonly received = { accepted: 0, rejected: 0, changed: 0 };
  /** Prefixes it has been told and would be, by family. */
  readonly told: number[] = [];
  /** Prefixes that max-prefixes-out keeps from it, by family. */
  readonly withheld: number[] = [];

  /** What found no room may come in for what was withdrawn. Call it once, at the end. */
  admit(maximum: number): void {
    this.withheld.forEach((count, family) => {
      this.announced.count += Math.min(count, Math.max(0, maximum - (this.told[family] ?? 0)));
    });
  }
}

/** The parameters of the group that a peer would be in; undefined when nothing changes for it. */
export function newAudience(
  group: UpdateGroup,
  peer: PeerParams | undefined,
  localAs: number,
): { readonly params: GroupParams; readonly key: string } | undefined {
  if (peer === undefined) return undefined;
  const params = groupParams(peer, group.params.family, localAs);
  const key = groupKey(params);
  return key === group.key ? undefined : { params, key };
}

export class PreviewAudience {
  readonly group: UpdateGroup;
  readonly params: GroupParams;
  /** Whether the export itself would be another one. */
  readonly changed: boolean;
  readonly #engine: Engine;
  readonly #exporter: Exporter;
  readonly #samples: number;
  readonly #members = new Map<PeerIndex, PreviewCounts>();
  /** Members that have room for the name of a prefix, by kind. */
  readonly #hungry: Record<PreviewKind, Set<PeerIndex>> = {
    announced: new Set(),
    withdrawn: new Set(),
    changed: new Set(),
    repeated: new Set(),
  };
  /** Counts of all members together, and what a member has less or more is in its own. */
  readonly #all: Record<PreviewKind, number> = { announced: 0, withdrawn: 0, changed: 0, repeated: 0 };
  readonly #sameContent = new Map<string, boolean>();
  readonly #sameForm: boolean;

  constructor(
    engine: Engine,
    exporter: Exporter,
    group: UpdateGroup,
    params: GroupParams | undefined,
    samples: number,
  ) {
    this.#engine = engine;
    this.#exporter = exporter;
    this.group = group;
    this.changed = params !== undefined;
    this.params = params ?? group.params;
    this.#samples = samples;
    this.#sameForm = params === undefined || wireKey(params) === wireKey(group.params);
  }

  add(peer: PeerIndex, counts: PreviewCounts): void {
    this.#members.set(peer, counts);
    counts.withheld[this.params.family.index] ??= this.group.withheld.size;
    for (const kind of Object.keys(this.#hungry) as PreviewKind[])
      if (counts[kind].first.length < this.#samples) this.#hungry[kind].add(peer);
  }

  /** Adds what is common to the counts of each member. Call it when the slice is done. */
  settle(): void {
    for (const counts of this.#members.values())
      for (const kind of Object.keys(this.#all) as PreviewKind[]) counts[kind].count += this.#all[kind];
  }

  /** Compares what the members have been told of `prefix` with `route`, which is as the export rules leave it. */
  tell(prefix: PrefixId, route: PreviewBest, defaultAttr: AttrId): void {
    const { group } = this;
    let { attr, source } = route;
    if (this.params.options.defaultOriginate && this.#isDefault(prefix)) {
      attr = defaultAttr;
      source = 0;
    }
    // Those that are not looked at again stay withheld.
    if (group.withheld.has(prefix))
      for (const { withheld } of this.#members.values()) withheld[this.params.family.index]!--;
    const old = group.attrOf(prefix);
    const oldSource = old === 0 ? 0 : group.source[prefix]!;
    if (old === 0 && attr === 0) return;
    const owner = attr === 0 ? undefined : this.#nextHopOwner(attr, source);
    const special = new Set([source, oldSource, ...(owner === undefined ? [] : [owner])]);
    const isLimited = this.params.options.maximumPrefixes !== undefined;
    if (isLimited || route.hearers !== undefined) {
      for (const member of this.#members.keys()) {
        const hears = route.hearers?.has(member) ?? true;
        this.#count(member, prefix, old, oldSource, hears && member !== owner ? attr : 0, source);
      }
      return;
    }
    const common = this.#kind(old, oldSource, attr, source);
    if (common !== undefined) {
      this.#all[common]++;
      for (const member of this.#hungry[common]) if (!special.has(member)) this.#name(member, common, prefix);
    }
    for (const member of special) {
      const counts = this.#members.get(member);
      if (counts === undefined) continue;
      if (common !== undefined) counts[common].count--;
      this.#count(member, prefix, old, oldSource, member === owner ? 0 : attr, source);
    }
  }

  #count(
    member: PeerIndex,
    prefix: PrefixId,
    old: AttrId,
    oldSource: PeerIndex,
    attr: AttrId,
    source: PeerIndex,
  ): void {
    const counts = this.#members.get(member)!;
    const heard = oldSource === member && old !== 0 ? 0 : old;
    let hears = source === member && attr !== 0 ? 0 : attr;
    const family = this.params.family.index;
    const maximum = this.params.options.maximumPrefixes;
    if (maximum !== undefined && heard === 0 && hears !== 0 && (counts.told[family] ?? 0) >= maximum) {
      counts.withheld[family] = (counts.withheld[family] ?? 0) + 1;
      hears = 0;
    }
    if (heard === 0 && hears !== 0) counts.told[family]!++;
    if (heard !== 0 && hears === 0) counts.told[family]!--;
    const kind = this.#kind(heard, oldSource, hears, source);
    if (kind === undefined) return;
    counts[kind].count++;
    this.#name(member, kind, prefix);
  }

  #kind(old: AttrId, oldSource: PeerIndex, attr: AttrId, source: PeerIndex): PreviewKind | undefined {
    if (old === 0) return attr === 0 ? undefined : 'announced';
    if (attr === 0) return 'withdrawn';
    const isSame = attr === old && (source === oldSource || !this.#fromMatters(source, oldSource));
    if (isSame && this.#sameForm) return undefined;
    return this.#isSameContent(old, oldSource, attr, source) ? 'repeated' : 'changed';
  }

  /** Whether a route is told in another form because it comes from another peer: as in `Exporter`. */
  #fromMatters(source: PeerIndex, oldSource: PeerIndex): boolean {
    if ((source === 0) !== (oldSource === 0)) return true;
    return this.#isReflected(source) || this.#isReflected(oldSource);
  }

  #isReflected(source: PeerIndex): boolean {
    const kind = this.#engine.peers.source[source];
    return !this.params.external && (kind === SOURCE_INTERNAL || kind === SOURCE_CLIENT);
  }

  #isSameContent(old: AttrId, oldSource: PeerIndex, attr: AttrId, source: PeerIndex): boolean {
    const key = `${old} ${oldSource} ${attr} ${source}`;
    let same = this.#sameContent.get(key);
    if (same === undefined) {
      const before = this.#content(this.group.params, old, oldSource);
      const after = this.#content(this.params, attr, source);
      same = before.length === after.length && equalBytes(before, 0, before.length, after, 0);
      this.#sameContent.set(key, same);
    }
    return same;
  }

  /** Attributes and next hop as they are sent. */
  #content(params: GroupParams, attr: AttrId, source: PeerIndex): Uint8Array {
    const { attrs, peers } = this.#engine;
    const out = new ByteWriter(256);
    const blob = attrs.blob(attr);
    const kind = peers.source[source]!;
    writeExported(params, blob, kind, undefined, out, peers.routerId[source]!);
    const nextHop = exportNextHop(params, blob, kind);
    if (nextHop !== undefined) out.copy(nextHop, 0, nextHop.length);
    return out.take();
  }

  /** The member whose own address is the next hop of the route: it is not told (RFC 4271 section 5.1.3). */
  #nextHopOwner(attr: AttrId, source: PeerIndex): PeerIndex | undefined {
    const { params } = this;
    const { attrs, peers } = this.#engine;
    const isMarked = (attrs.flags[attr]! & ATTR_NEXT_HOP_MARKED) !== 0;
    if (!isMarked && (params.external || params.nextHop.mode === 'self')) return undefined;
    const nextHop = exportNextHop(params, attrs.blob(attr), peers.source[source]!);
    if (nextHop === undefined) return undefined;
    for (const member of this.#members.keys()) {
      const address = peers.address[member]!;
      if (address.length <= nextHop.length && equalBytes(nextHop, 0, address.length, address, 0))
        return member;
    }
    return undefined;
  }

  #isDefault(prefix: PrefixId): boolean {
    const { prefixes } = this.#exporter.rib;
    return prefixes.prefixLength(prefix) === 0;
  }

  #name(member: PeerIndex, kind: PreviewKind, prefix: PrefixId): void {
    const { first } = this.#members.get(member)![kind];
    const { prefixes } = this.#exporter.rib;
    if (first.length < this.#samples)
      first.push(formatPrefix(prefixes.addressBytes(prefix), prefixes.prefixLength(prefix)));
    if (first.length >= this.#samples) this.#hungry[kind].delete(member);
  }
}
