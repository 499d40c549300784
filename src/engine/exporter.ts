/**
 * Exporter: turns changes of the Loc-RIB into messages for the update groups, and keeps the groups' membership.
 *
 * HOT. A group follows the Loc-RIB by the shared dirty queue; a group that has a walk to do (new member, refresh,
 * policy change) or a member that cannot take more goes its own way until it is settled, then merges with the group
 * of its key. Invariant: for a settled group `advertised` is what the export rules make of `best`.
 *
 * Over 300 lines: membership and change are two views of one invariant.
 */
import { equalBytes } from '../base/bytes.ts';
import { ATTR_NEXT_HOP_MARKED } from '../rib/attr-derive.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import { type PeerIndex, type PeerTable, SOURCE_CLIENT, SOURCE_INTERNAL } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { endOfRib } from '../wire/end-of-rib.ts';
import { RouteRefreshSubtype, writeRouteRefresh } from '../wire/route-refresh.ts';
import { Encoder, NOBODY } from './encoder.ts';
import { exportRoute } from './export-rules.ts';
import type { PeerParams } from './peer-params.ts';
import { exportNextHop } from './rewrite.ts';
import { RouteWatches } from './route-watch.ts';
import { groupKey, groupParams, UpdateGroup, type WalkEnd, wireKey } from './update-group.ts';

/** Prefixes looked at before sockets and timers get their turn. */
export const BATCH = 4096;

export class Exporter {
  readonly rib: FamilyRib;
  readonly groups = new Set<UpdateGroup>();
  /** Routes that could not be announced because their attributes do not fit in a message. */
  unsendable = 0;
  /** Who wants to know which prefixes have routes: aggregates, networks with a condition. */
  readonly watches: RouteWatches;
  /** Called with each batch of prefixes whose best path has just been decided, valid during the call. */
  readonly watchers = new Set<(prefixes: Uint32Array) => void>();
  /** Audience of a route of our own that not every peer may hear, by prefix id. */
  readonly audiences = new Map<PrefixId, number>();
  readonly #attrs: AttrTable;
  readonly #peers: PeerTable;
  readonly #encoder: Encoder;
  readonly #localAs: number;
  /** Prefixes of the slice in hand. */
  readonly #batch = new Uint32Array(BATCH);
  readonly #members = new Map<PeerIndex, { group: UpdateGroup; params: PeerParams }>();

  constructor(rib: FamilyRib, attrs: AttrTable, peers: PeerTable, localAs: number) {
    this.rib = rib;
    this.watches = new RouteWatches(rib, attrs);
    this.#attrs = attrs;
    this.#peers = peers;
    this.#localAs = localAs;
    this.#encoder = new Encoder(attrs, peers);
  }

  /** The group of `peer`, if it hears this family. */
  groupOf(peer: PeerIndex): UpdateGroup | undefined {
    return this.#members.get(peer)?.group;
  }

