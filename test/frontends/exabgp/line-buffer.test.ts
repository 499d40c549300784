/** LineBuffer: the same lines however the bytes are cut, and a bound. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineBuffer, TOO_LONG } from '../../../src/frontends/exabgp/line-buffer.ts';

function linesOf(chunks: readonly Buffer[], maximum: number): (string | typeof TOO_LONG)[] {
  const buffer = new LineBuffer(maximum);
  return chunks.flatMap((chunk) => {
    buffer.push(chunk);
    const lines: (string | typeof TOO_LONG)[] = [];
    for (let line = buffer.next(); line !== undefined; line = buffer.next()) lines.push(line);
    return lines;
  });
}

test('LineBuffer: lines do not depend on where the bytes are cut', () => {
  const text = fc.array(fc.constantFrom('a', 'é', '\n', 'longer words', '\r\n'), { maxLength: 40 });
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 200 }), { maxLength: 8 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i]!, end));
      expect(linesOf(chunks, 1000)).toEqual(bytes.toString().split('\n').slice(0, -1));
    }),
  );
});

test('LineBuffer: a line above the bound is told once, the next one is read', () => {
  const chunks = ['ok\n', 'x'.repeat(6), 'x'.repeat(6), 'x\nfine\n1234567890\n12345678901\n'].map((text) =>
    Buffer.from(text),
  );
  expect(linesOf(chunks, 10)).toEqual(['ok', TOO_LONG, 'fine', '1234567890', TOO_LONG]);
});
