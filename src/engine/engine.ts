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
import { type PeerIndex, PeerTable, SOURCE_EXTERNAL, SOURCE_INTERNAL } from '../rib/peer-table.ts';
import { type SelectOptions, Selector } from '../rib/select.ts';
import type { RouteTransform } from '../rib/transform.ts';
import { writeCanonicalBlob } from '../wire/attributes/blob.ts';
import { Disposition, UpdateError } from '../wire/attributes/spec.ts';
import { endOfRibFamily } from '../wire/end-of-rib.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import type { WireContext } from '../wire/session-context.ts';
import { FAMILY_IGNORED, UpdateFrame } from '../wire/update-frame.ts';
import { Exporter } from './exporter.ts';
import { IMPORT_ACCEPT, ImportRules } from './import-rules.ts';
import { applyNlri, NLRI_MALFORMED } from './ingest.ts';
import type { PeerParams } from './peer-params.ts';
import { Reimports } from './reimport.ts';

const MP_REACH = 14;
const MP_UNREACH = 15;

/** Rows examined before sockets and timers get their turn when a peer's routes are swept. */
const SWEEP_ROWS = 32_768;

export interface EngineOptions {
  readonly localAs: number;
  readonly routerId: number;
  readonly select: SelectOptions;
  /** Seed of the hash tables; random in production. */
  readonly seed: number;
}

/** A session as the engine sees it. */
interface Peer {
  readonly index: PeerIndex;
  params: PeerParams;
  /** As agreed, but without the families that were disabled: what is received is read by this. */
  context: WireContext;
  /** Why, by family index. */
  readonly disabled: Map<number, string>;
  readonly rules: ImportRules;
  readonly rulesKey: string;
  /** Bit for each family whose End-of-RIB has come. */
  endOfRib: number;
}

