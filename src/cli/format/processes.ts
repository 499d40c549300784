/** `show processes`: one line for each process, then what needs attention. */
import type { ProcessStatus } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { formatDuration } from './quantities.ts';
import { tableLines } from './table.ts';

/** Text of `show processes`; `now` (milliseconds since 1970) dates states. */
export function formatProcesses(processes: readonly ProcessStatus[], paint: Paint, now = Date.now()): string {
  if (processes.length === 0) return 'No processes.\n';
  const lines = tableLines(
    processes,
    [
      { title: 'Process', text: ({ name }) => name },
      {
        title: 'State',
        text: ({ state }) => state,
        style: ({ state }) =>
          state === 'running' ? paint.good : state === 'waiting' ? paint.warning : paint.bad,
      },
      { title: 'PID', align: 'right', text: ({ pid }) => (pid === undefined ? '-' : String(pid)) },
      {
        title: 'Since',
        align: 'right',
        text: ({ since }) => formatDuration((now - Date.parse(since)) / 1000),
      },
      { title: 'Restarts', align: 'right', text: ({ restarts }) => String(restarts) },
      { title: 'Routes', align: 'right', text: ({ routes }) => String(routes) },
      { title: 'Commands', align: 'right', text: ({ commands }) => String(commands) },
      { title: 'Errors', align: 'right', text: ({ errors }) => String(errors) },
      { title: 'Events', align: 'right', text: ({ eventsSent }) => String(eventsSent) },
      { title: 'Dropped', align: 'right', text: ({ eventsDropped }) => String(eventsDropped) },
      { title: 'Program', text: ({ command }) => command.join(' ') },
    ],
    paint,
  );
  const problems = processes.flatMap((process) =>
    problemsOf(process).map((text) => paint.bad(`! ${process.name}: ${text}`)),
  );
  return `${[...lines, ...(problems.length > 0 ? ['', ...problems] : [])].join('\n')}\n`;
}

function problemsOf({
  state,
  lastEnd,
  lastError,
  notes,
  blocked,
  unreadBytes,
  logLinesDropped,
}: ProcessStatus): string[] {
  return [
    ...(state !== 'running' && lastEnd !== undefined ? [lastEnd] : []),
    ...(lastError === undefined ? [] : [`refused "${lastError.command}": ${lastError.reason}`]),
    ...notes,
    ...(blocked ? [`it does not read: ${unreadBytes} bytes wait for it, its commands wait too`] : []),
    ...(logLinesDropped > 0 ? [`${logLinesDropped} lines of it were not logged`] : []),
  ];
}
