/**
 * Engine: bytes of UPDATEs in, tables in the middle, bytes of UPDATEs out. No socket, no timer, no clock, no logger.
 *
 * The owner calls `ingest` for every UPDATE, then `work` until it returns false; between two calls it may do other
 * things, since each call is bounded. State of a session dies with it: `dropPeer` frees its rows in slices.
 *
 * Over 300 lines because it is the whole surface of layers 4 to 6; the work is in the files it calls.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { MAX_PEERS } from '../base/limits.ts';
import { type AttrId, AttrTable } from '../rib/attr-table.ts';
import { FamilyRib } from '../rib/family-rib.ts';
import { PATH_STALE, type PathRow } from '../rib/path-table.ts';
import { type PeerIndex, PeerTable } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { type SelectOptions, Selector } from '../rib/select.ts';
import type { RouteTransform } from '../rib/transform.ts';
import { writeCanonicalBlob } from '../wire/attributes/blob.ts';
import { Disposition, UpdateError } from '../wire/attributes/spec.ts';
import { endOfRibFamily } from '../wire/end-of-rib.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import type { WireContext } from '../wire/session-context.ts';
import { FAMILY_IGNORED, UpdateFrame } from '../wire/update-frame.ts';
import { BATCH, Exporter } from './exporter.ts';
import { IMPORT_ACCEPT, IMPORT_REASONS, ImportRules, importClass, importClassKey } from './import-rules.ts';
import { applyNlri, NLRI_MALFORMED, type PrefixTransform } from './ingest.ts';
import { applyLimited, isFull, nearLimit } from './limited-ingest.ts';
import type { PeerParams } from './peer-params.ts';
import { type Peer, sourceOf, withoutFamilies } from './peer-session.ts';
import { PLAIN_SESSION, type PrefixLimit } from './session-options.ts';
import { type Sweep, Sweeps } from './sweeps.ts';

const MP_REACH = 14;
const MP_UNREACH = 15;

export interface EngineOptions {
  readonly localAs: number;
  readonly routerId: number;
  readonly select: SelectOptions;
  /** Seed of the hash tables; random in production. */
  readonly seed: number;
}

