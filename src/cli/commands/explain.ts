/** `bellhop explain PREFIX`: why a route is there, best, told to whom, or not. */
import type { Command } from 'commander';
import { requests } from '../../api/client.ts';
import { type CommandContext, type QueryOptions, query } from '../context.ts';
import { formatExplanation } from '../format/explain.ts';
import { addQueryOptions } from '../options.ts';

interface ExplainOptions extends QueryOptions {
  readonly from?: string;
  readonly to?: string;
}

/** Adds the command to `program`. */
export function addExplainCommand(program: Command, context: CommandContext): void {
  addQueryOptions(
    program
      .command('explain')
      .description('why a route is there, best, told to whom, or not')
      .argument('<prefix>', 'a prefix; for an address its longest match')
      .option('--from <address>', 'only what this neighbor announces, or `local`')
      .option('--to <address>', 'only what this neighbor is told'),
  ).action((prefix: string, options: ExplainOptions) => {
    const { from, to } = options;
    const question = { prefix, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    return query(context, options, requests.explain(question), (answer, paint) =>
      formatExplanation(answer, paint, options),
    );
  });
}
