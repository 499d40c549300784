/** Big-endian integers and hexadecimal text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalBytes, fromHex, readU16, readU32, toHex, writeU16, writeU32 } from '../../src/base/bytes.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('integers', () => {
  test('readU16, readU32: most significant octet first, never negative', () => {
    const bytes = fromHex('a5 fffe ff000001 80000000');
    expect(readU16(bytes, 1)).toBe(0xfffe);
    expect(readU32(bytes, 3)).toBe(0xff000001);
    expect(readU32(bytes, 7)).toBe(0x80000000);
  });

  test('what is written is read, as DataView has it, and nothing beside it changes', () => {
    fc.assert(
      fc.property(u16, u32, fc.nat(5), (short, long, offset) => {
        const bytes = new Uint8Array(16).fill(0xa5);
        writeU16(bytes, offset, short);
        writeU32(bytes, offset + 2, long);
        const view = new DataView(bytes.buffer);
        expect(view.getUint16(offset)).toBe(short);
        expect(view.getUint32(offset + 2)).toBe(long);
        expect(readU16(bytes, offset)).toBe(short);
        expect(readU32(bytes, offset + 2)).toBe(long);
        const around = [...bytes.subarray(0, offset), ...bytes.subarray(offset + 6)];
        expect(around.every((byte) => byte === 0xa5)).toBe(true);
      }),
    );
  });
});

test('equalBytes: compares the ranges, not what surrounds them', () => {
  const bytes = fromHex('00 010203 ff');
  expect(equalBytes(bytes, 1, 4, fromHex('ffff 010203'), 2)).toBe(true);
  expect(equalBytes(bytes, 1, 4, fromHex('ffff 010204'), 2)).toBe(false);
  expect(equalBytes(bytes, 1, 4, fromHex('0102'), 0)).toBe(false);
  expect(equalBytes(bytes, 2, 2, bytes, 4)).toBe(true);
});

describe('hexadecimal text', () => {
  test('toHex, fromHex: inverse of each other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  test('toHex: a range of the bytes', () => {
    expect(toHex(Uint8Array.of(1, 2, 255, 4), 1, 3)).toBe('02ff');
  });

  test('fromHex: white space and colons between digits mean nothing, nor do capitals', () => {
    expect(fromHex(' DE:ad\n be ef')).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
    expect(fromHex('')).toEqual(new Uint8Array(0));
  });

  test.each(['0', 'abc', '0x00', 'zz', '00-11'])('fromHex: throws on %j', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError);
  });
});
