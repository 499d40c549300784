/**
 * `bellhop top`: a live view of the daemon on the terminal, until `q` or Ctrl-C. Where standard output is no terminal
 * it prints one picture and ends.
 */
import type { Command } from 'commander';
import { fetchAnswer, requests } from '../../api/client.ts';
import { streamEvents } from '../../api/client-streams.ts';
import type { DaemonEvent, Summary } from '../../api/types.ts';
import { BellhopError } from '../../base/errors.ts';
import { type CommandContext, type QueryOptions, socketPathOf } from '../context.ts';
import { parseDuration } from '../duration.ts';
import { topLines } from '../format/top.ts';
import { addSocketOption } from '../options.ts';
import { paintFor } from '../terminal.ts';

const EVENTS_SHOWN = 10;

interface TopOptions extends QueryOptions {
  readonly interval: number;
}

/** Adds the command to `program`. */
export function addTopCommand(program: Command, context: CommandContext): void {
  addSocketOption(
    program
      .command('top')
      .description('a live view of sessions, routes and events; q ends it')
      .option('--interval <duration>', 'time between two pictures', parseDuration, 1000),
  ).action((options: TopOptions) => top(options, context));
}

async function top(options: TopOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { stdout } = terminal;
  const daemon = socketPathOf(context, options);
  const paint = paintFor(stdout, terminal.environment);
  const first = await fetchAnswer(daemon, requests.summary());
  if (stdout.isTTY !== true) {
    const picture = { summary: first, before: undefined, seconds: 0, events: [], now: Date.now() };
    stdout.write(`${topLines(picture, paint).join('\n')}\n`);
    return;
  }
  const over = new AbortController();
  terminal.signal?.addEventListener('abort', () => over.abort());
  const restore = listenForEnd(context, over);
  const events: DaemonEvent[] = [];
  const listening = collectEvents(daemon, events, over.signal);
  const draw = (lines: readonly string[]): void => {
    const shown = lines.slice(0, (stdout.rows ?? 50) - 1);
    stdout.write(`\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
  };
  stdout.write('\x1b[?1049h\x1b[?25l');
  try {
    let summary: Summary = first;
    let before: Summary | undefined;
    let seconds = 0;
    while (!over.signal.aborted) {
      draw(topLines({ summary, before, seconds, events, now: Date.now() }, paint));
      const startedAt = performance.now();
      await pause(options.interval, over.signal);
      const next = over.signal.aborted ? undefined : await refreshed(daemon);
      if (typeof next === 'string') draw([paint.bad(next)]);
      else if (next !== undefined) {
        before = summary;
        summary = next;
        seconds = (performance.now() - startedAt) / 1000;
      }
    }
  } finally {
    stdout.write('\x1b[?25h\x1b[?1049l');
    restore();
    over.abort();
    await listening;
  }
}

/** A new summary, or why there is none: a daemon that is started again comes back. */
async function refreshed(daemon: string): Promise<Summary | string> {
  try {
    return await fetchAnswer(daemon, requests.summary());
  } catch (error) {
    if (error instanceof BellhopError) return error.message;
    throw error;
  }
}

async function collectEvents(daemon: string, events: DaemonEvent[], signal: AbortSignal): Promise<void> {
  try {
    for await (const event of streamEvents(daemon, {
      types: ['session', 'error', 'policy', 'daemon'],
      signal,
    })) {
      if (event.type === 'ready') continue;
      events.push(event);
      if (events.length > EVENTS_SHOWN) events.shift();
    }
  } catch {
    // The picture itself says that the daemon is gone.
  }
}

/** `q`, Ctrl-C and signals end the view; returns how to give the terminal back. */
function listenForEnd({ terminal }: CommandContext, over: AbortController): () => void {
  const end = (): void => over.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const { keys } = terminal;
  const stop = keys?.((key) => {
    if (key === 'q' || key === '\x03') end();
  });
  return () => {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    stop?.();
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
