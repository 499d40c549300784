/** The report of `bellhop fuzz` as text: what was sent, why the target closed, whether it lives. */
import { type AttackReport, type CloseGroup, groupCloses } from '../../fuzz/target/report.ts';
import type { Paint } from '../terminal.ts';
import { count } from './quantities.ts';
import { type Column, tableLines } from './table.ts';

/** Digits of a message that are shown; `--json` has them all. */
const SHOWN_HEX = 96;

/** Text of a report. */
export function formatAttack(report: AttackReport, paint: Paint): string {
  const { messages, damaged, sessions, failedAttempts, closesTotal, closes, seconds } = report;
  const lines = [
    paint.heading(`${report.target}, seed ${report.seed}`),
    `${count(messages, 'message')} (${damaged} damaged) in ${seconds.toFixed(1)} s, ${count(sessions, 'session')}, ` +
      `${count(failedAttempts, 'failed attempt')}, closed ${closesTotal} times`,
  ];
  const groups = groupCloses(closes);
  if (groups.length > 0) {
    lines.push('', ...tableLines(groups, COLUMNS, paint), '', paint.heading('First message of each'));
    for (const { name, first } of groups) {
      const rest = first.hex.length > SHOWN_HEX ? '...' : '';
      lines.push(`${name}, message ${first.message}:`, `  ${first.hex.slice(0, SHOWN_HEX)}${rest}`);
    }
  }
  lines.push(
    '',
    report.alive
      ? paint.good('The target lives: a clean session can be established.')
      : paint.bad(`The target does not live: ${report.reason}`),
  );
  return `${lines.join('\n')}\n`;
}

const COLUMNS: readonly Column<CloseGroup>[] = [
  { title: 'Closed with', text: ({ name }) => name },
  { title: 'Code', text: ({ code }) => code },
  { title: 'Times', text: (group) => String(group.count), align: 'right' },
  { title: 'First', text: ({ first }) => String(first.message), align: 'right' },
  { title: 'Message', text: ({ first }) => [first.kind, ...first.mutations].join(' ') },
];