export class Engine {
  readonly attrs: AttrTable;
  readonly peers = new PeerTable();
  /** By family index. */
  readonly ribs: readonly FamilyRib[];
  readonly exporters: readonly Exporter[];
  readonly selector: Selector;
  /** What the last call of {@link ingest} found. */
  readonly frame = new UpdateFrame();
  /** Routes refused because a table was full. */
  readonly refused = { tableFull: 0 };
  /** Routes of families that were not negotiated, ignored. */
  ignoredFamilies = 0;
  /** Called when all routes of a peer in one family have been judged again: it may have more accepted ones now. */
  reimported: ((peer: PeerIndex) => void) | undefined;
  readonly #options: EngineOptions;
  readonly #scratch = new ByteWriter(4096);
  readonly #sessions = new Map<PeerIndex, Peer>();
  readonly #rules = new Map<string, ImportRules>();
  readonly #sweeps: Sweeps;
  #exportsFirst = false;
  readonly #freePeers: PeerIndex[] = [];
  #nextPeer = 1;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.attrs = new AttrTable(options.seed);
    this.selector = new Selector(this.attrs, this.peers, options.select);
    this.ribs = UNICAST_FAMILIES.map(
      (family) => new FamilyRib(family, this.attrs, this.peers, this.selector, options.seed),
    );
    this.#sweeps = new Sweeps(this.ribs, (rib, row, sweep) => this.#sweepRow(rib, row, sweep));
    this.exporters = this.ribs.map((rib) => new Exporter(rib, this.attrs, this.peers, options.localAs));
  }

  /**
   * A session reached Established.
   * @returns its index, valid until {@link dropPeer}; undefined when there are {@link MAX_PEERS} already.
   */
  addPeer(params: PeerParams): PeerIndex | undefined {
    const index = this.#freePeers.pop() ?? (this.#nextPeer <= MAX_PEERS ? this.#nextPeer++ : undefined);
    if (index === undefined) return undefined;
    this.peers.set(index, sourceOf(params), params.routerId, params.address);
    this.peers.identity[index] = params.identity;
    this.#sessions.set(index, {
      index,
      params,
      context: params.context,
      disabled: new Map(),
      ...this.#acquireRules(params),
      refusedByRule: IMPORT_REASONS.map(() => 0),
      refusedByLimit: UNICAST_FAMILIES.map(() => 0),
      endOfRib: 0,
    });
    for (const family of UNICAST_FAMILIES)
      if ((params.context.families & (1 << family.index)) !== 0)
        this.exporters[family.index]!.join(index, params);
    return index;
  }

  /** A session ended: its routes go, in slices done by {@link work}. */
  dropPeer(peer: PeerIndex): void {
    const session = this.#sessions.get(peer);
    if (session === undefined) return;
    this.#sessions.delete(peer);
    this.#releaseRules(session);
    for (const exporter of this.exporters) exporter.leave(peer);
    this.#sweeps.cancel(peer);
    for (const [family] of this.ribs.entries())
      this.#sweeps.add(peer, family, 'drop', family === this.ribs.length - 1);
  }

  /** Import or export policy, options or next hops of a running session changed. */
  changePeer(peer: PeerIndex, params: PeerParams): void {
    const session = this.#sessions.get(peer);
    if (session === undefined) return;
    const acquired = this.#acquireRules(params);
    const reimport =
      session.params.import.key !== params.import.key ||
      acquired.rules !== session.rules ||
      session.params.options?.firstAs !== params.options?.firstAs;
    // Policies of other sessions may ask for the group that this peer's routes come from.
    const renamed = session.params.identity?.group !== params.identity?.group;
    this.#releaseRules(session);
    Object.assign(session, acquired);
    session.params = params;
    session.context = withoutFamilies(params.context, session.disabled);
    if (renamed) this.peers.identity[peer] = params.identity;
    if (reimport || renamed)
      for (const [family] of this.ribs.entries())
        this.#sweeps.restart(peer, family, renamed ? 'retell' : 'reimport');
    for (const exporter of this.exporters) exporter.change(peer, params);
  }

  /**
   * Takes one UPDATE body `bytes[start..end)` of `peer`.
   *
   * @returns what RFC 7606 makes of it; `frame` has the details. On `sessionReset` the owner ends the session,
   * on `disableFamily` it calls {@link disableFamily} for each bit of `frame.disabledFamilies`.
   */
  ingest(peer: PeerIndex, bytes: Uint8Array, start: number, end: number): Disposition {
    const session = this.#sessions.get(peer);
    if (session === undefined) return Disposition.accept;
    const { frame } = this;
    const { context } = session;
    const disposition = frame.scan(bytes, start, end, context);
    if (disposition === Disposition.sessionReset) return disposition;
    const announce = disposition < Disposition.treatAsWithdraw;
    const ended = endOfRibFamily(frame);
    if (ended >= 0) session.endOfRib |= 1 << ended;
    if (frame.reachFamily === FAMILY_IGNORED || frame.unreachFamily === FAMILY_IGNORED)
      this.ignoredFamilies++;
    const ipv4 = (context.families & 1) !== 0;
    if (!ipv4 && (frame.nlriEnd > frame.nlriStart || frame.withdrawnEnd > frame.withdrawnStart))
      this.ignoredFamilies++;
    // Withdrawals first: a prefix in both parts of one message is announced (RFC 4271 section 4.3).
    if (ipv4 && !this.#nlri(session, 0, bytes, frame.withdrawnStart, frame.withdrawnEnd, 0))
      return this.#malformedNlri();
    const { unreachFamily, reachFamily } = frame;
    if (
      unreachFamily >= 0 &&
      !this.#nlri(session, unreachFamily, bytes, frame.unreachStart, frame.unreachEnd, 0) &&
      this.#malformedFamily(context, MP_UNREACH, unreachFamily) === Disposition.sessionReset
    )
      return Disposition.sessionReset;
    if (reachFamily >= 0 && (frame.disabledFamilies & (1 << reachFamily)) === 0) {
      const attr = announce ? this.#attributes(bytes, session, true) : 0;
      if (
        !this.#nlri(session, reachFamily, bytes, frame.reachStart, frame.reachEnd, attr) &&
        this.#malformedFamily(context, MP_REACH, reachFamily) === Disposition.sessionReset
      )
        return Disposition.sessionReset;
    }
    if (ipv4 && frame.nlriEnd > frame.nlriStart) {
      const attr = announce ? this.#attributes(bytes, session, false) : 0;
      if (!this.#nlri(session, 0, bytes, frame.nlriStart, frame.nlriEnd, attr)) return this.#malformedNlri();
    }
    return frame.disposition;
  }

  /**
   * Closes a family for the rest of the session (AFI/SAFI-disable, RFC 4760 section 7, RFC 7606 section 2): what the
   * peer has announced in it goes, in slices done by {@link work}, and what it sends from now on is ignored. The peer
   * still hears our routes.
   *
   * @param reason one clause for people
   */
  disableFamily(peer: PeerIndex, family: number, reason: string): void {
    const session = this.#sessions.get(peer);
    if (session === undefined || (session.context.families & (1 << family)) === 0) return;
    session.disabled.set(family, reason);
    session.context = withoutFamilies(session.params.context, session.disabled);
    this.#sweeps.add(peer, family, 'drop');
  }

  /** Why a family was closed by {@link disableFamily} in this session; undefined when it is open. */
  disabledReason(peer: PeerIndex, family: number): string | undefined {
    return this.#sessions.get(peer)?.disabled.get(family);
  }

  /**
   * Announces a route of our own; `blob` as made by `localBlob`.
   *
   * @param audience only peers whose parameters name it hear the route; 0: every peer may.
   * @returns false when a table is full: the route is not there.
   */
  announce(family: number, prefix: Uint8Array, length: number, blob: Uint8Array, audience = 0): boolean {
    const attr = this.attrs.intern(blob, 0, blob.length);
    const rib = this.ribs[family]!;
    const id = attr === 0 ? 0 : rib.prefixes.internBytes(prefix, length);
    if (id === 0) {
      this.refused.tableFull++;
      return false;
    }
    this.#setAudience(family, id, audience);
    rib.setPath(id, 0, attr, attr);
    return true;
  }

  /** Withdraws a route of our own. Returns whether there was one. */
  withdraw(family: number, prefix: Uint8Array, length: number): boolean {
    const rib = this.ribs[family]!;
    const id = rib.prefixes.findBytes(prefix, length);
    if (id === 0 || !rib.dropPath(id, 0)) return false;
    this.#setAudience(family, id, 0);
    return true;
  }

  /** Other knobs of the decision process: every prefix is decided again. */
  selectAgain(options: SelectOptions): void {
    this.selector.options = options;
    for (const { prefixes, dirty } of this.ribs)
      for (let id = 1; id < prefixes.limit; id++) if (prefixes.holds(id)) dirty.push(id);
  }

  /** The peer wants our routes again (RFC 2918). */
  refresh(peer: PeerIndex, family: number, enhanced: boolean): void {
    this.exporters[family]?.refresh(peer, enhanced);
  }

  /** The peer begins to send its routes again (RFC 7313 BoRR): what it does not repeat until EoRR goes. */
  beginRefresh(peer: PeerIndex, family: number): void {
    // What the refresh before left stale goes now: with new marks nobody could tell it from the rest.
    this.#sweeps.finish(peer, family, 'drop-stale');
    this.ribs[family]?.markStale(peer);
  }

  /** The peer has sent all its routes again (RFC 7313 EoRR). */
  endRefresh(peer: PeerIndex, family: number): void {
    if (!this.#sweeps.has(peer, family, 'drop-stale')) this.#sweeps.add(peer, family, 'drop-stale');
  }

  /** Whether the peer has sent End-of-RIB for the family in this session. */
  endOfRibReceived(peer: PeerIndex, family: number): boolean {
    return ((this.#sessions.get(peer)?.endOfRib ?? 0) & (1 << family)) !== 0;
  }

  /** The socket of `peer` can take bytes again. */
  resume(peer: PeerIndex): void {
    for (const exporter of this.exporters) exporter.resume(peer);
  }

  /** Prefixes whose change has not been worked on yet. */
  get dirty(): number {
    return this.ribs.reduce((sum, rib) => sum + rib.dirty.size, 0);
  }

  /** A test that becomes true when all that has changed until now is in messages given to the peers of now. */
  barrier(): () => boolean {
    const barriers = this.exporters.map((exporter) => exporter.barrier());
    return () => barriers.every((passed) => passed());
  }

  /** Does one bounded piece of work; returns whether there may be more. */
  work(): boolean {
    // In turn: what a sweep has made dirty goes out early, and a table that is being loaded does not keep the routes of
    // a peer that left.
    this.#exportsFirst = !this.#exportsFirst;
    const behind = this.#exportsFirst
      ? this.exporters.find((exporter) => exporter.rib.dirty.size >= BATCH)
      : undefined;
    const worked = behind?.work() || this.#sweep() || this.exporters.some((exporter) => exporter.work());
    return this.attrs.collect() || worked;
  }

  /** The policies of a session, which can be asked what they make of a route. */
  policiesOf(peer: PeerIndex): Pick<PeerParams, 'import' | 'export'> | undefined {
    return this.#sessions.get(peer)?.params;
  }

  /** The rules, policies and options of a session, for explanations (`explain.ts`). */
  session(peer: PeerIndex): Readonly<Peer> | undefined {
    return this.#sessions.get(peer);
  }

  /** The policies that sessions have. */
  *policies(): Iterable<RouteTransform> {
    for (const { params } of this.#sessions.values()) {
      yield params.import;
      yield params.export;
    }
  }

  /** Why a received path was not accepted; undefined when it was. */
  rejectReason(peer: PeerIndex, attrIn: AttrId): number | 'policy' | undefined {
    const session = this.#sessions.get(peer);
    if (session === undefined) return undefined;
    const verdict = session.rules.verdict(attrIn, session.params.options?.firstAs);
    return verdict === IMPORT_ACCEPT ? 'policy' : verdict;
  }

  /** Announcements that were refused in this session because the peer had its limit of prefixes. */
  refusedByLimit(peer: PeerIndex, family: number): number {
    return this.#sessions.get(peer)?.refusedByLimit[family] ?? 0;
  }

  /** Routes that import rules refused in this session, by reason; none that policy rejected. */
  refusedByRule(peer: PeerIndex): Record<string, number> {
    const counts = this.#sessions.get(peer)?.refusedByRule ?? [];
    return Object.fromEntries(
      counts.flatMap((count, verdict) => (count > 0 ? [[IMPORT_REASONS[verdict]!, count]] : [])),
    );
  }

  #acquireRules(params: PeerParams): Pick<Peer, 'rules' | 'rulesKey' | 'perPrefix'> {
    const wanted = importClass(this.#options, params);
    const rulesKey = importClassKey(wanted);
    let rules = this.#rules.get(rulesKey);
    if (rules === undefined) {
      rules = new ImportRules(this.attrs, wanted);
      this.attrs.addMemo(rules);
      this.#rules.set(rulesKey, rules);
    }
    rules.users++;
    const perPrefix = params.import.perPrefix ? rules.after(params.import) : undefined;
    return { rules, rulesKey, perPrefix };
  }

  #releaseRules({ rules, rulesKey }: Peer): void {
    if (--rules.users > 0) return;
    rules.clear();
    this.attrs.removeMemo(rules);
    this.#rules.delete(rulesKey);
  }

  #setAudience(family: number, prefix: PrefixId, audience: number): void {
    const { audiences, rib } = this.exporters[family]!;
    if ((audiences.get(prefix) ?? 0) === audience) return;
    if (audience === 0) audiences.delete(prefix);
    else audiences.set(prefix, audience);
    // The attributes may stay the same, and still some peers hear it now and others no longer.
    rib.dirty.push(prefix);
  }

  /** Interns the attributes of the scanned UPDATE; -1 when the table is full. */
  #attributes(bytes: Uint8Array, session: Peer, multiprotocol: boolean): AttrId {
    const { frame } = this;
    let attr: AttrId;
    if (frame.rewrite) {
      const scratch = this.#scratch;
      scratch.reset();
      writeCanonicalBlob(frame, bytes, session.context, multiprotocol, scratch);
      attr = this.attrs.intern(scratch.bytes, 0, scratch.length);
    } else attr = this.attrs.intern(bytes, frame.attributesStart, frame.attributesEnd);
    return attr === 0 ? -1 : attr;
  }

  /** Announces (`attrIn` > 0) or withdraws (0) prefixes; -1: the attribute table is full, the routes are refused. */
  #nlri(
    session: Peer,
    family: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    attrIn: number,
  ): boolean {
    if (start >= end) return true;
    const step = session.perPrefix;
    const { index, rules, params } = session;
    const firstAs = params.options?.firstAs;
    let attr = 0;
    if (attrIn > 0)
      attr =
        step === undefined
          ? rules.apply(params.import, attrIn, family, 0, index, firstAs)
          : rules.before(attrIn, firstAs);
    const perPrefix = attr === 0 ? undefined : step;
    if (attrIn < 0) this.refused.tableFull++;
    const from = Math.max(attrIn, 0);
    const rib = this.ribs[family]!;
    const { limit } = params.options ?? PLAIN_SESSION;
    const routes =
      limit !== undefined && from !== 0 && nearLimit(rib, index, limit, end - start)
        ? this.#applyLimited(session, rib, bytes, start, end, from, attr, limit, perPrefix)
        : applyNlri(rib, index, bytes, start, end, from, attr, this.refused, perPrefix);
    if (attr === 0 && from !== 0 && routes > 0) {
      const verdict = rules.verdict(from, firstAs);
      if (verdict !== IMPORT_ACCEPT) session.refusedByRule[verdict]! += routes;
    }
    return routes !== NLRI_MALFORMED;
  }

  #applyLimited(
    session: Peer,
    rib: FamilyRib,
    bytes: Uint8Array,
    start: number,
    end: number,
    attrIn: AttrId,
    attr: AttrId,
    limit: PrefixLimit,
    step: PrefixTransform | undefined,
  ): number {
    const refused = { tableFull: 0, overLimit: 0 };
    const { index } = session;
    const routes = applyLimited(rib, index, bytes, start, end, attrIn, attr, limit, refused, step);
    this.refused.tableFull += refused.tableFull;
    session.refusedByLimit[rib.family.index]! += refused.overLimit;
    return routes;
  }

  /**
   * RFC 7606 section 5.3: prefixes in an MP attribute that cannot be read close their family where the session has
   * others, else they end the session.
   */
  #malformedFamily(context: WireContext, code: number, family: number): Disposition {
    if (context.familyDisable !== true) return this.#malformedNlri();
    const { frame } = this;
    frame.disabledFamilies |= 1 << family;
    if (frame.disposition < Disposition.disableFamily) {
      frame.disposition = Disposition.disableFamily;
      frame.subcode = UpdateError.invalidNetworkField;
      frame.faultyAttribute = code;
      frame.faultStart = frame.faultEnd = 0;
    }
    return Disposition.disableFamily;
  }

  /** RFC 7606 section 5.3: prefixes that cannot be read end the session. */
  #malformedNlri(): Disposition {
    this.frame.disposition = Disposition.sessionReset;
    this.frame.subcode = UpdateError.invalidNetworkField;
    this.frame.faultyAttribute = 0;
    this.frame.faultStart = this.frame.faultEnd = 0;
    return Disposition.sessionReset;
  }

  /** One slice of the first sweep; returns whether there was one. */
  #sweep(): boolean {
    const sweep = this.#sweeps.work();
    if (sweep === undefined) return false;
    if (sweep.row !== 0) return true;
    if (sweep.last) this.#freePeers.push(sweep.peer);
    if (sweep.kind === 'reimport' || sweep.kind === 'retell') this.reimported?.(sweep.peer);
    return true;
  }

  #sweepRow(rib: FamilyRib, row: PathRow, { kind, peer }: Sweep): boolean {
    const { paths } = rib;
    if (kind === 'reimport' || kind === 'retell') {
      const session = this.#sessions.get(peer);
      if (session !== undefined) this.#reimport(rib, row, session, kind === 'retell');
      return true;
    }
    if (kind === 'drop-stale' && (paths.flags[row]! & PATH_STALE) === 0) return false;
    rib.dropRow(row);
    return true;
  }

  #reimport(rib: FamilyRib, row: PathRow, session: Peer, always: boolean): void {
    const { index, rules, params } = session;
    const { paths } = rib;
    const attrIn = paths.attrIn[row]!;
    const prefix = paths.prefix[row]!;
    const flags = paths.flags[row]!;
    const attr = rules.apply(params.import, attrIn, rib.family.index, prefix, index, params.options?.firstAs);
    const limit = params.options?.limit;
    if (attr !== 0 && paths.attr[row] === 0 && limit?.counts === 'accepted' && isFull(rib, index, limit)) {
      session.refusedByLimit[rib.family.index]!++;
      rib.dropRow(row);
      return;
    }
    rib.setPath(prefix, index, attrIn, attr);
    // The peer has not repeated it: a stale path stays stale.
    paths.flags[row] = flags;
    if (always) rib.dirty.push(prefix);
  }
}
