/** The codec benchmark: it runs, measures what it says, and compares. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codecBenchmarks, fileBenchmarks } from '../../src/bench/codec.ts';
import { allocatedBytes, type Measurement, measure } from '../../src/bench/measure.ts';
import { type BenchReport, parseReport, reportLines, reportOf } from '../../src/bench/report.ts';
import { runCodecBench } from '../../src/bench/run.ts';
import { sampleUpdates } from '../../src/bench/samples.ts';
import { main } from '../../src/cli/main.ts';

const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const TYPICAL = { attributes: 'typical', prefixes: 10 } as const;

test('sampleUpdates: the same messages for a seed, others for another', () => {
  const { bytes, messages, prefixes } = sampleUpdates(TYPICAL, 7);
  expect(sampleUpdates(TYPICAL, 7).bytes).toEqual(bytes);
  expect(sampleUpdates(TYPICAL, 8).bytes).not.toEqual(bytes);
  expect(prefixes).toBe(messages * 10);
});

test('codecBenchmarks: every one gives the same number twice, under a name of its own', () => {
  const benchmarks = codecBenchmarks(1);
  expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length);
  for (const { name, pass, messages, bytes } of benchmarks) {
    const first = pass();
    expect(first, name).toBeGreaterThan(0);
    expect(pass(), name).toBe(first);
    expect(messages, name).toBeGreaterThan(0);
    expect(bytes, name).toBeGreaterThan(0);
  }
});

test('measure: minimum, median and p95 in order, one measurement a benchmark', () => {
  const chosen = codecBenchmarks(1).filter(({ name }) => /^(check|nlri)\//.test(name));
  const results = measure(chosen, { seconds: 0.01, warmUpSeconds: 0.01 });
  expect(results.map(({ name }) => name)).toEqual(chosen.map(({ name }) => name));
  for (const result of results) {
    expect(result.minimum).toBeGreaterThan(0);
    expect(result.median).toBeGreaterThanOrEqual(result.minimum);
    expect(result.p95).toBeGreaterThanOrEqual(result.median);
    expect(result.samples).toBeGreaterThanOrEqual(5);
    expect(result.perPrefix === undefined).toBe(result.name.startsWith('check/'));
  }
});

test('allocatedBytes: counts what the collector took meanwhile', () => {
  const kept: unknown[] = [];
  const bytes = allocatedBytes(() => {
    for (let i = 0; i < 1000; i++) kept[0] = new Array(1000).fill(i);
  });
  expect(bytes).toBeGreaterThan(1000 * 1000 * 4);
  expect(bytes).toBeLessThan(1000 * 1000 * 24);
});

test('fileBenchmarks: takes whole messages, refuses anything else', () => {
  const { bytes, messages } = sampleUpdates(TYPICAL, 1);
  const benchmarks = fileBenchmarks(bytes);
  expect(benchmarks.map(({ name }) => name)).toContain('file/check');
  for (const benchmark of benchmarks) {
    expect(benchmark.messages).toBe(messages);
    expect(benchmark.pass()).toBeGreaterThan(0);
  }
  expect(() => fileBenchmarks(bytes.subarray(0, -1))).toThrow(/no BGP message at offset/);
  expect(() => fileBenchmarks(new Uint8Array(100))).toThrow(/offset 0 /);
  expect(() => fileBenchmarks(new Uint8Array(0))).toThrow(/offset 0 /);
});

const RESULT: Measurement = {
  name: 'check/typical',
  minimum: 100,
  median: 200,
  p95: 300,
  megabytesPerSecond: 500,
  allocatedBytes: 0,
  samples: 9,
};

test('reportLines: ratios to an earlier report', () => {
  const before = reportOf([RESULT], 1);
  const after: BenchReport = reportOf(
    [
      { ...RESULT, median: 100 },
      { ...RESULT, name: 'check/new' },
    ],
    1,
  );
  const lines = reportLines(after, before).join('\n');
  expect(lines).toMatch(/check\/typical +100 .* 0\.50 +1\.00\n/);
  expect(lines).toMatch(/check\/new .* new$/);
});

test.each(['', '[]', 'null', '{"benchmark":"codec"}', '{"benchmark":"codec","results":[{}]}'])(
  'parseReport: refuses %j',
  (text) => {
    expect(() => parseReport(text, 'x.json')).toThrow('x.json is no output of bellhop bench codec --json');
  },
);

test('runCodecBench: nothing matches the filter', () => {
  expect(() => runCodecBench({ filter: 'nonsense' }, () => {})).toThrow(/no benchmark with "nonsense"/);
});

test('bellhop bench codec: --json, --file, --compare', async () => {
  const messages = join(directory, 'messages');
  writeFileSync(messages, sampleUpdates(TYPICAL, 1).bytes);
  const [json, report] = await bench(`--json --seconds 0.01 --filter check --file ${messages}`);
  expect(json).toBe(0);
  const parsed = parseReport(report, 'stdout');
  expect(parsed.results.map(({ name }) => name)).toContain('file/check');

  const earlier = join(directory, 'earlier.json');
  writeFileSync(earlier, report);
  const [code, table] = await bench(`--seconds 0.01 --filter check/rich --compare ${earlier}`);
  expect(code).toBe(0);
  expect(table).toMatch(/median x +min x\ncheck\/rich .*\d\.\d\d$/m);
});

test.each(['--seconds 0', '--seed -1', '--compare /nowhere', '--file /nowhere'])(
  'bellhop bench codec %s: exit code 2',
  async (words) => {
    expect((await bench(words))[0]).toBe(2);
  },
);

async function bench(words: string): Promise<[code: number, stdout: string]> {
  let stdout = '';
  const output = {
    write: (text: string | Uint8Array) => {
      stdout += String(text);
    },
  };
  const silent = { write: () => {} };
  const terminal = { stdout: output, stderr: silent, environment: {} };
  return [await main(['bench', 'codec', ...words.split(' ')], terminal), stdout];
}
