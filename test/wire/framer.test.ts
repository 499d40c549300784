/** The framer against RFC 4271 section 6.1 and RFC 8654: chunk borders never matter, illegal headers always do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { Framer } from '../../src/wire/framer.ts';
import { KEEPALIVE, writeHeader } from '../../src/wire/message.ts';
import type { NotificationData } from '../../src/wire/notification.ts';

const MARKER = 'ff'.repeat(16);

/** A message with the given type whose body counts 1, 2, 3, ... so that misplaced octets show. */
function message(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i;
  writeHeader(bytes, 0, length, type);
  return bytes;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A framer that records what its sink sees, as `type:body`. */
function recorder() {
  const seen: string[] = [];
  const framer = new Framer({
    message: (type, bytes, start, end) => seen.push(`${type}:${toHex(bytes, start, end)}`),
  });
  return { framer, seen };
}

function text(bytes: Uint8Array): string {
  return `${bytes[18]}:${toHex(bytes, 19)}`;
}

const MESSAGES = [message(1, 29), KEEPALIVE, message(2, 23), message(2, 300), message(5, 23), message(3, 21)];
const STREAM = concat(...MESSAGES);
const EXPECTED = MESSAGES.map(text);

describe('Framer: the borders of chunks', () => {
  test('delivers every message of one chunk in place, in order', () => {
    const buffers = new Set<Uint8Array>();
    const framer = new Framer({ message: (_type, bytes) => buffers.add(bytes) });
    expect(framer.push(STREAM)).toBeUndefined();
    expect([...buffers]).toEqual([STREAM]);
    expect(framer.pendingBytes).toBe(0);
  });

  test('delivers the same messages when the stream is split in two at every octet', () => {
    for (let split = 0; split <= STREAM.length; split++) {
      const { framer, seen } = recorder();
      expect(framer.push(STREAM.subarray(0, split))).toBeUndefined();
      expect(framer.push(STREAM.subarray(split))).toBeUndefined();
      expect(seen).toEqual(EXPECTED);
      expect(framer.pendingBytes).toBe(0);
    }
  });

  test('delivers the same messages octet by octet', () => {
    const { framer, seen } = recorder();
    for (const octet of STREAM) expect(framer.push(Uint8Array.of(octet))).toBeUndefined();
    expect(seen).toEqual(EXPECTED);
  });

  test('delivers the same messages for any chunks, empty ones included', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
        const { framer, seen } = recorder();
        const borders = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
        for (let i = 1; i < borders.length; i++)
          expect(framer.push(STREAM.subarray(borders[i - 1], borders[i]))).toBeUndefined();
        expect(seen).toEqual(EXPECTED);
      }),
    );
  });

  test('carries messages of every size up to 65,535 octets, small after large', () => {
    const stream = concat(message(2, 4096), message(2, 65535), message(2, 23), message(3, 65535), KEEPALIVE);
    for (const chunkLength of [1, 18, 1000, 4096, 65536]) {
      const { framer, seen } = recorder();
      framer.extendedMessage = true;
      for (let at = 0; at < stream.length; at += chunkLength)
        expect(framer.push(stream.subarray(at, at + chunkLength))).toBeUndefined();
      expect(seen.map((line) => line.length)).toEqual([8156, 131034, 10, 131034, 2]);
    }
  });

  test('tells how many octets wait for the rest of their message', () => {
    const { framer } = recorder();
    framer.push(STREAM.subarray(0, 29 + 7));
    expect(framer.pendingBytes).toBe(7);
  });
});

/** Pushes hex text and returns what the framer answers. */
function answer(hex: string, extendedMessage = false): NotificationData | undefined {
  const { framer } = recorder();
  framer.extendedMessage = extendedMessage;
  return framer.push(fromHex(hex));
}

