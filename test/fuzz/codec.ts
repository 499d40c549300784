/**
 * The codec under fuzz: one stream of octets is framed, every message in it is judged and read, and what is accepted
 * must mean the same when it is written and read again, as octets and as JSON (`json.ts`); UPDATEs are in
 * `codec-update.ts`. Throws a {@link Finding} where a promise is broken.
 */
import { BellhopError } from '../../src/base/errors.ts';
import type { FuzzContext } from '../../src/fuzz/context.ts';
import { formatCapability } from '../../src/wire/capabilities/index.ts';
import { Framer } from '../../src/wire/framer.ts';
import {
  HEADER_LENGTH,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
  writeHeader,
} from '../../src/wire/message.ts';
import {
  type NotificationData,
  notificationName,
  readNotification,
  shutdownText,
  writeNotification,
} from '../../src/wire/notification.ts';
import { type OpenMessage, readOpen, writeOpen } from '../../src/wire/open.ts';
import { readRouteRefresh, writeRouteRefresh } from '../../src/wire/route-refresh.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { checkUpdate } from './codec-update.ts';
import { must, mustEqual } from './finding.ts';
import { checkJson } from './json.ts';

interface Framed {
  readonly messages: readonly { readonly type: number; readonly body: Uint8Array }[];
  readonly error: NotificationData | undefined;
  readonly pending: number;
}

/** Looks at everything the codec says of `stream`, which holds any octets. */
export function checkCodec(stream: Uint8Array, context: FuzzContext): void {
  const whole = framed(stream, stream.length, context);
  for (const size of [1, 18, 19, 20, 1 + (stream.length >>> 1)]) {
    if (size === 1 && stream.length > 600) continue;
    mustEqual(framed(stream, size, context), whole, `framed in pieces of ${size} octets`);
  }
  must(whole.pending < MAX_EXTENDED_MESSAGE_LENGTH, 'the framer holds back more than a message');
  for (const { type, body } of whole.messages) {
    checkMessage(type, body, context);
    if (whole.messages.length > 1) checkJson(messageOf(type, body), context);
  }
  // A body may come from elsewhere than a framer: whatever the header says, each reader must stand it.
  if (whole.messages.length === 0 && stream.length >= HEADER_LENGTH)
    checkMessage(stream[18]!, stream.slice(HEADER_LENGTH), context);
  checkJson(stream, context);
}

/** The message with this body, header included. */
function messageOf(type: number, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_LENGTH + body.length);
  writeHeader(message, 0, message.length, type);
  message.set(body, HEADER_LENGTH);
  return message;
}

function framed(stream: Uint8Array, size: number, context: WireContext): Framed {
  const messages: { type: number; body: Uint8Array }[] = [];
  const framer = new Framer({
    message: (type, bytes, start, end) => void messages.push({ type, body: bytes.slice(start, end) }),
  });
  framer.extendedMessage = context.extendedMessage;
  let error: NotificationData | undefined;
  for (let at = 0; at < stream.length; at += size) error = framer.push(stream.slice(at, at + size));
  return { messages, error, pending: framer.pendingBytes };
}

function checkMessage(type: number, body: Uint8Array, context: WireContext): void {
  if (type === MessageType.update) checkUpdate(body, context);
  else if (type === MessageType.open) checkOpen(body);
  else if (type === MessageType.notification) checkNotification(body);
  else if (type === MessageType.routeRefresh) checkRefresh(body);
}

function checkOpen(body: Uint8Array): void {
  const result = readOpen(body, 0, body.length);
  if (!result.ok) {
    must(result.notification.code <= 2, 'an OPEN is refused with another code than 1 or 2');
    return;
  }
  const { open } = result;
  for (const capability of open.capabilities) must(formatCapability(capability) !== '', 'no text');
  const written = writeOpen(open);
  const again = readOpen(written, HEADER_LENGTH, written.length);
  mustEqual(again, result, 'OPEN written and read again');
  if (open.capabilities.length > 0 && body.length % 16 === 0) checkTooLong(open);
}

/** An OPEN that says all of it again and again is refused, for it is longer than any may be. */
function checkTooLong(open: OpenMessage): void {
  const many = Array.from({ length: MAX_MESSAGE_LENGTH / 2 }, () => open.capabilities[0]!);
  try {
    writeOpen({ ...open, capabilities: many });
  } catch (error) {
    must(error instanceof BellhopError, () => `thrown instead of a BellhopError: ${error}`);
    return;
  }
  must(false, 'an OPEN is written that is too long');
}

function checkNotification(body: Uint8Array): void {
  const read = readNotification(body, 0, body.length);
  must(notificationName(read.code, read.subcode) !== '', 'a NOTIFICATION without a name');
  const text = shutdownText(read);
  must(
    text === undefined || !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text),
    'text acts',
  );
  const written = writeNotification(read, MAX_EXTENDED_MESSAGE_LENGTH);
  mustEqual(readNotification(written, HEADER_LENGTH, written.length), read, 'NOTIFICATION read again');
}

function checkRefresh(body: Uint8Array): void {
  const result = readRouteRefresh(body, 0, body.length);
  if (!result.ok) {
    must(result.notification.code === 7, 'a ROUTE-REFRESH is refused with another code than 7');
    return;
  }
  const { afi, safi, subtype } = result.refresh;
  const written = writeRouteRefresh(afi, safi, subtype);
  const again = readRouteRefresh(written, HEADER_LENGTH, written.length);
  must(again.ok, 'a ROUTE-REFRESH of ours is refused');
  mustEqual(
    [again.refresh.afi, again.refresh.safi, again.refresh.subtype],
    [afi, safi, subtype],
    'ROUTE-REFRESH',
  );
}
