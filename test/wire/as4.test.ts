/** RFC 6793 on path bytes: examples by hand, and a property against a model that works on lists of numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import {
  as4AttributesApply,
  asPathLength,
  firstAs,
  lastAs,
  mergeAs4Path,
  narrowAggregator,
  narrowAsPath,
  pathContains,
  widenAggregator,
  widenAsPath,
  writeAs4PathFrom,
} from '../../src/wire/as4.ts';
import {
  type AsPathSegment,
  checkSegments,
  formatSegments,
  readSegments,
  writeSegments,
} from '../../src/wire/attributes/as-path-segments.ts';
import { arbitrarySegments } from './attributes/vectors.ts';

const AS_TRANS = 23456;
const sequence = (...asns: number[]): AsPathSegment => ({ type: 'sequence', asns });
const set = (...asns: number[]): AsPathSegment => ({ type: 'set', asns });
const confederation = (...asns: number[]): AsPathSegment => ({ type: 'confed-sequence', asns });

function encode(segments: readonly AsPathSegment[], width: 2 | 4): Uint8Array {
  const out = new ByteWriter();
  writeSegments(segments, width, out);
  return out.take();
}

function decode(bytes: Uint8Array): AsPathSegment[] {
  expect(checkSegments(bytes, 0, bytes.length, 4, 4)).toBe(true);
  return readSegments(bytes, 0, bytes.length, 4);
}

/** Merges with a poison octet between and around the two values. */
function merge(path: readonly AsPathSegment[], as4: readonly AsPathSegment[]): AsPathSegment[] {
  const first = encode(path, 2);
  const second = encode(as4, 4);
  const bytes = Uint8Array.of(0xa5, ...first, 0xa5, ...second, 0xa5);
  const secondStart = first.length + 2;
  const out = new ByteWriter(1);
  mergeAs4Path(bytes, 1, 1 + first.length, secondStart, secondStart + second.length, out);
  return decode(out.take());
}

