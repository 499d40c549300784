/** The table benchmark in small, with real processes and sockets. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bellhop, type DaemonSpec } from '../../src/bench/table/daemons.ts';
import type { TableReport } from '../../src/bench/table/report.ts';
import { runTableBench } from '../../src/bench/table/run.ts';
import { measureScaling } from '../../src/bench/table/scaling.ts';
import { SCENARIOS } from '../../src/bench/table/scenarios.ts';

const COMMAND = join(import.meta.dirname, '../../bin/bellhop.js');
const directory = mkdtempSync(join(tmpdir(), 'bellhop-table-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Daemons get their directories in here, away from those of other programs on the machine.
process.env['TMPDIR'] = directory;

/** Directories that daemons under test have been given and still have. */
const leftovers = (): string[] => readdirSync(directory).filter((name) => name.startsWith('bellhop-bench-'));

test('bench table: scenarios with 2,000 prefixes, nothing missing, nothing left behind', async () => {
  const scenarios = SCENARIOS.map(({ name }) => name).filter((name) => name !== 'ten');
  const json = join(directory, 'result.json');
  const results: string[] = [];
  await runTableBench(
    { prefixes: 2000, alone: true, scenarios, timeoutSeconds: 20, json },
    { result: (text) => void results.push(text), progress: () => {} },
  );
  const report = JSON.parse(readFileSync(json, 'utf8')) as TableReport;
  expect(report.notes.filter((note) => !note.includes('load generator'))).toEqual([]);
  expect([...new Set(report.results.map(({ row }) => row))]).toEqual([
    'full',
    'full re-announce',
    'full withdraw',
    'full6',
    'full6 re-announce',
    'full6 withdraw',
    'policy',
    'policy re-announce',
    'policy withdraw',
    'multi',
    'multi withdraw',
    'fanout',
    'fanout re-announce',
    'fanout withdraw',
    'peers',
    'latency',
    'hold3',
    'start',
  ]);
  for (const { row, metric, median } of report.results)
    if (metric === 'lostSessions') expect(median).toBe(0);
    // The kernel may not have counted the time of a few dozen routes yet.
    else if (metric === 'cpuSeconds') expect(median).toBeGreaterThanOrEqual(0);
    else expect(median, `${row} ${metric}`).toBeGreaterThan(0);
  expect(results.join('')).toMatch(/^full +time, s +[\d.]+ +-$/m);
  expect(results.join('')).toMatch(/^policy +time, s +[\d.]+ +[\d.]+ +[\d.]+$/m);
  expect(leftovers()).toEqual([]);
}, 120_000);

test('bench table: names that do not exist are refused with those that do', async () => {
  const nowhere = { result: () => {}, progress: () => {} };
  await expect(runTableBench({ scenarios: ['ful'] }, nowhere)).rejects.toThrow(
    `there is no scenario "ful"; there are ${SCENARIOS.map(({ name }) => name).join(', ')}`,
  );
  await expect(runTableBench({ with: ['quagga'] }, nowhere)).rejects.toThrow('there is no daemon "quagga"');
});

test('bench table: a daemon that is not installed is a note, and the others are measured', async () => {
  const json = join(directory, 'alone.json');
  const against = join(directory, 'nothing');
  const options = { alone: true, against, scenarios: ['full'], prefixes: 100, timeoutSeconds: 20, json };
  await runTableBench(options, { result: () => {}, progress: () => {} });
  const report = JSON.parse(readFileSync(json, 'utf8')) as TableReport;
  expect(report.notes).toEqual([`against is left out: there is no ${against}/bin/bellhop.js`]);
  expect(report.daemons.map(({ name }) => name)).toEqual(['bellhop']);
  expect(report.results.length).toBeGreaterThan(5);
}, 60_000);

test('bench table: a daemon that does not start is a note with its last words', async () => {
  const notes: string[] = [];
  const spec: DaemonSpec = {
    ...bellhop('broken'),
    prepare: () => ({
      program: process.execPath,
      args: ['-e', 'console.error("no such luck"); process.exit(3)'],
    }),
  };
  const options = { seed: 1, timeoutSeconds: 5, progress: () => {}, prefixCounts: [100], peerCounts: [] };
  const rows = await measureScaling([spec], { ...options, note: (text) => void notes.push(text) });
  expect(rows).toEqual([]);
  expect(notes).toEqual(['broken at 100 prefixes: broken: it ended with 3\nno such luck']);
});

test('measureScaling: a cost for each step', async () => {
  const options = { seed: 1, timeoutSeconds: 20, progress: () => {}, note: () => {} };
  const rows = await measureScaling([bellhop()], {
    ...options,
    prefixCounts: [1000],
    peerCounts: [3],
    cycles: 3,
  });
  expect(rows.map(({ kind, count }) => [kind, count])).toEqual([
    ['prefixes', 1000],
    ['peers', 3],
  ]);
  for (const { firstNanoseconds, loadNanoseconds, withdrawNanoseconds } of rows)
    expect(Math.min(firstNanoseconds, loadNanoseconds, withdrawNanoseconds)).toBeGreaterThan(0);
}, 60_000);

test('bench table: Ctrl-C in the middle of a run ends it and everything it started', async () => {
  const words = [
    'bench',
    'table',
    '--alone',
    '--scenarios',
    'full',
    '--prefixes',
    '400000',
    '--repeat',
    '50',
  ];
  const child = spawn(process.execPath, [COMMAND, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let seen = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  const exit = new Promise((resolve) => child.once('close', resolve));
  while (!seen.includes('bellhop: load')) await new Promise((resolve) => setTimeout(resolve, 50));
  while (leftovers().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  expect(await exit).toBe(130);
  expect(leftovers()).toEqual([]);
}, 60_000);
