/** The header of RFC 4271 section 4.1 and the one message that is only a header. */
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { copyBytes, KEEPALIVE, MessageType, writeHeader } from '../../src/wire/message.ts';

const MARKER = 'ff'.repeat(16);

describe('writeHeader', () => {
  test('writes marker, length and type at the offset and nothing else', () => {
    const bytes = new Uint8Array(23);
    writeHeader(bytes, 2, 0x1234, MessageType.update);
    expect(toHex(bytes)).toBe(`0000${MARKER}1234020000`);
  });
});

describe('KEEPALIVE', () => {
  test('is the header alone, with type 4 (RFC 4271 4.4)', () => {
    expect(toHex(KEEPALIVE)).toBe(`${MARKER}001304`);
  });
});

describe('copyBytes', () => {
  test('owns its memory even when the source is a Node Buffer, whose slice is a view', () => {
    const chunk = Buffer.from(fromHex('01020304'));
    const copy = copyBytes(chunk, 1, 3);
    chunk.fill(0);
    expect(copy).toEqual(Uint8Array.of(2, 3));
    expect(copy.buffer.byteLength).toBe(2);
  });
});
