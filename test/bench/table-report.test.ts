/** From the numbers of runs to the table, the Markdown and the picture. */
import { expect, test } from 'vitest';
import type { PhaseResult, RunResult } from '../../src/bench/table/load.ts';
import {
  describeReport,
  markdownReport,
  type TableReport,
  tableLines,
  textReport,
} from '../../src/bench/table/report.ts';
import { complaintsOf, median, samplesOf, summarize } from '../../src/bench/table/samples.ts';
import { scalingText } from '../../src/bench/table/scaling.ts';
import { svgReport } from '../../src/bench/table/svg.ts';
import { cpuOf, processTree, usageOf } from '../../src/bench/table/usage.ts';

const FULL = { name: 'full' };
const PHASE: PhaseResult = {
  name: 'load',
  seconds: 1,
  cpuSeconds: 0.8,
  generatorCpuSeconds: 0.2,
  missing: 0,
  peakMegabytes: 100,
  residentMegabytes: 90,
};
const RESULT: RunResult = {
  prefixes: 10,
  phases: [PHASE, { ...PHASE, name: 'withdraw', seconds: 0.5 }],
  latency: undefined,
  lostSessions: [],
  updatesHeard: 2,
  faults: 0,
  strangers: 0,
};

function report(ours: readonly RunResult[], other: readonly RunResult[]): TableReport {
  return {
    benchmark: 'table',
    node: 'v24.0.0',
    processor: 'a <fast> one',
    cores: 2,
    system: 'Linux 6',
    seed: 1,
    prefixes: 1_000_000,
    recording: undefined,
    repeat: ours.length,
    daemons: [
      { name: 'bellhop', version: '1' },
      { name: 'bird', version: '2' },
    ],
    results: summarize([
      ...ours.flatMap((result) => samplesOf(FULL, 'bellhop', result)),
      ...other.flatMap((result) => samplesOf(FULL, 'bird', result)),
    ]),
    notes: [],
  };
}

const took = (seconds: number): RunResult => ({ ...RESULT, phases: [{ ...PHASE, seconds }] });

test('summarize: median, least and most of the runs', () => {
  expect(median([1, 2, 9])).toBe(2);
  expect(median([1, 2, 4, 9])).toBe(3);
  const [seconds] = report([took(3), took(1), took(2)], []).results;
  expect(seconds).toEqual({
    row: 'full',
    metric: 'seconds',
    daemon: 'bellhop',
    median: 2,
    minimum: 1,
    maximum: 3,
    samples: 3,
  });
});

test('tableLines: ratios are those of the medians, ours to the other', () => {
  const lines = tableLines(report([took(1), took(1), took(7)], [took(4), took(4), took(4)]));
  expect(lines.map(({ row, metric, ratios }) => [row, metric, ratios])).toEqual([
    ['full', 'seconds', [0.25]],
    ['full', 'cpuSeconds', [1]],
    ['full', 'peakMegabytes', [1]],
  ]);
});

test('textReport: columns stand one below the other', () => {
  const lines = textReport(report([RESULT], [took(4)])).split('\n');
  expect(lines.slice(2, 8)).toEqual([
    'scenario       measure     bellhop   bird  bellhop / bird',
    'full           time, s           1      4            0.25',
    '               CPU, s        0.800  0.800            1.00',
    '               memory, MB      100    100            1.00',
    'full withdraw  time, s       0.500      -',
    '               CPU, s        0.800      -',
  ]);
});

test('describeReport: where the routes came from', () => {
  const made = report([RESULT], [RESULT]);
  expect(describeReport(made)).toBe(
    'bellhop 1, bird 2; 1,000,000 prefixes, seed 1, one run; Node v24.0.0, 2 x a <fast> one, Linux 6',
  );
  expect(describeReport({ ...made, recording: 'rib.mrt' })).toContain('; routes of rib.mrt, one run;');
});

test('markdownReport: a table with spreads, and the notes', () => {
  const text = markdownReport({ ...report([took(1), took(3)], [took(4), took(4)]), notes: ['one thing'] });
  expect(text).toContain(
    '| scenario | measure | bellhop | bird | bellhop / bird |\n| --- | --- | ---: | ---: | ---: |',
  );
  expect(text).toContain('| full | time, s | 2 (1-3) | 4 | 0.50 |');
  expect(text).toMatch(/\n- one thing\n$/);
});

