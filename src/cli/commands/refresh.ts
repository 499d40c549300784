/** `bellhop refresh`: asks a neighbor for its routes again (RFC 2918). */
import type { Command } from 'commander';
import { requests } from '../../api/client.ts';
import { type CommandContext, familyName, type QueryOptions, query } from '../context.ts';
import { addQueryOptions } from '../options.ts';

interface RefreshOptions extends QueryOptions {
  readonly family?: string;
}

/** Adds the command to `program`. */
export function addRefreshCommand(program: Command, context: CommandContext): void {
  addQueryOptions(
    program
      .command('refresh')
      .description('ask a neighbor to send its routes again')
      .argument('<address>', 'IP address of the neighbor')
      .option('--family <name>', 'only ipv4 or ipv6 (default: all of the session)'),
  ).action((address: string, options: RefreshOptions) => {
    const family = options.family === undefined ? undefined : familyName(options.family);
    return query(
      context,
      options,
      requests.refresh(address, family),
      () => `Asked ${address} for its ${family === undefined ? '' : `${family} `}routes.\n`,
    );
  });
}
