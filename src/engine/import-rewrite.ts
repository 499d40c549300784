/**
 * What a session writes into received attributes: ONLY_TO_CUSTOMER (RFC 9234), the AS number we go by (`local-as`), and
 * LOCAL_PREF 0 for a graceful shutdown (RFC 8326). Each makes a new set in the table; 0 when that is full.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { ATTR_ONLY_TO_CUSTOMER } from '../rib/attr-derive.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import { beginAttribute, endAttribute, forEachAttribute, writeAttribute } from '../wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';
import type { RoleName } from '../wire/capabilities/09-role.ts';
import { writePrependedPath } from './export-path.ts';

/** Whether routes from the peer go down to customers only: it is a provider, a peer or a route server. */
export function addsOtc(role: RoleName | undefined): boolean {
  return role === 'customer' || role === 'peer' || role === 'rs-client';
}

/** The set `id` with ONLY_TO_CUSTOMER; an AS number that is there already stays. */
export function withOtc(attrs: AttrTable, id: AttrId, as: number): AttrId {
  if ((attrs.flags[id]! & ATTR_ONLY_TO_CUSTOMER) !== 0) return id;
  return rewrite(attrs, id, 35, (out) => writeNumber(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 35, as));
}

/** The set `id` with `as` in front of AS_PATH. */
export function withPrependedAs(attrs: AttrTable, id: AttrId, as: number): AttrId {
  return rewrite(attrs, id, 2, (out, bytes, start, end) => {
    const at = beginAttribute(out, FLAG_TRANSITIVE, 2, end - start + 6);
    writePrependedPath([as], bytes, start, end, out);
    endAttribute(out, at);
  });
}

/** The set `id` with LOCAL_PREF 0. */
export function withLocalPrefZero(attrs: AttrTable, id: AttrId): AttrId {
  return rewrite(attrs, id, 5, (out) => writeNumber(out, FLAG_TRANSITIVE, 5, 0));
}

type Write = (out: ByteWriter, bytes: Uint8Array, start: number, end: number) => void;

/** Writes attribute `code` anew, at its place among the codes when it was not there. */
function rewrite(attrs: AttrTable, id: AttrId, code: number, write: Write): AttrId {
  const { bytes, start, end } = attrs.blob(id);
  const out = new ByteWriter(end - start + 16);
  let isThere = false;
  forEachAttribute(bytes, start, end, (found) => {
    isThere ||= found === code;
  });
  forEachAttribute(bytes, start, end, (found, flags, from, to) => {
    if (!isThere && found > code) {
      isThere = true;
      write(out, bytes, from, from);
    }
    if (found === code) write(out, bytes, from, to);
    else writeAttribute(out, flags, found, bytes, from, to);
  });
  if (!isThere) write(out, bytes, end, end);
  return attrs.intern(out.bytes, 0, out.length);
}

function writeNumber(out: ByteWriter, flags: number, code: number, value: number): void {
  const at = beginAttribute(out, flags, code, 4);
  out.u32(value);
  endAttribute(out, at);
}
