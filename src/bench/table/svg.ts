/** The ratios of a report as a picture: a bar for each number, and a line where both daemons are equal. */
import { describeReport, type TableReport, tableLines } from './report.ts';
import { METRICS, type Metric } from './samples.ts';

const WIDTH = 760;
const LABEL_WIDTH = 190;
const VALUE_WIDTH = 60;
const BAR_HEIGHT = 13;
const ROW_GAP = 9;
const TOP = 78;
const BOTTOM = 34;
/** Longer bars are cut; their number says how long they are. */
const MAXIMUM_RATIO = 2;

/** Colours that can be told apart with every kind of colour vision, on light and dark ground. */
const COLOURS: Readonly<Record<Metric, string>> = {
  seconds: '#0072b2',
  cpuSeconds: '#d55e00',
  peakMegabytes: '#009e73',
  p50Milliseconds: '#0072b2',
  p99Milliseconds: '#56b4e9',
  lostSessions: '#999999',
};

interface Bar {
  readonly row: string;
  readonly metric: Metric;
  readonly ratio: number;
}

/** The picture, or undefined when there is nothing to compare with. */
export function svgReport(report: TableReport): string | undefined {
  const other = report.daemons[1]?.name;
  const ours = report.daemons[0]?.name ?? '';
  const bars = tableLines(report).flatMap(({ row, metric, ratios }): Bar[] =>
    ratios[0] === undefined ? [] : [{ row, metric, ratio: ratios[0] }],
  );
  if (other === undefined || bars.length === 0) return undefined;
  const parts: string[] = [];
  let y = TOP;
  let last: string | undefined;
  for (const bar of bars) {
    if (last !== undefined && bar.row !== last) y += ROW_GAP;
    if (bar.row !== last) parts.push(text(LABEL_WIDTH - 8, y + 10, bar.row, 'end'));
    last = bar.row;
    parts.push(...drawBar(bar, y));
    y += BAR_HEIGHT;
  }
  const height = y + BOTTOM;
  const metrics = [...new Set(bars.map(({ metric }) => metric))];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeText(`${ours} as a multiple of ${other}`)}">`,
    '<style>.b{fill:#fff}text{font:11px sans-serif;fill:#1f2328}.t{font-size:15px;font-weight:bold}.g{stroke:#8b949e;stroke-width:.5}.one{stroke:#1f2328;stroke-width:1.2}@media(prefers-color-scheme:dark){.b{fill:#0d1117}text{fill:#e6edf3}.one{stroke:#e6edf3}}</style>',
    `<rect class="b" width="${WIDTH}" height="${height}"/>`,
    text(12, 22, `${ours} as a multiple of ${other}: shorter is better`, 'start', 't'),
    text(12, 40, describeReport(report).split('; ').slice(1, 2).join(''), 'start'),
    ...legend(metrics),
    ...axis(y),
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

/** Where a ratio stands. */
function x(ratio: number): number {
  const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  return LABEL_WIDTH + (Math.min(ratio, MAXIMUM_RATIO) / MAXIMUM_RATIO) * room;
}

function drawBar({ metric, ratio }: Bar, y: number): string[] {
  const width = Math.max(1, x(ratio) - LABEL_WIDTH);
  const label = `${ratio.toFixed(2)}${ratio > MAXIMUM_RATIO ? ' >' : ''}`;
  return [
    `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT - 2}" fill="${COLOURS[metric]}"/>`,
    text(x(ratio) + 5, y + 10, label, 'start'),
  ];
}

function axis(bottom: number): string[] {
  return [0, 0.5, 1, 1.5, 2].flatMap((ratio) => {
    const at = x(ratio).toFixed(1);
    const kind = ratio === 1 ? 'one' : 'g';
    return [
      `<line class="${kind}" x1="${at}" y1="${TOP - 6}" x2="${at}" y2="${bottom + 4}"/>`,
      text(Number(at), bottom + 18, String(ratio), 'middle'),
    ];
  });
}

function legend(metrics: readonly Metric[]): string[] {
  let at = 12;
  return metrics.flatMap((metric) => {
    const { title } = METRICS[metric];
    const start = at;
    at += 26 + title.length * 7;
    return [
      `<rect x="${start}" y="50" width="11" height="11" fill="${COLOURS[metric]}"/>`,
      text(start + 16, 60, title, 'start'),
    ];
  });
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end', style = ''): string {
  const kind = style === '' ? '' : ` class="${style}"`;
  return `<text${kind} x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escapeText(content)}</text>`;
}

function escapeText(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
