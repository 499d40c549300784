/** `bellhop bench codec` without its command line. */
import { readFileSync } from 'node:fs';
import { BellhopError } from '../base/errors.ts';
import { codecBenchmarks, fileBenchmarks } from './codec.ts';
import { measure } from './measure.ts';
import { parseReport, reportLines, reportOf } from './report.ts';

/** Seed of the messages when none is given. */
export const DEFAULT_SEED = 1;
/** Seconds of sampling for each benchmark when none are given. */
export const DEFAULT_SECONDS = 0.5;

export interface CodecBenchOptions {
  readonly seed?: number;
  /** Seconds of sampling for each benchmark; warming it up takes as long again. */
  readonly seconds?: number;
  /** Only benchmarks whose name holds this text. */
  readonly filter?: string;
  /** A file of raw messages to measure besides the made ones. */
  readonly file?: string;
  /** Print the report as JSON. */
  readonly json?: boolean;
  /** A file with an earlier report, to print ratios. */
  readonly compare?: string;
}

/**
 * Measures and writes the report.
 *
 * @throws BellhopError INVALID_ARGUMENT when a file is not what it should be, or nothing matches the filter
 */
export function runCodecBench(options: CodecBenchOptions, write: (text: string) => void): void {
  const { seed = DEFAULT_SEED, seconds = DEFAULT_SECONDS, filter = '', file, compare } = options;
  const earlier =
    compare === undefined ? undefined : parseReport(readFile(compare).toString('utf8'), compare);
  const all = [...codecBenchmarks(seed), ...(file === undefined ? [] : fileBenchmarks(readFile(file)))];
  const chosen = all.filter(({ name }) => name.includes(filter));
  if (chosen.length === 0)
    throw new BellhopError('INVALID_ARGUMENT', `no benchmark with "${filter}" in its name`);
  const report = reportOf(measure(chosen, { seconds, warmUpSeconds: seconds / 2 }), seed);
  if (options.json === true) write(`${JSON.stringify(report, undefined, 2)}\n`);
  else write(`${reportLines(report, earlier).join('\n')}\n`);
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BellhopError('INVALID_ARGUMENT', `cannot read ${path}: ${reason}`);
  }
}
