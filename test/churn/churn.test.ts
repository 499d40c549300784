/** Churn in small: every receiver ends where the model does, and what a table needed is given up with it. */
import { expect, test } from 'vitest';
import { churn } from './churn.ts';
import { cycle } from './cycles.ts';
import { growth } from './growth.ts';

test('churn: after changes to everything each of eight receivers has what the model says', async () => {
  const result = await churn({ seconds: 5, peers: 8, routes: 2000, rate: 800, seed: 11 });
  expect(result.examples).toEqual([]);
  expect(result).toMatchObject({ differences: 0, faults: 0, lostSessions: [] });
  expect(result.changes).toBeGreaterThanOrEqual(4000);
  // All peers hear nearly all routes of the others.
  expect(result.compared).toBeGreaterThan(8 * 2000 * 0.7);
  expect(result.arrival.p50).toBeLessThan(1000);
}, 60_000);

test('cycles: tables are empty after each withdrawal, and the ids come back', async () => {
  const states = await cycle({ cycles: 4, prefixes: 20_000, seed: 3 });
  expect(states.map(({ prefixes, paths }) => [prefixes, paths])).toEqual(Array(4).fill([0, 0]));
}, 60_000);

test('growth: the last fifth against the second', () => {
  expect(growth([9, 10, 10, 10, 10])).toBe(0);
  expect(growth([1, 1, 10, 10, 10, 10, 10, 10, 15, 15])).toBeCloseTo(0.5);
});
