/**
 * The rows of a query: candidates of a prefix, what a neighbor sent, what a neighbor was told, as plain data.
 * `route-walk.ts` finds the prefixes. A row costs a few microseconds.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { formatPrefix } from '../base/prefix.ts';
import type { Engine } from '../engine/engine.ts';
import { IMPORT_REASONS } from '../engine/import-rules.ts';
import { exportNextHop, writeExported } from '../engine/rewrite.ts';
import type { UpdateGroup } from '../engine/update-group.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PathRow } from '../rib/path-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { SELECTION_STEPS } from '../rib/select.ts';
import { writeAttribute } from '../wire/attributes/blob.ts';
import { FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';
import { CANONICAL_CONTEXT } from '../wire/attributes/view.ts';
import { routeEntry } from './route-entry.ts';
import type { RouteEntry } from './status.ts';

/** What the query needs besides the engine. */
export interface QueryTarget {
  readonly engine: Engine;
  /** Address of a peer by index; `local` for 0. */
  peerName(peer: PeerIndex): string;
  /** Whether the lack of an import policy rejects all routes of a peer (RFC 8212). */
  lacksImport(peer: PeerIndex): boolean;
  /** Index of a neighbor's session; undefined while it has none. Throws NOT_FOUND for an unknown one. */
  peerIndex(address: string): PeerIndex | undefined;
}

/** What of the candidates of a prefix is wanted. */
export interface PathFilter {
  /** Only the path of this peer. */
  readonly from: PeerIndex | undefined;
  /** Only the best path. */
  readonly best: boolean;
  /** Only paths with such attributes. */
  readonly accepts: ((attr: AttrId) => boolean) | undefined;
}

function prefixText(rib: FamilyRib, prefix: PrefixId): string {
  return formatPrefix(rib.prefixes.addressBytes(prefix), rib.prefixes.prefixLength(prefix));
}

/** The candidates of a prefix, best first; with `peer` only what that one sent, as received. */
export function addPaths(
  target: QueryTarget,
  rib: FamilyRib,
  prefix: PrefixId,
  peer: PeerIndex | undefined,
  result: RouteEntry[],
  { from = peer, best: onlyBest, accepts }: PathFilter,
): void {
  const { paths } = rib;
  let rows: PathRow[] = [];
  for (let row = rib.head[prefix] ?? 0; row !== 0; row = paths.next[row]!) {
    if (from !== undefined && paths.peer[row] !== from) continue;
    const attr = peer === undefined ? paths.attr[row]! || paths.attrIn[row]! : paths.attrIn[row]!;
    if (accepts?.(attr) !== false) rows.push(row);
  }
  if (rows.length === 0) return;
  const { best, reasons } = rib.explain(prefix);
  if (onlyBest) rows = rows.filter((row) => row === best);
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
  if (reason === 'policy') return target.lacksImport(peer) ? 'no import policy, RFC 8212' : 'import policy';
  return reason === undefined ? undefined : IMPORT_REASONS[reason];
}

/** The route of `prefix` as the group hears it; a member hears nothing of its own routes. */
export function addAdvertised(
  target: QueryTarget,
  rib: FamilyRib,
  group: UpdateGroup,
  prefix: PrefixId,
  member: PeerIndex,
  result: RouteEntry[],
): void {
  const attr = group.attrOf(prefix);
  const source = group.source[prefix]!;
  if (attr === 0 || source === member) return;
  result.push(advertisedEntry(target, rib, group, prefix, attr, source));
}

/** The route with the attributes `attr` of the peer `source` as the group hears it. */
export function advertisedEntry(
  target: QueryTarget,
  rib: FamilyRib,
  group: UpdateGroup,
  prefix: PrefixId,
  attr: AttrId,
  source: PeerIndex,
): RouteEntry {
  const out = exportedBlob(target, group, attr, source);
  const facts = {
    family: rib.family.name,
    prefix: prefixText(rib, prefix),
    best: true,
    accepted: true,
    rejectReason: undefined,
    peer: target.peerName(source),
    lostBy: undefined,
  };
  return routeEntry(facts, out.bytes, 0, out.length);
}

/** The attributes that the encoder writes, in the canonical form. */
export function exportedBlob(
  { engine }: QueryTarget,
  group: UpdateGroup,
  attr: AttrId,
  source: PeerIndex,
): ByteWriter {
  const blob = engine.attrs.blob(attr);
  const sourceKind = engine.peers.source[source]!;
  const out = new ByteWriter();
  const nextHop = exportNextHop(group.params, blob, sourceKind);
  // Read back in the canonical form, whatever the session's size of AS numbers.
  const params = { ...group.params, as4: CANONICAL_CONTEXT.as4 };
  writeExported(params, blob, sourceKind, undefined, out, engine.peers.routerId[source]!);
  if (nextHop !== undefined) writeAttribute(out, FLAG_TRANSITIVE, 3, nextHop);
  return out;
}
