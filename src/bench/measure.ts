/**
 * Measuring: warm-up, samples of many benchmarks in turns, spread, allocations.
 *
 * A pass is the unit of work: a benchmark does the same messages over and over. One sample is as many passes as fill
 * about a millisecond, so that the clock costs nothing; minimum and median over all samples are what to quote on a
 * machine that does other things too. All benchmarks are warmed before the first is measured, and samples are taken in
 * turns: every one sees the code as a busy daemon has it, and noise falls on all alike.
 */
import { GCProfiler } from 'node:v8';

/** Something to measure. */
export interface Benchmark {
  /** `group/variant`: what `--filter` and comparisons go by. */
  readonly name: string;
  /** Messages of one pass. */
  readonly messages: number;
  /** Prefixes in them; 0 when the benchmark does not look at prefixes. */
  readonly prefixes: number;
  /** Octets of the messages. */
  readonly bytes: number;
  /** Does the work; the number depends on all of it, so that none can be left out. Negative when it failed. */
  readonly pass: () => number;
}

/** What was found, in nanoseconds per message unless the name says otherwise. */
export interface Measurement {
  readonly name: string;
  readonly minimum: number;
  readonly median: number;
  readonly p95: number;
  /** Median; absent when the benchmark does not look at prefixes. */
  readonly perPrefix?: number;
  /** Millions of octets a second, at the median. */
  readonly megabytesPerSecond: number;
  /** Bytes of JavaScript heap per message, once warm. */
  readonly allocatedBytes: number;
  readonly samples: number;
}

export interface MeasureOptions {
  /** Seconds of sampling for each benchmark. */
  readonly seconds: number;
  /** Seconds of warm-up for each. */
  readonly warmUpSeconds: number;
}

const SAMPLE_NANOSECONDS = 1e6;
const MINIMUM_SAMPLES = 5;
const ALLOCATION_ROUNDS = 5;
/** Messages of a round: so many that what the reading itself allocates is nothing beside them. */
const ALLOCATION_MESSAGES = 10_000;

/** Where results go, so that the work behind them is not optimized away. A small integer: others are allocated. */
let sink = 0;

/** Measures the benchmarks, in turns; the measurements stand in the order of the benchmarks. */
export function measure(benchmarks: readonly Benchmark[], options: MeasureOptions): Measurement[] {
  const runs = benchmarks.map((benchmark) => ({ benchmark, passes: 1, samples: 0, times: [] as number[] }));
  for (const { benchmark } of runs) warmUp(benchmark, options.warmUpSeconds);
  // A second time: what the others taught the engine may have thrown the first code away.
  for (const run of runs) {
    const pass = warmUp(run.benchmark, options.warmUpSeconds);
    run.passes = Math.max(1, Math.round(SAMPLE_NANOSECONDS / pass));
    run.samples = Math.max(MINIMUM_SAMPLES, Math.round((options.seconds * 1e9) / (run.passes * pass)));
  }
  const rounds = Math.max(...runs.map(({ samples }) => samples));
  for (let round = 0; round < rounds; round++)
    for (const { benchmark, passes, samples, times } of runs)
      if (round < samples) times.push(timeOf(benchmark, passes));
  const results = runs.map(({ benchmark, times }) =>
    summary(benchmark, times, allocatedPerMessage(benchmark)),
  );
  return results;
}

/** Passes until the time is up; returns nanoseconds per pass. */
function warmUp(benchmark: Benchmark, seconds: number): number {
  const start = process.hrtime.bigint();
  let passes = 0;
  let elapsed = 0;
  while (passes < 3 || elapsed < seconds * 1e9) {
    const result = benchmark.pass();
    if (!(result >= 0)) throw new RangeError(`benchmark ${benchmark.name} failed`);
    sink = (sink + result) | 0;
    passes++;
    elapsed = Number(process.hrtime.bigint() - start);
  }
  return elapsed / passes;
}

/** Nanoseconds per message. */
function timeOf(benchmark: Benchmark, passes: number): number {
  const start = process.hrtime.bigint();
  let sum = 0;
  for (let i = 0; i < passes; i++) sum = (sum + benchmark.pass()) | 0;
  const elapsed = Number(process.hrtime.bigint() - start);
  sink = (sink + sum) | 0;
  return elapsed / (passes * benchmark.messages);
}

/** Bytes of heap per message: the least of several rounds, since code that is compiled just then adds to it. */
function allocatedPerMessage(benchmark: Benchmark): number {
  const passes = Math.ceil(ALLOCATION_MESSAGES / benchmark.messages);
  const own = allocatedBytes(() => {});
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ALLOCATION_ROUNDS; round++) {
    const grown = allocatedBytes(() => {
      for (let i = 0; i < passes; i++) sink = (sink + benchmark.pass()) | 0;
    });
    least = Math.min(least, grown);
  }
  return Math.max(0, least - own) / (passes * benchmark.messages);
}

/** Bytes of JavaScript heap that `work` allocates, whether or not the collector runs meanwhile; some 500 are our own. */
export function allocatedBytes(work: () => void): number {
  const profiler = new GCProfiler();
  profiler.start();
  const before = process.memoryUsage().heapUsed;
  work();
  const after = process.memoryUsage().heapUsed;
  let collected = 0;
  for (const { beforeGC, afterGC } of profiler.stop().statistics)
    collected += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  return after - before + collected;
}

function summary(benchmark: Benchmark, times: number[], allocated: number): Measurement {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const { name, messages, prefixes, bytes } = benchmark;
  const median = at(0.5);
  return {
    name,
    minimum: at(0),
    median,
    p95: at(0.95),
    ...(prefixes > 0 ? { perPrefix: (median * messages) / prefixes } : {}),
    megabytesPerSecond: (bytes / messages / median) * 1000,
    allocatedBytes: allocated,
    samples: sorted.length,
  };
}
