/**
 * Messages as JSON and back: the form of `bellhop decode --json`, documented in `docs/decode.md`.
 *
 * Reading is total: any octets have a JSON form, and what is wrong with them stands in its `errors`. Writing is for
 * programmers and operators, and throws on what cannot be carried. Two promises, tested with random messages:
 * reading what was written gives the same object, and writing what was read gives the same octets wherever the
 * message was in normal form (see `json-update.ts` and `json-open.ts` for what that leaves out).
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { readU16, toHex } from '../base/bytes.ts';
import { BellhopError } from '../base/errors.ts';
import { Disposition } from './attributes/spec.ts';
import { dispositionName } from './disposition-name.ts';
import { openFromJson, openToJson } from './json-open.ts';
import {
  notificationFromJson,
  notificationToJson,
  routeRefreshFromJson,
  routeRefreshToJson,
} from './json-small.ts';
import type { ErrorJson, MessageInput, MessageJson } from './json-types.ts';
import { updateToJson } from './json-update.ts';
import { updateFromJson } from './json-update-write.ts';
import { octetsOf } from './json-value.ts';
import {
  HEADER_LENGTH,
  MARKER_LENGTH,
  MessageType,
  maximumLength,
  minimumLength,
  writeHeader,
} from './message.ts';
import { HeaderSubcode, NotificationCode, notificationName } from './notification.ts';
import type { WireContext } from './session-context.ts';

/**
 * What is assumed of messages about which nothing is known: 4-octet AS numbers, every family and next hop, and iBGP,
 * where no attribute is unexpected.
 */
export const DEFAULT_CONTEXT: WireContext = {
  as4: true,
  external: false,
  extendedMessage: false,
  families: ~0,
  extendedNextHop: ~0,
  addPath: 0,
};

/**
 * The message in `bytes`, header included.
 *
 * @param context what was agreed about the octets; see {@link DEFAULT_CONTEXT}
 * @example decodeMessage(fromHex('ffffffffffffffffffffffffffffffff001304')).type // 'KEEPALIVE'
 */
export function decodeMessage(bytes: Uint8Array, context: WireContext = DEFAULT_CONTEXT): MessageJson {
  const error = headerError(bytes, context);
  const type = bytes.length < HEADER_LENGTH ? 0 : bytes[MARKER_LENGTH + 2]!;
  // A message that is only longer than agreed is read all the same.
  const isReadable =
    error === undefined || (error.offset === MARKER_LENGTH && readU16(bytes, 16) === bytes.length);
  const message =
    isReadable && bytes.length >= minimumLength(type) ? decodeBody(type, bytes, context) : undefined;
  if (error === undefined && message !== undefined) return message;
  const errors = error === undefined ? [] : [error];
  const disposition = dispositionName(Disposition.sessionReset);
  if (message === undefined)
    return { type: 'INVALID', length: bytes.length, disposition, errors, hex: toHex(bytes) };
  return { ...message, disposition, errors: [...errors, ...message.errors] };
}

function decodeBody(type: number, bytes: Uint8Array, context: WireContext): MessageJson | undefined {
  const end = bytes.length;
  switch (type) {
    case MessageType.open:
      return openToJson(bytes, 0, end);
    case MessageType.update:
      return updateToJson(bytes, 0, end, context);
    case MessageType.notification:
      return notificationToJson(bytes, 0, end);
    case MessageType.routeRefresh:
      return routeRefreshToJson(bytes, 0, end);
    case MessageType.keepalive:
      return end === HEADER_LENGTH
        ? { type: 'KEEPALIVE', length: end, disposition: dispositionName(Disposition.accept), errors: [] }
        : undefined;
    default:
      return undefined;
  }
}

/** What is wrong with the header (RFC 4271 section 6.1), in the order in which a speaker looks. */
function headerError(bytes: Uint8Array, context: WireContext): ErrorJson | undefined {
  const marker = bytes.subarray(0, MARKER_LENGTH).findIndex((octet) => octet !== 0xff);
  if (marker >= 0) return headerFault(HeaderSubcode.connectionNotSynchronized, marker, '');
  if (bytes.length < HEADER_LENGTH) return headerFault(HeaderSubcode.badMessageLength, bytes.length, '');
  const length = readU16(bytes, MARKER_LENGTH);
  const type = bytes[MARKER_LENGTH + 2]!;
  const minimum = minimumLength(type);
  if (
    length !== bytes.length ||
    length < Math.max(minimum, HEADER_LENGTH) ||
    length > maximumLength(type, context.extendedMessage) ||
    (type === MessageType.keepalive && length !== HEADER_LENGTH)
  )
    return headerFault(HeaderSubcode.badMessageLength, MARKER_LENGTH, toHex(bytes, 16, 18));
  if (minimum === 0)
    return headerFault(HeaderSubcode.badMessageType, MARKER_LENGTH + 2, toHex(bytes, 18, 19));
  return undefined;
}

function headerFault(subcode: number, offset: number, data: string): ErrorJson {
  const code = NotificationCode.messageHeader;
  return {
    code,
    subcode,
    data,
    offset,
    rfc: 'RFC 4271 section 6.1',
    disposition: dispositionName(Disposition.sessionReset),
    text: notificationName(code, subcode),
  };
}

const TYPE_CODES = {
  OPEN: MessageType.open,
  UPDATE: MessageType.update,
  NOTIFICATION: MessageType.notification,
  KEEPALIVE: MessageType.keepalive,
  'ROUTE-REFRESH': MessageType.routeRefresh,
} as const;

/**
 * The octets of a message, header included. Keys that only explain (`length`, `errors`, `name`, ...) are not needed
 * and not looked at.
 *
 * @throws BellhopError INVALID_ARGUMENT when `json` is no message, or one that `context` cannot carry
 */
export function encodeMessage(json: MessageInput, context: WireContext = DEFAULT_CONTEXT): Uint8Array {
  try {
    return encode(json, context);
  } catch (error) {
    // JSON that was not made by anything typed may hold anything anywhere, and a text of any length.
    const reason = error instanceof Error ? error.message : String(error);
    const short = reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}...` : reason;
    if (error instanceof BellhopError && short === reason) throw error;
    const place = error instanceof BellhopError ? '' : `${json.type}: `;
    throw new BellhopError('INVALID_ARGUMENT', `${place}${short}`, { cause: error });
  }
}

/** Characters of what is said about JSON that cannot be written; some of them repeat what stands there. */
const LONGEST_REASON = 300;

function encode(json: MessageInput, context: WireContext): Uint8Array {
  if (typeof json !== 'object' || json === null || typeof json.type !== 'string')
    throw new BellhopError('INVALID_ARGUMENT', 'a message is an object with the key "type": "UPDATE", ...');
  if (json.type === 'INVALID') return octetsOf(json.hex);
  if (!Object.hasOwn(TYPE_CODES, json.type))
    throw new BellhopError('INVALID_ARGUMENT', `there is no message type ${json.type}`);
  const type = TYPE_CODES[json.type];
  const out = new ByteWriter();
  out.copy(new Uint8Array(HEADER_LENGTH));
  if (json.type === 'OPEN') openFromJson(json, out);
  else if (json.type === 'UPDATE') updateFromJson(json, context, out);
  else if (json.type === 'NOTIFICATION') notificationFromJson(json, out);
  else if (json.type === 'ROUTE-REFRESH') routeRefreshFromJson(json, out);
  const limit = maximumLength(type, context.extendedMessage);
  if (out.length > limit)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${json.type} has ${out.length} octets, at most ${limit} are legal`,
    );
  writeHeader(out.bytes, 0, out.length, type);
  return out.take();
}
