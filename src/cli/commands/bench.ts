/** `bellhop bench`: how fast the codec is on this machine. */
import { type Command, InvalidArgumentError } from 'commander';
import type { CodecBenchOptions } from '../../bench/run.ts';
import type { CommandContext } from '../context.ts';

/** Adds the command to `program`. */
export function addBenchCommand(program: Command, { terminal }: CommandContext): void {
  const bench = program.command('bench').description('measure this program on this machine');
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

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 3600)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

function seed(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 0xffffffff)
    throw new InvalidArgumentError('It must be an integer from 0 to 4294967295.');
  return number;
}
