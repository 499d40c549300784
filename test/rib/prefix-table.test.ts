/** The prefix tables against a Map from prefix text to id, under random commands over few prefixes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { hashKey, mix32, mixWord } from '../../src/base/hash.ts';
import { formatPrefix, maskInPlace, parsePrefix } from '../../src/base/prefix.ts';
import type { PrefixTable } from '../../src/rib/prefix-table.ts';
import { PrefixTable4 } from '../../src/rib/prefix-table4.ts';
import { PrefixTable6 } from '../../src/rib/prefix-table6.ts';

interface Key {
  readonly bytes: Uint8Array;
  readonly length: number;
}
const keyOf = (text: string): Key => parsePrefix(text)!;
const nameOf = (key: Key): string => formatPrefix(key.bytes, key.length);

class InternCommand implements fc.Command<Map<string, number>, PrefixTable> {
  readonly key: Key;
  constructor(key: Key) {
    this.key = key;
  }
  check = () => true;
  run(model: Map<string, number>, table: PrefixTable): void {
    const id = table.internBytes(this.key.bytes, this.key.length);
    const known = model.get(nameOf(this.key));
    if (known !== undefined) expect(id).toBe(known);
    else expect([...model.values()], 'the id of a live prefix is not given again').not.toContain(id);
    model.set(nameOf(this.key), id);
    agree(model, table);
  }
  toString = () => `intern(${nameOf(this.key)})`;
}

class RemoveCommand implements fc.Command<Map<string, number>, PrefixTable> {
  readonly choice: number;
  constructor(choice: number) {
    this.choice = choice;
  }
  check = (model: Readonly<Map<string, number>>) => model.size > 0;
  run(model: Map<string, number>, table: PrefixTable): void {
    const [name, id] = [...model][this.choice % model.size]!;
    table.remove(id);
    model.delete(name);
    expect(table.holds(id)).toBe(false);
    const key = keyOf(name);
    expect(table.findBytes(key.bytes, key.length)).toBe(0);
    agree(model, table);
  }
  toString = () => `remove(#${this.choice})`;
}

/** Everything the table says of every prefix is what the Map says. */
function agree(model: Map<string, number>, table: PrefixTable): void {
  expect(table.count).toBe(model.size);
  let held = 0;
  for (let id = 1; id < table.limit; id++) if (table.holds(id)) held++;
  expect(held).toBe(model.size);
  for (const [name, id] of model) {
    const key = keyOf(name);
    if (table.findBytes(key.bytes, key.length) !== id) expect.fail(`${name} is not found`);
    if (!table.holds(id) || formatPrefix(table.addressBytes(id), table.prefixLength(id)) !== name)
      expect.fail(`${name} is not what id ${id} says`);
  }
}

function runCommands(make: () => PrefixTable, key: fc.Arbitrary<Key>, maxCommands: number): void {
  const commands = fc.commands(
    [
      key.map((k) => new InternCommand(k)),
      key.map((k) => new InternCommand(k)),
      fc.nat(1000).map((n) => new RemoveCommand(n)),
    ],
    { maxCommands, size: 'max' },
  );
  fc.assert(
    fc.property(commands, (list) => {
      fc.modelRun(() => ({ model: new Map<string, number>(), real: make() }), list);
    }),
    { numRuns: 40 },
  );
}

/** Keys whose home is one of the last slots of a table of 128: one long cluster that wraps around the end. */
function collidingKeys(count: number, home: (key: Key) => number): Key[] {
  const keys: Key[] = [];
  for (let n = 0; keys.length < count; n++) {
    const key = keyOf(`10.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}/32`);
    if ((home(key) & 127) >= 125) keys.push(key);
  }
  return keys;
}

const SEED = 0x5eed;
const wordOf = (key: Key) => new DataView(key.bytes.buffer).getUint32(0);

const TABLES = [
  {
    name: 'PrefixTable4',
    make: () => new PrefixTable4(SEED),
    few: fc.record({
      bytes: fc.constantFrom(0, 10, 128, 255).map((byte) => Uint8Array.of(byte, 170, 85, 255)),
      length: fc.nat(32),
    }),
    colliding: collidingKeys(24, (key) => {
      const word = wordOf(key);
      const mixed = mix32((word & ~7) ^ SEED ^ Math.imul(key.length, 0x9e3779b1));
      return (mixed & ~7) | (word & 7);
    }),
  },
  {
    name: 'PrefixTable6',
    make: () => new PrefixTable6(SEED),
    few: fc.record({
      bytes: fc
        .constantFrom(0, 0x20, 0xff)
        .map((byte) => Uint8Array.from({ length: 16 }, (_, i) => byte ^ i)),
      length: fc.nat(128),
    }),
    colliding: collidingKeys(24, (key) => {
      const step = (h: number, word: number) => mixWord(h, word, hashKey(SEED));
      return mix32(step(step(step(step(SEED, wordOf(key)), 0), 0), 0) ^ 128);
    }).map(({ bytes }) => ({ bytes: Uint8Array.of(...bytes, ...new Uint8Array(12)), length: 128 })),
  },
];

