/** `bellhop demo`: two speakers in one process that peer with each other, to look at. */
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../context.ts';

interface DemoOptions {
  readonly seconds?: number;
}

/** Adds the command to `program`. */
export function addDemoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('two speakers that peer on loopback, until Ctrl-C; needs no configuration and no privileges')
    .option('--seconds <number>', 'end by itself after so many seconds', positiveNumber)
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('../../demo.ts');
      context.exitCode = await runDemo({ terminal: context.terminal, seconds: options.seconds });
    });
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1e6)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}
