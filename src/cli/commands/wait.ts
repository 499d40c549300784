/** `bellhop wait ...`: blocks until something holds in the daemon. For scripts, labs and container health checks. */
import type { Command } from 'commander';
import { fetchAnswer, requests } from '../../api/client.ts';
import type { NeighborStatus } from '../../api/types.ts';
import { type CommandContext, EXIT, socketPathOf } from '../context.ts';
import { parseDuration } from '../duration.ts';
import { addSocketOption } from '../options.ts';
import { type WaitOptions, type WaitResult, waitFor } from '../wait/wait-for.ts';
import { waitQuiet } from '../wait/wait-quiet.ts';

/** How often what events do not tell is looked at: routes that are not best, and what peers were sent. */
const LOOK_AGAIN_MILLISECONDS = 250;

interface Options {
  readonly socket?: string;
  readonly timeout: number;
}

const EXIT_OF_END: Readonly<Record<WaitResult['end'], number>> = {
  met: EXIT.ok,
  unmet: EXIT.unmet,
  timeout: EXIT.timeout,
  unreachable: EXIT.unreachable,
};

/** Adds the command to `program`. */
export function addWaitCommand(program: Command, context: CommandContext): void {
  const wait = program
    .command('wait')
    .description(
      'wait until something holds (exit code 4 after the timeout; 5 with --timeout 0 when it does not)',
    );
  const add = (name: string, description: string): Command =>
    addSocketOption(
      wait
        .command(name)
        .description(description)
        .option('--timeout <duration>', 'how long; 0 looks once', parseDuration, 30_000),
    );
  const run = async (
    options: Options,
    what: Pick<WaitOptions, 'types' | 'every' | 'check'>,
  ): Promise<void> => {
    const daemon = socketPathOf(context, options);
    const { terminal } = context;
    finish(context, await waitFor({ daemon, timeout: options.timeout, output: terminal.stderr, ...what }));
  };

  add('established', 'sessions: of one neighbor, of any, or with --all of every one')
    .argument('[address]', 'IP address of the neighbor')
    .option('--all', 'every neighbor, and at least one')
    .action((address: string | undefined, options: Options & { all?: boolean }) => {
      const daemon = socketPathOf(context, options);
      return run(options, {
        types: ['session', 'daemon'],
        check: async () =>
          address === undefined
            ? missingSessions(await fetchAnswer(daemon, requests.neighbors()), options.all === true)
            : missingSessions([await fetchAnswer(daemon, requests.neighbor(address))], true),
      });
    });

  add('route', 'an accepted route')
    .argument('<prefix>', 'exactly this prefix; for an address its longest match')
    .option('--from <address>', 'from this neighbor, best or not')
    .action((prefix: string, options: Options & { from?: string }) => {
      const { from } = options;
      const call = requests.routes({ prefix, ...(from === undefined ? { best: true } : { peer: from }) });
      return run(options, {
        types: ['route', 'session'],
        every: from === undefined ? undefined : LOOK_AGAIN_MILLISECONDS,
        check: async () => {
          const routes = await fetchAnswer(socketPathOf(context, options), call);
          if (routes.some(({ accepted }) => accepted)) return undefined;
          return `no route to ${prefix}${from === undefined ? '' : ` from ${from}`}`;
        },
      });
    });

  add('advertised', 'a route that a neighbor has been sent')
    .argument('<prefix>', 'exactly this prefix')
    .requiredOption('--to <address>', 'IP address of the neighbor')
    .action((prefix: string, options: Options & { to: string }) => {
      const { to } = options;
      return run(options, {
        types: ['route', 'session'],
        every: LOOK_AGAIN_MILLISECONDS,
        check: async () => {
          const call = requests.routes({ prefix, advertised: to });
          const routes = await fetchAnswer(socketPathOf(context, options), call);
          return routes.length > 0 ? undefined : `${prefix} is not advertised to ${to}`;
        },
      });
    });

  add('quiet', 'no best route and no session has changed for a while')
    .option('--for <duration>', 'for so long', parseDuration, 3000)
    .action(async (options: Options & { for: number }) => {
      const daemon = socketPathOf(context, options);
      const { timeout } = options;
      finish(
        context,
        await waitQuiet({ daemon, quiet: options.for, timeout, output: context.terminal.stderr }),
      );
    });
}

function finish(context: CommandContext, { end, missing }: WaitResult): void {
  context.exitCode = EXIT_OF_END[end];
  if (end !== 'met') context.terminal.stderr.write(`${end === 'timeout' ? 'timeout: ' : ''}${missing}\n`);
}

function missingSessions(neighbors: readonly NeighborStatus[], all: boolean): string | undefined {
  if (neighbors.length === 0) return 'there are no neighbors';
  const down = neighbors.filter(({ state }) => state !== 'Established');
  if (down.length === 0 || (!all && down.length < neighbors.length)) return undefined;
  const names = down
    .slice(0, 3)
    .map(
      ({ address, state, lastError }) =>
        `${address} is ${state}${lastError === undefined ? '' : ` (${lastError.reason})`}`,
    );
  return `${names.join(', ')}${down.length > names.length ? ` and ${down.length - names.length} more` : ''}`;
}
