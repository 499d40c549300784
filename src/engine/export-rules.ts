/**
 * Export rules: may a group hear a path at all? (RFC 4271 section 9.2, RFC 1997, RFC 8212.)
 *
 * HOT. Integers only. The order is the order in which `explain` tells it.
 */
import { equalBytes } from '../base/bytes.ts';
import { ATTR_NEXT_HOP_MARKED, ATTR_NO_ADVERTISE, ATTR_NO_EXPORT } from '../rib/attr-derive.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import { type PeerIndex, SOURCE_INTERNAL, SOURCE_LOCAL } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { REJECT } from '../rib/transform.ts';
import { exportNextHop, fitsNextHop } from './rewrite.ts';
import type { GroupParams } from './update-group.ts';

/**
 * Attributes under which a best path is announced to the group, or {@link REJECT}.
 *
 * @param source one of the SOURCE_ constants of `rib/peer-table.ts`.
 * @param from the peer the path came from
 */
export function exportRoute(
  params: GroupParams,
  attrs: AttrTable,
  attr: AttrId,
  source: number,
  prefix: PrefixId,
  from: PeerIndex,
): AttrId {
  const flags = attrs.flags[attr]!;
  if ((flags & ATTR_NO_ADVERTISE) !== 0) return REJECT;
  if (params.external) {
    if ((flags & ATTR_NO_EXPORT) !== 0) return REJECT;
  } else if (source === SOURCE_INTERNAL) return REJECT;
  // The next hop is looked at behind the policy, which may have set another one.
  const told = params.export.apply(attr, params.family.index, prefix, from);
  if (told === REJECT || !hasNextHop(params, attrs, told, source)) return REJECT;
  if (params.receiver !== undefined && isOwnNextHop(params, params.receiver, attrs, told, source))
    return REJECT;
  return told;
}

/** Whether there is a next hop of a form that the group can be told; as `exportNextHop`, without its bytes. */
function hasNextHop(params: GroupParams, attrs: AttrTable, attr: AttrId, source: number): boolean {
  const { self, mode } = params.nextHop;
  if ((attrs.flags[attr]! & ATTR_NEXT_HOP_MARKED) !== 0)
    return exportNextHop(params, attrs.blob(attr), source) !== undefined;
  const received = attrs.nextHopLength[attr]!;
  if (source !== SOURCE_LOCAL && mode === 'unchanged') return fitsNextHop(params, received);
  if (self !== undefined && fitsNextHop(params, self.length)) return true;
  if (!fitsNextHop(params, received)) return false;
  return source === SOURCE_LOCAL || exportNextHop(params, attrs.blob(attr), source) !== undefined;
}

/** Whether the next hop the receiver would be told is its own address (RFC 4271 section 5.1.3). */
function isOwnNextHop(
  params: GroupParams,
  receiver: Uint8Array,
  attrs: AttrTable,
  attr: AttrId,
  source: number,
): boolean {
  const nextHop = exportNextHop(params, attrs.blob(attr), source);
  return nextHop?.length === receiver.length && equalBytes(nextHop, 0, receiver.length, receiver, 0);
}
