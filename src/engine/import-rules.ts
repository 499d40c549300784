/**
 * Import: may a path that a peer announced take part in the selection at all?
 *
 * HOT. The answer depends on the attributes and on the class of the peer only, so it is worked out once per distinct
 * attribute set and remembered in one byte.
 */
import { readU32, toHex } from '../base/bytes.ts';
import { growU8 } from '../base/columns.ts';
import type { AttrId, AttrMemo, AttrTable } from '../rib/attr-table.ts';
import { pathContains } from '../wire/as4.ts';
import { findAttribute } from '../wire/attributes/blob.ts';

/** Verdicts: 0 is "not asked yet". */
export const IMPORT_ACCEPT = 1;

/** Reasons by verdict, for people. */
export const IMPORT_REASONS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  'our own AS is in AS_PATH (RFC 4271 section 9.1.2)',
  'ORIGINATOR_ID is our router id (RFC 4456 section 8)',
  'our cluster id is in CLUSTER_LIST (RFC 4456 section 8)',
  'next hop is our own address (RFC 4271 section 6.3)',
];

/** Everything the verdict depends on besides the attributes. */
export interface ImportClass {
  readonly localAs: number;
  readonly routerId: number;
  /** Addresses of ours that can be no next hop of a peer, 4 or 16 bytes each. */
  readonly ownAddresses: readonly Uint8Array[];
}

export class ImportRules implements AttrMemo {
  /** Number of peers that use this object. */
  users = 0;
  readonly #attrs: AttrTable;
  readonly #class: ImportClass;
  /** The own addresses in hexadecimal: a host may have thousands, and asks once for each attribute set. */
  readonly #own: ReadonlySet<string>;
  #verdicts = new Uint8Array(64);

  constructor(attrs: AttrTable, importClass: ImportClass) {
    this.#attrs = attrs;
    this.#class = importClass;
    this.#own = new Set(importClass.ownAddresses.map((address) => toHex(address)));
  }

  grow(capacity: number): void {
    if (capacity > this.#verdicts.length) this.#verdicts = growU8(this.#verdicts, capacity);
  }

  forget(id: AttrId): void {
    this.#verdicts[id] = 0;
  }

  /** {@link IMPORT_ACCEPT}, or an index in {@link IMPORT_REASONS}. */
  verdict(attr: AttrId): number {
    const known = this.#verdicts[attr]!;
    if (known !== 0) return known;
    const verdict = this.#examine(attr);
    this.#verdicts[attr] = verdict;
    return verdict;
  }

  #examine(attr: AttrId): number {
    const { bytes, start, end } = this.#attrs.blob(attr);
    const { localAs, routerId } = this.#class;
    const path = findAttribute(bytes, start, end, 2);
    if (path !== undefined && pathContains(bytes, path.start, path.end, localAs) > 0) return 2;
    if (this.#attrs.originatorId[attr] === routerId) return 3;
    const clusters = findAttribute(bytes, start, end, 10);
    if (clusters !== undefined)
      for (let at = clusters.start; at < clusters.end; at += 4) if (readU32(bytes, at) === routerId) return 4;
    const nextHop = findAttribute(bytes, start, end, 3);
    if (nextHop !== undefined) {
      // Of a global and a link-local address the first one counts.
      const end = Math.min(nextHop.end, nextHop.start + 16);
      if (this.#own.has(toHex(bytes, nextHop.start, end))) return 5;
    }
    return IMPORT_ACCEPT;
  }
}