interface Sweep {
  readonly peer: PeerIndex;
  readonly family: number;
  readonly onlyStale: boolean;
  row: number;
  /** The peer index is free when this was the last sweep of a peer that left. */
  readonly last: boolean;
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
  readonly #options: EngineOptions;
  readonly #scratch = new ByteWriter(4096);
  readonly #sessions = new Map<PeerIndex, Peer>();
  readonly #rules = new Map<string, ImportRules>();
  readonly #sweeps: Sweep[] = [];
  readonly #reimports: Reimports;
  readonly #freePeers: PeerIndex[] = [];
  #nextPeer = 1;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.attrs = new AttrTable(options.seed);
    this.selector = new Selector(this.attrs, this.peers, options.select);
    this.ribs = UNICAST_FAMILIES.map(
      (family) => new FamilyRib(family, this.attrs, this.peers, this.selector, options.seed),
    );
    this.exporters = this.ribs.map((rib) => new Exporter(rib, this.attrs, this.peers, options.localAs));
    this.#reimports = new Reimports(this.ribs, (peer) => this.#sessions.get(peer));
  }

  /**
   * A session reached Established.
   * @returns its index, valid until {@link dropPeer}; undefined when there are {@link MAX_PEERS} already.
   */
  addPeer(params: PeerParams): PeerIndex | undefined {
    const index = this.#freePeers.pop() ?? (this.#nextPeer <= MAX_PEERS ? this.#nextPeer++ : undefined);
    if (index === undefined) return undefined;
    this.peers.set(
      index,
      params.external ? SOURCE_EXTERNAL : SOURCE_INTERNAL,
      params.routerId,
      params.address,
    );
    this.peers.identity[index] = params.identity;
    const rulesKey = params.localAddress?.join('.') ?? '';
    this.#sessions.set(index, {
      index,
      params,
      context: params.context,
      disabled: new Map(),
      rules: this.#acquireRules(rulesKey, params),
      rulesKey,
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
    if (--session.rules.users === 0) {
      this.attrs.removeMemo(session.rules);
      this.#rules.delete(session.rulesKey);
    }
    for (const exporter of this.exporters) exporter.leave(peer);
    this.#reimports.drop(peer);
    for (let i = this.#sweeps.length - 1; i >= 0; i--)
      if (this.#sweeps[i]!.peer === peer) this.#sweeps.splice(i, 1);
    for (const [family] of this.ribs.entries())
      this.#sweeps.push({ peer, family, onlyStale: false, row: 1, last: family === this.ribs.length - 1 });
  }

  /** Import or export policy, or next hops, of a running session changed. */
  changePeer(peer: PeerIndex, params: PeerParams): void {
    const session = this.#sessions.get(peer);
    if (session === undefined) return;
    const reimport = session.params.import.key !== params.import.key;
    // Policies of other sessions may ask for the group that this peer's routes come from.
    const renamed = session.params.identity?.group !== params.identity?.group;
    session.params = params;
    session.context = withoutFamilies(params.context, session.disabled);
    if (renamed) this.peers.identity[peer] = params.identity;
    if (reimport || renamed) this.#reimports.start(peer, renamed);
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
    this.#sweeps.push({ peer, family, onlyStale: false, row: 1, last: false });
  }

  /** Why a family was closed by {@link disableFamily} in this session; undefined when it is open. */
  disabledReason(peer: PeerIndex, family: number): string | undefined {
    return this.#sessions.get(peer)?.disabled.get(family);
  }

  /** Announces a route of our own; `blob` as made by `localBlob`. */
  announce(family: number, prefix: Uint8Array, length: number, blob: Uint8Array): void {
    const attr = this.attrs.intern(blob, 0, blob.length);
    const rib = this.ribs[family]!;
    if (attr !== 0) rib.setPath(rib.prefixes.internBytes(prefix, length), 0, attr, attr);
  }

  /** Withdraws a route of our own. Returns whether there was one. */
  withdraw(family: number, prefix: Uint8Array, length: number): boolean {
    const rib = this.ribs[family]!;
    const id = rib.prefixes.findBytes(prefix, length);
    return id !== 0 && rib.dropPath(id, 0);
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
    const at = this.#staleSweep(peer, family);
    const [pending] = at < 0 ? [] : this.#sweeps.splice(at, 1);
    if (pending !== undefined) this.ribs[family]!.sweep(peer, true, pending.row, Number.POSITIVE_INFINITY);
    this.ribs[family]?.markStale(peer);
  }

  /** The peer has sent all its routes again (RFC 7313 EoRR). */
  endRefresh(peer: PeerIndex, family: number): void {
    if (this.#staleSweep(peer, family) >= 0) return;
    this.#sweeps.push({ peer, family, onlyStale: true, row: 1, last: false });
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

  /** Does one bounded piece of work; returns whether there may be more. */
  work(): boolean {
    const worked =
      this.#sweep() || this.#reimports.work() || this.exporters.some((exporter) => exporter.work());
    this.attrs.collect();
    return worked;
  }

  /** The policies of a session, which can be asked what they make of a route. */
  policiesOf(peer: PeerIndex): Pick<PeerParams, 'import' | 'export'> | undefined {
    return this.#sessions.get(peer)?.params;
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
    const verdict = session.rules.verdict(attrIn);
    return verdict === IMPORT_ACCEPT ? 'policy' : verdict;
  }

  #acquireRules(key: string, params: PeerParams): ImportRules {
    let rules = this.#rules.get(key);
    if (rules === undefined) {
      const { localAs, routerId } = this.#options;
      rules = new ImportRules(this.attrs, { localAs, routerId, localAddress: params.localAddress });
      this.attrs.addMemo(rules);
      this.#rules.set(key, rules);
    }
    rules.users++;
    return rules;
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
    let attr = 0;
    let perPrefix: RouteTransform | undefined;
    if (attrIn > 0 && session.rules.verdict(attrIn) === IMPORT_ACCEPT) {
      const policy = session.params.import;
      if (policy.perPrefix) perPrefix = policy;
      else attr = policy.apply(attrIn, family, 0, session.index);
    }
    if (attrIn < 0) this.refused.tableFull++;
    const from = Math.max(attrIn, 0);
    const rib = this.ribs[family]!;
    const { index } = session;
    return applyNlri(rib, index, bytes, start, end, from, attr, this.refused, perPrefix) !== NLRI_MALFORMED;
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

  #staleSweep(peer: PeerIndex, family: number): number {
    return this.#sweeps.findIndex(
      (sweep) => sweep.onlyStale && sweep.peer === peer && sweep.family === family,
    );
  }

  #sweep(): boolean {
    const sweep = this.#sweeps[0];
    if (sweep === undefined) return false;
    sweep.row = this.ribs[sweep.family]!.sweep(sweep.peer, sweep.onlyStale, sweep.row, SWEEP_ROWS);
    if (sweep.row === 0) {
      this.#sweeps.shift();
      if (sweep.last) this.#freePeers.push(sweep.peer);
    }
    return true;
  }
}

function withoutFamilies(context: WireContext, disabled: ReadonlyMap<number, string>): WireContext {
  let { families } = context;
  for (const family of disabled.keys()) families &= ~(1 << family);
  if (families === context.families) return context;
  // The last family is not closed: a session without any would be of no use.
  return { ...context, families, familyDisable: context.familyDisable === true && hasSeveral(families) };
}

/** Whether more than one bit is set. */
function hasSeveral(families: number): boolean {
  return (families & (families - 1)) !== 0;
}