  /** A session came up: its peer hears the whole table, then End-of-RIB (RFC 4724 section 2). */
  join(peer: PeerIndex, params: PeerParams): void {
    const group = new UpdateGroup(this.rib, groupParams(params, this.rib.family, this.#localAs), this.#attrs);
    group.members.add(peer);
    this.groups.add(group);
    this.#members.set(peer, { group, params });
    this.#walk(group, false, 'end-of-rib');
  }

  /** A session went down. */
  leave(peer: PeerIndex): void {
    const member = this.#members.get(peer);
    if (member === undefined) return;
    this.#members.delete(peer);
    member.group.members.delete(peer);
    if (member.group.members.size === 0) this.#discard(member.group);
  }

  /** The export policy or next hop of `peer` changed: it hears the difference. */
  change(peer: PeerIndex, params: PeerParams): void {
    const member = this.#members.get(peer);
    if (member === undefined) return;
    const changed = groupParams(params, this.rib.family, this.#localAs);
    if (groupKey(changed) === member.group.key) {
      member.params = params;
      return;
    }
    const alone = this.#alone(peer, member);
    const group = new UpdateGroup(this.rib, changed, this.#attrs);
    alone.copyTo(group);
    group.members.add(peer);
    group.paused = alone.paused;
    group.refreshWaits = alone.refreshWaits;
    this.#discard(alone);
    this.groups.add(group);
    this.#members.set(peer, { group, params });
    // The old attributes may be on the wire in another form (next hop): then all of it is sent again. What another
    // policy makes of a route is another attribute set.
    const sameForm = wireKey(changed) === wireKey(alone.params);
    this.#walk(group, alone.force || !sameForm, owedBy(alone));
  }

  /** The peer asked for our routes again (RFC 2918); with `enhanced` between BoRR and EoRR (RFC 7313). */
  refresh(peer: PeerIndex, enhanced: boolean): void {
    const member = this.#members.get(peer);
    if (member === undefined) return;
    const group = this.#alone(peer, member);
    // A refresh during another walk must not lose the mark that is still owed.
    const owed = owedBy(group);
    if (enhanced && owed === 'end-of-rib') {
      group.refreshWaits = true;
      return;
    }
    const { afi, safi } = this.rib.family;
    if (enhanced) this.#send(peer, writeRouteRefresh(afi, safi, RouteRefreshSubtype.beginOfRib));
    this.#walk(group, true, enhanced ? 'end-of-refresh' : owed);
  }

  /** The socket of `peer` can take bytes again. */
  resume(peer: PeerIndex): void {
    const group = this.groupOf(peer);
    if (group === undefined || !group.paused) return;
    group.paused = false;
    if (group.settled) this.#merge(group);
  }

  /** Whether the route of our own for `prefix` may be told to `group` at all. */
  mayHear(group: UpdateGroup, prefix: PrefixId): boolean {
    const audience = this.audiences.size === 0 ? undefined : this.audiences.get(prefix);
    return audience === undefined || group.params.audiences.includes(audience);
  }

  /** Whether {@link work} has something to do. */
  get busy(): boolean {
    if (this.rib.dirty.size > 0) return true;
    for (const group of this.groups)
      if (!group.paused && (group.cursor !== 0 || group.backlog.size > 0)) return true;
    return false;
  }

  /** A test that becomes true when all that has changed until now is in messages given to the peers of now. */
  barrier(): () => boolean {
    const { dirty } = this.rib;
    const dirtyEnd = dirty.taken + dirty.size;
    let waiting: Map<PeerIndex, { readonly group: UpdateGroup; readonly end: number }> | undefined;
    return () => {
      if (dirty.taken < dirtyEnd) return false;
      waiting ??= new Map(
        [...this.#members].map(([peer, { group }]) => [
          peer,
          { group, end: group.backlog.taken + group.backlog.size },
        ]),
      );
      for (const [peer, { group, end }] of waiting) {
        const now = this.groupOf(peer);
        const caughtUp = now === group ? group.backlog.taken >= end : now?.backlog.size === 0;
        if (now === undefined || (now.cursor === 0 && caughtUp)) waiting.delete(peer);
      }
      return waiting.size === 0;
    };
  }

  /** One slice of work; returns whether there was any. */
  work(): boolean {
    if (this.rib.dirty.size > 0) {
      this.#drainDirty();
      return true;
    }
    for (const group of this.groups) {
      if (group.paused || (group.cursor === 0 && group.backlog.size === 0)) continue;
      this.#catchUp(group);
      return true;
    }
    return false;
  }

  #walk(group: UpdateGroup, force: boolean, end: WalkEnd): void {
    group.cursor = 1;
    group.force = force || group.force;
    group.walkEnd = end;
  }

  /** Makes sure that `peer` is the only member of its group. */
  #alone(peer: PeerIndex, member: { group: UpdateGroup }): UpdateGroup {
    if (member.group.members.size === 1) return member.group;
    const twin = member.group.split(peer);
    this.groups.add(twin);
    member.group = twin;
    return twin;
  }

  #discard(group: UpdateGroup): void {
    this.groups.delete(group);
    group.clear();
  }

