/**
 * Malformed messages of a neighbor into its error ring: each kind of fault with its place and the clause behind it.
 * Called before the state machine hears of the fault, while the connection is still what it was.
 */
import { formatIpv4 } from '../base/address.ts';
import { Disposition } from '../wire/attributes/spec.ts';
import { updateFaultAt, updateFaultClause } from '../wire/fault-place.ts';
import type { HeaderFault } from '../wire/framer.ts';
import { HEADER_LENGTH, MARKER_LENGTH, MessageType } from '../wire/message.ts';
import {
  NotificationCode,
  type NotificationData,
  notificationName,
  OpenSubcode,
} from '../wire/notification.ts';
import { describeUpdateFault } from '../wire/update-fault.ts';
import type { Connection } from './connection.ts';
import type { MalformedMessage } from './error-ring.ts';
import type { Neighbor } from './neighbor.ts';
import { sessionContext } from './neighbor-settings.ts';
import type { ErrorDisposition } from './status.ts';

/** Why an OPEN is not taken: it cannot be read at `at`, or it says what `text` tells. */
export interface OpenFault {
  readonly notification: NotificationData;
  readonly at?: number;
  readonly text?: string;
}

/** Offset from the start of the message to the field of an OPEN that each subcode is about. */
const OPEN_FIELDS: Readonly<Record<number, number>> = {
  [OpenSubcode.unsupportedVersion]: HEADER_LENGTH,
  [OpenSubcode.badPeerAs]: HEADER_LENGTH + 1,
  [OpenSubcode.unacceptableHoldTime]: HEADER_LENGTH + 3,
  [OpenSubcode.badBgpIdentifier]: HEADER_LENGTH + 5,
};
const OPEN_PARAMETERS = HEADER_LENGTH + 9;

/** Octets from the start of an OPEN to the field that a subcode of its refusal is about. */
export function openFieldOffset(subcode: number): number {
  return OPEN_FIELDS[subcode] ?? OPEN_PARAMETERS;
}

/** Offsets in the header. */
const LENGTH_OFFSET = MARKER_LENGTH;
const TYPE_OFFSET = MARKER_LENGTH + 2;

/** Keeps the octets in which a connection lost its message boundaries (RFC 4271 section 6.1). */
export function keepHeaderFault(
  neighbor: Neighbor,
  connection: Connection,
  { bytes, offset }: HeaderFault,
  { code, subcode }: NotificationData,
): void {
  keep(neighbor, connection, {
    type: offset === LENGTH_OFFSET ? bytes[TYPE_OFFSET] : undefined,
    bytes,
    start: 0,
    end: bytes.length,
    at: offset,
    code,
    subcode,
    reason: notificationName(code, subcode),
    rfc: 'RFC 4271 section 6.1',
  });
}

/** Clauses that decide about an OPEN, by subcode; the rest are in RFC 4271. */
const OPEN_CLAUSES: ReadonlyMap<number, string> = new Map([
  [OpenSubcode.unsupportedCapability, 'RFC 5492 section 3'],
  [OpenSubcode.roleMismatch, 'RFC 9234 section 4.2'],
]);

/** Keeps an OPEN with the body `bytes[start..end)` (RFC 4271 section 6.2). */
export function keepOpenFault(
  neighbor: Neighbor,
  connection: Connection,
  bytes: Uint8Array,
  start: number,
  end: number,
  fault: OpenFault,
): void {
  const { code, subcode } = fault.notification;
  const message = start - HEADER_LENGTH;
  const { peerAs, minimumHoldTimeSeconds, families } = neighbor.settings;
  const { localAs, routerId } = neighbor.fsm;
  keep(neighbor, connection, {
    type: MessageType.open,
    bytes,
    start: message,
    end,
    at: fault.at ?? message + openFieldOffset(subcode),
    code,
    subcode,
    reason: fault.text ?? notificationName(code, subcode),
    rfc: OPEN_CLAUSES.get(subcode) ?? 'RFC 4271 section 6.2',
    ...(fault.at === undefined && {
      expected: { localAs, routerId: formatIpv4(routerId), peerAs, minimumHoldTimeSeconds, families },
    }),
  });
}

/** Keeps an UPDATE with the body `bytes[start..end)` in which the engine found fault. */
export function keepUpdateFault(
  neighbor: Neighbor,
  connection: Connection,
  bytes: Uint8Array,
  start: number,
  end: number,
  disposition: Disposition,
): void {
  const { negotiated } = neighbor;
  if (negotiated === undefined) return;
  const { frame } = neighbor.host.engine;
  const { subcode, faultyAttribute } = frame;
  keep(neighbor, connection, {
    type: MessageType.update,
    bytes,
    start: start - HEADER_LENGTH,
    end,
    at: updateFaultAt(frame, bytes, start, end, negotiated.context),
    attribute: faultyAttribute,
    code: NotificationCode.update,
    subcode,
    reason: describeUpdateFault(subcode, faultyAttribute),
    rfc: updateFaultClause(frame, bytes),
    disposition: NAMES[disposition] ?? 'session-reset',
  });
}

/** Keeps a ROUTE-REFRESH with the body `bytes[start..end)` of illegal length (RFC 7313 section 5). */
export function keepRefreshFault(
  neighbor: Neighbor,
  connection: Connection,
  bytes: Uint8Array,
  start: number,
  end: number,
  { code, subcode }: NotificationData,
): void {
  const message = start - HEADER_LENGTH;
  keep(neighbor, connection, {
    type: MessageType.routeRefresh,
    bytes,
    start: message,
    end,
    at: message + LENGTH_OFFSET,
    code,
    subcode,
    reason: notificationName(code, subcode),
    rfc: 'RFC 7313 section 5',
  });
}

const NAMES: Readonly<Record<number, ErrorDisposition>> = {
  [Disposition.attributeDiscard]: 'attribute-discard',
  [Disposition.treatAsWithdraw]: 'treat-as-withdraw',
  [Disposition.disableFamily]: 'disable-family',
  [Disposition.sessionReset]: 'session-reset',
};

type Fault = Omit<MalformedMessage, 'disposition' | 'context' | 'attribute'> &
  Partial<Pick<MalformedMessage, 'disposition' | 'attribute'>>;

function keep({ host, settings }: Neighbor, { session }: Connection, fault: Fault): void {
  const { state, negotiated } = session;
  host.errorRings.add(settings.address, {
    attribute: 0,
    disposition: state === 'Established' ? 'session-reset' : 'connection-closed',
    context: negotiated === undefined ? undefined : sessionContext(settings, negotiated),
    ...fault,
  });
}
