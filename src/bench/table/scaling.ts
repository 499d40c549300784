/**
 * The scaling law: what a prefix costs in tables of growing size, and what a peer costs among growing numbers of them.
 *
 * A daemon that compiles itself while it runs is slower at first; small tables are loaded and withdrawn several times,
 * so that the cost once warm can be told from that of the first time.
 */
import { DaemonProcess } from './daemon-process.ts';
import { type DaemonSpec, TARGET_ADDRESS } from './daemons.ts';
import type { PhaseResult } from './load.ts';
import { LoadProcess } from './load-process.ts';
import { median } from './samples.ts';
import { peerCount, type Scenario } from './scenarios.ts';

const PREFIX_COUNTS = [10_000, 100_000, 1_000_000, 3_000_000] as const;
const PEER_COUNTS = [1, 10, 100, 500] as const;
/** Prefixes that each of the peers is told. */
const PREFIXES_OF_PEERS = 10_000;
/** Prefixes of all cycles of a step together, about. */
const WORK = 1_000_000;
const MINIMUM_CYCLES = 3;
const MAXIMUM_CYCLES = 30;

/** Costs in nanoseconds of CPU time of the daemon. */
export interface ScalingRow {
  readonly daemon: string;
  readonly kind: 'prefixes' | 'peers';
  /** How many prefixes, or how many peers that are told 10,000 of them. */
  readonly count: number;
  readonly cycles: number;
  /** The first load, for each prefix and peer. */
  readonly firstNanoseconds: number;
  /** Median of the other loads. */
  readonly loadNanoseconds: number;
  readonly withdrawNanoseconds: number;
  readonly peakMegabytes: number;
}

export interface ScalingOptions {
  readonly seed: number;
  readonly timeoutSeconds: number;
  readonly progress: (text: string) => void;
  readonly note: (text: string) => void;
  /** Sizes to measure at, and how often; for tests. */
  readonly prefixCounts?: readonly number[];
  readonly peerCounts?: readonly number[];
  readonly cycles?: number;
}

/** Measures all steps with all daemons. */
export async function measureScaling(
  daemons: readonly DaemonSpec[],
  options: ScalingOptions,
): Promise<ScalingRow[]> {
  const rows: ScalingRow[] = [];
  for (const count of options.prefixCounts ?? PREFIX_COUNTS)
    rows.push(...(await step('prefixes', count, scenarioOf(1), count, daemons, options)));
  for (const count of options.peerCounts ?? PEER_COUNTS)
    rows.push(...(await step('peers', count, scenarioOf(count), PREFIXES_OF_PEERS, daemons, options)));
  return rows;
}

function scenarioOf(monitors: number): Scenario {
  const name = `scaling-${monitors}`;
  return { name, title: name, addressOctets: 4, senders: 1, monitors, share: 1, withdraw: true };
}

async function step(
  kind: ScalingRow['kind'],
  count: number,
  scenario: Scenario,
  prefixes: number,
  daemons: readonly DaemonSpec[],
  options: ScalingOptions,
): Promise<ScalingRow[]> {
  const { seed, timeoutSeconds, progress, note } = options;
  const rows: ScalingRow[] = [];
  const usual = Math.min(
    MAXIMUM_CYCLES,
    Math.max(MINIMUM_CYCLES, Math.round(WORK / (prefixes * scenario.monitors))),
  );
  const cycles = options.cycles ?? usual;
  using load = new LoadProcess();
  await load.prepare({ scenario, prefixes, seed, mrt: undefined });
  for (const spec of daemons)
    try {
      await using daemon = await DaemonProcess.start(spec, peerCount(scenario), scenario.addressOctets);
      const target = { address: TARGET_ADDRESS, port: daemon.port };
      const result = await load.run({ target, pids: daemon.pids, timeoutSeconds, cycles });
      if (result.phases.some(({ missing }) => missing > 0)) {
        note(`${spec.name} was not complete at ${count} ${kind}`);
        continue;
      }
      rows.push(rowOf(spec.name, kind, count, cycles, prefixes * scenario.monitors, result.phases));
      progress(`${count} ${kind}, ${spec.name}: ${rows.at(-1)!.loadNanoseconds.toFixed(0)} ns\n`);
    } catch (error) {
      note(`${spec.name} at ${count} ${kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  return rows;
}

function rowOf(
  daemon: string,
  kind: ScalingRow['kind'],
  count: number,
  cycles: number,
  deliveries: number,
  phases: readonly PhaseResult[],
): ScalingRow {
  const costs = (name: PhaseResult['name']): number[] =>
    phases.filter((phase) => phase.name === name).map(({ cpuSeconds }) => (cpuSeconds * 1e9) / deliveries);
  const [first = Number.NaN, ...later] = costs('load');
  const middle = (values: number[]): number => median(values.sort((a, b) => a - b));
  return {
    daemon,
    kind,
    count,
    cycles,
    firstNanoseconds: first,
    loadNanoseconds: middle(later),
    withdrawNanoseconds: middle(costs('withdraw')),
    peakMegabytes: Math.max(...phases.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

/** The rows as two tables, for a terminal or for a document. */
export function scalingText(rows: readonly ScalingRow[], markdown: boolean): string {
  const tables = (['prefixes', 'peers'] as const).map((kind) => {
    const unit = kind === 'prefixes' ? 'ns a prefix' : 'ns a prefix and peer';
    const head = [kind, 'daemon', `first load, ${unit}`, 'load once warm', 'withdraw', 'peak MB', 'loads'];
    const body = rows
      .filter((row) => row.kind === kind)
      .map((row) => [
        row.count.toLocaleString('en'),
        row.daemon,
        row.firstNanoseconds.toFixed(0),
        row.loadNanoseconds.toFixed(0),
        row.withdrawNanoseconds.toFixed(0),
        row.peakMegabytes.toFixed(0),
        String(row.cycles),
      ]);
    return markdown ? markdownTable(head, body) : textTable(head, body);
  });
  return `${tables.join('\n\n')}\n`;
}

function textTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((row) => row[i]!.length)));
  return [head, ...body].map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  ')).join('\n');
}

function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 1 ? '---' : '---:'));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
