/**
 * Reads the input of `bellhop decode`: hexadecimal text, octets, or a capture.
 *
 * All kinds end in a {@link MessageScanner}, so that what is no BGP is reported and passed over in the same way.
 */
import { fromHex, toHex } from '../../base/bytes.ts';
import { isCapture } from '../../pcap/capture.ts';
import { type CaptureSummary, type Direction, readConnections } from '../../pcap/connections.ts';
import { decodeMessage } from '../../wire/json.ts';
import { HEADER_LENGTH, MARKER_LENGTH, MessageType } from '../../wire/message.ts';
import { MAX_JUNK_SAMPLE, MessageScanner } from '../../wire/message-scanner.ts';
import type { WireContext } from '../../wire/session-context.ts';
import { junkRecord, type Place, type RecordSink } from './records.ts';
import type { Sessions } from './session.ts';

/** The kinds of input. */
export const INPUT_FORMATS = ['hex', 'raw', 'pcap'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** The kind that `bytes` look like: text without anything but printable characters is hexadecimal. */
export function detectFormat(bytes: Uint8Array): InputFormat {
  if (isCapture(bytes)) return 'pcap';
  const isText = bytes
    .subarray(0, 4096)
    .every((octet) => (octet >= 0x20 && octet < 0x7f) || (octet >= 0x09 && octet <= 0x0d));
  return isText ? 'hex' : 'raw';
}

/** Messages one behind the other. */
export function readRaw(bytes: Uint8Array, context: WireContext, sink: RecordSink): void {
  const scanner = scannerFor(() => ({ offset: 0 }), context, sink);
  scanner.push(bytes);
  scanner.end();
}

/**
 * Lines of hexadecimal digits, with white space, colons and `0x` wherever they help; empty lines and what follows a
 * `#` are passed over. A message may go on in the next line when that does not begin with a marker.
 */
export function readHex(text: string, context: WireContext, sink: RecordSink): void {
  let line = 0;
  let scanner: MessageScanner | undefined;
  for (const raw of text.split(/\r?\n/)) {
    line++;
    const digits = raw
      .replace(/#.*$/, '')
      .replace(/0x/gi, '')
      .replace(/[\s:,]+/g, '');
    if (digits === '') continue;
    const octets = hexOctets(digits);
    if (octets === undefined) {
      const reason = `no hexadecimal text: ${JSON.stringify(raw.trim().slice(0, 40))}`;
      sink({ kind: 'unreadable', place: { line, offset: 0 }, length: raw.length, reason, sample: '' });
      continue;
    }
    if (scanner?.isWaiting !== true || /^f{32}/i.test(digits)) {
      scanner?.end();
      const place = { line, offset: 0 };
      scanner = scannerFor(() => place, context, sink);
    }
    scanner.push(octets);
    if (!scanner.isWaiting) {
      scanner.end();
      scanner = undefined;
    }
  }
  scanner?.end();
}

function hexOctets(digits: string): Uint8Array | undefined {
  return /^(?:[0-9a-fA-F]{2})+$/.test(digits) ? fromHex(digits) : undefined;
}

function scannerFor(place: () => Place, context: WireContext, sink: RecordSink): MessageScanner {
  return new MessageScanner({
    message: (bytes, offset) =>
      sink({ kind: 'message', place: { ...place(), offset }, message: decodeMessage(bytes, context) }),
    junk: (junk) => sink(junkRecord(place(), junk)),
  });
}

/** One direction of a connection: its scanner and the time of the packet that is being read. */
interface Stream {
  readonly scanner: MessageScanner;
  time: number | undefined;
}

/** The sessions in a capture; the OPENs tell how to read what follows them. */
export function readPcap(
  bytes: Uint8Array,
  port: number,
  sessions: Sessions,
  sink: RecordSink,
): CaptureSummary {
  const streams = new Map<Direction, Stream>();
  const streamOf = (direction: Direction, time: number | undefined): Stream => {
    const stream = streams.get(direction) ?? { scanner: captureScanner(direction), time };
    stream.time = time ?? stream.time;
    streams.set(direction, stream);
    return stream;
  };
  const captureScanner = (direction: Direction): MessageScanner => {
    const place = (offset: number) => placeOf(direction, streams.get(direction)?.time, offset);
    return new MessageScanner({
      message: (message, offset) => {
        if (message[MARKER_LENGTH + 2] === MessageType.open && message.length >= HEADER_LENGTH)
          sessions.learn(direction, message);
        const context = sessions.contextFor(direction);
        sink({ kind: 'message', place: place(offset), message: decodeMessage(message, context) });
      },
      junk: (junk) => sink(junkRecord(place(junk.offset), junk)),
    });
  };
  const summary = readConnections(bytes, port, {
    data: (direction, octets, time) => streamOf(direction, time).scanner.push(octets),
    gap: (direction, octets, time) => {
      const { scanner } = streamOf(direction, time);
      scanner.gap(octets);
      const place = placeOf(direction, time, scanner.offset - octets);
      sink({ kind: 'unreadable', place, length: octets, reason: 'missing in the capture', sample: '' });
    },
    end: (direction) => {
      streams.get(direction)?.scanner.end();
      streams.delete(direction);
      sessions.end(direction);
    },
  });
  const { problem } = summary;
  if (problem !== undefined) {
    const { offset, reason } = problem;
    const sample = toHex(bytes.subarray(offset, offset + MAX_JUNK_SAMPLE));
    sink({ kind: 'unreadable', place: { offset }, length: bytes.length - offset, reason, sample });
  }
  return summary;
}

function placeOf({ source, destination }: Direction, time: number | undefined, offset: number): Place {
  return {
    ...(time !== undefined && { time: timeText(time) }),
    src: source.text,
    dst: destination.text,
    offset,
  };
}

/** ISO 8601 with microseconds; times no calendar has are left as seconds. */
export function timeText(seconds: number): string {
  const whole = Math.floor(seconds);
  const micros = Math.min(Math.floor((seconds - whole) * 1e6 + 0.5), 999_999);
  const date = new Date(whole * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  return `${date.toISOString().slice(0, -5)}.${String(micros).padStart(6, '0')}Z`;
}
