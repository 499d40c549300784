/** The state machines of checks and VIPs against the sentences of docs/vips.md, for every history. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CheckState,
  INITIAL,
  isAvailable,
  isHealthy,
  type Observation,
  observe,
  trusted,
  vipState,
} from '../../src/vip/state.ts';

const observation: fc.Arbitrary<Observation> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ ok: true }) },
  { weight: 4, arbitrary: fc.constant({ ok: false }) },
  { weight: 1, arbitrary: fc.constant({ ok: false, unrunnable: true }) },
);
const history = fc.array(observation, { maxLength: 40 });
const threshold = fc.integer({ min: 1, max: 5 });

/**
 * Healthy or not, from the whole history: it changes to healthy behind `rise` successes in a row, to not healthy
 * behind `fall` failures in a row or one that cannot be run; it begins as not healthy.
 */
function naiveHealth(results: readonly Observation[], rise: number, fall: number): boolean {
  let healthy = false;
  for (let end = 1; end <= results.length; end++) {
    const seen = results.slice(0, end);
    const last = seen.at(-1)!;
    if (last.unrunnable === true) healthy = false;
    else if (!healthy && seen.length >= rise && seen.slice(-rise).every(({ ok }) => ok)) healthy = true;
    else if (healthy && seen.length >= fall && seen.slice(-fall).every(({ ok }) => !ok)) healthy = false;
  }
  return healthy;
}

function replay(results: readonly Observation[], rise: number, fall: number, from = INITIAL): CheckState {
  return results.reduce((state, result) => observe(state, result, { rise, fall }), from);
}

describe('observe', () => {
  test('healthy is what the last rise or fall results say', () => {
    fc.assert(
      fc.property(history, threshold, threshold, (results, rise, fall) => {
        expect(isHealthy(replay(results, rise, fall))).toBe(naiveHealth(results, rise, fall));
      }),
      { numRuns: 1000 },
    );
  });

  test('the phase says where it is going, and the count how far', () => {
    fc.assert(
      fc.property(history, threshold, threshold, (results, rise, fall) => {
        const { phase, count } = replay(results, rise, fall);
        const healthy = naiveHealth(results, rise, fall);
        const last = results.at(-1);
        if (last === undefined) expect(phase).toBe('INIT');
        else if (healthy) expect(phase).toBe(last.ok ? 'UP' : 'FALLING');
        else expect(phase).toBe(last.ok ? 'RISING' : 'DOWN');
        if (phase === 'RISING') expect(count).toBeLessThan(rise);
        if (phase === 'FALLING') expect(count).toBeLessThan(fall);
        const run = results.length - results.findLastIndex(({ ok }) => ok !== last?.ok) - 1;
        if (phase === 'RISING') expect(count).toBe(run);
        else if (phase !== 'FALLING') expect(count).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([1, 3])('a trusted check with fall %i is healthy until its first failure', (fall) => {
    expect(isHealthy(trusted(fall))).toBe(true);
    expect(replay([{ ok: false }], 3, fall, trusted(fall)).phase).toBe('DOWN');
    expect(replay([{ ok: true }], 3, fall, trusted(fall)).phase).toBe('UP');
  });
});

describe('vipState', () => {
  const check = fc.record({
    phase: fc.constantFrom('INIT', 'RISING', 'UP', 'FALLING', 'DOWN' as const),
    count: fc.constant(0),
  }) as fc.Arbitrary<CheckState>;
  const checks = fc.array(check, { maxLength: 6 });

  test('available exactly when enough checks are healthy', () => {
    fc.assert(
      fc.property(checks, fc.integer({ min: 0, max: 6 }), (states, required) => {
        const enough = states.filter(isHealthy).length >= required;
        expect(isAvailable(vipState(states, required, false))).toBe(enough);
        expect(vipState(states, required, true)).toBe('MAINTENANCE');
      }),
    );
  });

  test('one check more that is healthy never makes it worse', () => {
    const order = ['DOWN', 'INIT', 'RISING', 'FALLING', 'UP'];
    fc.assert(
      fc.property(checks, fc.integer({ min: 0, max: 6 }), (states, required) => {
        const before = order.indexOf(vipState(states, required, false));
        const after = order.indexOf(vipState([...states, { phase: 'UP', count: 0 }], required, false));
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('DOWN while a check that is needed is, whatever the others wait for', () => {
    const down: CheckState = { phase: 'DOWN', count: 0 };
    expect(vipState([down, INITIAL], 2, false)).toBe('DOWN');
    expect(vipState([down, INITIAL], 1, false)).toBe('INIT');
    expect(vipState([], 0, false)).toBe('UP');
  });
});
