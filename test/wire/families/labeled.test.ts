/** Label stacks that are well-formed but not as bellhop writes them (RFC 8277 section 2, RFC 3107). */
import { expect, test } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../../src/base/bytes.ts';
import { labeledNlri } from '../../../src/wire/families/nlri-labeled.ts';

const codec = labeledNlri(4);

function rewritten(hex: string): string {
  const bytes = fromHex(hex);
  expect(codec.check(bytes, 0, bytes.length, false)).toBe(-1);
  const out = new ByteWriter();
  codec.write(codec.read(bytes, 0, bytes.length, false), out, false);
  return toHex(out.take());
}

test.each([
  ['0x000000, from before RFC 8277', '30000000c00002'],
  ['the same with a traffic class', '30000002c00002'],
  ['0x800000 with a traffic class', '3080000ec00002'],
])('a withdrawal with %s has no label', (_name, hex) => {
  expect(rewritten(hex)).toBe('30800000c00002');
});

test('the traffic class of a label is not kept', () => {
  expect(rewritten('3000064fc00002')).toBe('30000641c00002');
});

test('bits behind the prefix are not kept', () => {
  expect(rewritten('2c000641cfffff')).toBe('2c000641cffff0');
});

test.each([
  [[0, 100], 'label 0 cannot stand above another one'],
  [[0x80000, 100], 'label 524288 cannot stand above another one'],
  [[0x100000], 'no MPLS label'],
  [Array.from({ length: 10 }, () => 100), 'do not fit'],
])('labels %j are refused when written', (labels, message) => {
  expect(() => codec.write([{ prefix: '192.0.2.0/24', labels }], new ByteWriter(), false)).toThrow(message);
});
