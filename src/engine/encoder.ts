/**
 * Encoder: a batch of changes of one update group into UPDATE messages, each as full as its attributes allow.
 *
 * HOT. Changes are grouped by attribute set and source; every message carries routes of a single source peer, so that a member
 * can be spared its own. The bytes are encoded once and given to all members as views of one buffer.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { grownCapacity } from '../base/columns.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import type { PeerIndex, PeerTable } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { FLAG_EXTENDED_LENGTH, FLAG_OPTIONAL } from '../wire/attributes/spec.ts';
import { HEADER_LENGTH, MessageType, writeHeader } from '../wire/message.ts';
import { ChangeRuns } from './change-runs.ts';
import { exportNextHop, writeExported } from './rewrite.ts';
import type { UpdateGroup } from './update-group.ts';

/** Marks "no peer" in segments. */
export const NOBODY = -1;

/** A run of whole messages in the batch's bytes. */
export interface Segment {
  readonly start: number;
  end: number;
  /** Member that must not get it (the source of the routes), or NOBODY. */
  readonly except: number;
  /** The only member that gets it, or NOBODY for all. */
  readonly only: number;
}

/** Empty, but known to hold objects: code compiled for one encoder fits the next. */
const NO_SEGMENTS: Segment[] = [{ start: 0, end: 0, except: 0, only: 0 }];
NO_SEGMENTS.length = 0;

export class Encoder {
  /** The messages of the batch. */
  readonly out = new ByteWriter(256 * 1024);
  readonly segments: Segment[] = [...NO_SEGMENTS];
  /** Prefixes of the batch that could not be announced: attributes fill a whole message, or no next hop. */
  readonly unsendable: PrefixId[] = [];
  readonly #attrs: AttrTable;
  readonly #peers: PeerTable;
  readonly #attributes = new ByteWriter(4096);
  readonly #announced = new ChangeRuns();
  /** Withdrawals for all members but the source, under attribute set 0. */
  readonly #withdrawn = new ChangeRuns();
  /** Changes for one member: it was, or becomes, the source of a route. */
  readonly #withdrawnFor = new Map<PeerIndex, PrefixId[]>();
  readonly #announcedFor = new Map<PeerIndex, { prefix: PrefixId; attr: AttrId; source: PeerIndex }[]>();
  /** Prefixes of the run that is being encoded. */
  #run = new Uint32Array(64);

  constructor(attrs: AttrTable, peers: PeerTable) {
    this.#attrs = attrs;
    this.#peers = peers;
  }

  /** Adds: all members but `source` are told `attr` for `prefix`. */
  announce(prefix: PrefixId, attr: AttrId, source: PeerIndex): void {
    this.#announced.add(prefix, attr, source);
  }

  /** Adds: all members but `source`, who never had it, are told that `prefix` is gone. */
  withdraw(prefix: PrefixId, source: PeerIndex): void {
    this.#withdrawn.add(prefix, 0, source);
  }

