/**
 * How late timers are on this machine whoever asks: a process of its own that does nothing but wait. What a benchmark
 * measures beside it is the fault of the program only as far as it is more than this.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

const TICK_MILLISECONDS = 10;

/** Milliseconds beyond the time that was asked for. */
export interface Lateness {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Percentiles of numbers; zeros when there are none. */
export function latenessOf(values: readonly number[]): Lateness {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

export function latenessText({ p50, p99, max }: Lateness): string {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`;
}

/** Begins to measure; the returned function ends that and tells. */
export async function measureMachine(): Promise<() => Promise<Lateness>> {
  const child = fork(import.meta.filename, [], {
    env: { ...process.env, BENCH_LATENESS: '1' },
    execArgv: [],
  });
  await once(child, 'message');
  return async () => {
    const answer = once(child, 'message');
    child.send('end');
    const [lateness] = (await answer) as [Lateness];
    child.disconnect();
    return lateness;
  };
}

/**
 * Begins to look how long this thread works without a break, in processor time: what a stall was the program's own
 * doing, whatever else the machine did meanwhile. The returned function ends that and tells the longest, in ms.
 */
export function measureOwnWork(tickMilliseconds: number): () => number {
  const spent = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let before = spent();
  const ticker = setInterval(() => {
    const now = spent();
    longest = Math.max(longest, now - before);
    before = now;
  }, tickMilliseconds);
  return () => {
    clearInterval(ticker);
    return longest;
  };
}

if (process.env['BENCH_LATENESS'] === '1' && process.send !== undefined) {
  const late: number[] = [];
  let due = performance.now() + TICK_MILLISECONDS;
  const tick = (): void => {
    late.push(performance.now() - due);
    due = performance.now() + TICK_MILLISECONDS;
    timer = setTimeout(tick, TICK_MILLISECONDS);
  };
  let timer = setTimeout(tick, TICK_MILLISECONDS);
  process.on('message', () => {
    clearTimeout(timer);
    process.send?.(latenessOf(late));
  });
  process.send('ready');
}