describe('mergeAs4Path', () => {
  test.each<[string, AsPathSegment[], AsPathSegment[], string]>([
    [
      'takes what AS_PATH has more of from its front',
      [sequence(65001, 65002, AS_TRANS, 65004)],
      [sequence(4200000000, 65004)],
      '65001 65002 4200000000 65004',
    ],
    [
      'takes AS4_PATH alone when both are as long',
      [sequence(AS_TRANS, 2)],
      [sequence(4200000000, 2)],
      '4200000000 2',
    ],
    ['ignores an AS4_PATH that is longer', [sequence(AS_TRANS)], [sequence(4200000000, 2)], '23456'],
    [
      'counts a set once',
      [sequence(1, AS_TRANS), set(5, 6)],
      [sequence(4200000000), set(5, 6)],
      '1 4200000000 {5 6}',
    ],
    [
      'takes a leading set whole',
      [set(1, 2), sequence(AS_TRANS)],
      [sequence(4200000000)],
      '{1 2} 4200000000',
    ],
    [
      'prepends a leading confederation segment though nothing else is missing',
      [confederation(65100), sequence(AS_TRANS)],
      [sequence(4200000000)],
      '(65100) 4200000000',
    ],
    [
      'prepends a confederation segment next to one it prepends',
      [sequence(1), confederation(65100), sequence(AS_TRANS)],
      [sequence(4200000000)],
      '1 (65100) 4200000000',
    ],
    [
      'does not prepend a confederation segment behind the part it takes',
      [sequence(1, AS_TRANS), confederation(65100)],
      [sequence(4200000000)],
      '1 4200000000',
    ],
    [
      'drops confederation segments of AS4_PATH (section 6)',
      [sequence(1, AS_TRANS)],
      [confederation(65100), sequence(4200000000)],
      '1 4200000000',
    ],
    [
      'takes all of AS_PATH when AS4_PATH has only such segments',
      [sequence(1, 2)],
      [confederation(65100)],
      '1 2',
    ],
  ])('%s', (_, path, as4, expected) => {
    expect(formatSegments(merge(path, as4))).toBe(expected);
  });

  test('keeps two segments when together they exceed 255 numbers', () => {
    const many = Array.from({ length: 255 }, (_, i) => i + 1);
    expect(
      merge([sequence(7), sequence(...many)], [sequence(...many)]).map(({ asns }) => asns.length),
    ).toEqual([1, 255]);
    const fewer = many.slice(1);
    expect(
      merge([sequence(7), sequence(...fewer)], [sequence(...fewer)]).map(({ asns }) => asns.length),
    ).toEqual([255]);
  });

  test('agrees with a model on lists of units', () => {
    fc.assert(
      fc.property(
        arbitrarySegments(fc.integer({ min: 1, max: 0xffff })),
        arbitrarySegments(fc.integer({ min: 1, max: 0xffffffff })),
        (path, as4) => {
          expect(unitsOf(merge(path, as4))).toEqual(mergeModel(path, as4));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** The numbers of sequences one by one, other segments whole in their brackets: how a path reads without regard to cuts. */
function unitsOf(segments: readonly AsPathSegment[]): string[] {
  return segments.flatMap((segment) =>
    segment.type === 'sequence' ? segment.asns.map(String) : [formatSegments([segment])],
  );
}

function lengthOf(segments: readonly AsPathSegment[]): number {
  return unitsOf(segments).filter((unit) => !/[([]/.test(unit)).length;
}

function mergeModel(path: readonly AsPathSegment[], as4: readonly AsPathSegment[]): string[] {
  const kept = as4.filter(({ type }) => !type.startsWith('confed'));
  const missing = lengthOf(path) - lengthOf(kept);
  if (missing < 0) return unitsOf(path);
  // The longest run of whole segments that is not too long, then as much of the next sequence as is missing.
  let whole = 0;
  while (whole < path.length && lengthOf(path.slice(0, whole + 1)) <= missing) whole++;
  const front = path.slice(0, whole);
  const next = path[whole];
  const rest = next?.type === 'sequence' ? next.asns.slice(0, missing - lengthOf(front)) : [];
  return [...unitsOf(front), ...rest.map(String), ...unitsOf(kept)];
}

describe('widening and narrowing', () => {
  test('widenAsPath: same segments, 4-octet numbers', () => {
    fc.assert(
      fc.property(arbitrarySegments(fc.integer({ min: 1, max: 0xffff })), (segments) => {
        const narrow = encode(segments, 2);
        const out = new ByteWriter(1);
        widenAsPath(Uint8Array.of(0xa5, ...narrow, 0xa5), 1, 1 + narrow.length, out);
        expect(toHex(out.take())).toBe(toHex(encode(segments, 4)));
      }),
    );
  });

  test('narrowAsPath and writeAs4PathFrom: a 4-octet receiver merges them into the path they came from', () => {
    fc.assert(
      fc.property(
        arbitrarySegments(
          fc.oneof(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffffffff })),
          ['set', 'sequence'],
        ),
        (segments) => {
          const wide = encode(segments, 4);
          const narrow = new ByteWriter(1);
          const lossy = narrowAsPath(wide, 0, wide.length, narrow);
          const as4 = new ByteWriter(1);
          writeAs4PathFrom(wide, 0, wide.length, as4);
          expect(lossy).toBe(segments.some(({ asns }) => asns.some((as) => as > 0xffff)));
          expect(toHex(narrow.take())).toBe(toHex(encode(segments, 2)));
          const both = Uint8Array.of(...narrow.take(), ...as4.take());
          const merged = new ByteWriter(1);
          mergeAs4Path(both, 0, narrow.length, narrow.length, both.length, merged);
          expect(unitsOf(decode(merged.take()))).toEqual(unitsOf(segments));
        },
      ),
    );
  });

  test('writeAs4PathFrom: leaves confederation segments out', () => {
    const path = encode(
      [confederation(65100), sequence(4200000000), { type: 'confed-set', asns: [65101] }],
      4,
    );
    const out = new ByteWriter();
    writeAs4PathFrom(path, 0, path.length, out);
    expect(decode(out.take())).toEqual([sequence(4200000000)]);
  });

  test('aggregators: 6 octets become 8 and back, AS_TRANS where the number does not fit', () => {
    const out = new ByteWriter();
    widenAggregator(fromHex('a5 fde9 c0000201'), 1, out);
    expect(toHex(out.take())).toBe('0000fde9c0000201');
    const canonical = out.take();
    out.reset();
    expect(narrowAggregator(canonical, 0, out)).toBe(false);
    expect(narrowAggregator(fromHex('fa56ea00 c0000201'), 0, out)).toBe(true);
    expect(toHex(out.take())).toBe('fde9c0000201' + '5ba0c0000201');
  });

  test('as4AttributesApply: only when AGGREGATOR says AS_TRANS', () => {
    expect(as4AttributesApply(fromHex('a5 5ba0 c0000201'), 1)).toBe(true);
    expect(as4AttributesApply(fromHex('a5 fde9 c0000201'), 1)).toBe(false);
  });
});

describe('questions about a canonical path', () => {
  test.each<[string, AsPathSegment[], number, number, number]>([
    ['an empty path', [], 0, 0, 0],
    ['a sequence', [sequence(65001, 65002, 4200000000)], 3, 65001, 4200000000],
    ['a path that ends in a set', [sequence(65001), set(65002, 65003)], 2, 65001, 0],
    ['a path that starts with a set', [set(65002, 65003), sequence(65001)], 2, 0, 65001],
    ['a leading confederation sequence', [confederation(65100, 65101), sequence(65001)], 1, 65001, 65001],
    ['only a confederation', [confederation(65100)], 0, 0, 0],
    ['a number twice in two sequences', [sequence(65001), sequence(65001)], 2, 65001, 65001],
  ])('%s', (_, segments, length, first, last) => {
    const value = encode(segments, 4);
    const bytes = Uint8Array.of(0xa5, 0xa5, ...value, 0xa5);
    const end = 2 + value.length;
    expect(asPathLength(bytes, 2, end)).toBe(length);
    expect(firstAs(bytes, 2, end)).toBe(first);
    expect(lastAs(bytes, 2, end)).toBe(last);
    const flat = segments.flatMap(({ asns }) => asns);
    for (const as of [65001, 65002, 65100, 4200000000])
      expect(pathContains(bytes, 2, end, as)).toBe(flat.filter((other) => other === as).length);
  });
});
