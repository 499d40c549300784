/** `bellhop bench table` without its command line: every scenario against every daemon, by turns. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { basename, resolve } from 'node:path';
import { BellhopError } from '../../base/errors.ts';
import { DaemonProcess } from './daemon-process.ts';
import { bellhop, type DaemonSpec, OTHER_DAEMONS, TARGET_ADDRESS } from './daemons.ts';
import type { RunResult } from './load.ts';
import { LoadProcess } from './load-process.ts';
import { markdownReport, type TableReport, textReport } from './report.ts';
import { complaintsOf, type Sample, samplesOf, summarize } from './samples.ts';
import { measureScaling, scalingText } from './scaling.ts';
import { peerCount, SCENARIOS, type Scenario } from './scenarios.ts';
import { svgReport } from './svg.ts';

export interface TableBenchOptions {
  /** Names out of {@link SCENARIOS}; all when left out. */
  readonly scenarios?: readonly string[];
  /** Size of a full table. */
  readonly prefixes?: number;
  readonly repeat?: number;
  readonly seed?: number;
  /** A TABLE_DUMP_V2 file in place of the seed. */
  readonly mrt?: string;
  /** Daemons besides bellhop and BIRD. */
  readonly with?: readonly string[];
  /** Without BIRD. */
  readonly alone?: boolean;
  /** Directory of another checkout of bellhop, as the first daemon to compare with. */
  readonly against?: string;
  readonly timeoutSeconds?: number;
  /** Files to write. */
  readonly json?: string;
  readonly svg?: string;
  /** Print a Markdown table. */
  readonly markdown?: boolean;
  /** Cost per prefix and per peer at growing numbers of them, instead of the scenarios. */
  readonly scaling?: boolean;
}

export const DEFAULT_PREFIXES = 1_000_000;
export const DEFAULT_TIMEOUT_SECONDS = 150;
const DEFAULT_SEED = 1;

/** What is compared in a scenario about policies: bellhop with them, and without. */
const POLICY_DAEMONS: readonly DaemonSpec[] = [bellhop('bellhop', undefined, true), bellhop('without')];

/** Where the benchmark writes: results to one, what is going on to the other. */
export interface BenchOutput {
  readonly result: (text: string) => void;
  readonly progress: (text: string) => void;
}

/**
 * Measures and writes the report.
 *
 * @throws BellhopError INVALID_ARGUMENT for names that do not exist and files that cannot be used
 */
