/** PrefixFilter: it lets every prefix through that one of its sets has, and few others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPrefix, parsePrefix } from '../../src/base/prefix.ts';
import { PrefixFilter, PrefixSet } from '../../src/policy/prefix-set.ts';
import { Ground } from './fixtures.ts';

const BASES = ['10.0.0.0', '10.255.128.0', '198.18.0.0', '8.8.8.0', '2001:db8::', '2001:db8:5::', 'fc00::'];

const prefix = fc.tuple(fc.constantFrom(...BASES), fc.integer({ min: 0, max: 64 })).map(([base, bits]) => {
  const { bytes } = parsePrefix(`${base}/${base.includes(':') ? 128 : 32}`)!;
  const length = Math.min(bits, bytes.length * 8);
  const masked = bytes.map((byte, i) => byte & (0xff << Math.max(0, 8 - Math.max(0, length - i * 8))));
  return { text: formatPrefix(masked, length), length, maximum: bytes.length * 8 };
});
const range = prefix.map(({ text, length, maximum }) => ({ prefix: text, min: length, max: maximum }));

test('equals the sets together, but for prefixes that begin as theirs do', () => {
  const seen = { inside: 0, outside: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.array(range, { maxLength: 3 }), { minLength: 2, maxLength: 4 }),
      fc.array(prefix, { minLength: 5, maxLength: 10 }),
      (lists, prefixes) => {
        const ground = new Ground();
        const sets = lists.map((ranges) => new PrefixSet(ranges));
        const filter = new PrefixFilter(sets);
        for (const { text } of prefixes) {
          const { family, prefix: id } = ground.prefix(text);
          const table = ground.ribs[family]!;
          const mayHave = filter.mayHave(table, id);
          if (sets.some((set) => set.has(table, id))) {
            expect(mayHave, text).toBe(true);
            seen.inside++;
          } else if (!mayHave) seen.outside++;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
