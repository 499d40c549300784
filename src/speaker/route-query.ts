/**
 * Queries of the tables: Loc-RIB with all candidates, what a neighbor sent, what a neighbor was told.
 *
 * Scans columns; nothing is indexed for queries. A query of a whole table costs about a microsecond a route.
 */
import { parseAddress } from '../base/address.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { BellhopError } from '../base/errors.ts';
import { formatPrefix, maskInPlace, parsePrefix } from '../base/prefix.ts';
import type { Engine } from '../engine/engine.ts';
import { IMPORT_REASONS } from '../engine/import-rules.ts';
import { exportNextHop, writeExported } from '../engine/rewrite.ts';
import type { UpdateGroup } from '../engine/update-group.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PathRow } from '../rib/path-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { SELECTION_STEPS } from '../rib/select.ts';
import { writeAttribute } from '../wire/attributes/blob.ts';
import { FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';
import { CANONICAL_CONTEXT } from '../wire/attributes/view.ts';
import { unicastFamilyByName } from '../wire/families/index.ts';
import { routeEntry } from './route-entry.ts';
import type { RouteEntry, RouteQuery } from './status.ts';

/** What the query needs besides the engine. */
export interface QueryTarget {
  readonly engine: Engine;
  /** Address of a peer by index; `local` for 0. */
  peerName(peer: PeerIndex): string;
  /** Index of a neighbor's session; undefined while it has none. Throws NOT_FOUND for an unknown one. */
  peerIndex(address: string): PeerIndex | undefined;
}

/** Answers `query`. @throws BellhopError NOT_FOUND, INVALID_ARGUMENT. */
export function queryRoutes(target: QueryTarget, query: RouteQuery): RouteEntry[] {
  if (query.received !== undefined && query.advertised !== undefined)
    throw new BellhopError('INVALID_ARGUMENT', 'ask for received or for advertised routes, not for both');
  if (query.prefix !== undefined && parsePrefix(query.prefix) === undefined)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${query.prefix} is no prefix; write 192.0.2.0/24 or an address`,
    );
  const ribs = ribsOf(target.engine, query);
  const limit = query.limit ?? Number.POSITIVE_INFINITY;
  const result: RouteEntry[] = [];
  const peer = query.received ?? query.advertised;
  const index = peer === undefined ? undefined : target.peerIndex(peer);
  if (peer !== undefined && index === undefined) return result;
  for (const rib of ribs) {
    const group =
      query.advertised === undefined ? undefined : target.engine.exporters[rib.family.index]!.groupOf(index!);
    if (query.advertised !== undefined && group === undefined) continue;
    for (const prefix of prefixesOf(rib, query, group, index)) {
      if (result.length >= limit) return result;
      if (group !== undefined) addAdvertised(target, rib, group, prefix, index!, result);
      else addPaths(target, rib, prefix, index, result);
    }
  }
  return result.length > limit ? result.slice(0, limit) : result;
}

function ribsOf(engine: Engine, query: RouteQuery): readonly FamilyRib[] {
  if (query.family !== undefined) {
    const family = unicastFamilyByName(query.family);
    if (family === undefined)
      throw new BellhopError(
        'INVALID_ARGUMENT',
        `unknown family ${query.family}; write ipv4-unicast or ipv6-unicast`,
      );
    return [engine.ribs[family.index]!];
  }
  if (query.prefix === undefined) return engine.ribs;
  const words = parsePrefix(query.prefix)?.bytes.length === 16 ? 4 : 1;
  return engine.ribs.filter((rib) => rib.family.keyWords === words);
}

/** Prefix ids the query is about: all, one exactly, or the longest match of an address. */
function* prefixesOf(
  rib: FamilyRib,
  query: RouteQuery,
  group: UpdateGroup | undefined,
  peer: PeerIndex | undefined,
): Iterable<PrefixId> {
  if (query.prefix === undefined) {
    const { prefixes } = rib;
    for (let id = 1; id < prefixes.limit; id++) if (prefixes.holds(id)) yield id;
    return;
  }
  const prefix = parsePrefix(query.prefix)!;
  if (prefix.bytes.length !== rib.family.keyWords * 4) return;
  const usable = (id: PrefixId) =>
    group !== undefined
      ? group.attrOf(id) !== 0
      : peer !== undefined
        ? rib.findPath(id, peer) !== 0
        : (rib.head[id] ?? 0) !== 0;
  const shortest = parseAddress(query.prefix) === undefined ? prefix.length : 0;
  for (let length = prefix.length; length >= shortest; length--) {
    const bytes = prefix.bytes.slice();
    maskInPlace(bytes, length);
    const id = rib.prefixes.findBytes(bytes, length);
    if (id !== 0 && usable(id)) {
      yield id;
      return;
    }
  }
}

function prefixText(rib: FamilyRib, prefix: PrefixId): string {
  return formatPrefix(rib.prefixes.addressBytes(prefix), rib.prefixes.prefixLength(prefix));
}

/** The candidates of a prefix, best first; with `peer` only what that one sent, as received. */
function addPaths(
  target: QueryTarget,
  rib: FamilyRib,
  prefix: PrefixId,
  peer: PeerIndex | undefined,
  result: RouteEntry[],
): void {
  const { paths } = rib;
  const rows: PathRow[] = [];
  for (let row = rib.head[prefix] ?? 0; row !== 0; row = paths.next[row]!)
    if (peer === undefined || paths.peer[row] === peer) rows.push(row);
  if (rows.length === 0) return;
  const { best, reasons } = rib.explain(prefix);
  rows.sort((a, b) => Number(b === best) - Number(a === best));
  for (const row of rows) {
    const attr = peer === undefined ? paths.attr[row]! || paths.attrIn[row]! : paths.attrIn[row]!;
    const { bytes, start, end } = target.engine.attrs.blob(attr);
    const accepted = paths.attr[row] !== 0;
    const step = reasons.get(row);
    const facts = {
      family: rib.family.name,
      prefix: prefixText(rib, prefix),
      best: row === best,
      accepted,
      rejectReason: accepted ? undefined : rejectReason(target, paths.peer[row]!, paths.attrIn[row]!),
      peer: target.peerName(paths.peer[row]!),
      lostBy: step === undefined || row === best ? undefined : SELECTION_STEPS[step],
    };
    result.push(routeEntry(facts, bytes, start, end));
  }
}

function rejectReason(target: QueryTarget, peer: PeerIndex, attrIn: number): string | undefined {
  const reason = target.engine.rejectReason(peer, attrIn);
  return reason === 'policy' ? 'import policy' : reason === undefined ? undefined : IMPORT_REASONS[reason];
}

/** The route of `prefix` as the group hears it; a member hears nothing of its own routes. */
function addAdvertised(
  target: QueryTarget,
  rib: FamilyRib,
  group: UpdateGroup,
  prefix: PrefixId,
  member: PeerIndex,
  result: RouteEntry[],
): void {
  const attr = group.attrOf(prefix);
  if (attr === 0 || group.source[prefix] === member) return;
  const source = group.source[prefix]!;
  const blob = target.engine.attrs.blob(attr);
  const sourceKind = target.engine.peers.source[source]!;
  const out = new ByteWriter();
  const nextHop = exportNextHop(group.params, blob, sourceKind);
  // Read back in the canonical form, whatever the session's size of AS numbers.
  const params = { ...group.params, as4: CANONICAL_CONTEXT.as4 };
  writeExported(params, blob, sourceKind, undefined, out, target.engine.peers.routerId[source]!);
  if (nextHop !== undefined) writeAttribute(out, FLAG_TRANSITIVE, 3, nextHop);
  const facts = {
    family: rib.family.name,
    prefix: prefixText(rib, prefix),
    best: true,
    accepted: true,
    rejectReason: undefined,
    peer: target.peerName(source),
    lostBy: undefined,
  };
  result.push(routeEntry(facts, out.bytes, 0, out.length));
}
