/** The results of a run as a table for people, for documents and for programs. */
import { METRICS, type Metric, type Summary } from './samples.ts';

/** A run as `--json` writes it. */
export interface TableReport {
  readonly benchmark: 'table';
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly system: string;
  readonly seed: number;
  /** Size of a full table; of a recording at most so many are taken. */
  readonly prefixes: number;
  /** Name of the recording that the routes come from; undefined when they come from the seed. */
  readonly recording: string | undefined;
  readonly repeat: number;
  /** Name and version of each daemon, ours first. */
  readonly daemons: readonly { readonly name: string; readonly version: string }[];
  readonly results: readonly Summary[];
  /** What went wrong or is missing. */
  readonly notes: readonly string[];
}

/** One line of the table: a number of each daemon, and ours as a multiple of each other one. */
export interface TableLine {
  readonly row: string;
  readonly metric: Metric;
  readonly values: readonly (Summary | undefined)[];
  /** By daemon, ours (the first) left out; undefined when one of the two is missing or 0. */
  readonly ratios: readonly (number | undefined)[];
}

/** The lines of the table, in the order in which rows were measured. */
export function tableLines({ daemons, results }: TableReport): TableLine[] {
  const rows = [...new Set(results.map(({ row }) => row))];
  const lines: TableLine[] = [];
  for (const row of rows)
    for (const metric of Object.keys(METRICS) as Metric[]) {
      const values = daemons.map(({ name }) =>
        results.find((one) => one.row === row && one.metric === metric && one.daemon === name),
      );
      if (values.every((value) => value === undefined)) continue;
      const ours = values[0]?.median;
      const ratios = values
        .slice(1)
        .map((other) =>
          ours === undefined || other === undefined || other.median === 0 ? undefined : ours / other.median,
        );
      lines.push({ row, metric, values, ratios });
    }
  return lines;
}

/** The report as text with aligned columns. */
export function textReport(report: TableReport): string {
  const cells = [headings(report), ...cellsOf(report)];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const table = cells.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const notes = report.notes.map((note) => `note: ${note}`);
  return `${[describeReport(report), '', ...table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
}

/** The report as a Markdown table. */
export function markdownReport(report: TableReport): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const head = headings(report);
  const rule = head.map((_, column) => (column < 2 ? '---' : '---:'));
  const notes = report.notes.map((note) => `- ${note}`);
  const table = [head, rule, ...cellsOf(report)].map(line);
  return `${[describeReport(report), '', ...table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`;
}

/** One sentence: what was measured, on what. */
export function describeReport(report: TableReport): string {
  const daemons = report.daemons.map(({ name, version }) => `${name} ${version}`).join(', ');
  const runs = report.repeat === 1 ? 'one run' : `median of ${report.repeat} runs (least to most)`;
  const routes =
    report.recording === undefined
      ? `${report.prefixes.toLocaleString('en')} prefixes, seed ${report.seed}`
      : `routes of ${report.recording}`;
  return (
    `${daemons}; ${routes}, ${runs}; ` +
    `Node ${report.node}, ${report.cores} x ${report.processor}, ${report.system}`
  );
}

function headings({ daemons }: TableReport): string[] {
  const [ours, ...others] = daemons.map(({ name }) => name);
  return ['scenario', 'measure', ours ?? '', ...others, ...others.map((other) => `${ours} / ${other}`)];
}

function cellsOf(report: TableReport): string[][] {
  let last = '';
  return tableLines(report).map(({ row, metric, values, ratios }) => {
    const name = row === last ? '' : row;
    last = row;
    const { title, unit } = METRICS[metric];
    return [
      name,
      unit === '' ? title : `${title}, ${unit}`,
      ...values.map((value) => (value === undefined ? '-' : quantity(value))),
      ...ratios.map((ratio) => (ratio === undefined ? '' : ratio.toFixed(2))),
    ];
  });
}

function quantity({ median, minimum, maximum, samples }: Summary): string {
  if (samples === 1 || minimum === maximum) return digits(median);
  return `${digits(median)} (${digits(minimum)}-${digits(maximum)})`;
}

/** Three significant digits at most, no exponent. */
function digits(value: number): string {
  if (Number.isInteger(value) && value < 1000) return String(value);
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);
}
