/** Prefixes in NLRI as integers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixWord } from '../../src/wire/prefix-scan.ts';

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