test('samplesOf, complaintsOf: a phase that was not completed is no number but a note', () => {
  const broken = {
    ...RESULT,
    phases: [{ ...PHASE, missing: 2 }],
    lostSessions: ['Hold Timer Expired'],
    faults: 3,
  };
  expect(samplesOf(FULL, 'bird', broken)).toEqual([]);
  expect(complaintsOf('full', 'bird', broken)).toEqual([
    'full, bird: load: 2 monitors were not complete after 1.0 s',
    'full, bird: lost a session: Hold Timer Expired',
    'full, bird: 3 UPDATEs with a fault',
  ]);
  expect(complaintsOf('full', 'bird', RESULT)).toEqual([]);
  const busy = { ...RESULT, phases: [{ ...PHASE, cpuSeconds: 0.1, generatorCpuSeconds: 0.9 }] };
  expect(complaintsOf('full', 'bird', busy)[0]).toContain(
    'the load generator was busier than the daemon (load)',
  );
});

test('samplesOf: latency has its percentiles, and no load beside them', () => {
  const latency = {
    p50Milliseconds: 0.1,
    p99Milliseconds: 0.4,
    maximumMilliseconds: 2,
    probes: 500,
    lost: 0,
  };
  const samples = samplesOf({ name: 'latency' }, 'bellhop', { ...RESULT, latency });
  expect(samples.map(({ metric, value }) => [metric, value])).toEqual([
    ['p50Milliseconds', 0.1],
    ['p99Milliseconds', 0.4],
  ]);
});

test('samplesOf: sessions lost are counted where the hold time is short', () => {
  const [last] = samplesOf({ name: 'hold3', holdTimeSeconds: 3 }, 'bird', {
    ...RESULT,
    lostSessions: ['closed', 'closed'],
  }).slice(-1);
  expect(last).toEqual({ row: 'hold3', metric: 'lostSessions', daemon: 'bird', value: 2 });
});

test('svgReport: a bar for each ratio, long ones cut, text escaped', () => {
  const picture = svgReport(report([took(1)], [took(4)])) ?? '';
  const widths = [...picture.matchAll(/<rect x="190" [^>]*width="([\d.]+)"/g)].map((match) =>
    Number(match[1]),
  );
  expect(widths).toEqual([63.8, 255, 255]);
  expect(picture).toContain('>0.25</text>');
  expect(picture).not.toMatch(/<fast>/);
  const long = svgReport(report([took(12)], [took(4)])) ?? '';
  expect(long).toMatch(/width="510.0"[^>]*>\n<text[^>]*>3.00 &gt;</);
  expect(
    svgReport({ ...report([took(1)], []), daemons: [{ name: 'bellhop', version: '1' }] }),
  ).toBeUndefined();
});

test('scalingText: one table for prefixes, one for peers', () => {
  const row = {
    daemon: 'bellhop',
    cycles: 3,
    firstNanoseconds: 900,
    withdrawNanoseconds: 100,
    peakMegabytes: 50,
  };
  const text = scalingText(
    [
      { ...row, kind: 'prefixes', count: 10_000, loadNanoseconds: 500 },
      { ...row, kind: 'peers', count: 10, loadNanoseconds: 60 },
    ],
    true,
  );
  expect(text).toContain('| 10,000 | bellhop | 900 | 500 | 100 | 50 | 3 |');
  expect(text).toMatch(
    /\n\n\| peers \| daemon .*\n.*\n\| 10 \| bellhop \| 900 \| 60 \| 100 \| 50 \| 3 \|\n$/,
  );
});

test('cpuOf: user and system time, whatever the name of the process holds', () => {
  expect(cpuOf(`12 (a (strange) name) S ${'0 '.repeat(10)}150 25 0 0`)).toBe(1.75);
  expect(cpuOf('')).toBe(0);
});

test('usageOf: this process has a size and has worked', () => {
  const usage = usageOf([process.pid]);
  expect(usage.cpuSeconds).toBeGreaterThan(0.05);
  expect(usage.residentMegabytes).toBeGreaterThan(20);
  expect(usage.peakMegabytes).toBeGreaterThanOrEqual(usage.residentMegabytes - 1);
  expect(processTree(process.pid)[0]).toBe(process.pid);
});
