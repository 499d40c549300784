/**
 * UPDATE and ROUTE-REFRESH of an Established session: into the engine, faults counted and told (RFC 7606: nothing
 * is dropped silently).
 */
import { Disposition } from '../wire/attributes/spec.ts';
import { familyIndex, UNICAST_FAMILIES } from '../wire/families/index.ts';
import { MessageType } from '../wire/message.ts';
import { RouteRefreshSubtype, readRouteRefresh } from '../wire/route-refresh.ts';
import { describeUpdateFault, updateNotification } from '../wire/update-fault.ts';
import type { Connection } from './connection.ts';
import { keepRefreshFault, keepUpdateFault } from './malformed.ts';
import type { Neighbor } from './neighbor.ts';

/** Handles the message body `bytes[start..end)`. */
export function handleMessage(
  neighbor: Neighbor,
  connection: Connection,
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (type === MessageType.update) handleUpdate(neighbor, connection, bytes, start, end);
  else handleRefresh(neighbor, connection, bytes, start, end);
}

function handleUpdate(
  neighbor: Neighbor,
  connection: Connection,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const { index } = neighbor;
  if (index === undefined) return;
  const { engine } = neighbor.host;
  const disposition = engine.ingest(index, bytes, start, end);
  if (disposition === Disposition.accept) {
    neighbor.checkLimits();
    return;
  }
  const { frame } = engine;
  const reason = describeUpdateFault(frame.subcode, frame.faultyAttribute);
  keepUpdateFault(neighbor, connection, bytes, start, end, disposition);
  if (disposition === Disposition.sessionReset) {
    neighbor.updateErrors.sessionReset++;
    connection.dispatch({ type: 'UpdateMsgErr', notification: updateNotification(frame, bytes) });
    return;
  }
  if (disposition === Disposition.disableFamily) {
    neighbor.updateErrors.familyDisable++;
    for (const { index: family } of UNICAST_FAMILIES)
      if ((frame.disabledFamilies & (1 << family)) !== 0) neighbor.disableFamily(family, reason);
    return;
  }
  const withdraw = disposition === Disposition.treatAsWithdraw;
  if (withdraw) neighbor.updateErrors.treatAsWithdraw++;
  else neighbor.updateErrors.attributeDiscard++;
  neighbor.host.publish({
    type: 'updateError',
    peer: neighbor.settings.address,
    disposition: withdraw ? 'treat-as-withdraw' : 'attribute-discard',
    attribute: frame.faultyAttribute,
    code: 3,
    subcode: frame.subcode,
    reason,
  });
  neighbor.checkLimits();
}

function handleRefresh(
  neighbor: Neighbor,
  connection: Connection,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const { index, negotiated } = neighbor;
  const result = readRouteRefresh(bytes, start, end);
  if (!result.ok) {
    keepRefreshFault(neighbor, connection, bytes, start, end, result.notification);
    connection.dispatch({ type: 'UpdateMsgErr', notification: result.notification });
    return;
  }
  if (index === undefined || negotiated === undefined) return;
  const { afi, safi, subtype } = result.refresh;
  const family = familyIndex(afi, safi);
  // RFC 2918 section 4: a request for a family that was not agreed is ignored.
  if (family < 0 || (negotiated.context.families & (1 << family)) === 0) {
    neighbor.rejected.add(`route refresh for a family that was not negotiated (AFI ${afi}, SAFI ${safi})`);
    return;
  }
  const { engine, scheduler } = neighbor.host;
  const enhanced = negotiated.enhancedRouteRefresh;
  if (subtype === RouteRefreshSubtype.request) engine.refresh(index, family, enhanced);
  else if (subtype === RouteRefreshSubtype.beginOfRib && enhanced) engine.beginRefresh(index, family);
  else if (subtype === RouteRefreshSubtype.endOfRib && enhanced) engine.endRefresh(index, family);
  scheduler.kick();
}
