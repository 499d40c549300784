/** AS-path patterns: the form of Cisco and FRR, checked against a naive matcher, and bounded whatever they say. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_MATCHER_STATES } from '../../src/base/limits.ts';
import { AsPathMatcher } from '../../src/policy/as-path-automaton.ts';
import { PatternError } from '../../src/policy/as-path-regex.ts';

function found(pattern: string, ...paths: string[]): string[] {
  const matcher = new AsPathMatcher(pattern);
  return paths.filter((path) => matcher.test(path));
}

describe('AsPathMatcher: what people write', () => {
  const paths = [
    '',
    '65001',
    '65001 65002',
    '65001 65001 65003',
    '165001 2',
    '1 {65001,65002}',
    '(65001 2) 3',
  ];

  test.each([
    ['^$', ['']],
    ['.*', paths],
    ['^65001$', ['65001']],
    ['^65001_', ['65001', '65001 65002', '65001 65001 65003']],
    ['_65001_', ['65001', '65001 65002', '65001 65001 65003', '1 {65001,65002}', '(65001 2) 3']],
    ['_65002$', ['65001 65002']],
    ['_65002_$', ['65001 65002', '1 {65001,65002}']],
    ['^(65001_)+$', ['65001']],
    ['^[0-9]+$', ['65001']],
    ['^[0-9]+ [0-9]+$', ['65001 65002', '165001 2']],
    ['^65001( [0-9]+)*$', ['65001', '65001 65002', '65001 65001 65003']],
    ['^(1|65001)_(2|65002)', ['65001 65002']],
    ['^65001(_|$)', ['65001', '65001 65002', '65001 65001 65003']],
    ['6500[12]', ['65001', '65001 65002', '65001 65001 65003', '165001 2', '1 {65001,65002}', '(65001 2) 3']],
    ['65[^0]', []],
    ['\\{', ['1 {65001,65002}']],
    ['\\(65001', ['(65001 2) 3']],
    ['^(\\d+ ){2}\\d+$', ['65001 65001 65003']],
    ['^\\d{6}', ['165001 2']],
    ['^\\d{1,4}_', ['1 {65001,65002}']],
    ['^[[:digit:]]{5,}$', ['65001']],
    ['^_65001_$', ['65001']],
    ['()', paths],
    ['^65001 ?$', ['65001']],
  ])('%s', (pattern, expected) => {
    expect(found(pattern, ...paths)).toEqual(expected);
  });

  test.each([
    ['(65001', '`(` without a `)`', 0],
    ['65001)', '`)` without a `(`', 5],
    ['[0-9', '`[` without a `]`', 0],
    ['*1', '`*` has nothing to repeat', 0],
    ['AS65001', '`A` never stands in an AS path', 0],
    ['1{3,2}', '`{3,2}` has its bounds the wrong way round', 1],
    ['(?=1)', '`(?` is not supported', 0],
    ['(1)\\1', 'references to groups are not supported', 3],
    ['[5-1]', '`5-1` is the wrong way round', 1],
    ['1\\', '`\\` with nothing behind it', 1],
    [
      '(((1{50}){50}){50}){50}',
      'the pattern is too large: it needs more than 2000 states',
      expect.any(Number),
    ],
    ['('.repeat(500), 'the pattern is nested too deep', expect.any(Number)],
  ])('%s is an error that says why and where', (pattern, message, at) => {
    let error: unknown;
    try {
      new AsPathMatcher(pattern);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PatternError);
    expect(error).toMatchObject({ message, at });
  });
});

describe('AsPathMatcher: bounded', () => {
  test.each(['^(1|1|1)*$', '(1*)*2', '^([0-9]+ ?)+$', '(1|11)+ (1|11)+x?'.replace('x?', ''), '_(1_*)*_2_'])(
    '%s takes linear time on a path made for backtracking',
    (pattern) => {
      const matcher = new AsPathMatcher(pattern);
      const path = '1'.repeat(60_000);
      const before = performance.now();
      matcher.test(path);
      matcher.test(`${path} `);
      // 120,000 characters; a backtracking matcher would not come back.
      expect(performance.now() - before).toBeLessThan(3000);
    },
  );

  test('a pattern with very many deterministic states forgets instead of growing', () => {
    // Which of the last 13 digits were a 1: 2^13 states.
    const pattern = `1${'[0-9]'.repeat(12)}$`;
    const matcher = new AsPathMatcher(pattern);
    const oracle = new RegExp(pattern);
    let seed = 1;
    for (let i = 0; i < 300; i++) {
      let path = '';
      for (let j = 0; j < 60; j++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        path += (seed >>> 16) & 1 ? '1' : '2';
      }
      expect(matcher.test(path)).toBe(oracle.test(path));
      expect(matcher.size).toBeLessThanOrEqual(MAX_MATCHER_STATES);
    }
  });
});

/** A pattern and the regular expression of the language that means the same. */
interface Twin {
  readonly ours: string;
  readonly theirs: string;
}

const DELIMITER = '(?:^|[,{}() \\[\\]]|$)';

const twin: fc.Arbitrary<Twin> = fc.letrec<{ pattern: Twin }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Twin>(
      ...['1', '2', ' ', '.', '^', '$', '[12]', '[^1]', '[1-3]', ',', '\\{', '\\}', '\\d'].map((text) => ({
        ours: text,
        theirs: text,
      })),
      { ours: '_', theirs: DELIMITER },
    ),
    fc
      .tuple(tie('pattern'), tie('pattern'))
      .map(([a, b]) => ({ ours: a.ours + b.ours, theirs: a.theirs + b.theirs })),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => ({
      ours: `(${a.ours}|${b.ours})`,
      theirs: `(?:${a.theirs}|${b.theirs})`,
    })),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{2,}'))
      .map(([a, times]) => ({
        ours: `(${a.ours})${times}`,
        theirs: `(?:${a.theirs})${times}`,
      })),
  ),
})).pattern;

const path = fc
  .array(fc.constantFrom('1', '2', '12', '{1,2}', '{2}', '21'), { maxLength: 5 })
  .map((parts) => parts.join(' '));

test('AsPathMatcher: equals a naive matcher on random patterns and paths', () => {
  let matches = 0;
  fc.assert(
    fc.property(twin, fc.array(path, { minLength: 3, maxLength: 6 }), ({ ours, theirs }, paths) => {
      const matcher = new AsPathMatcher(ours);
      const oracle = new RegExp(theirs);
      for (const subject of paths) {
        const expected = oracle.test(subject);
        if (expected) matches++;
        expect([subject, matcher.test(subject)]).toEqual([subject, expected]);
      }
    }),
    { numRuns: 2000 },
  );
  expect(matches).toBeGreaterThan(1000);
});
