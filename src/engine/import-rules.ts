/**
 * Import: may a path that a peer announced take part in the selection, and with which attributes?
 *
 * HOT. The answers depend on the attributes and on the class of the peer only, so they are worked out once per
 * distinct attribute set: the verdict is remembered in one byte, the attributes before and after policy in one id each
 * where the class changes any. Policy stands between the two: what RFC 9234 and `local-as` add is there for its
 * matches, and it cannot take back the LOCAL_PREF of a graceful shutdown.
 */
import { readU32, toHex } from '../base/bytes.ts';
import { growU8 } from '../base/columns.ts';
import { ATTR_GRACEFUL_SHUTDOWN, ATTR_ONLY_TO_CUSTOMER } from '../rib/attr-derive.ts';
import type { AttrId, AttrMemo, AttrTable } from '../rib/attr-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { REJECT, type RouteTransform } from '../rib/transform.ts';
import { pathContains } from '../wire/as4.ts';
import { findAttribute, valueEnd, valueStart } from '../wire/attributes/blob.ts';
import { AttrRewrite } from './attr-rewrite.ts';
import { addsOtc, withLocalPrefZero, withOtc, withPrependedAs } from './import-rewrite.ts';
import type { PrefixTransform } from './ingest.ts';
import type { PeerParams } from './peer-params.ts';
import { type ImportOptions, PLAIN_SESSION } from './session-options.ts';

/** Verdicts: 0 is "not asked yet". */
export const IMPORT_ACCEPT = 1;
const NOT_FIRST_AS = 6;

/** Reasons by verdict, for people. */
export const IMPORT_REASONS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  'our own AS is in AS_PATH (RFC 4271 section 9.1.2)',
  'ORIGINATOR_ID is our router id (RFC 4456 section 8)',
  'our cluster id is in CLUSTER_LIST (RFC 4456 section 8)',
  'next hop is our own address (RFC 4271 section 6.3)',
  "the first AS in AS_PATH is not the peer's (enforce-first-as, RFC 4271 section 6.3)",
  'route leak: it is only for customers, and comes from one (RFC 9234 section 5)',
  'route leak: it is only for customers of another AS than the peer it comes from (RFC 9234 section 5)',
];

/** Everything the verdict depends on besides the attributes. */
export interface ImportClass {
  readonly localAs: number;
  readonly routerId: number;
  /** Addresses of ours that can be no next hop of a peer, 4 or 16 bytes each. */
  readonly ownAddresses: readonly Uint8Array[];
  readonly options: ImportOptions;
}

/** The class of a peer; `own` is what the engine is to all of them. */
export function importClass(own: { localAs: number; routerId: number }, params: PeerParams): ImportClass {
  const { localAs, routerId } = own;
  const options = (params.options ?? PLAIN_SESSION).import;
  return { localAs, routerId, ownAddresses: params.ownAddresses, options };
}

/** Peers with equal keys share an {@link ImportRules}. */
export function importClassKey({ ownAddresses, options }: ImportClass): string {
  return `${ownAddresses.join()} ${JSON.stringify(options)}`;
}

export class ImportRules implements AttrMemo {
  /** Number of peers that use this object. */
  users = 0;
  readonly #attrs: AttrTable;
  readonly #class: ImportClass;
  readonly #before: AttrRewrite | undefined;
  readonly #after: AttrRewrite | undefined;
  /** The own addresses in hexadecimal, a host may have thousands; and their last four octets, which are asked first. */
  readonly #own: ReadonlySet<string>;
  readonly #ownEnds: ReadonlySet<number>;
  #verdicts = new Uint8Array(64);

  constructor(attrs: AttrTable, importClass: ImportClass) {
    this.#attrs = attrs;
    this.#class = importClass;
    const { options } = importClass;
    if (options.prependLocalAs || addsOtc(options.role))
      this.#before = new AttrRewrite(attrs, (id) => this.#prepare(id));
    if (options.gracefulShutdown !== 'none')
      this.#after = new AttrRewrite(attrs, (id) => withLocalPrefZero(attrs, id));
    this.#own = new Set(importClass.ownAddresses.map((address) => toHex(address)));
    this.#ownEnds = new Set(importClass.ownAddresses.map((address) => lastWord(address, address.length)));
  }

