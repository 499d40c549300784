/** `bellhop show ...`: reads the state of a running daemon. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requests } from '../../api/client.ts';
import { type CommandContext, familyName, type QueryOptions, query } from '../context.ts';
import { formatAnnouncements } from '../format/announcements.ts';
import { formatFixtures } from '../format/error-fixture.ts';
import { formatErrorDetails, formatErrors } from '../format/errors.ts';
import { formatNeighbor } from '../format/neighbor.ts';
import { formatProcesses } from '../format/processes.ts';
import { formatRoutes } from '../format/routes.ts';
import { formatNeighbors, formatSummary } from '../format/summary.ts';
import { formatVips } from '../format/vips.ts';
import { addQueryOptions } from '../options.ts';

interface RoutesOptions extends QueryOptions {
  readonly received?: string;
  readonly advertised?: string;
  readonly family?: string;
  readonly limit?: number;
}

interface ErrorsOptions extends QueryOptions {
  readonly fixture?: boolean;
}

/** Adds the command to `program`. */
export function addShowCommand(program: Command, context: CommandContext): void {
  const show = program.command('show').description('show the state of the running daemon');

  addQueryOptions(show.command('summary').description('the daemon and its neighbors')).action(
    (options: QueryOptions) => query(context, options, requests.summary(), formatSummary),
  );

  addQueryOptions(show.command('neighbors').description('all neighbors, one line for each family')).action(
    (options: QueryOptions) => query(context, options, requests.neighbors(), formatNeighbors),
  );

  addQueryOptions(
    show.command('neighbor').description('one neighbor in detail').argument('<address>', 'its IP address'),
  ).action((address: string, options: QueryOptions) =>
    query(context, options, requests.neighbor(address), formatNeighbor),
  );

  addQueryOptions(
    show
      .command('routes')
      .description('the routing table, or what one neighbor sends or is sent')
      .argument('[prefix]', 'only this prefix, in detail; for an address its longest match')
      .option('--received <address>', 'what this neighbor sent, before import policy')
      .option('--advertised <address>', 'what is sent to this neighbor, as it is sent')
      .option('--family <name>', 'only ipv4 or ipv6')
      .option('--limit <number>', 'at most so many routes (default: all)', positiveInteger),
  ).action((prefix: string | undefined, options: RoutesOptions) => {
    const { received, advertised, family, limit } = options;
    const call = requests.routes({
      ...(prefix !== undefined && { prefix }),
      ...(received !== undefined && { received }),
      ...(advertised !== undefined && { advertised }),
      ...(family !== undefined && { family: familyName(family) }),
      ...(limit !== undefined && { limit }),
    });
    return query(context, options, call, (routes, paint) =>
      formatRoutes(routes, paint, prefix !== undefined),
    );
  });

  addQueryOptions(
    show.command('vips').description('addresses that are announced while their service is healthy'),
  ).action((options: QueryOptions) => query(context, options, requests.vips(), formatVips));

  addQueryOptions(
    show.command('processes').description("programs that announce routes with ExaBGP's process API"),
  ).action((options: QueryOptions) => query(context, options, requests.processes(), formatProcesses));

  addQueryOptions(
    show
      .command('announcements')
      .description('routes of our own: who wants them announced, and for how long')
      .option('--owner <name>', 'only those of one owner'),
  ).action((options: QueryOptions & { owner?: string }) =>
    query(context, options, requests.announcements(options.owner), formatAnnouncements),
  );

  addQueryOptions(
    show
      .command('errors')
      .description('malformed messages, newest first; of one neighbor in detail')
      .argument('[address]', 'IP address of the neighbor')
      .addOption(
        new Option('--fixture', 'print them as test fixtures (see test/vectors/README.md)').conflicts('json'),
      ),
  ).action((address: string | undefined, options: ErrorsOptions) =>
    query(context, options, requests.errors(address), (entries, paint) => {
      if (options.fixture === true) return formatFixtures(entries);
      return address === undefined ? formatErrors(entries, paint) : formatErrorDetails(entries, paint);
    }),
  );
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}
