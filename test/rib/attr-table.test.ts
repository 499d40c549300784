/** AttrTable: one id for equal blobs, references, collection, memos; blobs survive reuse and compaction of chunks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ATTR_HAS_MED } from '../../src/rib/attr-derive.ts';
import { type AttrId, type AttrMemo, AttrTable } from '../../src/rib/attr-table.ts';
import { blobOf, sequence } from './blobs.ts';

const SEED = 0x5eed;
const MIB = 1024 * 1024;

function intern(table: AttrTable, blob: Uint8Array): AttrId {
  const around = Uint8Array.of(0xa5, ...blob, 0xa5);
  return table.intern(around, 1, 1 + blob.length);
}

function stored(table: AttrTable, id: AttrId): Uint8Array {
  const { bytes, start, end } = table.blob(id);
  return bytes.slice(start, end);
}

/** A well-formed blob of `length` octets (at least 8) that no other `tag` has: one unknown attribute. */
function filler(tag: number, length: number): Uint8Array {
  const blob = new Uint8Array(length).fill(tag & 255);
  const value = length - 4;
  blob.set([0xf0, 200, value >>> 8, value & 255, tag >>> 24, tag >>> 16, tag >>> 8, tag]);
  return blob;
}

describe('intern', () => {
  test('gives one id to equal blobs and different ids to different ones', () => {
    const table = new AttrTable(SEED);
    const a = intern(table, filler(1, 20));
    expect(a).toBeGreaterThan(0);
    expect(intern(table, filler(1, 20))).toBe(a);
    expect(intern(table, filler(1, 21))).not.toBe(a);
    expect(intern(table, filler(2, 20))).not.toBe(a);
    expect(table.count).toBe(3);
    expect(stored(table, a)).toEqual(filler(1, 20));
  });

  test('fills the derived columns', () => {
    const table = new AttrTable(SEED);
    const id = intern(
      table,
      blobOf({
        origin: 'igp',
        asPath: sequence(65001, 2),
        nextHop: { address: '192.0.2.1', linkLocal: undefined },
        med: 77,
        originatorId: '10.0.0.9',
        clusterList: ['10.0.0.1', '10.0.0.2'],
      }),
    );
    expect(table.rank[id]).toBe((0xffffffff - 100) * 2 ** 18 + 8);
    expect([table.med[id], table.neighborAs[id], table.originatorId[id]]).toEqual([77, 65001, 0x0a000009]);
    expect([table.clusterLength[id], table.nextHopLength[id], table.flags[id]]).toEqual([2, 4, ATTR_HAS_MED]);
  });

  test('keeps ids, columns and bytes when it grows', () => {
    const table = new AttrTable(SEED);
    const ids = Array.from({ length: 3000 }, (_, i) => intern(table, blobOf({ med: i })));
    expect(new Set(ids).size).toBe(3000);
    for (const [i, id] of ids.entries())
      if (table.med[id] !== i || intern(table, blobOf({ med: i })) !== id) expect.fail(`set ${i}`);
  });
});

describe('collect', () => {
  test('frees what nobody uses, also what was never used, and nothing else', () => {
    const table = new AttrTable(SEED);
    const [kept, dropped, unused] = [1, 2, 3].map((tag) => intern(table, filler(tag, 30))) as [
      number,
      number,
      number,
    ];
    table.ref(kept);
    table.ref(kept);
    table.unref(kept);
    table.ref(dropped);
    table.unref(dropped);
    expect(table.count).toBe(3);
    table.collect();
    expect(table.count).toBe(1);
    expect(intern(table, filler(1, 30))).toBe(kept);
    const again = [intern(table, filler(4, 30)), intern(table, filler(5, 30))];
    expect(new Set(again)).toEqual(new Set([dropped, unused]));
  });

  test('keeps a set that is used again before it runs (a flap)', () => {
    const table = new AttrTable(SEED);
    const id = intern(table, filler(1, 30));
    for (let flap = 0; flap < 3; flap++) {
      table.ref(id);
      table.unref(id);
    }
    table.ref(id);
    table.collect();
    expect(intern(table, filler(1, 30))).toBe(id);
    table.unref(id);
    table.collect();
    expect(table.count).toBe(0);
  });

  test('tells memos before an id can come again; a removed memo hears nothing', () => {
    const table = new AttrTable(SEED);
    const calls: string[] = [];
    const memo: AttrMemo = {
      grow: (capacity) => calls.push(`grow ${capacity >= 64}`),
      forget: (id) => calls.push(`forget ${id}`),
    };
    table.addMemo(memo);
    const id = intern(table, filler(1, 30));
    table.collect();
    expect(calls).toEqual(['grow true', `forget ${id}`]);
    table.removeMemo(memo);
    intern(table, filler(1, 30));
    table.collect();
    expect(calls).toHaveLength(2);
  });

  test('memos have room for every id that is given out', () => {
    const table = new AttrTable(SEED);
    let room = 0;
    table.addMemo({
      grow: (capacity) => {
        room = capacity;
      },
      forget() {},
    });
    for (let i = 0; i < 1000; i++)
      if (intern(table, blobOf({ med: i })) >= room) expect.fail(`no room at ${i}`);
  });
});

