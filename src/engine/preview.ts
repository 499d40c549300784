/**
 * Preview: what the peers would be told if some of them had other parameters, asked of the live tables and without
 * changing them.
 *
 * For each prefix it does what import, selection and export would do, with the same code: attributes after import are
 * put into the path rows while one prefix is decided and taken out again before anybody else can look. It is done in
 * slices, as all work on tables; what changes in between is seen in the one or the other state.
 */
import type { Prefix } from '../base/prefix.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import type { SelectOptions } from '../rib/select.ts';
import { REJECT } from '../rib/transform.ts';
import type { Engine } from './engine.ts';
import { exportRoute } from './export-rules.ts';
import type { Exporter } from './exporter.ts';
import { ImportRules, importClass, importClassKey } from './import-rules.ts';
import type { PeerParams } from './peer-params.ts';
import { newAudience, PreviewAudience, type PreviewBest, PreviewCounts } from './preview-audience.ts';
import { DEFAULT_ROUTE, defaultAddress } from './update-group.ts';

/** Prefixes looked at in one slice. */
const SLICE = 128;

/** A route of our own that would be announced, changed, or (without a blob) be gone. */
export interface PreviewOwnRoute {
  /** Index of the family. */
  readonly family: number;
  readonly prefix: Prefix;
  /** As made by `localBlob`; undefined: withdrawn. */
  readonly blob: Uint8Array | undefined;
  /** The only peers that may hear it; undefined: all. */
  readonly hearers: ReadonlySet<PeerIndex> | undefined;
}

export interface PreviewChange {
  readonly localAs: number;
  readonly routerId: number;
  /** The parameters that running sessions would have; of all that would change. */
  readonly params: ReadonlyMap<PeerIndex, PeerParams>;
  /** Peers whose session would end for good. */
  readonly gone: ReadonlySet<PeerIndex>;
  /** Other knobs of the decision process; undefined: the same. */
  readonly select: SelectOptions | undefined;
  readonly ownRoutes: readonly PreviewOwnRoute[];
}

interface OwnOverride {
  readonly attr: AttrId;
  readonly hearers: ReadonlySet<PeerIndex> | undefined;
}

export class Preview {
  /** What was found so far, by peer. */
  readonly counts = new Map<PeerIndex, PreviewCounts>();
  readonly #engine: Engine;
  readonly #change: PreviewChange;
  readonly #rules = new Map<PeerIndex, ImportRules>();
  readonly #classes = new Map<string, ImportRules>();
  /** Prefixes that are looked at first because they may not be in the table. */
  readonly #special: { readonly family: number; readonly prefix: Prefix; readonly own?: OwnOverride }[] = [];
  readonly #done: ReadonlySet<PrefixId>[];
  readonly #defaultAttr: AttrId;
  readonly #held: AttrId[] = [];
  /** Whether paths may get other attributes or another one may be best, not only exports change. */
  readonly #reselects: boolean;
  readonly #samples: number;
  #next = 0;
  #family = 0;
  #cursor: PrefixId = 1;

