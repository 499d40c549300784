/** `bellhop announce` and `bellhop withdraw`: routes of our own in a running daemon. */
import { type Command, InvalidArgumentError } from 'commander';
import { requests } from '../../api/client.ts';
import type { Announcement, AnnouncementInput } from '../../api/types.ts';
import { BellhopError } from '../../base/errors.ts';
import { type CommandContext, type QueryOptions, query } from '../context.ts';
import { addQueryOptions } from '../options.ts';

interface AnnounceOptions extends QueryOptions {
  readonly owner: string;
  readonly ttl?: string;
  readonly nextHop?: string;
  readonly origin?: string;
  readonly asPath?: readonly string[];
  readonly med?: number;
  readonly localPref?: number;
  readonly community?: readonly string[];
  readonly largeCommunity?: readonly string[];
  readonly extendedCommunity?: readonly string[];
  readonly atomicAggregate?: boolean;
  readonly aggregator?: string;
  readonly peer?: readonly string[];
}

const OWNER = 'who wants it: routes of one owner can be listed and withdrawn together';

/** Adds the commands to `program`. */
export function addAnnounceCommands(program: Command, context: CommandContext): void {
  addQueryOptions(
    program
      .command('announce')
      .description('announce a route of our own, until it is withdrawn or its time is over')
      .argument('<prefix>', 'such as 203.0.113.0/24')
      .option('--ttl <time>', 'withdraw it after this time unless it is announced again, such as 30s')
      .option('--owner <name>', OWNER, 'cli')
      .option('--peer <address...>', 'announce it to these neighbors only')
      .option('--next-hop <address>', 'default: our own address on each session')
      .option('--origin <word>', 'igp, egp or incomplete (default: igp)')
      .option('--as-path <numbers>', 'AS numbers behind ours, such as "65100 65200"', words)
      .option('--med <number>', 'MULTI_EXIT_DISC', wholeNumber)
      .option('--local-pref <number>', 'LOCAL_PREF towards iBGP neighbors', wholeNumber)
      .option('--community <list...>', 'communities, such as 65000:100 or no-export')
      .option('--large-community <list...>', 'large communities, such as 65000:1:2')
      .option('--extended-community <list...>', 'extended communities, such as rt:65000:1')
      .option('--atomic-aggregate', 'send ATOMIC_AGGREGATE')
      .option('--aggregator <text>', 'AS number and router id, such as "65000 10.0.0.1"'),
  ).action((prefix: string, options: AnnounceOptions) =>
    query(
      context,
      options,
      requests.announce(options.owner, routeOf(prefix, options), options.ttl),
      announcedText,
    ),
  );

  addQueryOptions(
    program
      .command('withdraw')
      .description('withdraw a route that was announced with `bellhop announce` or the API')
      .argument('[prefix]', 'such as 203.0.113.0/24')
      .option('--all', 'everything of the owner')
      .option('--owner <name>', OWNER, 'cli'),
  ).action((prefix: string | undefined, options: QueryOptions & { owner: string; all?: boolean }) => {
    if ((prefix === undefined) !== (options.all === true))
      throw new BellhopError('INVALID_ARGUMENT', 'name a prefix, or everything of an owner with --all');
    return query(context, options, requests.withdraw(options.owner, prefix), ({ withdrawn }) =>
      prefix === undefined ? `Withdrew all ${withdrawn}.\n` : `Withdrew ${prefix}.\n`,
    );
  });
}

function routeOf(prefix: string, options: AnnounceOptions): AnnouncementInput {
  const { nextHop, origin, asPath, med, localPref, atomicAggregate, aggregator } = options;
  return {
    prefix,
    ...(nextHop !== undefined && { nextHop }),
    ...(origin !== undefined && { origin }),
    ...(asPath !== undefined && { asPath }),
    ...(med !== undefined && { med }),
    ...(localPref !== undefined && { localPref }),
    ...(options.community !== undefined && { communities: options.community.flatMap(words) }),
    ...(options.largeCommunity !== undefined && { largeCommunities: options.largeCommunity.flatMap(words) }),
    ...(options.extendedCommunity !== undefined && {
      extendedCommunities: options.extendedCommunity.flatMap(words),
    }),
    ...(atomicAggregate !== undefined && { atomicAggregate }),
    ...(aggregator !== undefined && { aggregator }),
    ...(options.peer !== undefined && { peers: options.peer.flatMap(words) }),
  };
}

function announcedText({ prefix, owner, active, reason, remainingSeconds }: Announcement): string {
  const time = remainingSeconds === undefined ? '' : `, for ${remainingSeconds} s unless it is renewed`;
  return active
    ? `Announced ${prefix} for ${owner}${time}.\n`
    : `${prefix} of ${owner} waits${time}: ${reason}.\n`;
}

/** Words between spaces or commas. */
function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
