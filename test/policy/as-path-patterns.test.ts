/** Many AS-path patterns over one path: the same as each alone over its text, and bounded. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { MAX_PATTERN_STATES } from '../../src/base/limits.ts';
import { PathLiterals } from '../../src/policy/as-path-literals.ts';
import { PathPatterns } from '../../src/policy/as-path-patterns.ts';
import { parsePattern } from '../../src/policy/as-path-regex.ts';
import { asPath } from '../../src/wire/attributes/02-as-path.ts';
import type { AsPathSegment } from '../../src/wire/attributes/as-path-segments.ts';
import { CANONICAL_CONTEXT } from '../../src/wire/attributes/view.ts';
import { AsPathMatcher } from './reference/as-path.ts';

const BRACKETS = {
  sequence: ['', ' ', ''],
  set: ['{', ',', '}'],
  'confed-sequence': ['(', ' ', ')'],
  'confed-set': ['[', ',', ']'],
} as const;

function textOf(segments: readonly AsPathSegment[]): string {
  return segments
    .map(({ type, asns }) => {
      const [open, between, close] = BRACKETS[type];
      return `${open}${asns.join(between)}${close}`;
    })
    .join(' ');
}

/** The bits that `patterns` finds in a path. */
function run(patterns: PathPatterns | PathLiterals, segments: readonly AsPathSegment[]): number {
  const out = new ByteWriter();
  // In the middle of other bytes, as in a blob.
  out.u32(0x02020202);
  asPath.write(segments, out, CANONICAL_CONTEXT);
  const end = out.length;
  out.u32(0x02020202);
  return patterns.run(out.bytes, 4, end);
}

const number = fc.constantFrom(1, 3, 13, 31, 2049, 65001, 65537, 4294967295);
const segments: fc.Arbitrary<AsPathSegment[]> = fc.array(
  fc.record({
    type: fc.constantFrom('sequence', 'sequence', 'set', 'confed-sequence', 'confed-set'),
    asns: fc.array(number, { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 3 },
);
const literal = fc
  .tuple(fc.constantFrom('_', '^'), number, fc.constantFrom('_', '$'))
  .map(([before, as, behind]) => `${before}${as}${behind}`);
const other = fc.constantFrom(
  '^$',
  '',
  '.',
  '3',
  '_1',
  '^65',
  '1$',
  '_(1|3)_',
  '^(3_)+',
  '[,(]3',
  '3[ })]',
  '_01_',
  '_4294967297_',
  '^[0-9]+$',
  '_65001_3_',
  '1.*3.*1',
);

test('equals the patterns one by one, on the text of the path', () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(literal, other), { minLength: 1, maxLength: 32 }),
      fc.array(segments, { minLength: 5, maxLength: 10 }),
      (texts, paths) => {
        const patterns = new PathPatterns();
        for (const [i, text] of texts.entries()) patterns.add(text, 1 << i);
        for (const path of paths) {
          const wanted = texts.reduce(
            (bits, text, i) => bits | (new AsPathMatcher(text).test(textOf(path)) ? 1 << i : 0),
            0,
          );
          expect(run(patterns, path), `${texts.join(' | ')} in ${textOf(path)}`).toBe(wanted);
          if (wanted !== 0) found++;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(500);
});

test.each(['_65001_', '^65001_', '_65001$', '^65001$', '^$'])('%s needs no automaton', (pattern) => {
  const patterns = new PathPatterns();
  patterns.add(pattern, 1);
  run(patterns, [{ type: 'sequence', asns: [65001] }]);
  expect(patterns.automata).toBe(0);
});

test.each(['_065001_', '_6500[0-9]_', '65001', '_65001', '_4294967296_'])('%s is not literal', (pattern) => {
  expect(new PathLiterals().add(pattern, 1)).toBe(false);
});

describe('bounded', () => {
  test('patterns of too many states together are several automata', () => {
    const texts = Array.from({ length: 10 }, (_, i) => `_${i + 1}_([0-9]+_){40}`);
    const states = texts.reduce((sum, text) => sum + parsePattern(text).states.length, 0);
    const patterns = new PathPatterns();
    for (const [i, text] of texts.entries()) patterns.add(text, 1 << i);
    const path: AsPathSegment[] = [
      { type: 'sequence', asns: Array.from({ length: 60 }, (_, i) => 1 + (i % 4)) },
    ];
    expect(run(patterns, path)).toBe(0b1111);
    expect(states).toBeGreaterThan(MAX_PATTERN_STATES);
    expect(patterns.automata).toBeGreaterThanOrEqual(Math.ceil(states / MAX_PATTERN_STATES));
  });

  test('patterns that outgrow one table together go apart, and find what they did', () => {
    // Each keeps track of the last places of its digit; together they need the product of their states.
    const texts = Array.from({ length: 4 }, (_, i) => `${i + 1}.{6}${i + 1}.{6}$`);
    const patterns = new PathPatterns();
    for (const [i, text] of texts.entries()) patterns.add(text, 1 << i);
    const singles = texts.map((text) => new AsPathMatcher(text));
    let state = 1;
    for (let n = 0; n < 400; n++) {
      const asns = Array.from({ length: 40 }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return 1 + ((state >>> 8) % 5000);
      });
      const path: AsPathSegment[] = [{ type: 'sequence', asns }];
      const wanted = singles.reduce((bits, one, i) => bits | (one.test(textOf(path)) ? 1 << i : 0), 0);
      expect(run(patterns, path)).toBe(wanted);
    }
    expect(patterns.automata).toBeGreaterThan(1);
  });
});