  /** Adds: `member` alone is told that `prefix` is gone. */
  withdrawFor(member: PeerIndex, prefix: PrefixId): void {
    listOf(this.#withdrawnFor, member).push(prefix);
  }

  /** Adds: `member` alone is told `attr`, which comes from `source`. */
  announceFor(member: PeerIndex, prefix: PrefixId, attr: AttrId, source: PeerIndex): void {
    listOf(this.#announcedFor, member).push({ prefix, attr, source });
  }

  /** Encodes what was added for `group` into `out` and `segments`, which are overwritten. */
  encode(group: UpdateGroup): void {
    this.out.reset();
    this.segments.length = 0;
    this.unsendable.length = 0;
    const { source: withdrawnSource } = this.#withdrawn;
    for (let run = 0; run < this.#withdrawn.count; run++) {
      const count = this.#take(this.#withdrawn, run);
      this.#encodeWithdrawn(group, this.#run, count, withdrawnSource[run]!, NOBODY);
    }
    for (const [member, prefixes] of this.#withdrawnFor)
      this.#encodeWithdrawn(group, Uint32Array.from(prefixes), prefixes.length, NOBODY, member);
    const { attr, source } = this.#announced;
    for (let run = 0; run < this.#announced.count; run++) {
      const count = this.#take(this.#announced, run);
      this.#encodeRun(group, attr[run]!, source[run]!, this.#run, count, source[run]!, NOBODY);
    }
    for (const [member, changes] of this.#announcedFor)
      for (const change of changes)
        this.#encodeRun(group, change.attr, change.source, Uint32Array.of(change.prefix), 1, NOBODY, member);
    this.#withdrawn.clear();
    this.#withdrawnFor.clear();
    this.#announced.clear();
    this.#announcedFor.clear();
  }

  /** Puts the prefixes of a run at the start of `#run`; returns how many. */
  #take(runs: ChangeRuns, run: number): number {
    const size = runs.size(run);
    if (size > this.#run.length) this.#run = new Uint32Array(grownCapacity(this.#run.length, size));
    runs.prefixes(run, this.#run);
    return size;
  }

  /** Messages that announce the first `count` of `prefixes` with one attribute set. */
  #encodeRun(
    group: UpdateGroup,
    attr: AttrId,
    source: PeerIndex,
    prefixes: Uint32Array,
    count: number,
    except: number,
    only: number,
  ): void {
    const { params } = group;
    const blob = this.#attrs.blob(attr);
    const sourceKind = this.#peers.source[source]!;
    const nextHop = exportNextHop(params, blob, sourceKind);
    if (nextHop === undefined) {
      this.#refuse(group, prefixes, count, except, only);
      return;
    }
    const plain = params.family.index === 0 && nextHop.length === 4;
    const attributes = this.#attributes;
    attributes.reset();
    const originator = this.#peers.routerId[source]!;
    writeExported(params, blob, sourceKind, plain ? nextHop : undefined, attributes, originator);
    const fixed = HEADER_LENGTH + 4 + attributes.length + (plain ? 0 : 4 + 5 + nextHop.length);
    const refused: PrefixId[] = [];
    let at = 0;
    while (at < count) {
      const room = params.maximumLength - fixed;
      const start = this.out.length;
      const first = at;
      let used = 0;
      for (; at < count; at++) {
        used += group.rib.prefixes.nlriLength(prefixes[at]!);
        if (used > room) break;
      }
      if (at === first) {
        refused.push(prefixes[at++]!);
        continue;
      }
      if (plain) this.#writePlain(group, prefixes, first, at, attributes);
      else this.#writeMultiprotocol(group, prefixes, first, at, attributes, nextHop);
      this.#endMessage(start, except, only);
    }
    if (refused.length > 0) this.#refuse(group, Uint32Array.from(refused), refused.length, except, only);
  }

  /** The members cannot be told of `prefixes`, and must not keep what they had. */
  #refuse(group: UpdateGroup, prefixes: Uint32Array, count: number, except: number, only: number): void {
    for (let i = 0; i < count; i++) this.unsendable.push(prefixes[i]!);
    this.#encodeWithdrawn(group, prefixes, count, except, only);
  }

  #beginMessage(): number {
    const start = this.out.length;
    this.out.reserve(HEADER_LENGTH);
    this.out.length += HEADER_LENGTH;
    return start;
  }

  #endMessage(start: number, except: number, only: number): void {
    const out = this.out;
    writeHeader(out.bytes, start, out.length - start, MessageType.update);
    const last = this.segments.at(-1);
    if (last !== undefined && last.end === start && last.except === except && last.only === only)
      last.end = out.length;
    else this.segments.push({ start, end: out.length, except, only });
  }

  #writePlain(
    group: UpdateGroup,
    prefixes: Uint32Array,
    from: number,
    to: number,
    attributes: ByteWriter,
  ): void {
    this.#beginMessage();
    const out = this.out;
    out.u16(0);
    out.u16(attributes.length);
    out.copy(attributes.bytes, 0, attributes.length);
    for (let i = from; i < to; i++) group.rib.prefixes.writeNlri(prefixes[i]!, out);
  }

  /** MP_REACH_NLRI stands first (RFC 7606 section 5.1). */
  #writeMultiprotocol(
    group: UpdateGroup,
    prefixes: Uint32Array,
    from: number,
    to: number,
    attributes: ByteWriter,
    nextHop: Uint8Array,
  ): void {
    this.#beginMessage();
    const out = this.out;
    const { afi, safi } = group.params.family;
    out.u16(0);
    const lengthAt = out.length;
    out.u16(0);
    out.u8(FLAG_OPTIONAL | FLAG_EXTENDED_LENGTH);
    out.u8(14);
    const reachAt = out.length;
    out.u16(0);
    out.u16(afi);
    out.u8(safi);
    out.u8(nextHop.length);
    out.copy(nextHop);
    out.u8(0);
    for (let i = from; i < to; i++) group.rib.prefixes.writeNlri(prefixes[i]!, out);
    out.patchU16(reachAt, out.length - reachAt - 2);
    out.copy(attributes.bytes, 0, attributes.length);
    out.patchU16(lengthAt, out.length - lengthAt - 2);
  }

  #encodeWithdrawn(
    group: UpdateGroup,
    prefixes: Uint32Array,
    count: number,
    except: number,
    only: number,
  ): void {
    const out = this.out;
    const { family, maximumLength } = group.params;
    const table = group.rib.prefixes;
    let at = 0;
    while (at < count) {
      const start = this.#beginMessage();
      const plain = family.index === 0;
      const limit = start + maximumLength - (plain ? 2 : 0);
      const lengthAt = out.length;
      out.u16(0);
      if (!plain) {
        out.u16(0);
        out.u8(FLAG_OPTIONAL | FLAG_EXTENDED_LENGTH);
        out.u8(15);
        out.u16(0);
        out.u16(family.afi);
        out.u8(family.safi);
      }
      for (; at < count; at++) {
        if (out.length + table.nlriLength(prefixes[at]!) > limit) break;
        table.writeNlri(prefixes[at]!, out);
      }
      if (plain) {
        out.patchU16(lengthAt, out.length - lengthAt - 2);
        out.u16(0);
      } else {
        out.patchU16(lengthAt + 2, out.length - lengthAt - 4);
        out.patchU16(lengthAt + 6, out.length - lengthAt - 8);
      }
      this.#endMessage(start, except, only);
    }
  }
}

function listOf<Item>(map: Map<PeerIndex, Item[]>, peer: PeerIndex): Item[] {
  let list = map.get(peer);
  if (list === undefined) {
    list = [];
    map.set(peer, list);
  }
  return list;
}
