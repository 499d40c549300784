/** Outbound route filters in ROUTE-REFRESH: RFC 5291 section 4, RFC 5292. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { type Filters, formatPrefixFilter, readFilters, writeFilters } from '../../src/wire/orf.ts';
import { guarded } from './guarded.ts';

function read(value: Uint8Array, afi = 1): Filters | undefined {
  const { bytes, start, end } = guarded(value);
  return readFilters(bytes, start, end, afi);
}

function write(filters: Filters, afi = 1): string {
  const out = new ByteWriter(1);
  writeFilters(filters, afi, out);
  return toHex(out.take());
}

const VECTOR = '01 40 0015 00 00000005 19 20 18 c00002 60 00000006 00 00 08 0a 80 02 0002 0102';
const FILTERS: Filters = {
  whenToRefresh: 1,
  blocks: [
    {
      type: 64,
      entries: [
        {
          action: 'add',
          match: 'permit',
          sequence: 5,
          prefix: '192.0.2.0/24',
          minLength: 25,
          maxLength: 32,
        },
        { action: 'remove', match: 'deny', sequence: 6, prefix: '10.0.0.0/8', minLength: 0, maxLength: 0 },
        { action: 'remove-all' },
      ],
    },
    { type: 2, hex: '0102' },
  ],
};

describe('outbound route filters', () => {
  test('are read and written', () => {
    expect(read(fromHex(VECTOR))).toEqual(FILTERS);
    expect(write(FILTERS)).toBe(toHex(fromHex(VECTOR)));
  });

  test('print', () => {
    const [block] = FILTERS.blocks;
    expect(block !== undefined && 'entries' in block && block.entries.map(formatPrefixFilter)).toEqual([
      'add permit 5 192.0.2.0/24 ge 25 le 32',
      'remove deny 6 10.0.0.0/8',
      'remove-all',
    ]);
  });

  test('of IPv6 have longer prefixes', () => {
    const hex = '02 40 000c 00 00000001 00 00 20 20010db8';
    const filters = read(fromHex(hex), 2)!;
    expect(filters.blocks[0]).toMatchObject({ entries: [{ prefix: '2001:db8::/32' }] });
    expect(write(filters, 2)).toBe(toHex(fromHex(hex)));
  });

  test.each([
    ['nothing', ''],
    ['half a block header', '01 40 00'],
    ['a block that overruns', '01 40 0002 80'],
  ])('%s is none', (_name, hex) => {
    expect(read(fromHex(hex))).toBeUndefined();
  });

  test.each([
    ['an action nobody defined', '01 40 0001 c0'],
    ['an entry cut short', '01 40 0004 00 000000'],
    ['a prefix of 33 bits', '01 40 000d 00 00000001 00 00 21 c000020180'],
    ['a prefix without its octets', '01 40 0008 00 00000001 00 00 18'],
  ])('%s is kept as it is', (_name, hex) => {
    const filters = read(fromHex(hex))!;
    expect(filters.blocks[0]).toHaveProperty('hex');
    expect(write(filters)).toBe(toHex(fromHex(hex)));
  });

  test('any bytes are read without leaving the range, and settle', () => {
    const near = fc
      .tuple(fc.nat(fromHex(VECTOR).length - 1), fc.nat(255))
      .map(([at, byte]) => fromHex(VECTOR).with(at, byte));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 60 }), near),
        fc.constantFrom(1, 2, 25),
        (bytes, afi) => {
          const filters = read(bytes, afi);
          if (filters === undefined) return;
          expect(read(fromHex(write(filters, afi)), afi)).toEqual(filters);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
