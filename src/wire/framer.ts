/**
 * Framer: cuts the byte stream of one connection into messages and checks their headers (RFC 4271 section 6.1).
 *
 * HOT. A message that lies wholly inside a chunk is delivered in place; only a message split between chunks is
 * copied, once, into a carry buffer of 4,096 octets that becomes one of 65,535 when a longer message needs it.
 * Nothing is ever concatenated, and memory is bounded whatever the peer sends.
 *
 * Invariant: what the sink sees has a legal header, so a reader may rely on the minimum length of its type.
 * The marker is checked octet by octet as it arrives, so that a stranger on the port is refused at once; length and
 * type are checked when the header is complete, before any octet of the body is waited for.
 */
import { NO_BYTES, readU16 } from '../base/bytes.ts';
import { MAX_ERROR_MESSAGE_BYTES } from '../base/limits.ts';
import {
  copyBytes,
  HEADER_LENGTH,
  MARKER_LENGTH,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
  maximumLength,
  minimumLength,
} from './message.ts';
import { HeaderSubcode, NotificationCode, type NotificationData, notification } from './notification.ts';

/** Receives the messages of a {@link Framer}. */
export interface MessageSink {
  /**
   * One message with a legal header: `bytes[start..end)` is its body; the 19 octets of header stand in front of it.
   *
   * `bytes` is lent: copy what must outlive the call. May call {@link Framer.stop}, may set
   * {@link Framer.extendedMessage}, must not call {@link Framer.push}.
   */
  message(type: number, bytes: Uint8Array, start: number, end: number): void;
}

/** What `#inspect` returns when the header is not complete, and when it is illegal. */
const INCOMPLETE = 0;
const ILLEGAL = -1;

/** The octets that a {@link Framer} died of. */
export interface HeaderFault {
  /** From the start of the header on, as far as they had arrived and the header claims; bounded, a copy. */
  readonly bytes: Uint8Array;
  /** Octets from there to the field at fault. */
  readonly offset: number;
}

export class Framer {
  /**
   * Whether messages of up to 65,535 octets are agreed (RFC 8654); false until the caller says so. Counts from the
   * next header on. OPEN and KEEPALIVE stay within 4,096 in any case (RFC 8654 section 4).
   */
  extendedMessage = false;
  /** What was illegal, once {@link push} has returned a NOTIFICATION. */
  fault: HeaderFault | undefined;

  readonly #sink: MessageSink;
  /** Start of a message whose end has not arrived: `#carry[0..#carried)`. */
  #carry: Uint8Array = NO_BYTES;
  #carried = 0;
  /** Length of the carried message, once its header is complete; else {@link INCOMPLETE}. */
  #carriedLength = INCOMPLETE;
  #stopped = false;
  #error: NotificationData | undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** Octets held back because the rest of their message has not arrived, 0..65534. */
  get pendingBytes(): number {
    return this.#carried;
  }

  /** Ignores the rest of the stream, including the rest of the chunk being pushed, and frees the carry buffer. */
  stop(): void {
    this.#stopped = true;
    this.#carry = NO_BYTES;
    this.#carried = 0;
    this.#carriedLength = INCOMPLETE;
  }