  grow(capacity: number): void {
    if (capacity > this.#verdicts.length) this.#verdicts = growU8(this.#verdicts, capacity);
    this.#before?.grow(capacity);
    this.#after?.grow(capacity);
  }

  forget(id: AttrId): void {
    this.#verdicts[id] = 0;
    this.#before?.forget(id);
    this.#after?.forget(id);
  }

  /** Lets go of all attribute sets that are remembered; call it when the last user is gone. */
  clear(): void {
    this.#before?.clear();
    this.#after?.clear();
  }

  /**
   * Attributes under which a path takes part, by these rules and `policy`; {@link REJECT} when it does not.
   *
   * @param prefix see `RouteTransform.apply`, as `family` and `from`.
   * @param firstAs see `SessionOptions`.
   */
  apply(
    policy: PrefixTransform,
    attrIn: AttrId,
    family: number,
    prefix: PrefixId,
    from: PeerIndex,
    firstAs: number | undefined,
  ): AttrId {
    const attr = this.before(attrIn, firstAs);
    return attr === REJECT ? REJECT : this.#finish(policy.apply(attr, family, prefix, from));
  }

  /** The first half of {@link apply}, which depends on no prefix: what a policy is given, or {@link REJECT}. */
  before(attrIn: AttrId, firstAs: number | undefined): AttrId {
    if (this.verdict(attrIn, firstAs) !== IMPORT_ACCEPT) return REJECT;
    return this.#before === undefined ? attrIn : this.#before.apply(attrIn);
  }

  /** The second half of {@link apply}, for a policy that is asked prefix by prefix. */
  after(policy: RouteTransform): PrefixTransform {
    if (this.#after === undefined) return policy;
    return {
      apply: (attr, family, prefix, from) => this.#finish(policy.apply(attr, family, prefix, from)),
    };
  }

  #finish(attr: AttrId): AttrId {
    return attr !== REJECT && this.#isLowered(attr) ? this.#after!.apply(attr) : attr;
  }

  /** {@link IMPORT_ACCEPT}, or an index in {@link IMPORT_REASONS}. */
  verdict(attr: AttrId, firstAs: number | undefined): number {
    let verdict = this.#verdicts[attr]!;
    if (verdict === 0) {
      verdict = this.#examine(attr);
      this.#verdicts[attr] = verdict;
    }
    if (verdict !== IMPORT_ACCEPT || firstAs === undefined) return verdict;
    return this.#attrs.neighborAs[attr] === firstAs ? IMPORT_ACCEPT : NOT_FIRST_AS;
  }

  /** Whether a graceful shutdown (RFC 8326) concerns the routes with these attributes. */
  #isLowered(attr: AttrId): boolean {
    const { gracefulShutdown } = this.#class.options;
    if (gracefulShutdown === 'marked') return (this.#attrs.flags[attr]! & ATTR_GRACEFUL_SHUTDOWN) !== 0;
    return gracefulShutdown === 'all';
  }

  #examine(attr: AttrId): number {
    const bytes = this.#attrs.bytesOf(attr);
    const blobEnd = this.#attrs.endOf(attr);
    const { routerId, options } = this.#class;
    // The first reason of IMPORT_REASONS counts.
    let verdict = this.#attrs.originatorId[attr] === routerId ? 3 : 0;
    for (let at = this.#attrs.startOf(attr), end = at; at < blobEnd; at = end) {
      const start = valueStart(bytes, at);
      end = valueEnd(bytes, at);
      switch (bytes[at + 1]) {
        case 2:
          if (this.#isLoop(bytes, start, end)) return 2;
          break;
        case 3:
          if (verdict === 0 && this.#isOwnAddress(bytes, start, end)) verdict = 5;
          break;
        case 10:
          if (verdict !== 3 && contains(bytes, start, end, options.clusterId || routerId)) verdict = 4;
          break;
      }
    }
    return verdict === 0 ? this.#leak(attr, options) : verdict;
  }

  /** Whether the next hop `bytes[start..end)` is one of ours; of a global and a link-local address the first counts. */
  #isOwnAddress(bytes: Uint8Array, start: number, end: number): boolean {
    const addressEnd = Math.min(end, start + 16);
    return this.#ownEnds.has(lastWord(bytes, addressEnd)) && this.#own.has(toHex(bytes, start, addressEnd));
  }

  #isLoop(bytes: Uint8Array, start: number, end: number): boolean {
    const { localAs, options } = this.#class;
    const { allowOwnAs } = options;
    if (pathContains(bytes, start, end, localAs) > allowOwnAs) return true;
    return options.localAs !== 0 && pathContains(bytes, start, end, options.localAs) > allowOwnAs;
  }

  /** RFC 9234 section 5, rules 1 and 2 of the ingress procedure. */
  #leak(attr: AttrId, { role, peerAs }: ImportOptions): number {
    if (role === undefined || (this.#attrs.flags[attr]! & ATTR_ONLY_TO_CUSTOMER) === 0) return IMPORT_ACCEPT;
    if (role === 'provider' || role === 'rs-server') return 7;
    if (role !== 'peer') return IMPORT_ACCEPT;
    const { bytes, start, end } = this.#attrs.blob(attr);
    const otc = findAttribute(bytes, start, end, 35);
    return otc !== undefined && readU32(bytes, otc.start) !== peerAs ? 8 : IMPORT_ACCEPT;
  }

  #prepare(id: AttrId): AttrId {
    const { options } = this.#class;
    let attr = id;
    if (options.prependLocalAs) attr = withPrependedAs(this.#attrs, attr, options.localAs);
    if (attr !== REJECT && addsOtc(options.role)) attr = withOtc(this.#attrs, attr, options.peerAs);
    return attr;
  }
}

/** The four octets before `end`, signed: small integers all of them. */
function lastWord(bytes: Uint8Array, end: number): number {
  return readU32(bytes, end - 4) | 0;
}

function contains(bytes: Uint8Array, start: number, end: number, number: number): boolean {
  for (let at = start; at < end; at += 4) if (readU32(bytes, at) === number) return true;
  return false;
}
