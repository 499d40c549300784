/** ByteWriter: writes land where a plain list of octets would have them, through any number of growths. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';

type Write =
  | { readonly kind: 'u8' | 'u16' | 'u32'; readonly value: number }
  | { readonly kind: 'copy'; readonly value: Uint8Array; readonly from: number };

const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: fc.nat(0xff) }),
  fc.record({ kind: fc.constant('u16' as const), value: fc.nat(0xffff) }),
  fc.record({ kind: fc.constant('u32' as const), value: fc.integer({ min: 0, max: 0xffffffff }) }),
  fc.record({ kind: fc.constant('copy' as const), value: fc.uint8Array({ maxLength: 60 }), from: fc.nat(4) }),
);

function octets(write: Write): number[] {
  if (write.kind === 'copy') return [...write.value.subarray(write.from)];
  const size = { u8: 1, u16: 2, u32: 4 }[write.kind];
  return Array.from({ length: size }, (_, i) => Math.floor(write.value / 256 ** (size - 1 - i)) % 256);
}

test('writes: equal a list of octets from any initial capacity', () => {
  fc.assert(
    fc.property(fc.array(anyWrite, { maxLength: 40 }), fc.constantFrom(0, 1, 7, 256), (writes, capacity) => {
      const out = new ByteWriter(capacity);
      for (const write of writes)
        if (write.kind === 'copy')
          out.copy(write.value, Math.min(write.from, write.value.length), write.value.length);
        else out[write.kind](write.value);
      expect([...out.take()]).toEqual(writes.flatMap(octets));
    }),
  );
});

test('patchU8, patchU16: overwrite without moving the end', () => {
  const out = new ByteWriter(1);
  out.copy(fromHex('00000000'));
  out.patchU8(0, 0x1ff);
  out.patchU16(1, 0xabcd);
  out.u8(9);
  expect(toHex(out.take())).toBe('ffabcd0009');
});

test('take: a copy that the next use of the writer does not change', () => {
  const out = new ByteWriter();
  out.u16(0x0102);
  const taken = out.take();
  out.reset();
  out.u32(0xffffffff);
  expect(toHex(taken)).toBe('0102');
  expect(out.length).toBe(4);
});

test('copy: from the writer itself, also when it has to grow', () => {
  const out = new ByteWriter(4);
  out.u32(0x01020304);
  out.copy(out.bytes, 1, 4);
  expect(toHex(out.take())).toBe('01020304020304');
});

test('reserve: room for so many bytes, contents kept', () => {
  const out = new ByteWriter(2);
  out.u16(0x0102);
  out.reserve(1000);
  expect(out.bytes.length).toBeGreaterThanOrEqual(1002);
  expect(toHex(out.take())).toBe('0102');
});