  /**
   * Takes the next octets of the stream and delivers every message that is complete.
   *
   * Returns the NOTIFICATION to send when a header is illegal. The messages before it have been delivered; the framer
   * is dead from then on and answers every further push with the same NOTIFICATION. A framer stopped by
   * {@link stop} answers undefined.
   */
  push(chunk: Uint8Array): NotificationData | undefined {
    if (this.#stopped) return this.#error;
    const end = chunk.length;
    let position = this.#carried === 0 ? 0 : this.#pushCarried(chunk);
    while (position < end && !this.#stopped) {
      const available = end - position;
      const length = this.#inspect(chunk, position, available);
      if (length === ILLEGAL) break;
      if (length === INCOMPLETE || length > available) {
        this.#hold(chunk, position, length);
        break;
      }
      this.#sink.message(chunk[position + 18]!, chunk, position + HEADER_LENGTH, position + length);
      position += length;
    }
    return this.#error;
  }

  /** Completes the carried message from the start of `chunk`; returns how many octets of `chunk` it took. */
  #pushCarried(chunk: Uint8Array): number {
    let position = 0;
    if (this.#carriedLength === INCOMPLETE) {
      position = this.#fill(chunk, 0, HEADER_LENGTH);
      const length = this.#inspect(this.#carry, 0, this.#carried);
      if (length === INCOMPLETE || length === ILLEGAL) return position;
      this.#carriedLength = length;
      this.#makeRoom(length);
    }
    const length = this.#carriedLength;
    position = this.#fill(chunk, position, length);
    if (this.#carried < length) return position;
    const message = this.#carry;
    this.#carried = 0;
    this.#carriedLength = INCOMPLETE;
    this.#sink.message(message[18]!, message, HEADER_LENGTH, length);
    return position;
  }

  /** Starts carrying the tail `chunk[position..)` of a message of `length` octets (or {@link INCOMPLETE}). */
  #hold(chunk: Uint8Array, position: number, length: number): void {
    this.#makeRoom(length);
    this.#carriedLength = length;
    this.#fill(chunk, position, chunk.length - position);
  }

  /** Appends octets from `chunk[position..)` until `target` are carried or the chunk ends; returns the new position. */
  #fill(chunk: Uint8Array, position: number, target: number): number {
    const end = Math.min(chunk.length, position + target - this.#carried);
    this.#carry.set(chunk.subarray(position, end), this.#carried);
    this.#carried += end - position;
    return end;
  }

  #makeRoom(length: number): void {
    if (this.#carry.length >= Math.max(length, HEADER_LENGTH)) return;
    const grown = new Uint8Array(
      length > MAX_MESSAGE_LENGTH ? MAX_EXTENDED_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH,
    );
    grown.set(this.#carry.subarray(0, this.#carried));
    this.#carry = grown;
  }

  /**
   * Judges the header at `bytes[start..start + available)`, in the order of RFC 4271 section 6.1.
   * Returns the length of its message, {@link INCOMPLETE}, or {@link ILLEGAL} after the framer has died of it.
   */
  #inspect(bytes: Uint8Array, start: number, available: number): number {
    const markerEnd = start + Math.min(available, MARKER_LENGTH);
    let marker = 0xff;
    for (let i = start; i < markerEnd; i++) marker &= bytes[i]!;
    if (marker !== 0xff) {
      let at = start;
      while (bytes[at] === 0xff) at++;
      this.#keep(bytes, start, available, at);
      return this.#die(HeaderSubcode.connectionNotSynchronized, bytes, start, start);
    }
    if (available < HEADER_LENGTH) return INCOMPLETE;

    const length = readU16(bytes, start + 16);
    const type = bytes[start + 18]!;
    const maximum = maximumLength(type, this.extendedMessage);
    const minimum = minimumLength(type);
    if (
      length < HEADER_LENGTH ||
      length > maximum ||
      length < minimum ||
      (type === MessageType.keepalive && length !== HEADER_LENGTH)
    ) {
      this.#keep(bytes, start, Math.min(available, Math.max(length, HEADER_LENGTH)), start + 16);
      return this.#die(HeaderSubcode.badMessageLength, bytes, start + 16, start + 18);
    }
    if (minimum === 0) {
      this.#keep(bytes, start, Math.min(available, length), start + 18);
      return this.#die(HeaderSubcode.badMessageType, bytes, start + 18, start + 19);
    }
    return length;
  }

  #keep(bytes: Uint8Array, start: number, length: number, at: number): void {
    const kept = copyBytes(bytes, start, start + Math.min(length, MAX_ERROR_MESSAGE_BYTES));
    this.fault = { bytes: kept, offset: at - start };
  }

  /** Ends the stream with a Message Header Error about `bytes[start..end)`. */
  #die(subcode: number, bytes: Uint8Array, start: number, end: number): typeof ILLEGAL {
    this.#error = notification(NotificationCode.messageHeader, subcode, copyBytes(bytes, start, end));
    this.stop();
    return ILLEGAL;
  }
}
