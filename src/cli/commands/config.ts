/** `bellhop reload`, `plan`, `apply`, `confirm`, `rollback`, `save`, `config export`: changes of the configuration of a running daemon. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { requests } from '../../api/client.ts';
import type { ChangeClass, ConfigOutcome, SaveOutcome } from '../../api/types.ts';
import { BellhopError } from '../../base/errors.ts';
import { formatDiagnostic } from '../../config/diagnostic.ts';
import { type CommandContext, type QueryOptions, query } from '../context.ts';
import { formatOutcome } from '../format/outcome.ts';
import { count } from '../format/quantities.ts';
import { addQueryOptions, atMostOption } from '../options.ts';
import type { Paint } from '../terminal.ts';

interface ReloadOptions extends QueryOptions {
  readonly atMost?: ChangeClass;
}

interface ApplyOptions extends ReloadOptions {
  readonly confirmWithin?: string;
}

interface ExportOptions extends QueryOptions {
  readonly withSecrets?: boolean;
}

/** Adds the commands to `program`. */
export function addConfigCommands(program: Command, context: CommandContext): void {
  const show = (outcome: ConfigOutcome, paint: Paint): string => {
    for (const warning of outcome.warnings)
      context.terminal.stderr.write(`${formatDiagnostic(warning, 'warning')}\n\n`);
    return formatOutcome(outcome, paint);
  };

  addQueryOptions(
    program
      .command('reload')
      .description('read the configuration file of the daemon again and apply it')
      .addOption(atMostOption('change nothing (exit code 5)')),
  ).action((options: ReloadOptions) => query(context, options, requests.reload(options.atMost), show));

  addQueryOptions(
    program
      .command('plan')
      .description('say what a configuration would change in the running daemon, and change nothing')
      .argument('<file>', 'the YAML file'),
  ).action((file: string, options: QueryOptions) =>
    query(context, options, requests.plan(resolve(file), textOf(file)), show),
  );

  addQueryOptions(
    program
      .command('apply')
      .description('apply a configuration until the next reload or start')
      .argument('<file>', 'the YAML file')
      .option(
        '--confirm-within <time>',
        'undo it after this time, such as 60s, unless `bellhop confirm` is run',
      )
      .addOption(atMostOption('change nothing (exit code 5)')),
  ).action((file: string, options: ApplyOptions) => {
    const { confirmWithin, atMost } = options;
    return query(context, options, requests.apply(resolve(file), textOf(file), confirmWithin, atMost), show);
  });

  addQueryOptions(
    program.command('confirm').description('keep the configuration that was applied with --confirm-within'),
  ).action((options: QueryOptions) =>
    query(context, options, requests.confirm(), ({ confirmed }) => `${confirmed} stays in force.\n`),
  );

  addQueryOptions(
    program
      .command('config')
      .description('the configuration in force')
      .command('export')
      .description('print it as one file, with routes and neighbors as they were changed at run time')
      .option('--with-secrets', 'show passwords instead of `hidden`'),
  ).action((options: ExportOptions) =>
    query(context, options, requests.exportConfig(options.withSecrets), ({ text, notes }) => {
      for (const note of notes) context.terminal.stderr.write(`${note}\n`);
      return text;
    }),
  );

  addQueryOptions(
    program
      .command('save')
      .description('write routes that were announced at run time into a drop-in of the configuration'),
  ).action((options: QueryOptions) => query(context, options, requests.save(), savedText));

  addQueryOptions(
    program
      .command('rollback')
      .description('undo what was applied with --confirm-within, before its time is over'),
  ).action((options: QueryOptions) => query(context, options, requests.rollback(), show));
}

function savedText({ file, saved, leftOut, disabled }: SaveOutcome): string {
  const rest =
    leftOut === 0
      ? ''
      : ` ${count(leftOut, 'route')} left out: they end by themselves or are configured already.`;
  const wrote = saved === 0 ? 'Nothing to save.' : `Wrote ${count(saved, 'route')} to ${file}.`;
  const down =
    disabled === 0
      ? ''
      : `Not saved: ${count(disabled, 'neighbor')} disabled. \`bellhop config export\` has that as \`shutdown\`, \`persist: true\` keeps it.\n`;
  return `${wrote}${rest}\n${down}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BellhopError('INVALID_ARGUMENT', `cannot read ${file}: ${(error as Error).message}`);
  }
}
