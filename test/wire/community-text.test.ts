import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
  WELL_KNOWN_COMMUNITIES,
} from '../../src/wire/community-text.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('standard communities', () => {
  test.each([
    ['65000:100', 0xfde80064],
    ['0:0', 0],
    ['65535:65535', 0xffffffff],
    ['no-export', 0xffffff01],
    ['NO_EXPORT', 0xffffff01],
    ['no-advertise', 0xffffff02],
    ['No_Advertise', 0xffffff02],
    ['no-export-subconfed', 0xffffff03],
    ['NO_EXPORT_SUBCONFED', 0xffffff03],
    ['local-as', 0xffffff03],
    ['no-peer', 0xffffff04],
    ['blackhole', 0xffff029a],
    ['graceful-shutdown', 0xffff0000],
    ['GRACEFUL_SHUTDOWN', 0xffff0000],
    ['gshut', 0xffff0000],
    ['planned-shut', 0xffff0000],
    ['accept-own', 0xffff0001],
    ['LLGR_STALE', 0xffff0006],
    ['no-llgr', 0xffff0007],
    ['internet', 0],
  ])('%s is understood', (text, value) => {
    expect(parseCommunity(text)).toBe(value);
  });

  test.each([
    '',
    ':',
    '1',
    '65536:0',
    '0:65536',
    '1:2:3',
    '-1:0',
    '1: 2',
    '0x1:2',
    '1e3:0',
    'no export',
    'toString',
  ])('"%s" is none', (text) => {
    expect(parseCommunity(text)).toBeUndefined();
  });

  test('well-known values print as their names, all text reads back', () => {
    for (const [name, value] of Object.entries(WELL_KNOWN_COMMUNITIES))
      expect(formatCommunity(value)).toBe(name);
    expect(formatCommunity(0)).toBe('0:0');
    fc.assert(
      fc.property(u32, (value) => {
        expect(parseCommunity(formatCommunity(value))).toBe(value);
      }),
    );
  });
});

describe('large communities', () => {
  test('with and without prefix', () => {
    expect(parseLargeCommunity('65000:1:2')).toEqual([65000, 1, 2]);
    expect(parseLargeCommunity('large:65000:1:4294967295')).toEqual([65000, 1, 4294967295]);
  });

  test.each(['', '1:2', '1:2:3:4', '1:2:4294967296', 'large:', 'large:1:2', '1::2'])(
    '"%s" is none',
    (text) => {
      expect(parseLargeCommunity(text)).toBeUndefined();
    },
  );

  test('all text reads back', () => {
    fc.assert(
      fc.property(fc.tuple(u32, u32, u32), (value) => {
        expect(parseLargeCommunity(formatLargeCommunity(value))).toEqual(value);
      }),
    );
  });
});

describe('extended communities', () => {
  test.each([
    ['rt:65000:1', 0x0002fde8, 1],
    ['rt:65000:4294967295', 0x0002fde8, 0xffffffff],
    ['ro:65000:1', 0x0003fde8, 1],
    ['rt:192.0.2.1:5', 0x0102c000, 0x02010005],
    ['rt:4200000000:7', 0x0202fa56, 0xea000007],
    ['rt:65000L:1', 0x02020000, 0xfde80001],
    ['link-bandwidth:65000:1250000000', 0x4004fde8, 0x4e9502f9],
    ['0x000b000000000001', 0x000b0000, 1],
  ])('%s', (text, high, low) => {
    expect(formatExtendedCommunity({ high, low })).toBe(text);
    expect(parseExtendedCommunity(text)).toEqual({ high, low });
  });

  test.each([
    '',
    'rt:65000',
    'rt:4200000000:65536',
    'rt:192.0.2:1',
    'rt:192.0.2.1L:1',
    'xx:1:2',
    '0x12',
    'rt:65536:70000',
  ])('"%s" is none', (text) => {
    expect(parseExtendedCommunity(text)).toBeUndefined();
  });

  test('soo is another word for ro, in any letter case', () => {
    expect(parseExtendedCommunity('SoO:65000:1')).toEqual({ high: 0x0003fde8, low: 1 });
  });

  test('all text reads back', () => {
    const head = fc.constantFrom(0x00020000, 0x00030000, 0x01020000, 0x02020000, 0x02030000, 0x40020000);
    const high = fc.oneof(
      u32,
      fc.tuple(head, fc.integer({ min: 0, max: 0xffff })).map(([top, rest]) => top + rest),
    );
    fc.assert(
      fc.property(high, u32, (top, low) => {
        expect(parseExtendedCommunity(formatExtendedCommunity({ high: top, low }))).toEqual({
          high: top,
          low,
        });
      }),
    );
  });
});
