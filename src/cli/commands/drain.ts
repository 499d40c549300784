/** `bellhop drain` and `undrain`: take VIPs out of service without losing traffic (RFC 8326). */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { fetchAnswer, requests } from '../../api/client.ts';
import { defaultSocketPath } from '../../api/socket-path.ts';
import type { MetallbStatus, VipStatus } from '../../api/types.ts';
import { BellhopError } from '../../base/errors.ts';
import { type CommandContext, EXIT, type QueryOptions } from '../context.ts';
import { formatDrains } from '../format/vips.ts';
import { addQueryOptions } from '../options.ts';

interface DrainOptions extends QueryOptions {
  readonly all?: boolean;
  readonly grace: number;
  readonly wait: boolean;
}

const DEFAULT_GRACE_SECONDS = 30;
const POLL_MILLISECONDS = 200;

/** Adds both commands to `program`. */
export function addDrainCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const socketOf = (options: QueryOptions) => options.socket ?? defaultSocketPath(terminal.environment);
  const print = (options: QueryOptions, vips: readonly VipStatus[], others: MetallbDrain): void => {
    const text = options.json === true ? `${JSON.stringify(vips)}\n` : formatDrains(vips, others);
    terminal.stdout.write(text);
  };

  addQueryOptions(
    program
      .command('drain')
      .description('announce VIPs with GRACEFUL_SHUTDOWN, wait, withdraw them until `undrain`')
      .argument('[vip]', 'name of the VIP')
      .option('--all', 'all VIPs, and the services of MetalLB manifests')
      .option('--grace <time>', 'time between the two, such as 30s', graceSeconds, DEFAULT_GRACE_SECONDS)
      .option('--no-wait', 'do not wait for the end'),
  ).action(async (vip: string | undefined, options: DrainOptions) => {
    const socket = socketOf(options);
    const name = choice(vip, options);
    let vips = await fetchAnswer(socket, requests.drain(name, options.grace));
    let others = await drainOfMetallb(socket, name);
    const say = (text: string): void => {
      if (options.json !== true) terminal.stdout.write(text);
    };
    if (options.wait && options.grace > 0)
      say(`Draining for ${options.grace} s. Ctrl-C stops watching, \`bellhop undrain\` stops the drain.\n`);
    while (options.wait && (vips.some(isDraining) || isGoingOn(others))) {
      await sleep(POLL_MILLISECONDS);
      vips = (await fetchAnswer(socket, requests.vips())).filter(
        (one) => name === undefined || one.name === name,
      );
      others = await drainOfMetallb(socket, name);
    }
    print(options, vips, others);
    if (vips.some(({ drain }) => drain === undefined)) {
      terminal.stderr.write('the drain was ended before it was complete\n');
      context.exitCode = EXIT.failure;
    }
  });

  addQueryOptions(
    program
      .command('undrain')
      .description('end a drain: announce VIPs again when they are healthy')
      .argument('[vip]', 'name of the VIP')
      .option('--all', 'all VIPs, and the services of MetalLB manifests'),
  ).action(async (vip: string | undefined, options: DrainOptions) => {
    const name = choice(vip, options);
    const socket = socketOf(options);
    print(options, await fetchAnswer(socket, requests.undrain(name)), await drainOfMetallb(socket, name));
  });
}

/** The VIP that was named, or undefined for all of them. */
function choice(vip: string | undefined, { all }: DrainOptions): string | undefined {
  if ((vip === undefined) === (all === true)) return vip;
  throw new BellhopError('INVALID_ARGUMENT', 'name a VIP, or write --all');
}

/** `null`: there are no MetalLB manifests, or they are not meant; undefined: they are not drained. */
type MetallbDrain = MetallbStatus['drain'] | null;

/** With all VIPs, the services of MetalLB manifests are drained too. */
async function drainOfMetallb(socket: string, name: string | undefined): Promise<MetallbDrain> {
  if (name !== undefined) return null;
  try {
    return (await fetchAnswer(socket, requests.metallb())).drain;
  } catch (error) {
    if (error instanceof BellhopError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Not withdrawn at all peers yet. A drain that somebody has ended is not going on. */
function isDraining({ drain }: VipStatus): boolean {
  return isGoingOn(drain);
}

function isGoingOn(drain: MetallbDrain): boolean {
  return drain !== undefined && drain !== null && drain.withdrawnMilliseconds === undefined;
}

function graceSeconds(text: string): number {
  const match = /^(\d{1,5}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text);
  const unit = { ms: 0.001, s: 1, m: 60, h: 3600 }[match?.[2] ?? 's'] ?? Number.NaN;
  const seconds = Number(match?.[1]) * unit;
  if (!(seconds >= 0 && seconds <= 86_400)) throw new InvalidArgumentError('Write a time such as 30s or 5m.');
  return seconds;
}
