/** `bellhop bench`: how fast this program is on this machine. */
import { type Command, InvalidArgumentError } from 'commander';
import type { CodecBenchOptions } from '../../bench/run.ts';
import type { TableBenchOptions } from '../../bench/table/run.ts';
import type { CommandContext } from '../context.ts';

/** More prefixes than any test of a table needs, and what the benchmark can number. */
const MAXIMUM_PREFIXES = 4_000_000;

/** Adds the command to `program`. */
export function addBenchCommand(program: Command, context: CommandContext): void {
  const bench = program.command('bench').description('measure this program on this machine');
  addCodec(bench, context);
  addTable(bench, context);
}

function addCodec(bench: Command, { terminal }: CommandContext): void {
  bench
    .command('codec')
    .description('reading, checking and writing of messages: nanoseconds per message and prefix, allocations')
    .option('--seed <number>', 'other messages, made from this seed (default: 1)', seed)
    .option('--seconds <number>', 'time for each benchmark (default: 0.5)', positiveNumber)
    .option('--filter <text>', 'only benchmarks with this text in their names')
    .option('--file <path>', 'also measure the raw BGP messages of a file')
    .option('--json', 'print the results as JSON')
    .option('--compare <path>', 'also print ratios to the results in this file, made with --json')
    .action(async (options: CodecBenchOptions) => {
      const { runCodecBench } = await import('../../bench/run.ts');
      runCodecBench(options, (text) => terminal.stdout.write(text));
    });
}

function addTable(bench: Command, { terminal }: CommandContext): void {
  bench
    .command('table')
    .description(
      'whole tables through the daemon and others, over sockets: time, CPU, memory, and their ratios',
    )
    .option('--scenarios <names>', 'only these, separated by commas (default: all)', names)
    .option(
      '--prefixes <number>',
      'size of a full table (default: 1000000)',
      wholeNumber(10, MAXIMUM_PREFIXES),
    )
    .option('--repeat <number>', 'runs of each; the medians are shown (default: 1)', wholeNumber(1, 100))
    .option('--seed <number>', 'other routes, made from this seed (default: 1)', seed)
    .option('--mrt <path>', 'take the routes from a TABLE_DUMP_V2 file (RFC 6396) instead')
    .option('--with <names>', 'also compare with these: frr, gobgp, openbgpd', names)
    .option('--alone', 'do not compare with BIRD')
    .option('--against <path>', 'also compare with the bellhop in another checkout')
    .option('--timeout-seconds <number>', 'longest time of one phase (default: 150)', positiveNumber)
    .option('--scaling', 'instead of the scenarios: cost per prefix and per peer at growing numbers of them')
    .option('--markdown', 'print a Markdown table')
    .option('--json <path>', 'write the results as JSON to this file')
    .option('--svg <path>', 'write a picture of the ratios to this file')
    .action(async (options: TableBenchOptions) => {
      const { runTableBench } = await import('../../bench/table/run.ts');
      await runTableBench(options, {
        result: (text) => terminal.stdout.write(text),
        progress: (text) => terminal.stderr.write(text),
      });
    });
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 3600)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return number;
  };
}

function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

function seed(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 0xffffffff)
    throw new InvalidArgumentError('It must be an integer from 0 to 4294967295.');
  return number;
}
