/**
 * The message header and the numbers of RFC 4271 section 4.1, shared by every reader and writer of messages.
 *
 * Nothing here reads peer bytes: `framer.ts` does, once, for all message types.
 */
import { writeU16 } from '../base/bytes.ts';

/** Message type codes (RFC 4271 section 4.1; ROUTE-REFRESH: RFC 2918 section 3). */
export const MessageType = {
  open: 1,
  update: 2,
  notification: 3,
  keepalive: 4,
  routeRefresh: 5,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Octets of the marker, which are all ones (RFC 4271 section 4.1). */
export const MARKER_LENGTH = 16;

/** Octets of the header: marker, length, type. The length field counts them too. */
export const HEADER_LENGTH = 19;

/** Longest message in octets, header included, unless both sides agreed on more (RFC 4271 section 4.1). */
export const MAX_MESSAGE_LENGTH = 4096;

/** Longest message in octets, header included, once extended messages are agreed (RFC 8654 section 2). */
export const MAX_EXTENDED_MESSAGE_LENGTH = 65535;

/**
 * Smallest legal length of each message type; 0 marks a type that does not exist (RFC 4271 sections 4.2 to 4.5).
 *
 * ROUTE-REFRESH has only the header's own minimum: RFC 7313 section 5 gives its wrong lengths an error code of
 * their own, which must carry the whole message, so `route-refresh.ts` judges them.
 */
const MINIMUM_LENGTH = new Uint8Array(256);
MINIMUM_LENGTH[MessageType.open] = 29;
MINIMUM_LENGTH[MessageType.update] = 23;
MINIMUM_LENGTH[MessageType.notification] = 21;
MINIMUM_LENGTH[MessageType.keepalive] = HEADER_LENGTH;
MINIMUM_LENGTH[MessageType.routeRefresh] = HEADER_LENGTH;

/** HOT. Smallest legal length in octets of a message of this type, header included; 0 when there is no such type. */
export function minimumLength(type: number): number {
  return MINIMUM_LENGTH[type]!;
}

/** HOT. Largest legal length; OPEN and KEEPALIVE stay within 4,096 in any case (RFC 8654 section 4). */
export function maximumLength(type: number, extendedMessage: boolean): number {
  return extendedMessage && type !== MessageType.open && type !== MessageType.keepalive
    ? MAX_EXTENDED_MESSAGE_LENGTH
    : MAX_MESSAGE_LENGTH;
}

/**
 * Writes the 19 octets of a header at `offset`; the caller has made room for them.
 *
 * @param length octets of the whole message, 19..65535
 */
export function writeHeader(bytes: Uint8Array, offset: number, length: number, type: number): void {
  bytes.fill(0xff, offset, offset + MARKER_LENGTH);
  writeU16(bytes, offset + MARKER_LENGTH, length);
  bytes[offset + MARKER_LENGTH + 2] = type;
}

/** The KEEPALIVE message, which is always the same 19 octets (RFC 4271 section 4.4). Shared: never write to it. */
export const KEEPALIVE: Uint8Array = new Uint8Array(HEADER_LENGTH);
writeHeader(KEEPALIVE, 0, HEADER_LENGTH, MessageType.keepalive);

/**
 * A copy of `bytes[start..end)` that owns its memory.
 *
 * Not `bytes.slice()`: socket chunks are Node Buffers, whose `slice` is a view, and a view of 20 octets keeps the
 * whole chunk alive.
 */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}
