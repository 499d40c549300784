/** What was measured, as a table, as JSON, and beside an earlier run. */
import { cpus } from 'node:os';
import { BellhopError } from '../base/errors.ts';
import type { Measurement } from './measure.ts';

/** A run as `--json` prints it. */
export interface BenchReport {
  readonly benchmark: 'codec';
  readonly node: string;
  readonly processor: string;
  readonly seed: number;
  readonly results: readonly Measurement[];
}

/** The report of a run in this process. */
export function reportOf(results: readonly Measurement[], seed: number): BenchReport {
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  return { benchmark: 'codec', node: process.version, processor, seed, results };
}

/** The report in `text`. @throws BellhopError INVALID_ARGUMENT when it is none */
export function parseReport(text: string, source: string): BenchReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const report = value as Partial<BenchReport> | undefined | null;
  if (report?.benchmark !== 'codec' || !Array.isArray(report.results) || !report.results.every(isMeasurement))
    throw new BellhopError('INVALID_ARGUMENT', `${source} is no output of bellhop bench codec --json`);
  return report as BenchReport;
}

function isMeasurement(value: unknown): boolean {
  const { name, median, minimum } = (value ?? {}) as Partial<Measurement>;
  return typeof name === 'string' && typeof median === 'number' && typeof minimum === 'number';
}

const HEADINGS = ['Benchmark', 'ns/message', 'min', 'p95', 'ns/prefix', 'MB/s', 'heap B/message'];

/** The lines of a table; with an earlier report, times as multiples of its times. */
export function reportLines(report: BenchReport, earlier?: BenchReport): string[] {
  const rows = report.results.map((result) => [
    result.name,
    digits(result.median),
    digits(result.minimum),
    digits(result.p95),
    result.perPrefix === undefined ? '' : digits(result.perPrefix),
    digits(result.megabytesPerSecond),
    String(Math.round(result.allocatedBytes)),
    ...(earlier === undefined ? [] : ratios(result, earlier)),
  ]);
  const headings = earlier === undefined ? HEADINGS : [...HEADINGS, 'median x', 'min x'];
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const lines = [headings, ...rows].map((cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  return [`codec, seed ${report.seed}, Node ${report.node}, ${report.processor}`, '', ...lines];
}

/** Below 1 is faster than before. */
function ratios(result: Measurement, earlier: BenchReport): string[] {
  const before = earlier.results.find(({ name }) => name === result.name);
  if (before === undefined) return ['new', ''];
  return [(result.median / before.median).toFixed(2), (result.minimum / before.minimum).toFixed(2)];
}

/** Three significant digits, no exponent. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
