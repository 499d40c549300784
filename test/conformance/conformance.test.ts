/** bellhop against all conformance cases, in the lab; the other daemons are the business of `npm run conformance`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { describeLab } from '../interop/lab/guard.ts';
import { runCases } from './battery.ts';
import { CASES } from './cases/index.ts';
import { DAEMONS } from './daemons.ts';
import { messageOf } from './ground.ts';
import type { Outcome } from './judge.ts';
import { report } from './report.ts';

test('the list: long enough, every name once in its area, every deviation explained', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(150);
  const names = CASES.map(({ area, name }) => `${area}: ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(CASES.filter(({ deviation, note }) => deviation !== undefined && note === undefined)).toEqual([]);
});

test('messages: whole octets, and a header whose length is that of the message unless that is the case', () => {
  for (const [index, one] of CASES.entries()) {
    const hex = messageOf(one, index);
    expect(hex, one.name).toMatch(/^([0-9a-f]{2})+$/);
    if (one.area === 'Message header' || one.area === 'ROUTE-REFRESH') continue;
    expect(Number.parseInt(hex.slice(32, 36), 16), one.name).toBe(hex.length / 2);
  }
});

test('report: the same outcomes give the same text in any order', () => {
  const outcomes = CASES.map((_, index): [number, Outcome] => [index, { text: 'accept', agrees: true }]);
  const text = (list: typeof outcomes): string =>
    report([{ name: 'bellhop', version: '1', outcomes: new Map(list) }], '2000-01-01');
  expect(text(outcomes)).toBe(text(outcomes.toReversed()));
});

describeLab('bellhop', [], () => {
  let outcomes: ReadonlyMap<number, Outcome>;

  beforeAll(async () => {
    outcomes = await runCases(DAEMONS[0]!);
  });

  const areas = [...new Set(CASES.map(({ area }) => area))];
  describe.each(areas)('%s', (area) => {
    const cases = CASES.map((one, index) => ({ ...one, index })).filter((one) => one.area === area);
    test.each(cases)('$name: $verdict', ({ index, deviation, verdict }) => {
      const outcome = outcomes.get(index);
      if (outcome?.agrees !== true) expect(outcome?.text, `the RFC says ${verdict}`).toBe(deviation);
    });
  });
});
