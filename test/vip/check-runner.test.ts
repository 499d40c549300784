/** Model-based: any sequence of results and durations on a virtual clock, against the promises of the runner. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { CheckConfig } from '../../src/config/vip-types.ts';
import { CheckRunner } from '../../src/vip/check-runner.ts';
import { failed, healthy, type ProbeResult } from '../../src/vip/checks/check.ts';
import { INITIAL, isChanging, observe } from '../../src/vip/state.ts';
import { ManualClock } from '../speaker/manual-clock.ts';

const settings: CheckConfig = {
  name: 'web',
  probe: { kind: 'exec', command: ['x'] },
  intervalSeconds: 10,
  fastIntervalSeconds: 2,
  timeoutSeconds: 3,
  rise: 2,
  fall: 3,
};

interface Run {
  readonly ok: boolean;
  /** Milliseconds until the service answers; above the timeout it is the timeout that ends the run. */
  readonly takes: number;
  /** Ignores the abort signal for so many milliseconds, and then says that all is well. */
  readonly deaf: number;
}

interface Seen {
  readonly at: number;
  readonly result: ProbeResult;
}

async function play(script: readonly Run[]) {
  const clock = new ManualClock();
  const starts: number[] = [];
  const ends: number[] = [];
  const results: Seen[] = [];
  let running = 0;
  let overlaps = 0;
  const runner = new CheckRunner(settings, {
    clock,
    onResult: (_runner, _before, result) => results.push({ at: clock.now(), result }),
    probe: (signal) => {
      const run = script[starts.length] ?? { ok: true, takes: 0, deaf: 0 };
      starts.push(clock.now());
      if (++running > 1) overlaps++;
      return new Promise((resolve) => {
        const end = (result: ProbeResult) => () => {
          timer.stop();
          running--;
          ends.push(clock.now());
          resolve(result);
        };
        const timer = clock.timer(end(run.ok ? healthy('fine') : failed('refused')));
        timer.start(run.takes);
        signal.addEventListener('abort', () => {
          timer.stop();
          if (run.deaf === 0) end(failed('no answer in time'))();
          else clock.timer(end(healthy('late'))).start(run.deaf);
        });
      });
    },
  });
  runner.start();
  await clock.advance(script.length * 25_000 + 2000);
  runner.stop();
  return { starts, ends, results, overlaps, runner };
}

function bound(clock: ManualClock): Clock {
  return {
    now: () => clock.now(),
    timer: (fire) => clock.timer(fire),
    soon: (run: () => void) => void setImmediate(run),
    random: () => clock.random(),
  };
}

const run: fc.Arbitrary<Run> = fc.record({
  ok: fc.boolean(),
  takes: fc.constantFrom(0, 100, 2999, 3001, 20_000),
  deaf: fc.constantFrom(0, 0, 0, 100, 4000),
});

describe('CheckRunner', () => {
  test('never two at once, never late, results as the state machine wants them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), async (script) => {
        const { starts, results, overlaps } = await play(script);
        expect(overlaps).toBe(0);
        expect(starts[0]).toBeLessThanOrEqual(1000);
        let state = INITIAL;
        for (const [i, one] of script.entries()) {
          const started = starts[i]!;
          const isTimeout = one.takes > 3000;
          const answered = isTimeout ? started + 3000 + Math.min(one.deaf, 250) : started + one.takes;
          expect(results[i]!.at).toBe(answered);
          expect(results[i]!.result.ok).toBe(one.ok && !isTimeout);
          expect(results[i]!.result.unrunnable === true).toBe(isTimeout && one.deaf > 250);
          state = observe(state, results[i]!.result, settings);
          const free = isTimeout ? started + 3000 + one.deaf : answered;
          const interval = isChanging(state) ? 2000 : 10_000;
          expect(starts[i + 1]).toBe(Math.max(free, started + interval));
        }
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  test('a stall of our own process is not a timeout of the service', async () => {
    const clock = new ManualClock();
    let stall = 0;
    const results: ProbeResult[] = [];
    let answer: (() => void) | undefined;
    const runner = new CheckRunner(settings, {
      clock: { ...bound(clock), now: () => clock.now() + stall },
      onResult: (_runner, _before, result) => results.push(result),
      probe: (signal) =>
        new Promise((resolve) => {
          answer = () => resolve(healthy('fine'));
          signal.addEventListener('abort', () => resolve(failed('no answer in time')));
        }),
    });
    runner.start();
    await clock.advance(1000);
    // The timer fires at 3 s, but on the clock of the world it is 8 s: the answer has been waiting in its socket.
    stall = 5000;
    await clock.advance(3000);
    expect(results).toEqual([]);
    answer?.();
    await clock.advance(10);
    expect(results).toEqual([healthy('fine')]);
    // Once only: a service that says nothing is down all the same.
    await clock.advance(2000);
    stall = 10_000;
    await clock.advance(3000);
    expect(results).toHaveLength(1);
    await clock.advance(3100);
    expect(results.at(-1)).toEqual(failed('no answer in time'));
    runner.stop();
  });

  test('nothing is told after stop', async () => {
    const { runner, results } = await play([{ ok: true, takes: 0, deaf: 0 }]);
    const count = results.length;
    runner.stop();
    expect(results).toHaveLength(count);
    expect(runner.status().runs).toBeGreaterThanOrEqual(count);
  });

  test('the last results are kept, newest first, and counted', async () => {
    const script = Array.from({ length: 14 }, (_, i) => ({ ok: i % 7 !== 0, takes: 5, deaf: 0 }));
    const { runner } = await play(script);
    const { history, runs, failures, timeouts } = runner.status();
    expect(history).toHaveLength(10);
    expect(history[0]).toMatchObject({ ok: true, detail: 'fine' });
    expect(runs).toBeGreaterThanOrEqual(14);
    expect([failures, timeouts]).toEqual([2, 0]);
  }, 30_000);
});