describe.each(TABLES)('$name', ({ make, few, colliding }) => {
  const masked = few.map(({ bytes, length }) => {
    const copy = bytes.slice();
    maskInPlace(copy, length);
    return { bytes: copy, length };
  });

  test('intern, find and remove: as a Map when prefixes are few and come and go', () => {
    runCommands(make, masked, 150);
  });

  test('remove: moves back what collided, around the end of the slots too', () => {
    runCommands(make, fc.constantFrom(...colliding), 150);
  });

  test('intern: grows through several sizes and keeps every id', () => {
    const table = make();
    const ids = new Map<string, number>();
    const width = table.addressBytes(0).length;
    const bytes = new Uint8Array(width);
    for (let n = 0; n < 5000; n++) {
      bytes[0] = n >>> 8;
      bytes[width - 1] = n;
      ids.set(nameOf({ bytes, length: width * 8 }), table.internBytes(bytes, width * 8));
    }
    expect(new Set(ids.values()).size).toBe(5000);
    agree(ids, table);
  });

  test('an id is used again after remove, and all are when the table was empty', () => {
    const table = make();
    const [a, b, c] = colliding as [Key, Key, Key];
    const first = table.internBytes(a.bytes, a.length);
    const second = table.internBytes(b.bytes, b.length);
    table.remove(first);
    expect(table.internBytes(c.bytes, c.length)).toBe(first);
    table.remove(first);
    table.remove(second);
    expect([table.count, table.limit]).toEqual([0, 1]);
    expect(table.internBytes(b.bytes, b.length)).toBe(1);
  });

  test('trim: after most prefixes went, the free ids above the highest one in use are forgotten', () => {
    const table = make();
    const width = table.addressBytes(0).length;
    const intern = (n: number) => {
      const bytes = new Uint8Array(width);
      new DataView(bytes.buffer).setUint32(0, n);
      return table.internBytes(bytes, 32);
    };
    const ids = Array.from({ length: 200_000 }, (_, n) => intern(n));
    for (const [n, id] of ids.entries()) if (n % 2 === 1 || n >= 1000) table.remove(id);
    expect([table.count, table.limit, table.trim(), table.limit]).toEqual([
      500,
      200_001,
      true,
      ids[998]! + 1,
    ]);
    expect(table.trim(), 'nothing more to gain').toBe(false);
    for (let n = 0; n < 1000; n += 2) expect(intern(n), 'what is left keeps its id').toBe(ids[n]);
    const free = new Set(ids.filter((_, n) => n % 2 === 1 && n < 998));
    for (let n = 1; n < 998; n += 2)
      expect(free.delete(intern(n)), 'free ids below are used first').toBe(true);
    expect(intern(500_000)).toBe(ids[998]! + 1);
  });

  test('trim: a high id in use is waited for, and the next half of the table is gone before it is tried again', () => {
    const table = make();
    const bytes = (n: number) => {
      const key = new Uint8Array(table.addressBytes(0).length);
      new DataView(key.buffer).setUint32(0, n);
      return key;
    };
    const ids = Array.from({ length: 100_000 }, (_, n) => table.internBytes(bytes(n), 32));
    for (const id of ids.slice(10, -1)) table.remove(id);
    expect([table.trim(), table.limit]).toEqual([false, 100_001]);
    table.remove(ids.at(-1)!);
    expect(table.trim()).toBe(false);
    for (const id of ids.slice(4, 10)) table.remove(id);
    expect([table.trim(), table.limit, table.count]).toEqual([true, 5, 4]);
  });

  test('writeNlri: length and significant octets, as many as nlriLength says (RFC 4271 section 4.3)', () => {
    fc.assert(
      fc.property(masked, (key) => {
        const table = make();
        const id = table.internBytes(key.bytes, key.length);
        const out = new ByteWriter(1);
        table.writeNlri(id, out);
        const octets = Math.ceil(key.length / 8);
        expect([...out.take()]).toEqual([key.length, ...key.bytes.subarray(0, octets)]);
        expect(table.nlriLength(id)).toBe(1 + octets);
      }),
    );
  });

  test('the same address with another length is another prefix', () => {
    const table = make();
    const zero = table.addressBytes(0);
    const ids = [0, 1, 8, 32].map((length) => table.internBytes(zero, length));
    expect(new Set(ids).size).toBe(4);
    expect(table.findBytes(zero, 2)).toBe(0);
  });
});
