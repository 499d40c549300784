/**
 * Export rules: may a group hear a path at all? (RFC 4271 section 9.2, RFC 1997, RFC 8212.)
 *
 * HOT. Integers only. The order is the order in which `explain` tells it: what no policy can change, the policy, and the
 * next hop that it leaves.
 */
import { equalBytes } from '../base/bytes.ts';
import {
  ATTR_AS_SET,
  ATTR_NEXT_HOP_MARKED,
  ATTR_NO_ADVERTISE,
  ATTR_NO_EXPORT,
  ATTR_ONLY_TO_CUSTOMER,
} from '../rib/attr-derive.ts';
import type { AttrId, AttrTable } from '../rib/attr-table.ts';
import { type PeerIndex, SOURCE_INTERNAL, SOURCE_LOCAL } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { REJECT } from '../rib/transform.ts';
import { addsOtc } from './import-rewrite.ts';
import { exportNextHop } from './rewrite.ts';
import { fitsNextHop, type GroupParams } from './update-group.ts';

/** What {@link exportVerdict} and {@link toldVerdict} say of a route that they let pass. */
export const EXPORT_ACCEPT = 0;

/** Reasons by verdict, for people. */
export const EXPORT_REASONS: readonly (string | undefined)[] = [
  undefined,
  'it has the community NO_ADVERTISE (RFC 1997)',
  'it has the community NO_EXPORT (RFC 1997)',
  'it comes from an internal peer, and neither is a route reflector client (RFC 4271 section 9.2, RFC 4456)',
  'it is only for customers, which the peer is not (RFC 9234 section 5)',
  'there is no next hop that the peer can be told',
  "its next hop is the peer's own address (RFC 4271 section 5.1.3)",
  'AS_PATH has an AS_SET, which nobody is told without `allow-as-sets` (RFC 9774 section 3)',
];

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
  if (exportVerdict(params, attrs, attr, source) !== EXPORT_ACCEPT) return REJECT;
  const told = params.export.apply(attr, params.family.index, prefix, from);
  return told !== REJECT && toldVerdict(params, attrs, told, source) === EXPORT_ACCEPT ? told : REJECT;
}

/** {@link EXPORT_ACCEPT}, or an index in {@link EXPORT_REASONS}: what the group may not hear whatever the policy says. */
export function exportVerdict(params: GroupParams, attrs: AttrTable, attr: AttrId, source: number): number {
  const flags = attrs.flags[attr]!;
  const { role, reflectorClient, allowAsSets } = params.options;
  if ((flags & ATTR_NO_ADVERTISE) !== 0) return 1;
  if (params.external) {
    if ((flags & ATTR_NO_EXPORT) !== 0) return 2;
  } else if (source === SOURCE_INTERNAL && !reflectorClient) return 3;
  // Role first: most sessions have none.
  if (role !== undefined && (flags & ATTR_ONLY_TO_CUSTOMER) !== 0 && addsOtc(role)) return 4;
  if ((flags & ATTR_AS_SET) !== 0 && !allowAsSets) return 7;
  return EXPORT_ACCEPT;
}

/**
 * The same for what the export policy made of the route: it may have set another next hop.
 *
 * @param told attributes as the policy left them
 */
export function toldVerdict(params: GroupParams, attrs: AttrTable, told: AttrId, source: number): number {
  if (!hasNextHop(params, attrs, told, source)) return 5;
  if (params.receiver !== undefined && isOwnNextHop(params, params.receiver, attrs, told, source)) return 6;
  return EXPORT_ACCEPT;
}

/** Whether there is a next hop of a form that the group can be told; as `exportNextHop`, without its bytes. */
function hasNextHop(params: GroupParams, attrs: AttrTable, attr: AttrId, source: number): boolean {
  if ((attrs.flags[attr]! & ATTR_NEXT_HOP_MARKED) !== 0)
    return exportNextHop(params, attrs.blob(attr), source) !== undefined;
  const received = attrs.nextHopLength[attr]!;
  if (source !== SOURCE_LOCAL && params.nextHop.mode === 'unchanged') return fitsNextHop(params, received);
  if (params.ownNextHop !== undefined) return true;
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
