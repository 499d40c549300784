/** `bellhop fuzz`: an adversarial peer for a BGP daemon under test. Needs no daemon of ours. */
import { randomInt } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { canonicalAddress, parseIpv4 } from '../../base/address.ts';
import { BellhopError } from '../../base/errors.ts';
import { isPrivateAddress, parseTarget, type TargetAddress } from '../../fuzz/target/address.ts';
import { type CommandContext, EXIT } from '../context.ts';
import { formatAttack } from '../format/attack.ts';
import { paintFor } from '../terminal.ts';

interface FuzzOptions {
  readonly target: TargetAddress;
  readonly as: number;
  readonly peerAs: number;
  readonly seed?: number;
  readonly count: number;
  readonly routerId?: number;
  readonly source?: string;
  readonly md5?: string;
  readonly pace: number;
  readonly patience: number;
  readonly iOwnThisTarget?: boolean;
  readonly json?: boolean;
}

/** Adds the command to `program`. */
export function addFuzzCommand(program: Command, context: CommandContext): void {
  program
    .command('fuzz')
    .description('send broken messages to a BGP daemon under test (exit code 1 when it does not live)')
    .requiredOption('--target <address>', 'its address: ADDR, ADDR:PORT or [ADDR]:PORT', targetAddress)
    .requiredOption('--as <number>', 'our AS number, as the target has it configured', asNumber)
    .requiredOption('--peer-as <number>', 'its AS number', asNumber)
    .option('--seed <number>', 'which messages to send (default: random, and shown)', wholeNumber)
    .option('--count <number>', 'how many messages to send', positiveInteger, 1000)
    .option('--router-id <address>', 'our router id (default: made of our AS number)', routerId)
    .option('--source <address>', 'address to connect from', ipAddress)
    .option('--md5 <key>', 'TCP MD5 key (RFC 2385)')
    .option('--pace <ms>', 'milliseconds to wait for an answer after each message', wholeNumber, 5)
    .option(
      '--patience <seconds>',
      'how long to try for a session before the target counts as dead',
      positiveInteger,
      90,
    )
    .option('--i-own-this-target', 'attack an address that is neither loopback, link-local nor private')
    .option('--json', 'print the report as JSON')
    .action((options: FuzzOptions) => fuzz(options, context));
}

async function fuzz(options: FuzzOptions, context: CommandContext): Promise<void> {
  const { target, as, seed = randomInt(2 ** 31) } = options;
  if (options.iOwnThisTarget !== true && !isPrivateAddress(target.address))
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${target.address} is not loopback, link-local or private: broken messages end sessions and crash daemons.` +
        ' Add --i-own-this-target if it is yours',
    );
  const { attack, defaultRouterId } = await import('../../fuzz/target/attack.ts');
  const { stdout, stderr, environment } = context.terminal;
  const shows = stderr.isTTY === true;
  const report = await attack({
    target,
    localAs: as,
    peerAs: options.peerAs,
    routerId: options.routerId ?? defaultRouterId(as),
    seed,
    count: options.count,
    ...(options.source === undefined ? {} : { localAddress: options.source }),
    ...(options.md5 === undefined ? {} : { md5Key: options.md5 }),
    paceMilliseconds: options.pace,
    patienceSeconds: options.patience,
    progress(messages, closes) {
      if (shows) stderr.write(`\r${messages}/${options.count} messages, ${closes} closes`);
    },
  });
  if (shows) stderr.write('\r\u001b[K');
  stdout.write(
    options.json === true
      ? `${JSON.stringify(report)}\n`
      : formatAttack(report, paintFor(stdout, environment)),
  );
  context.exitCode = report.alive ? EXIT.ok : EXIT.failure;
}

function targetAddress(text: string): TargetAddress {
  const target = parseTarget(text);
  if (target === undefined)
    throw new InvalidArgumentError('It must be an IP address, with a port or without.');
  return target;
}

function asNumber(text: string): number {
  const number = wholeNumber(text);
  if (number < 1 || number > 0xffffffff) throw new InvalidArgumentError('It must be an AS number.');
  return number;
}

function routerId(text: string): number {
  const value = parseIpv4(text);
  if (value === undefined || value === 0) throw new InvalidArgumentError('It must be an IPv4 address.');
  return value;
}

function ipAddress(text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw new InvalidArgumentError('It must be an IP address.');
  return address;
}

function positiveInteger(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
