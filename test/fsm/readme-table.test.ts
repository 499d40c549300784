/**
 * The transition table of src/fsm/README.md is what step() does. `UPDATE_TABLE=1` writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { step } from '../../src/fsm/step.ts';
import type { Event, SessionState } from '../../src/fsm/types.ts';
import { actionText, config, EVENTS, STATES, sessionIn } from './fixtures.ts';

const README = new URL('../../src/fsm/README.md', import.meta.url);
const BEGIN = '<!-- table:begin -->\n';
const END = '<!-- table:end -->';

const NUMBERS: Readonly<Record<Event['type'], string>> = {
  ManualStart: '1',
  ManualStop: '2',
  AutomaticStart: '3',
  AutomaticStop: '8',
  ConnectRetryTimerExpires: '9',
  HoldTimerExpires: '10',
  KeepaliveTimerExpires: '11',
  IdleHoldTimerExpires: '13',
  TcpConnectionRequestAcked: '16',
  TcpConnectionConfirmed: '17',
  TcpConnectionFails: '18',
  BgpOpen: '19',
  BgpHeaderErr: '21',
  BgpOpenMsgErr: '22',
  OpenCollisionDump: '23',
  NotifMsg: '24, 25',
  KeepAliveMsg: '26',
  UpdateMsg: '27',
  UpdateMsgErr: '28',
  SendHoldTimerExpires: '29',
  RouteRefreshMsg: 'RFC 2918',
};

/** `→ OpenSent: OPEN, hold=240`; endings in Idle are shortened as the README explains. */
function cell(state: SessionState, event: Event): string {
  const { session, actions } = step(sessionIn(state), event, config());
  const changed = session.state !== state;
  const texts = actions.map(actionText);
  const arrow = changed ? `→ ${session.state}` : '';
  if (changed && session.state === 'Idle') {
    const ending = texts.some((text) => text.startsWith('idleHold')) ? '**hold**' : '**rest**';
    const sent = texts.filter((text) => text.startsWith('NOTIFICATION'));
    return `${arrow}: ${[...sent.map((text) => text.replace('NOTIFICATION', 'N')), ending].join(', ')}`;
  }
  const shown = texts.filter((text) => !(changed && /^-|^down/.test(text)));
  return [arrow, shown.join(', ')].filter((part) => part !== '').join(': ');
}

/** The whole table, its columns padded as `biome check` wants them. */
function table(): string {
  const rows = [
    ['event', ...STATES],
    ...EVENTS.map((event) => [
      `${NUMBERS[event.type]} ${event.type}`,
      ...STATES.map((state) => cell(state, event)),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const lines = rows.map((cells) => line(cells.map((text, column) => text.padEnd(widths[column]!))));
  lines.splice(1, 0, line(widths.map((width) => '-'.repeat(width))));
  return lines.join('');
}

test('README.md: the transition table is what step() does', () => {
  const text = readFileSync(README, 'utf8');
  const start = text.indexOf(BEGIN) + BEGIN.length;
  const end = text.indexOf(END);
  if (process.env['UPDATE_TABLE'] !== undefined)
    writeFileSync(README, text.slice(0, start) + table() + text.slice(end));
  else expect(text.slice(start, end), 'run UPDATE_TABLE=1 npx vitest run test/fsm').toBe(table());
});