export async function runTableBench(options: TableBenchOptions, output: BenchOutput): Promise<void> {
  const notes: string[] = [];
  const say = (note: string): void => {
    notes.push(note);
    output.progress(`note: ${note}\n`);
  };
  const daemons = chosenDaemons(options, say);
  const leave = (): void => process.exit(130);
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    if (options.scaling === true) {
      const { seed = DEFAULT_SEED, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
      const rows = await measureScaling(daemons, {
        seed,
        timeoutSeconds,
        progress: output.progress,
        note: say,
      });
      output.result(scalingText(rows, options.markdown === true));
      writeText(options.json, `${JSON.stringify({ benchmark: 'scaling', rows, notes }, undefined, 2)}\n`);
      return;
    }
    const report = await measureTable(options, daemons, output.progress, say, notes);
    output.result(options.markdown === true ? markdownReport(report) : textReport(report));
    writeText(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (options.svg === undefined) return;
    const picture = svgReport(report);
    if (picture === undefined) output.progress('note: nothing to compare with, no picture was written\n');
    else writeText(options.svg, picture);
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}

async function measureTable(
  options: TableBenchOptions,
  daemons: readonly DaemonSpec[],
  progress: (text: string) => void,
  say: (note: string) => void,
  notes: readonly string[],
): Promise<TableReport> {
  const { seed = DEFAULT_SEED, prefixes = DEFAULT_PREFIXES, repeat = 1 } = options;
  const samples: Sample[] = [];
  const starts: Sample[] = [];
  const scenarios = chosenScenarios(options.scenarios);
  const isWithPolicies = scenarios.some(({ policies }) => policies);
  const columns = [...daemons, ...(isWithPolicies ? POLICY_DAEMONS.slice(1) : [])];
  for (const scenario of scenarios) {
    using load = new LoadProcess();
    progress(`${scenario.name}: ${scenario.title}: making routes\n`);
    const count = Math.max(peerCount(scenario), Math.round(prefixes * scenario.share));
    progress(`  ${await load.prepare({ scenario, prefixes: count, seed, mrt: options.mrt })}\n`);
    for (let turn = 0; turn < repeat; turn++)
      for (const spec of scenario.policies ? POLICY_DAEMONS : daemons) {
        const timeoutSeconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
        try {
          const { result, startSeconds } = await runOne(load, scenario, spec, timeoutSeconds);
          starts.push({ row: 'start', metric: 'seconds', daemon: spec.name, value: startSeconds });
          samples.push(...samplesOf(scenario, spec.name, result));
          for (const complaint of complaintsOf(scenario.name, spec.name, result)) say(complaint);
          progress(`  ${spec.name}: ${briefly(result)}\n`);
        } catch (error) {
          say(`${scenario.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
  }
  return {
    benchmark: 'table',
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${type()} ${release()}`,
    seed,
    prefixes,
    recording: options.mrt === undefined ? undefined : basename(options.mrt),
    repeat,
    daemons: columns.map((spec) => ({ name: spec.name, version: versionOf(spec) })),
    results: summarize([...samples, ...starts]),
    notes: [...new Set(notes)],
  };
}

/** A daemon is started anew for every run. */
async function runOne(
  load: LoadProcess,
  scenario: Scenario,
  spec: DaemonSpec,
  timeoutSeconds: number,
): Promise<{ result: RunResult; startSeconds: number }> {
  await using daemon = await DaemonProcess.start(spec, peerCount(scenario), scenario.addressOctets);
  const target = { address: TARGET_ADDRESS, port: daemon.port };
  try {
    const result = await load.run({ target, pids: daemon.pids, timeoutSeconds, cycles: 1 });
    return { result, startSeconds: daemon.startSeconds };
  } catch (error) {
    throw new Error(daemon.describe(error instanceof Error ? error.message : String(error)), {
      cause: error,
    });
  }
}

function briefly({ phases, latency }: RunResult): string {
  const parts = phases.map(
    ({ name, seconds, cpuSeconds, peakMegabytes }) =>
      `${name} ${seconds.toFixed(3)} s (CPU ${cpuSeconds.toFixed(2)} s, ${peakMegabytes.toFixed(0)} MB)`,
  );
  if (latency !== undefined)
    parts.push(`p50 ${latency.p50Milliseconds.toFixed(3)} ms, p99 ${latency.p99Milliseconds.toFixed(3)} ms`);
  return parts.join(', ');
}

function chosenScenarios(names: readonly string[] | undefined): readonly Scenario[] {
  if (names === undefined) return SCENARIOS;
  return names.map((name) => {
    const found = SCENARIOS.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    const known = SCENARIOS.map((scenario) => scenario.name).join(', ');
    throw new BellhopError('INVALID_ARGUMENT', `there is no scenario "${name}"; there are ${known}`);
  });
}

/** Ours first; those that are not installed are left out with a note. */
function chosenDaemons(options: TableBenchOptions, say: (note: string) => void): DaemonSpec[] {
  const names = new Set([...(options.alone === true ? [] : ['bird']), ...(options.with ?? [])]);
  const others = [...names].map((name) => {
    const found = OTHER_DAEMONS.find((spec) => spec.name === name);
    if (found !== undefined) return found;
    const known = OTHER_DAEMONS.map((spec) => spec.name).join(', ');
    throw new BellhopError('INVALID_ARGUMENT', `there is no daemon "${name}"; there are ${known}`);
  });
  const { against } = options;
  const all = [
    bellhop(),
    ...(against === undefined ? [] : [bellhop('against', resolve(against))]),
    ...others,
  ];
  return all.filter((spec) => {
    const problem = spec.problem();
    if (problem !== undefined) say(`${spec.name} is left out: ${problem}`);
    return problem === undefined;
  });
}

function versionOf({ version: [program = '', ...args] }: DaemonSpec): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return /\d+(?:\.\d+)+\S*/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? '';
}

function writeText(path: string | undefined, text: string): void {
  if (path === undefined) return;
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BellhopError('INVALID_ARGUMENT', `cannot write ${path}: ${reason}`);
  }
}