type Step = { readonly intern: number } | { readonly drop: number } | 'collect';
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ intern: fc.nat(60) }) },
  { weight: 4, arbitrary: fc.record({ drop: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.constant<Step>('collect') },
);

test('intern, ref, unref and collect: as a Map of counted blobs', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 300, size: 'max' }), (steps) => {
      const table = new AttrTable(SEED);
      const users = new Map<number, { id: AttrId; count: number }>();
      const live = () => [...users.values()].filter((entry) => entry.count > 0).length;
      for (const step of steps) {
        if (step === 'collect') {
          table.collect();
          expect(table.count).toBe(live());
        } else if ('intern' in step) {
          const id = intern(table, filler(step.intern, 8 + step.intern));
          const known = users.get(step.intern);
          if (known !== undefined && known.count > 0) expect(id).toBe(known.id);
          users.set(step.intern, { id, count: (known?.count ?? 0) + 1 });
          table.ref(id);
        } else {
          const used = [...users.values()].filter((entry) => entry.count > 0);
          const entry = used[step.drop % used.length];
          if (entry === undefined) continue;
          entry.count--;
          table.unref(entry.id);
        }
      }
      for (const [tag, { id, count }] of users)
        if (count > 0) expect(stored(table, id)).toEqual(filler(tag, 8 + tag));
    }),
    { numRuns: 60 },
  );
});

describe('arena', () => {
  test('a chunk whose last blob went is used again', () => {
    const table = new AttrTable(SEED);
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 300; i++) intern(table, filler(round * 300 + i, 5000));
      expect(table.arenaBytes).toBeLessThanOrEqual(3 * MIB);
      table.collect();
      expect(table.count).toBe(0);
    }
  });

  test('a blob as long as a message can carry; two do not share bytes across chunks', () => {
    const table = new AttrTable(SEED);
    const ids = Array.from({ length: 40 }, (_, i) => intern(table, filler(i, 65_500)));
    for (const [i, id] of ids.entries()) expect(stored(table, id)).toEqual(filler(i, 65_500));
  });

  test('a table that shrank gives memory back and keeps every blob that is left', () => {
    const table = new AttrTable(SEED);
    const live = new Map<number, AttrId>();
    const drop = (tag: number) => {
      table.unref(live.get(tag)!);
      live.delete(tag);
    };
    let next = 0;
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 2500; i++) {
        const tag = next++;
        const id = intern(table, filler(tag, 3000 + (tag % 2000)));
        table.ref(id);
        live.set(tag, id);
      }
      const before = table.arenaBytes;
      expect(before).toBeGreaterThan(8 * MIB);
      for (const tag of [...live.keys()]) if (tag % 10 !== 0) drop(tag);
      while (table.collect());
      expect(table.arenaBytes, 'after compaction').toBeLessThan(before / 2);
      expect(table.count).toBe(live.size);
      for (const [tag, id] of live)
        if (!Buffer.from(stored(table, id)).equals(filler(tag, 3000 + (tag % 2000))))
          expect.fail(`set ${tag}`);
      for (const [tag, id] of live) expect(intern(table, filler(tag, 3000 + (tag % 2000)))).toBe(id);
    }
    for (const tag of [...live.keys()]) drop(tag);
    table.collect();
    expect([table.count, table.arenaBytes <= MIB]).toEqual([0, true]);
  });

  test('compaction is not repeated when it cannot help', () => {
    const table = new AttrTable(SEED);
    // Chunks hold 201 such blobs. Three stay just over half alive, the fourth almost empty: below half in all.
    const ids = Array.from({ length: 4 * 201 }, (_, i) => intern(table, filler(i, 5200)));
    for (const [i, id] of ids.entries()) if (i < 603 ? i % 201 < 103 : i === 603) table.ref(id);
    while (table.collect());
    const place = () => table.blob(ids[603]!).bytes;
    const after = place();
    intern(table, filler(9999, 100));
    while (table.collect());
    expect(place()).toBe(after);
  });
});
