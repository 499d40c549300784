/**
 * NOTIFICATION: code, subcode and data of an error, read and written (RFC 4271 section 4.5), named for people, and
 * the text an operator may send along with a shutdown (RFC 9003).
 *
 * Reading is total: any body yields a notification, because there is no NOTIFICATION about a NOTIFICATION.
 * The code points live in the constants below and nowhere else; the names people see are made from their keys.
 */
import { NO_BYTES } from '../base/bytes.ts';
import { MAX_SHUTDOWN_TEXT_BYTES } from '../base/limits.ts';
import { UpdateError } from './attributes/spec.ts';
import { copyBytes, HEADER_LENGTH, MAX_MESSAGE_LENGTH, MessageType, writeHeader } from './message.ts';
import { readPeerText } from './peer-text.ts';

/** An error to send to a peer, or received from one. */
export interface NotificationData {
  /** See {@link NotificationCode}; 0..255. */
  readonly code: number;
  /** Meaning depends on the code; 0 is unspecific. */
  readonly subcode: number;
  /** What the error is about, in a form that depends on code and subcode. */
  readonly data: Uint8Array;
}

/** Error codes (RFC 4271 section 4.5; 7: RFC 7313 section 5; 8: RFC 9687). */
export const NotificationCode = {
  messageHeader: 1,
  open: 2,
  update: 3,
  holdTimer: 4,
  fsm: 5,
  cease: 6,
  routeRefresh: 7,
  sendHold: 8,
} as const;
export type NotificationCode = (typeof NotificationCode)[keyof typeof NotificationCode];

/** Subcodes of a message header error (RFC 4271 section 6.1). */
export const HeaderSubcode = {
  unspecific: 0,
  connectionNotSynchronized: 1,
  badMessageLength: 2,
  badMessageType: 3,
} as const;

/** Subcodes of an OPEN message error (RFC 4271 section 6.2; 7: RFC 5492 section 5; 11: RFC 9234 section 4.2). */
export const OpenSubcode = {
  unspecific: 0,
  unsupportedVersion: 1,
  badPeerAs: 2,
  badBgpIdentifier: 3,
  unsupportedOptionalParameter: 4,
  unacceptableHoldTime: 6,
  unsupportedCapability: 7,
  roleMismatch: 11,
} as const;

/** Subcodes of a finite state machine error: the state in which a message was unexpected (RFC 6608 section 3). */
export const FsmSubcode = {
  unspecific: 0,
  openSent: 1,
  openConfirm: 2,
  established: 3,
} as const;

/** Subcodes of Cease (RFC 4486 section 3; 9: RFC 8538 section 3; 10: RFC 9384). */
export const CeaseSubcode = {
  maximumPrefixes: 1,
  administrativeShutdown: 2,
  peerDeconfigured: 3,
  administrativeReset: 4,
  connectionRejected: 5,
  otherConfigurationChange: 6,
  connectionCollision: 7,
  outOfResources: 8,
  hardReset: 9,
  bfdDown: 10,
} as const;

/** Subcodes of a ROUTE-REFRESH message error (RFC 7313 section 5). */
export const RouteRefreshSubcode = { invalidMessageLength: 1 } as const;

/** Octets of code and subcode. */
const FIXED_LENGTH = 2;

/** A notification with the given parts; without `data` there is none. */
export function notification(code: number, subcode: number, data: Uint8Array = NO_BYTES): NotificationData {
  return { code, subcode, data };
}

/** Reads the body `bytes[start..end)`; the data is copied, and a code or subcode that is missing reads as 0. */
export function readNotification(bytes: Uint8Array, start: number, end: number): NotificationData {
  return {
    code: start < end ? bytes[start]! : 0,
    subcode: start + 1 < end ? bytes[start + 1]! : 0,
    data: copyBytes(bytes, Math.min(start + FIXED_LENGTH, end), end),
  };
}

/** The whole message, header included; data that does not fit into `maximumLength` octets is cut off. */
export function writeNotification(
  { code, subcode, data }: NotificationData,
  maximumLength = MAX_MESSAGE_LENGTH,
): Uint8Array {
  const fixed = HEADER_LENGTH + FIXED_LENGTH;
  const kept = Math.min(data.length, maximumLength - fixed);
  const message = new Uint8Array(fixed + kept);
  writeHeader(message, 0, message.length, MessageType.notification);
  message[HEADER_LENGTH] = code;
  message[HEADER_LENGTH + 1] = subcode;
  message.set(data.subarray(0, kept), fixed);
  return message;
}

/** Name of each error code, with the constants its subcodes are named after. */
const NAMES: ReadonlyMap<number, { readonly name: string; readonly subcodes: ReadonlyMap<number, string> }> =
  new Map([
    named(NotificationCode.messageHeader, 'Message header error', HeaderSubcode),
    named(NotificationCode.open, 'OPEN message error', OpenSubcode),
    named(NotificationCode.update, 'UPDATE message error', { unspecific: 0, ...UpdateError }),
    named(NotificationCode.holdTimer, 'Hold timer expired', {}),
    named(NotificationCode.fsm, 'FSM error', FsmSubcode),
    named(NotificationCode.cease, 'Cease', CeaseSubcode),
    named(NotificationCode.routeRefresh, 'ROUTE-REFRESH message error', RouteRefreshSubcode),
    named(NotificationCode.sendHold, 'Send hold timer expired', {}),
  ]);

function named(code: number, name: string, constants: Readonly<Record<string, number>>) {
  const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const subcodes = new Map(Object.entries(constants).map(([key, subcode]) => [subcode, kebab(key)]));
  return [code, { name, subcodes }] as const;
}

/**
 * Text for people: `Cease/administrative-shutdown`, `OPEN message error/bad-peer-as`. Numbers without a name are
 * shown as they are (`Cease/42`, `99/3`); a subcode 0 that means nothing is left out (`Hold timer expired`).
 */
export function notificationName(code: number, subcode: number): string {
  const known = NAMES.get(code);
  if (known === undefined) return `${code}/${subcode}`;
  const subcodeName = known.subcodes.get(subcode);
  if (subcodeName === undefined && subcode === 0) return known.name;
  return `${known.name}/${subcodeName ?? subcode}`;
}

/**
 * A Cease that tells the peer's operator why (RFC 9003 section 2).
 *
 * @param subcode {@link CeaseSubcode} administrativeShutdown or administrativeReset
 * @param text cut at a character boundary to 255 octets of UTF-8; when empty, the notification has no data
 */
export function shutdownNotification(subcode: number, text: string): NotificationData {
  if (text === '') return notification(NotificationCode.cease, subcode);
  const data = new Uint8Array(1 + MAX_SHUTDOWN_TEXT_BYTES);
  const { written } = new TextEncoder().encodeInto(text, data.subarray(1));
  data[0] = written;
  return notification(NotificationCode.cease, subcode, data.slice(0, 1 + written));
}

/**
 * The shutdown communication of a received notification (RFC 9003), safe to log and to show: what is not UTF-8 and
 * characters that act on a terminal are replaced by U+FFFD. Undefined when the notification is not a Cease with
 * subcode 2 or 4, has no text, or claims more octets of text than it has.
 */
export function shutdownText({ code, subcode, data }: NotificationData): string | undefined {
  if (code !== NotificationCode.cease) return undefined;
  if (subcode !== CeaseSubcode.administrativeShutdown && subcode !== CeaseSubcode.administrativeReset)
    return undefined;
  const length = data.length === 0 ? 0 : data[0]!;
  if (length === 0 || length > data.length - 1) return undefined;
  return readPeerText(data, 1, 1 + length);
}