describe('Framer: message header errors (RFC 4271 6.1)', () => {
  test('Connection Not Synchronized as soon as one marker octet is not all ones', () => {
    const expected = { code: 1, subcode: 1, data: new Uint8Array(0) };
    for (let at = 0; at < 16; at++) expect(answer(`${'ff'.repeat(at)}fe`)).toEqual(expected);
    expect(answer(toHex(new TextEncoder().encode('GET / HTTP/1.1')))).toEqual(expected);
  });

  test('finds a bad marker octet behind a marker that began in an earlier chunk', () => {
    const { framer } = recorder();
    expect(framer.push(fromHex('ffff'))).toBeUndefined();
    expect(framer.push(fromHex('00'))).toMatchObject({ code: 1, subcode: 1 });
  });

  test.each([
    ['shorter than a header', '0012', 2],
    ['longer than 4096', '1001', 2],
    ['OPEN below 29', '001c', 1],
    ['UPDATE below 23', '0016', 2],
    ['NOTIFICATION below 21', '0014', 3],
    ['KEEPALIVE above 19', '0014', 4],
    ['length 0', '0000', 4],
    ['ROUTE-REFRESH below a header', '0012', 5],
  ])('Bad Message Length with the length field as data: %s', (_name, length, type) => {
    expect(answer(`${MARKER}${length}0${type}`)).toEqual({ code: 1, subcode: 2, data: fromHex(length) });
  });

  test('Bad Message Type with the type field as data', () => {
    for (const type of ['00', '06', 'ff'])
      expect(answer(`${MARKER}0013${type}`)).toEqual({ code: 1, subcode: 3, data: fromHex(type) });
  });

  test('leaves a short ROUTE-REFRESH to its reader, which has a better error (RFC 7313 5)', () => {
    const { framer, seen } = recorder();
    expect(framer.push(message(5, 20))).toBeUndefined();
    expect(seen).toEqual(['5:13']);
  });

  test('accepts the longest and the shortest message of each type', () => {
    const lengths = [
      [1, 29],
      [1, 4096],
      [2, 23],
      [2, 4096],
      [3, 21],
      [3, 4096],
      [4, 19],
      [5, 19],
      [5, 4096],
    ] as const;
    const { framer, seen } = recorder();
    for (const [type, length] of lengths) expect(framer.push(message(type, length))).toBeUndefined();
    expect(seen).toHaveLength(lengths.length);
  });

  test('with extended messages, OPEN and KEEPALIVE keep their limits (RFC 8654 4)', () => {
    expect(answer(`${MARKER}ffff02`, true)).toBeUndefined();
    expect(answer(`${MARKER}ffff03`, true)).toBeUndefined();
    expect(answer(`${MARKER}ffff05`, true)).toBeUndefined();
    expect(answer(`${MARKER}100101`, true)).toMatchObject({ code: 1, subcode: 2 });
    expect(answer(`${MARKER}100104`, true)).toMatchObject({ code: 1, subcode: 2 });
  });

  test('delivers the messages before the error, then is dead and repeats its answer', () => {
    const { framer, seen } = recorder();
    const error = framer.push(concat(KEEPALIVE, fromHex(`${MARKER}001309`), KEEPALIVE));
    expect(error).toMatchObject({ code: 1, subcode: 3 });
    expect(framer.push(KEEPALIVE)).toBe(error);
    expect(seen).toEqual(['4:']);
    expect(framer.pendingBytes).toBe(0);
  });

  test('finds the same error wherever the stream is split', () => {
    const stream = concat(KEEPALIVE, fromHex(`${MARKER}001401`));
    for (let split = 0; split <= stream.length; split++) {
      const { framer } = recorder();
      framer.push(stream.subarray(0, split));
      expect(framer.push(stream.subarray(split))).toEqual({ code: 1, subcode: 2, data: fromHex('0014') });
    }
  });

  test('its answer shares no memory with a chunk that is a Node Buffer', () => {
    const chunk = Buffer.from(fromHex(`${MARKER}001309`));
    const { framer } = recorder();
    const error = framer.push(chunk);
    chunk.fill(0);
    expect(error?.data).toEqual(Uint8Array.of(9));
  });
});

describe('Framer: calls from inside the sink', () => {
  test('stop() ends delivery at once, in the chunk and when a carried message is delivered', () => {
    for (let split = 0; split <= STREAM.length; split++) {
      const seen: number[] = [];
      const framer = new Framer({
        message(type) {
          seen.push(type);
          framer.stop();
        },
      });
      framer.push(STREAM.subarray(0, split));
      expect(framer.push(STREAM.subarray(split))).toBeUndefined();
      expect(framer.push(fromHex('00'))).toBeUndefined();
      expect(seen).toEqual([1]);
      expect(framer.pendingBytes).toBe(0);
    }
  });

  test('extendedMessage set on OPEN counts for the next header in the same chunk', () => {
    const seen: number[] = [];
    const framer = new Framer({
      message(type, _bytes, start, end) {
        seen.push(end - start);
        if (type === 1) framer.extendedMessage = true;
      },
    });
    expect(framer.push(concat(message(1, 29), message(2, 5000)))).toBeUndefined();
    expect(seen).toEqual([10, 4981]);
  });
});

describe('Framer: hostile input', () => {
  test('never throws and never holds more than one message, whatever arrives', () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.nat(0xffff), fc.nat(7))
        .map(([length, type]) => fromHex(`${MARKER}${length.toString(16).padStart(4, '0')}0${type}`)),
      fc.constantFrom(...MESSAGES),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 20 }), fc.boolean(), (chunks, extendedMessage) => {
        const framer = new Framer({
          message(type, bytes, start, end) {
            expect(type >= 1 && type <= 5 && start >= 19 && start <= end && end <= bytes.length).toBe(true);
          },
        });
        framer.extendedMessage = extendedMessage;
        for (const bytes of chunks) {
          framer.push(bytes);
          expect(framer.pendingBytes).toBeLessThan(extendedMessage ? 65535 : 4096);
        }
      }),
    );
  });
});

describe('Framer.fault', () => {
  const faultOf = (...chunks: string[]) => {
    const framer = new Framer({ message: () => {} });
    for (const chunk of chunks) framer.push(fromHex(chunk));
    return framer.fault && { hex: toHex(framer.fault.bytes), offset: framer.fault.offset };
  };
  const MARKER = 'ff'.repeat(16);

  test('is absent while headers are legal', () => {
    expect(faultOf(`${MARKER}001304`)).toBeUndefined();
  });

  test('starts at the illegal header, whatever came before it and however it was split', () => {
    expect(faultOf(`${MARKER}001304${MARKER}0012040000`)).toEqual({ hex: `${MARKER}001204`, offset: 16 });
    expect(faultOf(`${MARKER}00`, '1204')).toEqual({ hex: `${MARKER}001204`, offset: 16 });
    expect(faultOf(`${MARKER}001409aabb`)).toEqual({ hex: `${MARKER}001409aa`, offset: 18 });
    expect(faultOf('ffff', '00ff')).toEqual({ hex: 'ffff00ff', offset: 2 });
  });

  test('is a bounded copy', () => {
    const bytes = Buffer.alloc(70_000);
    const framer = new Framer({ message: () => {} });
    framer.push(bytes);
    bytes.fill(0xff);
    expect(framer.fault).toEqual({ bytes: new Uint8Array(4096), offset: 0 });
  });
});