  #drainDirty(): void {
    const { rib } = this;
    const { dirty } = rib;
    const batch = this.#batch;
    let count = 0;
    while (count < BATCH) {
      const prefix = dirty.shift();
      if (prefix < 0) break;
      const best = rib.select(prefix);
      if (this.watches.size > 0) this.watches.selected(prefix, best);
      batch[count++] = prefix;
    }
    for (const watch of this.watchers) watch(batch.subarray(0, count));
    for (const group of this.groups) {
      if (group.paused) for (let i = 0; i < count; i++) group.backlog.push(batch[i]!);
      else {
        for (let i = 0; i < count; i++) this.#change(group, batch[i]!, false);
        this.#flush(group);
      }
    }
    this.#reclaimBatch(count);
    if (dirty.size === 0 && rib.trim()) for (const group of this.groups) group.trim();
  }

  #catchUp(group: UpdateGroup): void {
    const batch = this.#batch;
    let count = 0;
    while (count < BATCH && group.backlog.size > 0) {
      const prefix = group.backlog.shift();
      this.#change(group, prefix, false);
      batch[count++] = prefix;
    }
    const { limit } = this.rib.prefixes;
    for (let budget = BATCH - count; budget > 0 && group.cursor !== 0; budget--) {
      if (group.cursor >= limit) this.#endWalk(group);
      else this.#change(group, group.cursor++, group.force);
    }
    this.#flush(group);
    this.#reclaimBatch(count);
    if (group.settled) this.#merge(group);
  }

  #endWalk(group: UpdateGroup): void {
    const { walkEnd } = group;
    group.cursor = 0;
    group.force = false;
    group.walkEnd = 'nothing';
    this.#flush(group);
    const { family } = this.rib;
    for (const peer of group.members) {
      if (walkEnd === 'end-of-rib') this.#send(peer, endOfRib(family));
      else if (walkEnd === 'end-of-refresh')
        this.#send(peer, writeRouteRefresh(family.afi, family.safi, RouteRefreshSubtype.endOfRib));
    }
    if (!group.refreshWaits) return;
    group.refreshWaits = false;
    for (const peer of group.members) this.refresh(peer, true);
  }

  /** Joins a settled group with another settled one of the same key: their columns are equal. */
  #merge(group: UpdateGroup): void {
    for (const other of this.groups) {
      if (other === group || other.key !== group.key || !other.settled || other.solo || group.solo) continue;
      other.lastNextHop.attr = 0;
      for (const peer of group.members) {
        other.members.add(peer);
        this.#members.get(peer)!.group = other;
      }
      group.members.clear();
      this.#discard(group);
      return;
    }
  }

  /** Compares what `group` should be told of `prefix` with what it was told, and queues the difference. */
  #change(group: UpdateGroup, prefix: PrefixId, force: boolean): void {
    const { paths, best } = this.rib;
    const row = prefix < best.length ? best[prefix]! : 0;
    let source = row === 0 ? 0 : paths.peer[row]!;
    // A row may have lost its attributes since it was selected; its prefix is dirty then and comes again.
    const bestAttr = row === 0 ? 0 : paths.attr[row]!;
    let attr =
      bestAttr === 0 || this.watches.suppresses(prefix) || (source === 0 && !this.mayHear(group, prefix))
        ? 0
        : exportRoute(group.params, this.#attrs, bestAttr, this.#peers.source[source]!, prefix, source);
    if (prefix === group.defaultPrefix) {
      attr = group.defaultAttr;
      source = 0;
    }
    if (attr !== 0 && this.#isOwnNextHop(group, attr, source)) attr = 0;
    if (group.withholds(prefix, attr, source)) attr = 0;
    const old = group.attrOf(prefix);
    if (attr === 0) {
      if (old !== 0) {
        this.#encoder.withdraw(prefix, group.source[prefix]!);
        group.record(prefix, 0, 0);
      }
      group.admitNext();
      return;
    }
    const oldSource = old === 0 ? NOBODY : group.source[prefix]!;
    if (attr === old && source === oldSource && !force) return;
    // A route of our own is told in another form than a learnt one with the same attributes (next hop, MED), and a
    // reflected one names the peer it comes from.
    const anew =
      force ||
      attr !== old ||
      (source === 0) !== (oldSource === 0) ||
      (source !== oldSource && (this.#reflects(group, source) || this.#reflects(group, oldSource)));
    if (old !== 0 && source !== oldSource) this.#changeSource(group, prefix, attr, anew, source, oldSource);
    if (anew) this.#encoder.announce(prefix, attr, source);
    group.record(prefix, attr, source);
  }

  /**
   * RFC 4271 section 5.1.3 for peers that share a group: they do until the address of one is the next hop of a route.
   * That one goes its own way from then on, and the group it is alone in does not hear such routes.
   */
  #isOwnNextHop(group: UpdateGroup, attr: AttrId, source: PeerIndex): boolean {
    const { params, lastNextHop } = group;
    // External peers that hear next hops of others are alone; a policy may have set one for all of them.
    const isMarked = (this.#attrs.flags[attr]! & ATTR_NEXT_HOP_MARKED) !== 0;
    if (!isMarked && (params.external || params.nextHop.mode === 'self')) return false;
    if (lastNextHop.attr !== attr) {
      const nextHop = exportNextHop(params, this.#attrs.blob(attr), this.#peers.source[source]!);
      lastNextHop.attr = attr;
      lastNextHop.owner = nextHop === undefined ? undefined : this.#memberAt(group, nextHop);
    }
    const { owner } = lastNextHop;
    // The peer that the route comes from is not told of it anyway.
    if (owner === undefined || owner === source) return false;
    if (group.members.size === 1) {
      group.solo = true;
      return true;
    }
    // What is queued concerns it as well. The loop over the groups comes to the new one with the same prefixes.
    this.#flush(group);
    this.#alone(owner, this.#members.get(owner)!).solo = true;
    lastNextHop.attr = 0;
    return false;
  }

  #memberAt(group: UpdateGroup, nextHop: Uint8Array): PeerIndex | undefined {
    for (const member of group.members) {
      const address = this.#peers.address[member]!;
      const { length } = address;
      if (length <= nextHop.length && equalBytes(nextHop, 0, length, address, 0)) return member;
    }
    return undefined;
  }

  #reflects(group: UpdateGroup, source: PeerIndex): boolean {
    const kind = this.#peers.source[source];
    return !group.params.external && (kind === SOURCE_INTERNAL || kind === SOURCE_CLIENT);
  }

  /** The best path of an advertised prefix moved from one peer to another: both are members that hear it differently. */
  #changeSource(
    group: UpdateGroup,
    prefix: PrefixId,
    attr: AttrId,
    anew: boolean,
    source: PeerIndex,
    oldSource: PeerIndex,
  ): void {
    if (group.members.has(source)) this.#encoder.withdrawFor(source, prefix);
    if (!anew && group.members.has(oldSource)) this.#encoder.announceFor(oldSource, prefix, attr, source);
  }

  #flush(group: UpdateGroup): void {
    const encoder = this.#encoder;
    // An id may stand for other attributes in the next batch.
    group.lastNextHop.attr = 0;
    encoder.encode(group);
    for (const prefix of encoder.unsendable) {
      group.record(prefix, 0, 0);
      this.unsendable++;
    }
    if (encoder.out.length === 0) return;
    // A group whose sockets take everything at once is sent the encoder's own memory; else a copy can wait with them.
    const lent = group.prompt;
    const bytes = lent ? encoder.out.view() : encoder.out.take();
    group.prompt = true;
    const slow: PeerIndex[] = [];
    for (const peer of group.members) {
      const result = this.#deliver(peer, bytes);
      if (result !== 'written') group.prompt = false;
      if (!result) slow.push(peer);
    }
    if (lent && !group.prompt) encoder.out.giveAway();
    for (const peer of slow) this.#alone(peer, this.#members.get(peer)!).paused = true;
  }

  /** Sends `peer` the segments that concern it, adjacent ones in one piece; the least good result of all. */
  #deliver(peer: PeerIndex, bytes: Uint8Array): boolean | 'written' {
    let from = -1;
    let to = -1;
    let result: boolean | 'written' = 'written';
    for (const { start, end, except, only } of this.#encoder.segments) {
      if (except === peer || (only !== NOBODY && only !== peer)) continue;
      if (start === to) to = end;
      else {
        if (from >= 0) result = this.#send(peer, bytes.subarray(from, to));
        from = start;
        to = end;
      }
    }
    // A socket that has something unsent keeps it until it is drained: the last result tells.
    return from < 0 ? result : this.#send(peer, bytes.subarray(from, to));
  }

  #send(peer: PeerIndex, bytes: Uint8Array): boolean | 'written' {
    return this.#members.get(peer)?.params.send(bytes) ?? true;
  }

  /** Gives back the ids of those prefixes of the batch that nobody announces and nobody was told of. */
  #reclaimBatch(count: number): void {
    const { prefixes } = this.rib;
    const batch = this.#batch;
    let unused = 0;
    for (let i = 0; i < count; i++) {
      const prefix = batch[i]!;
      if (!this.#isUnused(prefix)) continue;
      prefixes.touchId(prefix);
      batch[unused++] = prefix;
    }
    for (let i = 0; i < unused; i++) if (prefixes.holds(batch[i]!)) prefixes.remove(batch[i]!);
  }

  #isUnused(prefix: PrefixId): boolean {
    const { head, prefixes, dirty } = this.rib;
    if (prefix >= head.length || head[prefix] !== 0 || dirty.has(prefix)) return false;
    if (!prefixes.holds(prefix)) return false;
    for (const group of this.groups)
      if (group.attrOf(prefix) !== 0 || group.defaultPrefix === prefix) return false;
    return true;
  }
}

/** What is owed at the end of the walk that `group` is in. */
function owedBy(group: UpdateGroup): WalkEnd {
  return group.cursor === 0 ? 'nothing' : group.walkEnd;
}
