/** Unknown words find the known word that was meant. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, suggest } from '../../src/config/suggest.ts';

const KEYS = [
  'address',
  'peer-as',
  'hold-time',
  'idle-hold-time',
  'password',
  'password-file',
  'port',
  'local-address',
];

test.each([
  ['hold_time', 'hold-time'],
  ['holdTime', 'hold-time'],
  ['HOLD-TIME', 'hold-time'],
  ['hodl-time', 'hold-time'],
  ['holdtime', 'hold-time'],
  ['remote-as', 'peer-as'],
  ['remoteAs', 'peer-as'],
  ['neighbor_address', 'address'],
  ['adress', 'address'],
  ['prot', 'port'],
  ['update-source', 'local-address'],
  ['colour', undefined],
  ['x', undefined],
  ['', undefined],
])('suggest: %s means %s', (word, meant) => {
  expect(suggest(word, KEYS)).toBe(meant);
});

test('editDistance: counts insertions, deletions, replacements and swaps', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abc', '')).toBe(3);
  expect(editDistance('abc', 'abc')).toBe(0);
  expect(editDistance('abc', 'acb')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
});

test('editDistance: is symmetric and no more than the longer word', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
