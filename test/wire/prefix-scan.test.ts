/** Prefixes in NLRI as integers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPrefixes, prefixWord } from '../../src/wire/prefix-scan.ts';

const prefixes4 = fc.array(
  fc
    .integer({ min: 0, max: 32 })
    .chain((length) =>
      fc
        .uint8Array({ minLength: (length + 7) >>> 3, maxLength: (length + 7) >>> 3 })
        .map((octets) => ({ length, octets })),
    ),
);

test('checkPrefixes: -1 for whole prefixes, else the offset of the first at fault', () => {
  fc.assert(
    fc.property(prefixes4, (prefixes) => {
      const bytes = Uint8Array.from(prefixes.flatMap(({ length, octets }) => [length, ...octets]));
      expect(checkPrefixes(bytes, 0, bytes.length, 32)).toBe(-1);
      expect(checkPrefixes(Uint8Array.of(...bytes, 33, 0, 0, 0, 0, 0), 0, bytes.length + 6, 32)).toBe(
        bytes.length,
      );
      expect(checkPrefixes(Uint8Array.of(...bytes, 9, 0), 0, bytes.length + 2, 32)).toBe(bytes.length);
    }),
  );
});

test('prefixWord: the bits of the prefix, nothing behind them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -8, max: 128 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (bits, bytes) => {
        const text = [...bytes].map((octet) => octet.toString(2).padStart(8, '0')).join('');
        const kept = text.slice(0, Math.max(0, Math.min(bits, 32))).padEnd(32, '0');
        expect(prefixWord(bytes, 0, bits) >>> 0).toBe(Number.parseInt(kept, 2));
      },
    ),
  );
});
