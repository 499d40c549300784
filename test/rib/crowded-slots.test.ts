/** Tables whose keys want the same slots: more than fit within the distance that a slot can tell, and none is lost. */
import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { hashBytes, mixSigned } from '../../src/base/hash.ts';
import { AttrTable } from '../../src/rib/attr-table.ts';
import { PrefixTable4 } from '../../src/rib/prefix-table4.ts';
import { moreSlots } from '../../src/rib/robin-hood.ts';

const SEED = 0x5eed;
/** Of 128 slots a crowd wants these first ones; an entry is at most 62 from the one it wants. */
const WANTED = 8;
const CROWD = 90;

/** The first `CROWD` keys whose hash wants one of the first slots, of 128 and, where `also`, of 512. */
function crowd(hashOf: (n: number) => number, also: boolean): number[] {
  const keys: number[] = [];
  for (let n = 1; keys.length < CROWD; n++) if ((hashOf(n) & (also ? 511 : 127)) < WANTED) keys.push(n);
  return keys;
}

function nlriOf(table: PrefixTable4, id: number): number[] {
  const out = new ByteWriter(8);
  table.writeNlri(id, out);
  return [...out.bytes.subarray(0, out.length)];
}

test.each([false, true])('prefixes, when four times as many slots are still too few: %s', (also) => {
  // As PrefixTable4 does for networks whose lowest three bits are zero.
  const keys = crowd((n) => mixSigned((n << 11) ^ SEED ^ Math.imul(24, 0x9e3779b1)), also);
  const table = new PrefixTable4(SEED);
  const ids = keys.map((n) => table.intern((n << 11) >>> 0, 24));
  expect(new Set(ids).size).toBe(CROWD);
  expect(table.count).toBe(CROWD);
  for (const [i, n] of keys.entries()) {
    expect(table.find((n << 11) >>> 0, 24)).toBe(ids[i]);
    expect(nlriOf(table, ids[i]!)).toEqual([24, (n >>> 13) & 255, (n >>> 5) & 255, (n << 3) & 255]);
  }
  for (const id of ids) table.remove(id);
  expect(table.count).toBe(0);
  expect(keys.map((n) => table.find((n << 11) >>> 0, 24))).toEqual(keys.map(() => 0));
});

test.each([false, true])('attribute sets, when four times as many slots are still too few: %s', (also) => {
  const blob = (n: number) => Uint8Array.of(0xc0, 200, 4, n >>> 24, n >>> 16, n >>> 8, n);
  const keys = crowd((n) => hashBytes(blob(n), 0, 7, SEED), also);
  const table = new AttrTable(SEED);
  const intern = (n: number) => table.intern(blob(n), 0, 7);
  const ids = keys.map(intern);
  expect(new Set(ids).size).toBe(CROWD);
  expect(keys.map(intern)).toEqual(ids);
  expect(table.count).toBe(CROWD);
  table.collect();
  expect(table.count).toBe(0);
});

test('small tables grow fourfold, then to a full table in one step, then they double', () => {
  expect(moreSlots(128, 2 ** 21)).toBe(512);
  expect(moreSlots(2 ** 15, 2 ** 21)).toBe(2 ** 17);
  expect(moreSlots(2 ** 17, 2 ** 21)).toBe(2 ** 21);
  expect(moreSlots(2 ** 21, 2 ** 21)).toBe(2 ** 22);
});
