/** The event-loop sampler against a loop that is really blocked. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventLoopDelay } from '../../src/observers/event-loop.ts';

let delay: EventLoopDelay;

beforeEach(() => {
  delay = new EventLoopDelay();
});

afterEach(() => delay.close());

test('EventLoopDelay: zeros before the first sample', () => {
  expect(delay.status()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test('EventLoopDelay: the longest block is the maximum, without the sampling interval', async () => {
  await pause(100);
  const end = performance.now() + 300;
  while (performance.now() < end);
  await pause(100);
  const { p50Ms, p99Ms, maxMs } = delay.status();
  expect(maxMs).toBeGreaterThan(250);
  expect(maxMs).toBeLessThan(1500);
  expect(p50Ms).toBeLessThan(150);
  expect(p99Ms).toBeLessThanOrEqual(maxMs);
});
