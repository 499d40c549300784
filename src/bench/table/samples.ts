/** What was measured, as numbers under names, and what several runs of it amount to. */
import type { PhaseResult, RunResult } from './load.ts';
import type { Scenario } from './scenarios.ts';

/** The kinds of numbers, in the order of the table; `unit` as people write it. */
export const METRICS = {
  seconds: { title: 'time', unit: 's' },
  cpuSeconds: { title: 'CPU', unit: 's' },
  peakMegabytes: { title: 'memory', unit: 'MB' },
  p50Milliseconds: { title: 'p50', unit: 'ms' },
  p99Milliseconds: { title: 'p99', unit: 'ms' },
  lostSessions: { title: 'sessions lost', unit: '' },
} as const;
export type Metric = keyof typeof METRICS;

/** One number of one run. */
export interface Sample {
  /** `full`, `full re-announce`. */
  readonly row: string;
  readonly metric: Metric;
  readonly daemon: string;
  readonly value: number;
}

/** The numbers of all runs with one row, metric and daemon. */
export interface Summary {
  readonly row: string;
  readonly metric: Metric;
  readonly daemon: string;
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly samples: number;
}

const PHASE_TITLES = { load: '', reannounce: ' re-announce', withdraw: ' withdraw' } as const;

/** The numbers of a run; those of phases that were not completed are left out. */
export function samplesOf(
  { name: scenario, holdTimeSeconds }: Pick<Scenario, 'name' | 'holdTimeSeconds'>,
  daemon: string,
  result: RunResult,
): Sample[] {
  const samples: Sample[] = [];
  const add = (row: string, metric: Metric, value: number): void => {
    samples.push({ row, metric, daemon, value });
  };
  // The table that latency is measured in is a row elsewhere.
  for (const phase of result.latency === undefined ? result.phases : []) {
    if (phase.missing > 0) continue;
    const row = scenario + PHASE_TITLES[phase.name];
    add(row, 'seconds', phase.seconds);
    add(row, 'cpuSeconds', phase.cpuSeconds);
    if (phase.name === 'load') add(row, 'peakMegabytes', phase.peakMegabytes);
  }
  if (result.latency !== undefined && result.latency.lost === 0) {
    add(scenario, 'p50Milliseconds', result.latency.p50Milliseconds);
    add(scenario, 'p99Milliseconds', result.latency.p99Milliseconds);
  }
  // Whether sessions survive is the point of a short hold time.
  if (holdTimeSeconds !== undefined) add(scenario, 'lostSessions', result.lostSessions.length);
  return samples;
}

/** What went wrong in a run, in sentences; none when all is well. */
export function complaintsOf(scenario: string, daemon: string, result: RunResult): string[] {
  const complaints: string[] = [];
  const say = (text: string): void => void complaints.push(`${scenario}, ${daemon}: ${text}`);
  for (const phase of result.phases)
    if (phase.missing > 0)
      say(`${phase.name}: ${phase.missing} monitors were not complete after ${phase.seconds.toFixed(1)} s`);
  for (const reason of new Set(result.lostSessions)) say(`lost a session: ${reason}`);
  if (result.faults > 0) say(`${result.faults} UPDATEs with a fault`);
  if (result.strangers > 0) say(`${result.strangers} prefixes that nobody had announced`);
  if ((result.latency?.lost ?? 0) > 0) say(`${result.latency?.lost} UPDATEs did not come through`);
  const busy = result.phases.find(isGeneratorBound);
  if (busy !== undefined)
    say(`the load generator was busier than the daemon (${busy.name}): look at CPU, not at time`);
  return complaints;
}

/** Whether the time of a phase says more of the load generator than of the daemon. */
function isGeneratorBound({ generatorCpuSeconds, seconds, cpuSeconds, missing }: PhaseResult): boolean {
  return missing === 0 && seconds > 0.2 && generatorCpuSeconds > Math.max(0.5 * seconds, 1.5 * cpuSeconds);
}

/** Samples with the same row, metric and daemon, put together; in the order in which they first came. */
export function summarize(samples: readonly Sample[]): Summary[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = `${sample.row}|${sample.metric}|${sample.daemon}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map((group) => {
    const sorted = group.map(({ value }) => value).sort((a, b) => a - b);
    const { row, metric, daemon } = group[0]!;
    return {
      row,
      metric,
      daemon,
      median: median(sorted),
      minimum: sorted[0]!,
      maximum: sorted.at(-1)!,
      samples: sorted.length,
    };
  });
}

/** The one in the middle of ascending numbers, or the mean of the two. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
