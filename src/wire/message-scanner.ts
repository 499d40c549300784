/**
 * MessageScanner: finds messages in octets that nobody has checked: files, captures, what a broken peer sent.
 *
 * The {@link Framer} of a session ends at the first illegal header, as it must. The scanner says what was wrong and
 * where, looks for the next marker and goes on. Length and type of a message are left for `decodeMessage` to judge,
 * as long as the length can be one. Memory grows with what waits for its end, to 128 KiB at most: a capture may have
 * very many streams.
 */
import { NO_BYTES, readU16 } from '../base/bytes.ts';
import { HEADER_LENGTH, MARKER_LENGTH, MAX_EXTENDED_MESSAGE_LENGTH } from './message.ts';

/** Octets that belong to no message. */
export interface Junk {
  /** Octets from the start of the stream. */
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
  /** The first of them, at most {@link MAX_JUNK_SAMPLE}; a copy. */
  readonly sample: Uint8Array;
}

/** Receives what a {@link MessageScanner} finds, in the order of the stream. */
export interface ScannerSink {
  /** A message with its header: `bytes` is lent until the call returns. */
  message(bytes: Uint8Array, offset: number): void;
  junk(junk: Junk): void;
}

/** Octets of junk that are shown. */
export const MAX_JUNK_SAMPLE = 64;

/** Twice the longest message, so that there is always room for more when one waits. */
const MAX_BUFFER_BYTES = 2 * (MAX_EXTENDED_MESSAGE_LENGTH + 1);

export class MessageScanner {
  readonly #sink: ScannerSink;
  #buffer: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;
  /** Offset in the stream of `#buffer[#start]`. */
  #offset = 0;
  /** Set while a marker is looked for. */
  #junk: { offset: number; length: number; reason: string; sample: number[] } | undefined;

  constructor(sink: ScannerSink) {
    this.#sink = sink;
  }

  /** Whether the begin of a message waits for the rest. */
  get isWaiting(): boolean {
    return this.#junk === undefined && this.#start < this.#end;
  }

  /** Octets of the stream that have been dealt with. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes the next octets of the stream. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#end === this.#buffer.length) this.#makeRoom(chunk.length - at);
      const count = Math.min(chunk.length - at, this.#buffer.length - this.#end);
      this.#buffer.set(chunk.subarray(at, at + count), this.#end);
      this.#end += count;
      at += count;
      this.#scan(false);
    }
  }

  /** Octets are missing here: what is unfinished cannot be finished, and a message may begin anywhere. */
  gap(octets: number): void {
    this.end();
    this.#offset += octets;
    this.#lose(`behind ${octets} octets that are missing`);
  }

  /** The stream is over; may be pushed to again, as after a gap. */
  end(): void {
    this.#scan(true);
    this.#settle();
  }

  /** Makes room for at least one more octet; what waits is shorter than a message. */
  #makeRoom(wanted: number): void {
    const waiting = this.#end - this.#start;
    const size = Math.min(Math.max(512, 2 * waiting, waiting + wanted), MAX_BUFFER_BYTES);
    if (size <= this.#buffer.length) this.#buffer.copyWithin(0, this.#start, this.#end);
    else {
      const grown = new Uint8Array(size);
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
    }
    this.#start = 0;
    this.#end = waiting;
  }

  /** @param final nothing more will come */
  #scan(final: boolean): void {
    while (this.#start < this.#end) {
      if (this.#junk !== undefined && !this.#seek(final)) return;
      const available = this.#end - this.#start;
      const length = this.#inspect(available);
      if (length === undefined) continue;
      if (length > available) {
        if (!final) return;
        const says = available < HEADER_LENGTH ? 'in its header' : `: ${length} octets are announced`;
        this.#lose(`a message is cut off ${says}`.replace(' :', ':'));
        this.#skip(1);
        continue;
      }
      this.#settle();
      this.#sink.message(this.#buffer.subarray(this.#start, this.#start + length), this.#offset);
      this.#start += length;
      this.#offset += length;
    }
  }

  /** Length of the message at the start, as far as can be told; undefined when there is none and one is looked for. */
  #inspect(available: number): number | undefined {
    const markerEnd = this.#start + Math.min(available, MARKER_LENGTH);
    for (let i = this.#start; i < markerEnd; i++)
      if (this.#buffer[i] !== 0xff) {
        this.#lose('no marker');
        this.#skip(1);
        return undefined;
      }
    if (available < HEADER_LENGTH) return HEADER_LENGTH;
    const length = readU16(this.#buffer, this.#start + MARKER_LENGTH);
    if (length >= HEADER_LENGTH) return length;
    this.#lose(`a header announces ${length} octets`);
    this.#skip(1);
    return undefined;
  }

  #lose(reason: string): void {
    this.#junk ??= { offset: this.#offset, length: 0, reason, sample: [] };
  }

  /** Reports the junk in front of a message. A gap that is followed by a message at once left none. */
  #settle(): void {
    const junk = this.#junk;
    this.#junk = undefined;
    if (junk === undefined || junk.length === 0) return;
    this.#sink.junk({ ...junk, sample: Uint8Array.from(junk.sample) });
  }

  #skip(count: number): void {
    const junk = this.#junk!;
    for (let i = 0; i < count && junk.sample.length < MAX_JUNK_SAMPLE; i++)
      junk.sample.push(this.#buffer[this.#start + i]!);
    junk.length += count;
    this.#start += count;
    this.#offset += count;
  }

  /**
   * Skips to the next marker, the last one of a longer run of ones; whether there is one. What may be the begin of a
   * marker stays until more has come.
   */
  #seek(final: boolean): boolean {
    const buffer = this.#buffer;
    let ones = 0;
    for (let at = this.#start; at < this.#end; at++) {
      if (buffer[at] === 0xff) {
        ones++;
        continue;
      }
      if (ones >= MARKER_LENGTH) {
        this.#skip(at - MARKER_LENGTH - this.#start);
        return true;
      }
      ones = 0;
    }
    const kept = final ? 0 : Math.min(ones, MARKER_LENGTH);
    this.#skip(this.#end - kept - this.#start);
    return false;
  }
}
