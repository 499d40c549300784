/**
 * Import: may a path that a peer announced take part in the selection at all?
 *
 * HOT. The answer depends on the attributes and on the class of the peer only, so it is worked out once per distinct
 * attribute set and remembered in one byte.
 */
import { equalBytes, readU32 } from '../base/bytes.ts';
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
  readonly localAddress: Uint8Array | undefined;
}

export class ImportRules implements AttrMemo {
  /** Number of peers that use this object. */
  users = 0;
  readonly #attrs: AttrTable;
  readonly #class: ImportClass;
  #verdicts = new Uint8Array(64);

  constructor(attrs: AttrTable, importClass: ImportClass) {
    this.#attrs = attrs;
    this.#class = importClass;
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
    const { localAs, routerId, localAddress } = this.#class;
    const path = findAttribute(bytes, start, end, 2);
    if (path !== undefined && pathContains(bytes, path.start, path.end, localAs) > 0) return 2;
    if (this.#attrs.originatorId[attr] === routerId) return 3;
    const clusters = findAttribute(bytes, start, end, 10);
    if (clusters !== undefined)
      for (let at = clusters.start; at < clusters.end; at += 4) if (readU32(bytes, at) === routerId) return 4;
    const nextHop = findAttribute(bytes, start, end, 3);
    if (nextHop !== undefined && localAddress !== undefined) {
      const length = nextHop.end - nextHop.start === 4 ? 4 : 16;
      if (
        length === localAddress.length &&
        equalBytes(bytes, nextHop.start, nextHop.start + length, localAddress, 0)
      )
        return 5;
    }
    return IMPORT_ACCEPT;
  }
}
