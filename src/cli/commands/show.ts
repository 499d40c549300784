/** `bellhop show ...`: reads the state of a running daemon. */
import { type Command, Option } from 'commander';
import { requests } from '../../api/client.ts';
import { type CommandContext, type QueryOptions, query } from '../context.ts';
import { formatAnnouncements } from '../format/announcements.ts';
import { formatFixtures } from '../format/error-fixture.ts';
import { formatErrorDetails, formatErrors } from '../format/errors.ts';
import { formatMetallb } from '../format/metallb.ts';
import { formatNeighbor } from '../format/neighbor.ts';
import { formatNeighbors, formatSummary } from '../format/summary.ts';
import { formatVips } from '../format/vips.ts';
import { addQueryOptions } from '../options.ts';
import { SKIN_BY_NAME, SKINS, type SkinName } from '../skins/index.ts';
import { addShowRoutesCommand } from './show-routes.ts';

interface SummaryOptions extends QueryOptions {
  readonly as?: SkinName;
}

interface ErrorsOptions extends QueryOptions {
  readonly fixture?: boolean;
}

/** Adds the command to `program`. */
export function addShowCommand(program: Command, context: CommandContext): void {
  const show = program.command('show').description('show the state of the running daemon');

  addQueryOptions(
    show
      .command('summary')
      .description('the daemon and its neighbors')
      .addOption(new Option('--as <tool>', 'in the layout of another tool').choices(SKINS).conflicts('json')),
  ).action((options: SummaryOptions) =>
    query(context, options, requests.summary(), (summary, paint) =>
      options.as === undefined
        ? formatSummary(summary, paint)
        : SKIN_BY_NAME[options.as].summary(summary, Date.now()),
    ),
  );

  addQueryOptions(show.command('neighbors').description('all neighbors, one line for each family')).action(
    (options: QueryOptions) => query(context, options, requests.neighbors(), formatNeighbors),
  );

  addQueryOptions(
    show.command('neighbor').description('one neighbor in detail').argument('<address>', 'its IP address'),
  ).action((address: string, options: QueryOptions) =>
    query(context, options, requests.neighbor(address), formatNeighbor),
  );

  addShowRoutesCommand(show, context);

  addQueryOptions(
    show.command('vips').description('addresses that are announced while their service is healthy'),
  ).action((options: QueryOptions) => query(context, options, requests.vips(), formatVips));

  addQueryOptions(
    show
      .command('metallb')
      .description('objects of MetalLB manifests: accepted or why not, assigned, announced'),
  ).action((options: QueryOptions) => query(context, options, requests.metallb(), formatMetallb));

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
