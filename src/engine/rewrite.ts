/**
 * Session rewrite: the attributes of a route as one update group must hear them, worked out when they are encoded
 * and stored nowhere: next hop, LOCAL_PREF, MED, communities, what must not leave the AS, what RFC 4456, 8326 and 9234
 * add, 2-octet AS numbers. The path itself is in `export-path.ts`.
 *
 * Over 300 lines: every attribute that a session may change, each in a few.
 */
import { isLinkLocal } from '../base/address.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { readU32 } from '../base/bytes.ts';
import { maskInPlace } from '../base/prefix.ts';
import { DEFAULT_LOCAL_PREF } from '../rib/attr-derive.ts';
import { SOURCE_CLIENT, SOURCE_INTERNAL, SOURCE_LOCAL } from '../rib/peer-table.ts';
import { narrowAggregator, narrowAsPath, writeAs4PathFrom } from '../wire/as4.ts';
import {
  beginAttribute,
  endAttribute,
  findAttribute,
  valueEnd,
  valueStart,
  writeAttribute,
} from '../wire/attributes/blob.ts';
import { DISCARD_FROM_EXTERNAL } from '../wire/attributes/index.ts';
import { FLAGS_ON_WIRE, MARK_AS_IS, MARK_BY_POLICY, MARK_SELF } from '../wire/attributes/marks.ts';
import { FLAG_OPTIONAL, FLAG_PARTIAL, FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';
import { ownNumbers, writePathFor } from './export-path.ts';
import { SEND_EXTENDED, SEND_LARGE, SEND_STANDARD } from './session-options.ts';
import { fitsNextHop, type GroupParams } from './update-group.ts';

/** RFC 8326 section 5. */
const GRACEFUL_SHUTDOWN = 0xffff0000;
const NON_TRANSITIVE_COMMUNITY = 0x40;

export interface Blob {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Whether the next hop of `blob` is passed on as it is.
 *
 * @param marks `MARK_` bits of `wire/attributes/marks.ts`: what an export policy says of it goes before all else
 */
function keepsNextHop(params: GroupParams, nextHop: Uint8Array, marks: number, source: number): boolean {
  const { mode, sharedSubnet } = params.nextHop;
  if ((marks & MARK_BY_POLICY) !== 0) return true;
  if ((marks & MARK_SELF) !== 0) return false;
  // A route of our own has a next hop only when the operator gave it one.
  if (source === SOURCE_LOCAL) return true;
  if (mode === 'unchanged') return true;
  if (mode === 'self' || sharedSubnet === undefined) return false;
  const address = nextHop.slice(0, nextHop.length === 4 ? 4 : 16);
  if (address.length !== sharedSubnet.bytes.length) return false;
  maskInPlace(address, sharedSubnet.length);
  return address.every((byte, i) => byte === sharedSubnet.bytes[i]);
}

/**
 * The next hop to announce: 4, 16 or 32 bytes; undefined when there is none that the group can be told.
 *
 * @param source one of the SOURCE_ constants of `rib/peer-table.ts`.
 */
export function exportNextHop(params: GroupParams, blob: Blob, source: number): Uint8Array | undefined {
  const range = findAttribute(blob.bytes, blob.start, blob.end, 3);
  const { ownNextHop } = params;
  const marks = range?.flags ?? 0;
  // The usual case, without a copy of what is not told anyway.
  if (params.nextHop.mode === 'self' && source !== SOURCE_LOCAL && (marks & MARK_BY_POLICY) === 0)
    return ownNextHop;
  const received = range === undefined ? undefined : blob.bytes.slice(range.start, range.end);
  if (received !== undefined && keepsNextHop(params, received, marks, source)) {
    // A link-local next hop means nothing to a peer that may be on another link (RFC 2545 section 3).
    const kept = received.length === 32 ? received.slice(0, 16) : received;
    // What a policy has chosen is told or nothing is.
    const told =
      fitsNextHop(params, kept.length) ||
      (marks & MARK_BY_POLICY) !== 0 ||
      (params.nextHop.mode === 'unchanged' && source !== SOURCE_LOCAL);
    // Our address goes out instead of one that is link-local, or a third party's that the peer cannot be told.
    if (told && !(kept.length === 16 && isLinkLocal(kept)))
      return fitsNextHop(params, kept.length) ? kept : undefined;
  }
  return ownNextHop;
}

/**
 * Appends the attributes of `blob` as the group hears them, without NEXT_HOP and MP_REACH_NLRI.
 *
 * @param nextHop appended as NEXT_HOP when it is given: plain IPv4.
 * @param originator BGP identifier of the peer that the route comes from, for a route reflector.
 */
export function writeExported(
  params: GroupParams,
  blob: Blob,
  source: number,
  nextHop: Uint8Array | undefined,
  out: ByteWriter,
  originator = 0,
): void {
  const { external, as4 } = params;
  const { bytes, end } = blob;
  const added = addedAttributes(params, blob, source, originator);
  let next = 0;
  for (let at = blob.start, to = at; at < end; at = to) {
    const flags = bytes[at]!;
    const code = bytes[at + 1]!;
    const from = valueStart(bytes, at);
    to = valueEnd(bytes, at);
    while (next < added.length && added[next]!.code < code) writeNumber(added[next++]!, out);
    // LOCAL_PREF and its like mean nothing outside the AS.
    if (external && DISCARD_FROM_EXTERNAL[code] === 1) continue;
    writeExportedAttribute(params, source, nextHop, bytes, code, flags, from, to, out);
  }
  while (next < added.length) writeNumber(added[next++]!, out);
  if (!as4) writeAs4Attributes(params, blob, out);
}

/** One attribute, the value `bytes[start..end)`, as the group hears it; nothing when it does not. */
function writeExportedAttribute(
  params: GroupParams,
  source: number,
  nextHop: Uint8Array | undefined,
  bytes: Uint8Array,
  code: number,
  flags: number,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  const { external, as4, options } = params;
  switch (code) {
    case 2:
      writeExportedPath(params, bytes, start, end, flags, out);
      if (nextHop !== undefined) writeAttribute(out, FLAG_TRANSITIVE, 3, nextHop);
      return;
    case 3:
      return;
    case 4:
      // RFC 4271 section 5.1.4: a MED from elsewhere is not told to a third AS, whichever peer told us of it.
      if (external && source !== SOURCE_LOCAL && !options.keepMed && (flags & MARK_BY_POLICY) === 0) return;
      break;
    case 5:
      if (!options.gracefulShutdown) break;
      writeNumber({ code: 5, flags, value: 0 }, out);
      return;
    case 7:
      if (!as4) {
        const at = beginAttribute(out, flags, 7, 6);
        narrowAggregator(bytes, start, out);
        endAttribute(out, at);
        return;
      }
      break;
    case 8:
      writeCommunities(params, bytes, flags & FLAGS_ON_WIRE, start, end, out);
      return;
    case 10:
      if (!isReflected(params, source)) break;
      writeClusterList(options.clusterId, bytes, flags, start, end, out);
      return;
    case 16:
    case 25:
      if ((options.communities & SEND_EXTENDED) === 0) return;
      if (external) {
        writeTransitiveCommunities(bytes, code, flags, start, end, out);
        return;
      }
      break;
    case 32:
      if ((options.communities & SEND_LARGE) === 0) return;
      break;
  }
  writeAttribute(out, flags & FLAGS_ON_WIRE, code, bytes, start, end);
}

/** An attribute of one 32-bit number. */
interface NumberAttribute {
  readonly code: number;
  readonly flags: number;
  readonly value: number;
}

const NOTHING: readonly NumberAttribute[] = [];

/** What the group hears beside the attributes of `blob`, ascending by code. */
function addedAttributes(
  params: GroupParams,
  { bytes, start, end }: Blob,
  source: number,
  originator: number,
): readonly NumberAttribute[] {
  const { external, options } = params;
  const { gracefulShutdown, role } = options;
  // The usual external session.
  if (external && !gracefulShutdown && role === undefined) return NOTHING;
  const added: NumberAttribute[] = [];
  const add = (code: number, flags: number, value: number) => {
    if (findAttribute(bytes, start, end, code) === undefined) added.push({ code, flags, value });
  };
  const optionalTransitive = FLAG_OPTIONAL | FLAG_TRANSITIVE;
  if (!external) add(5, FLAG_TRANSITIVE, gracefulShutdown ? 0 : DEFAULT_LOCAL_PREF);
  if (external && gracefulShutdown) add(8, optionalTransitive, GRACEFUL_SHUTDOWN);
  if (isReflected(params, source)) {
    // RFC 4456 section 8.
    add(9, FLAG_OPTIONAL, originator);
    add(10, FLAG_OPTIONAL, options.clusterId);
  }
  // RFC 9234 section 5, rule 1 of the egress procedure.
  if (role === 'provider' || role === 'peer' || role === 'rs-server')
    add(35, optionalTransitive, ownNumbers(params)[0]!);
  return added;
}

function isReflected({ external }: GroupParams, source: number): boolean {
  return !external && (source === SOURCE_INTERNAL || source === SOURCE_CLIENT);
}

function writeNumber({ code, flags, value }: NumberAttribute, out: ByteWriter): void {
  const at = beginAttribute(out, flags, code, 4);
  out.u32(value);
  endAttribute(out, at);
}

/** COMMUNITIES, with GRACEFUL_SHUTDOWN where the session is about to be shut down. */
function writeCommunities(
  { external, options }: GroupParams,
  bytes: Uint8Array,
  flags: number,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  const from = (options.communities & SEND_STANDARD) === 0 ? end : start;
  let marks = external && options.gracefulShutdown;
  for (let at = from; at < end && marks; at += 4) if (readU32(bytes, at) === GRACEFUL_SHUTDOWN) marks = false;
  if (from === end && !marks) return;
  const at = beginAttribute(out, flags, 8, end - from + 4);
  out.copy(bytes, from, end);
  if (marks) out.u32(GRACEFUL_SHUTDOWN);
  endAttribute(out, at);
}

/** CLUSTER_LIST with our cluster in front (RFC 4456 section 8). */
function writeClusterList(
  clusterId: number,
  bytes: Uint8Array,
  flags: number,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  const at = beginAttribute(out, flags, 10, end - start + 4);
  out.u32(clusterId);
  out.copy(bytes, start, end);
  endAttribute(out, at);
}

/** AS_PATH in the numbers of the group: 2 octets with AS_TRANS, or 4. */
function writeExportedPath(
  params: GroupParams,
  bytes: Uint8Array,
  start: number,
  end: number,
  flags: number,
  out: ByteWriter,
): void {
  const at = beginAttribute(out, FLAG_TRANSITIVE, 2, end - start + 10);
  if (params.as4) writePath(params, bytes, start, end, flags, out);
  else {
    const path = new ByteWriter(end - start + 10);
    writePath(params, bytes, start, end, flags, path);
    narrowAsPath(path.bytes, 0, path.length, out);
  }
  endAttribute(out, at);
}

/** AS_PATH as the group hears it; one that its owner wants as it is, is told so. */
function writePath(
  params: GroupParams,
  bytes: Uint8Array,
  start: number,
  end: number,
  flags: number,
  out: ByteWriter,
): void {
  if ((flags & MARK_AS_IS) !== 0) out.copy(bytes, start, end);
  else writePathFor(params, bytes, start, end, out);
}

/** AS4_PATH and AS4_AGGREGATOR, where 2-octet numbers lost something (RFC 6793 section 4.2.2). */
function writeAs4Attributes(params: GroupParams, blob: Blob, out: ByteWriter): void {
  const flags = FLAG_OPTIONAL | FLAG_TRANSITIVE;
  const path = findAttribute(blob.bytes, blob.start, blob.end, 2);
  if (path !== undefined) {
    const full = new ByteWriter(path.end - path.start + 10);
    writePath(params, blob.bytes, path.start, path.end, path.flags, full);
    if (narrowAsPath(full.bytes, 0, full.length, new ByteWriter())) {
      const at = beginAttribute(out, flags, 17, full.length);
      writeAs4PathFrom(full.bytes, 0, full.length, out);
      endAttribute(out, at);
    }
  }
  const aggregator = findAttribute(blob.bytes, blob.start, blob.end, 7);
  if (aggregator !== undefined && narrowAggregator(blob.bytes, aggregator.start, new ByteWriter(8)))
    writeAttribute(
      out,
      flags | (aggregator.flags & FLAG_PARTIAL),
      18,
      blob.bytes,
      aggregator.start,
      aggregator.end,
    );
}

/** Extended communities, of 8 or 20 octets, without those that may not leave the AS (RFC 4360 section 6, RFC 5701). */
function writeTransitiveCommunities(
  bytes: Uint8Array,
  code: number,
  flags: number,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  const kept = new ByteWriter(end - start);
  const octets = code === 16 ? 8 : 20;
  for (let at = start; at < end; at += octets)
    if ((bytes[at]! & NON_TRANSITIVE_COMMUNITY) === 0) kept.copy(bytes, at, at + octets);
  if (kept.length > 0) writeAttribute(out, flags, code, kept.bytes, 0, kept.length);
}
