/** derive: each integer that selection and export read, from the attribute it comes from. */
import { describe, expect, test } from 'vitest';
import {
  ATTR_GRACEFUL_SHUTDOWN,
  ATTR_HAS_LOCAL_PREF,
  ATTR_HAS_MED,
  ATTR_NO_ADVERTISE,
  ATTR_NO_EXPORT,
  type Derived,
  derive,
} from '../../src/rib/attr-derive.ts';
import type { PathAttributes } from '../../src/wire/attributes/index.ts';
import { blobOf, sequence } from './blobs.ts';

const JUNK: Derived = {
  rank: 9,
  med: 9,
  neighborAs: 9,
  originatorId: 9,
  clusterLength: 9,
  nextHopLength: 9,
  flags: 255,
};

/** Derives with other bytes around the blob and leftovers of an earlier blob in `out`. */
function derived(attributes: PathAttributes): Derived {
  const blob = blobOf(attributes);
  const out = { ...JUNK };
  derive(Uint8Array.of(0xa5, ...blob, 0xa5, 0xa5, 0xa5), 1, 1 + blob.length, out);
  return out;
}

const rank = (localPref: number, pathLength: number, origin: number) =>
  (0xffffffff - localPref) * 2 ** 18 + pathLength * 4 + origin;

test('a blob without attributes: defaults, nothing left of the one before', () => {
  expect(derived({})).toEqual({
    rank: rank(100, 0, 2),
    med: 0,
    neighborAs: 0,
    originatorId: 0,
    clusterLength: 0,
    nextHopLength: 0,
    flags: 0,
  });
});

describe('rank', () => {
  test('falls with LOCAL_PREF, then rises with path length, then with ORIGIN', () => {
    const path = sequence(1, 2, 3);
    const ladder: PathAttributes[] = [
      { origin: 'incomplete', asPath: path, localPref: 0xffffffff },
      { origin: 'igp', asPath: [], localPref: 101 },
      { origin: 'incomplete', asPath: [], localPref: 101 },
      { origin: 'igp', asPath: sequence(1), localPref: 101 },
      { origin: 'igp', asPath: [] },
      { origin: 'egp', asPath: [] },
      { origin: 'incomplete', asPath: sequence(1, 2) },
      { origin: 'igp', asPath: path },
      { origin: 'igp', asPath: [], localPref: 0 },
    ];
    const ranks = ladder.map((attributes) => derived(attributes).rank);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(ladder.length);
  });

  test('is exact at the far end: the longest path that fits and the lowest LOCAL_PREF', () => {
    const segment = { type: 'sequence' as const, asns: new Array<number>(255).fill(7) };
    const asPath = new Array<typeof segment>(64).fill(segment);
    expect(derived({ origin: 'incomplete', asPath, localPref: 0 }).rank).toBe(rank(0, 64 * 255, 2));
    expect(Number.isSafeInteger(rank(0, 0xffff, 3))).toBe(true);
  });

  test('AS_SET counts one, confederation segments nothing', () => {
    const asPath = [
      { type: 'confed-sequence', asns: [65001, 65002] },
      { type: 'sequence', asns: [1, 2] },
      { type: 'set', asns: [3, 4, 5] },
    ] as const;
    expect(derived({ origin: 'igp', asPath }).rank).toBe(rank(100, 3, 0));
  });
});

describe('neighborAs', () => {
  test.each<[PathAttributes['asPath'] & object, number]>([
    [[], 0],
    [sequence(4_200_000_000, 2), 4_200_000_000],
    [[{ type: 'set', asns: [3] }], 0],
    [[{ type: 'confed-sequence', asns: [65001] }, ...sequence(7)], 7],
  ])('of %j is %i', (asPath, expected) => {
    expect(derived({ asPath }).neighborAs).toBe(expected);
  });
});

test('MED and LOCAL_PREF: value and presence, 0 is not absence', () => {
  expect(derived({ med: 0 })).toMatchObject({ med: 0, flags: ATTR_HAS_MED });
  expect(derived({ med: 0xffffffff })).toMatchObject({ med: 0xffffffff, flags: ATTR_HAS_MED });
  expect(derived({ localPref: 100 })).toMatchObject({ rank: rank(100, 0, 2), flags: ATTR_HAS_LOCAL_PREF });
});

test('ORIGINATOR_ID and CLUSTER_LIST length', () => {
  const attributes = { originatorId: '192.0.2.1', clusterList: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] };
  expect(derived(attributes)).toMatchObject({ originatorId: 0xc0000201, clusterLength: 3 });
  expect(derived({ clusterList: new Array<string>(300).fill('10.0.0.1') }).clusterLength).toBe(255);
});

test.each([
  ['192.0.2.1', undefined, 4],
  ['2001:db8::1', undefined, 16],
  ['2001:db8::1', 'fe80::1', 32],
])('nextHopLength: of %s %s is %i', (address, linkLocal, expected) => {
  expect(derived({ nextHop: { address, linkLocal } }).nextHopLength).toBe(expected);
});

test.each([
  [[0xffffff01], ATTR_NO_EXPORT],
  [[0xffffff03], ATTR_NO_EXPORT],
  [[0xffffff02], ATTR_NO_ADVERTISE],
  [[1, 0xffffff02, 0xffff0006, 0xffffff01], ATTR_NO_EXPORT | ATTR_NO_ADVERTISE],
  [[1, 0xffff0000], ATTR_GRACEFUL_SHUTDOWN],
  [[0xffffff04, 0xfeffff01, 0x00ffff01, 0xffff029a], 0],
])('well-known communities: %j make flags %i (RFC 1997, RFC 8326)', (communities, expected) => {
  expect(derived({ communities }).flags).toBe(expected);
});
