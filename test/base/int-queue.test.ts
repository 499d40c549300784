/** IntQueue against a naive queue that is an array without repetition. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntQueue } from '../../src/base/int-queue.ts';

const anyStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ push: fc.oneof(fc.nat(40), fc.constantFrom(255, 256, 1000, 70_000)) }),
  },
  { weight: 2, arbitrary: fc.constant('shift' as const) },
);

test('push and shift: each value once, first in first out, from any ring size', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 200, size: 'max' }),
      fc.constantFrom(1, 2, 16),
      (steps, ring) => {
        const queue = new IntQueue(ring);
        const naive: number[] = [];
        for (const step of steps) {
          if (step === 'shift') expect(queue.shift()).toBe(naive.shift() ?? -1);
          else {
            queue.push(step.push);
            if (!naive.includes(step.push)) naive.push(step.push);
            expect(queue.has(step.push)).toBe(true);
          }
          expect(queue.size).toBe(naive.length);
        }
        for (const value of [0, 7, 40, 255, 256, 1000, 70_000, 80_000])
          expect(queue.has(value)).toBe(naive.includes(value));
        for (const value of naive) expect(queue.shift()).toBe(value);
        expect(queue.shift()).toBe(-1);
      },
    ),
  );
});

test('shift: a ring that grew large is given back when empty, and the queue goes on', () => {
  const queue = new IntQueue();
  for (let round = 0; round < 2; round++) {
    for (let value = 0; value < 100_000; value++) queue.push(value);
    for (let value = 0; value < 100_000; value++) if (queue.shift() !== value) expect.fail(`at ${value}`);
    expect(queue.size).toBe(0);
  }
  queue.push(3);
  expect(queue.shift()).toBe(3);
});

test('has: false for values beyond any that came', () => {
  const queue = new IntQueue();
  queue.push(31);
  queue.push(32);
  expect([31, 32, 33, 4_000_000_000].map((value) => queue.has(value))).toEqual([true, true, false, false]);
});