  /** @param samples prefixes named for each peer and kind of change; of more there is the number. */
  constructor(engine: Engine, change: PreviewChange, samples: number) {
    this.#engine = engine;
    this.#change = change;
    this.#samples = samples;
    this.#done = engine.ribs.map(() => new Set());
    for (const [peer, params] of change.params) this.#rules.set(peer, this.#rulesFor(params));
    this.#defaultAttr = this.#hold(DEFAULT_ROUTE);
    for (const { family, prefix, blob, hearers } of change.ownRoutes)
      this.#special.push({
        family,
        prefix,
        own: { attr: blob === undefined ? 0 : this.#hold(blob), hearers },
      });
    if ([...change.params.values()].some(({ options }) => options?.export.defaultOriginate))
      for (const { family } of engine.ribs) {
        const prefix = { bytes: defaultAddress(family), length: 0 };
        const isOwn = change.ownRoutes.some((own) => own.family === family.index && own.prefix.length === 0);
        if (!isOwn) this.#special.push({ family: family.index, prefix });
      }
    this.#reselects = change.params.size > 0 || change.gone.size > 0 || change.select !== undefined;
  }

  /** Looks at some prefixes, for a millisecond or two; returns whether there are more. */
  work(): boolean {
    const { identity } = this.#engine.peers;
    const { selector } = this.#engine;
    const before = [...this.#change.params.keys()].map((peer) => [peer, identity[peer]] as const);
    const { options } = selector;
    for (const [peer, params] of this.#change.params) identity[peer] = params.identity;
    selector.options = this.#change.select ?? options;
    try {
      return this.#next < this.#special.length ? this.#specialSlice() : this.#tableSlice();
    } finally {
      for (const [peer, known] of before) identity[peer] = known;
      selector.options = options;
      // Nobody else frees the attributes that were made here while the tables are quiet.
      this.#engine.attrs.collect();
    }
  }

  /** Gives back what it holds. */
  dispose(): void {
    const { attrs } = this.#engine;
    for (const rules of this.#classes.values()) {
      rules.clear();
      attrs.removeMemo(rules);
    }
    for (const attr of this.#held) attrs.unref(attr);
  }

  #rulesFor(params: PeerParams): ImportRules {
    const { localAs, routerId } = this.#change;
    const wanted = importClass({ localAs, routerId }, params);
    const key = importClassKey(wanted);
    let rules = this.#classes.get(key);
    if (rules === undefined) {
      rules = new ImportRules(this.#engine.attrs, wanted);
      this.#engine.attrs.addMemo(rules);
      this.#classes.set(key, rules);
    }
    return rules;
  }

  #hold(blob: Uint8Array): AttrId {
    const { attrs } = this.#engine;
    const attr = attrs.intern(blob, 0, blob.length);
    if (attr === 0) return 0;
    attrs.ref(attr);
    this.#held.push(attr);
    return attr;
  }

  #specialSlice(): boolean {
    const end = Math.min(this.#next + SLICE, this.#special.length);
    const audiences = this.#engine.exporters.map((exporter) => this.#audiences(exporter));
    for (; this.#next < end; this.#next++) {
      const { family, prefix, own } = this.#special[this.#next]!;
      const { prefixes, dirty } = this.#engine.ribs[family]!;
      const id = prefixes.internBytes(prefix.bytes, prefix.length);
      if (id === 0) continue;
      (this.#done[family] as Set<PrefixId>).add(id);
      this.#prefix(this.#engine.exporters[family]!, audiences[family]!, id, own);
      // One that nobody has is given back by the exporter.
      dirty.push(id);
    }
    for (const each of audiences.flat()) each.settle();
    return true;
  }

  #tableSlice(): boolean {
    const exporter = this.#engine.exporters[this.#family];
    if (exporter === undefined) return false;
    const { prefixes } = exporter.rib;
    const audiences = this.#audiences(exporter);
    const isIdle = !this.#reselects && audiences.every(({ changed }) => !changed);
    const end = isIdle ? this.#cursor : Math.min(this.#cursor + SLICE, prefixes.limit);
    const done = this.#done[this.#family]!;
    for (; this.#cursor < end; this.#cursor++)
      if (prefixes.holds(this.#cursor) && !done.has(this.#cursor))
        this.#prefix(exporter, audiences, this.#cursor, undefined);
    for (const each of audiences) each.settle();
    if (isIdle || this.#cursor >= prefixes.limit) {
      this.#family++;
      this.#cursor = 1;
    }
    return true;
  }

  /** The peers of today, in parts that share a group now and would share one then. */
  #audiences(exporter: Exporter): PreviewAudience[] {
    const parts = new Map<string, PreviewAudience>();
    let number = 0;
    for (const group of exporter.groups) {
      number++;
      for (const peer of group.members) {
        if (this.#change.gone.has(peer)) continue;
        const made = newAudience(group, this.#change.params.get(peer), this.#change.localAs);
        const key = `${number} ${made?.key ?? ''}`;
        let part = parts.get(key);
        if (part === undefined) {
          part = new PreviewAudience(this.#engine, exporter, group, made?.params, this.#samples);
          parts.set(key, part);
        }
        part.add(peer, this.#countsOf(peer, group.advertisedTo(peer), exporter.rib.family.index));
      }
    }
    return [...parts.values()];
  }

  #countsOf(peer: PeerIndex, told: number, family: number): PreviewCounts {
    let counts = this.counts.get(peer);
    if (counts === undefined) {
      counts = new PreviewCounts();
      this.counts.set(peer, counts);
    }
    counts.told[family] ??= told;
    return counts;
  }

  #prefix(
    exporter: Exporter,
    audiences: readonly PreviewAudience[],
    prefix: PrefixId,
    own: OwnOverride | undefined,
  ): void {
    const { rib } = exporter;
    const { paths } = rib;
    const row = prefix < rib.best.length ? rib.best[prefix]! : 0;
    const attr = row === 0 ? 0 : paths.attr[row]!;
    const before: PreviewBest = { attr, source: attr === 0 ? 0 : paths.peer[row]!, hearers: undefined };
    const after = this.#reselects || own !== undefined ? this.#bestOf(rib, prefix, row, own) : before;
    const isMoved = after.attr !== before.attr || after.source !== before.source;
    const { identity } = this.#change.params.get(after.source) ?? {};
    const isRenamed = identity !== undefined;
    for (const audience of audiences) {
      if (!isMoved && !isRenamed && own === undefined && !audience.changed) continue;
      const attr =
        after.attr === 0 ||
        exporter.watches.suppresses(prefix) ||
        (after.source === 0 && own === undefined && !exporter.mayHear(audience.group, prefix))
          ? 0
          : exportRoute(
              audience.params,
              this.#engine.attrs,
              after.attr,
              this.#engine.peers.source[after.source]!,
              prefix,
              after.source,
            );
      audience.tell(prefix, { ...after, attr }, this.#defaultAttr);
    }
  }

  /** The best path there would be, and what becomes of the paths of the peers in question. */
  #bestOf(rib: FamilyRib, prefix: PrefixId, incumbent: number, own: OwnOverride | undefined): PreviewBest {
    const { paths } = rib;
    const { attr, attrIn, next, peer } = paths;
    const { params, gone } = this.#change;
    const head = prefix < rib.head.length ? rib.head[prefix]! : 0;
    const saved: number[] = [];
    for (let row = head; row !== 0; row = next[row]!) {
      const from = peer[row]!;
      let would = attr[row]!;
      const changed = params.get(from);
      if (gone.has(from) || (from === 0 && own !== undefined)) would = 0;
      else if (changed !== undefined) {
        const rules = this.#rules.get(from)!;
        const family = rib.family.index;
        would = rules.apply(changed.import, attrIn[row]!, family, prefix, from, changed.options?.firstAs);
        if (would !== attr[row]) this.#countImport(rib, from, attr[row]!, would);
      }
      if (would === attr[row]) continue;
      saved.push(row, attr[row]!);
      attr[row] = would;
    }
    // Nothing beats a route of our own.
    const isOwn = own !== undefined && own.attr !== REJECT;
    const best = isOwn ? 0 : this.#engine.selector.select(paths, head, incumbent);
    const result = isOwn
      ? { attr: own.attr, source: 0, hearers: own.hearers }
      : { attr: best === 0 ? 0 : attr[best]!, source: best === 0 ? 0 : peer[best]!, hearers: undefined };
    for (let i = 0; i < saved.length; i += 2) attr[saved[i]!] = saved[i + 1]!;
    return result;
  }

  #countImport(rib: FamilyRib, from: PeerIndex, before: AttrId, after: AttrId): void {
    const told = this.#engine.exporters[rib.family.index]!.groupOf(from)?.advertisedTo(from) ?? 0;
    const { received } = this.#countsOf(from, told, rib.family.index);
    if (before === 0) received.accepted++;
    else if (after === 0) received.rejected++;
    else received.changed++;
  }
}
