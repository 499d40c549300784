/** `bellhop clear`, `disable` and `enable`: what operators do to one neighbor by hand. */
import { type Command, Option } from 'commander';
import { requests } from '../../api/client.ts';
import { type CommandContext, type QueryOptions, query } from '../context.ts';
import { addQueryOptions } from '../options.ts';

interface ClearOptions extends QueryOptions {
  readonly soft?: 'in' | 'out';
  readonly message?: string;
}

const ADDRESS = 'IP address of the neighbor';
const MESSAGE = 'tell the peer why, in at most 255 bytes (RFC 9003)';

/** Adds the commands to `program`. */
export function addControlCommands(program: Command, context: CommandContext): void {
  addQueryOptions(
    program
      .command('clear')
      .description('end the session with a neighbor and begin anew')
      .argument('<address>', ADDRESS)
      .addOption(
        new Option(
          '--soft <direction>',
          'keep the session; send routes again: the peer its, or we ours',
        ).choices(['in', 'out']),
      )
      .option('--message <text>', MESSAGE),
  ).action((address: string, { soft, message, ...options }: ClearOptions) => {
    const body = { ...(soft !== undefined && { soft }), ...(message !== undefined && { message }) };
    const done = { in: `Asked ${address} for its routes.`, out: `Sending ${address} our routes again.` };
    return query(context, options, requests.clear(address, body), () =>
      soft === undefined ? `Reset the session with ${address}.\n` : `${done[soft]}\n`,
    );
  });

  addQueryOptions(
    program
      .command('disable')
      .description('end the session with a neighbor and keep it down until it is enabled')
      .argument('<address>', ADDRESS)
      .option('--message <text>', MESSAGE),
  ).action((address: string, options: QueryOptions & { message?: string }) =>
    query(
      context,
      options,
      requests.disable(address, options.message),
      () => `${address} is disabled; \`bellhop enable ${address}\` ends that.\n`,
    ),
  );

  addQueryOptions(
    program
      .command('enable')
      .description('let a neighbor that was disabled have a session again')
      .argument('<address>', ADDRESS),
  ).action((address: string, options: QueryOptions) =>
    query(context, options, requests.enable(address), () => `${address} is enabled.\n`),
  );
}
