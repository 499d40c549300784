/** What a daemon asks of V8 must never end it. */
import { afterEach, expect, test, vi } from 'vitest';
import { expectTable } from '../../src/daemon-code.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('expectTable: a minute later a collection is asked for, and without the address space for that nothing happens', () => {
  vi.useFakeTimers();
  const asked: number[] = [];
  vi.stubGlobal(
    'ArrayBuffer',
    class {
      constructor(bytes: number) {
        asked.push(bytes);
        throw new RangeError('Array buffer allocation failed');
      }
    },
  );
  expectTable();
  vi.advanceTimersByTime(59_000);
  // Another session begins the minute anew.
  expectTable();
  vi.advanceTimersByTime(59_000);
  expect(asked).toEqual([]);
  expect(() => vi.advanceTimersByTime(1_000)).not.toThrow();
  expect(asked).toEqual([128 * 1024 * 1024]);
});
