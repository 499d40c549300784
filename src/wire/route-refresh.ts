/**
 * ROUTE-REFRESH: "send me your routes of this family again" (RFC 2918), and the two marks that frame such a
 * re-advertisement (enhanced route refresh, RFC 7313).
 *
 * The octet that RFC 2918 reserves is the subtype of RFC 7313. Outbound route filters (RFC 5291) may follow a
 * request; they are kept raw, because bellhop never announces that it understands them.
 */
import { readU16, writeU16 } from '../base/bytes.ts';
import { copyBytes, HEADER_LENGTH, MessageType, writeHeader } from './message.ts';
import {
  NotificationCode,
  type NotificationData,
  notification,
  RouteRefreshSubcode,
} from './notification.ts';

/** Message subtypes (RFC 7313 section 3.2). */
export const RouteRefreshSubtype = {
  /** Send all routes of the family again. */
  request: 0,
  /** A re-advertisement begins: what is not repeated until its end is stale. */
  beginOfRib: 1,
  /** The re-advertisement is complete. */
  endOfRib: 2,
} as const;

export interface RouteRefresh {
  /** Address family identifier, 0..65535. */
  readonly afi: number;
  /** Subsequent address family identifier, 0..255. */
  readonly safi: number;
  /** See {@link RouteRefreshSubtype}; a message with any other value must be ignored (RFC 7313 section 5). */
  readonly subtype: number;
  /** Outbound route filter entries as received (RFC 5291 section 4); almost always empty. */
  readonly orf: Uint8Array;
}

export type RouteRefreshResult =
  | { readonly ok: true; readonly refresh: RouteRefresh }
  | { readonly ok: false; readonly notification: NotificationData };

/** Octets of the body without filters: AFI, subtype, SAFI. */
const BODY_LENGTH = 4;

/**
 * Reads the body `bytes[start..end)`.
 *
 * Begin-of-RIB and End-of-RIB marks must have exactly 4 octets; others are an Invalid Message Length error with the
 * complete message as its data (RFC 7313 section 5). No RFC says what a body below 4 octets is, when not even
 * the subtype may be there; it gets the same error, which fits best. A request may be longer (filters), and so may a
 * message of unknown subtype, which the caller ignores.
 */
export function readRouteRefresh(bytes: Uint8Array, start: number, end: number): RouteRefreshResult {
  const length = end - start;
  if (length < BODY_LENGTH) return invalidLength(bytes, start, end);
  const subtype = bytes[start + 2]!;
  const isMark = subtype === RouteRefreshSubtype.beginOfRib || subtype === RouteRefreshSubtype.endOfRib;
  if (isMark && length !== BODY_LENGTH) return invalidLength(bytes, start, end);
  return {
    ok: true,
    refresh: {
      afi: readU16(bytes, start),
      safi: bytes[start + 3]!,
      subtype,
      orf: copyBytes(bytes, start + BODY_LENGTH, end),
    },
  };
}

/** The error for a body of illegal length. The header is made again: it has been checked, so it is known. */
function invalidLength(bytes: Uint8Array, start: number, end: number): RouteRefreshResult {
  const message = new Uint8Array(HEADER_LENGTH + end - start);
  writeHeader(message, 0, message.length, MessageType.routeRefresh);
  message.set(bytes.subarray(start, end), HEADER_LENGTH);
  return {
    ok: false,
    notification: notification(
      NotificationCode.routeRefresh,
      RouteRefreshSubcode.invalidMessageLength,
      message,
    ),
  };
}

/** The whole message of 23 octets, without filters. Subtypes 1 and 2 only after RFC 7313 was agreed. */
export function writeRouteRefresh(afi: number, safi: number, subtype: number): Uint8Array {
  const message = new Uint8Array(HEADER_LENGTH + BODY_LENGTH);
  writeHeader(message, 0, message.length, MessageType.routeRefresh);
  writeU16(message, HEADER_LENGTH, afi);
  message[HEADER_LENGTH + 2] = subtype;
  message[HEADER_LENGTH + 3] = safi;
  return message;
}
