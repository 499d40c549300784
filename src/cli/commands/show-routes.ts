/**
 * `bellhop show routes`: the routing table, or what one neighbor sends or is sent.
 *
 * Routes are shown while they come, in blocks with one heading, so that a full table needs neither memory nor
 * patience; on a terminal a progress bar says how far it is when the output goes elsewhere.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { fetchAnswer, requests } from '../../api/client.ts';
import { streamRoutes } from '../../api/client-streams.ts';
import type { RouteEntry, RouteQuery } from '../../api/types.ts';
import { type CommandContext, familyName, type QueryOptions, query, socketPathOf } from '../context.ts';
import { formatRoutes, RouteTable } from '../format/routes.ts';
import { addQueryOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { SKIN_BY_NAME, SKINS, type SkinName } from '../skins/index.ts';
import { paintFor } from '../terminal.ts';

/** Routes that are laid out together. */
const BLOCK = 2000;

/** Most routes of one page of the API. */
const PAGE = 10_000;

interface RoutesOptions extends QueryOptions {
  readonly received?: string;
  readonly advertised?: string;
  readonly family?: string;
  readonly limit?: number;
  readonly longer?: boolean;
  readonly best?: boolean;
  readonly from?: string;
  readonly community?: string;
  readonly asn?: number;
  readonly as?: SkinName;
}

/** Adds the command to `show`. */
export function addShowRoutesCommand(show: Command, context: CommandContext): void {
  addQueryOptions(
    show
      .command('routes')
      .description('the routing table, or what one neighbor sends or is sent')
      .argument('[prefix]', 'only this prefix, in detail; for an address its longest match')
      .option('--longer', 'also all prefixes inside of the prefix')
      .option('--received <address>', 'what this neighbor sent, before import policy')
      .option('--advertised <address>', 'what is sent to this neighbor, as it is sent')
      .option('--from <address>', 'only routes of the table from this neighbor, or `local`')
      .option('--best', 'only best routes')
      .option(
        '--community <community>',
        'only with this community: 65000:1, 65000:1:2, rt:65000:1, no-export',
      )
      .option('--asn <number>', 'only with this AS in the path', positiveInteger)
      .option('--family <name>', 'only ipv4 or ipv6')
      .option('--limit <number>', 'at most so many routes (default: all)', positiveInteger)
      .addOption(new Option('--as <tool>', 'in the layout of another tool').choices(SKINS).conflicts('json')),
  ).action((prefix: string | undefined, options: RoutesOptions) => showRoutes(prefix, options, context));
}

async function showRoutes(
  prefix: string | undefined,
  options: RoutesOptions,
  context: CommandContext,
): Promise<void> {
  const routeQuery = queryOf(prefix, options);
  const paged = options.limit !== undefined && options.limit <= PAGE;
  const detailed = prefix !== undefined && options.longer !== true && (options.limit ?? 1) <= PAGE;
  if (options.as !== undefined) {
    // Their layouts depend on all rows, and nobody reads a full table in them.
    const routes = await collect(context, options, routeQuery);
    context.terminal.stdout.write(SKIN_BY_NAME[options.as].routes(routes));
  } else if (paged || detailed) {
    await query(context, options, requests.routes(routeQuery), (routes, paint) =>
      formatRoutes(routes, paint, detailed),
    );
  } else if (options.json === true) {
    let separator = '[';
    for await (const route of withProgress(context, options, routeQuery)) {
      context.terminal.stdout.write(`${separator}${JSON.stringify(route)}`);
      separator = ',\n';
    }
    context.terminal.stdout.write(separator === '[' ? '[]\n' : ']\n');
  } else await streamTable(context, options, routeQuery);
}

function queryOf(prefix: string | undefined, options: RoutesOptions): RouteQuery {
  const { received, advertised, family, limit, longer, best, from, community, asn } = options;
  return {
    ...(prefix !== undefined && { prefix }),
    ...(longer === true && { longerPrefixes: true }),
    ...(received !== undefined && { received }),
    ...(advertised !== undefined && { advertised }),
    ...(from !== undefined && { peer: from }),
    ...(best === true && { best: true }),
    ...(community !== undefined && { community }),
    ...(asn !== undefined && { as: asn }),
    ...(family !== undefined && { family: familyName(family) }),
    ...(limit !== undefined && { limit }),
  };
}

/** The routes of a query one by one, with a progress bar where the output is not on the terminal itself. */
async function* withProgress(
  context: CommandContext,
  options: RoutesOptions,
  { limit = Number.POSITIVE_INFINITY, ...routeQuery }: RouteQuery,
): AsyncGenerator<RouteEntry> {
  const { stdout, stderr } = context.terminal;
  const socketPath = socketPathOf(context, options);
  const progress = stdout.isTTY === true ? undefined : new Progress(stderr, 'reading routes');
  const isWhole = Object.keys(routeQuery).length === 0;
  let total: number | undefined;
  if (progress !== undefined && isWhole && stderr.isTTY === true) {
    const { families } = await fetchAnswer(socketPath, requests.status());
    total = families.reduce((sum, { paths }) => sum + paths, 0);
  }
  let count = 0;
  try {
    for await (const route of streamRoutes(socketPath, routeQuery)) {
      if (count >= limit) return;
      count++;
      if (count % 500 === 0) progress?.update(count, total, count.toLocaleString('en-US'));
      yield route;
    }
  } finally {
    progress?.end();
  }
}

async function collect(
  context: CommandContext,
  options: RoutesOptions,
  routeQuery: RouteQuery,
): Promise<RouteEntry[]> {
  const routes: RouteEntry[] = [];
  for await (const route of withProgress(context, options, routeQuery)) routes.push(route);
  return routes;
}

async function streamTable(
  context: CommandContext,
  options: RoutesOptions,
  routeQuery: RouteQuery,
): Promise<void> {
  const { stdout, environment } = context.terminal;
  const table = new RouteTable(paintFor(stdout, environment));
  let block: RouteEntry[] = [];
  for await (const route of withProgress(context, options, routeQuery)) {
    block.push(route);
    if (block.length < BLOCK) continue;
    stdout.write(table.block(block));
    block = [];
  }
  stdout.write(table.end(block));
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}
