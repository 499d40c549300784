/** `bellhop monitor`: what happens, one line an event, until Ctrl-C. */
import { Argument, type Command } from 'commander';
import { streamEvents } from '../../api/client-streams.ts';
import type { EventKind } from '../../api/types.ts';
import { type CommandContext, type QueryOptions, socketPathOf } from '../context.ts';
import { formatEvent } from '../format/event.ts';
import { addQueryOptions } from '../options.ts';
import { paintFor } from '../terminal.ts';

const TYPES: Readonly<Record<string, readonly EventKind[]>> = {
  routes: ['route'],
  sessions: ['session'],
};

interface MonitorOptions extends QueryOptions {
  readonly since?: string;
}

/** Adds the command to `program`. */
export function addMonitorCommand(program: Command, context: CommandContext): void {
  addQueryOptions(
    program
      .command('monitor')
      .description('show what happens, until Ctrl-C')
      .addArgument(new Argument('[what]', 'only these (default: everything)').choices(['routes', 'sessions']))
      .option('--since <id>', 'begin behind this event of an earlier run'),
  ).action(async (what: string | undefined, options: MonitorOptions) => {
    const { terminal } = context;
    const paint = paintFor(terminal.stdout, terminal.environment);
    const types = what === undefined ? undefined : TYPES[what];
    const events = streamEvents(socketPathOf(context, options), {
      ...(types !== undefined && { types }),
      ...(options.since !== undefined && { since: options.since }),
      ...(terminal.signal !== undefined && { signal: terminal.signal }),
    });
    for await (const event of events) {
      if (options.json === true) terminal.stdout.write(`${JSON.stringify(event)}\n`);
      else terminal.stdout.write(formatEvent(event, paint));
    }
  });
}
