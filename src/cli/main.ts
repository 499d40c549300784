/**
 * The `bellhop` command: parses the command line, runs one command, turns errors into one line and an exit code.
 *
 * Importing this file runs nothing; `bin/bellhop.js` calls {@link main}.
 */
import { Command, CommanderError } from 'commander';
import { type AddCommands, COMMANDS } from './commands.ts';
import { type CommandContext, EXIT, exitCodeOf } from './context.ts';
import { paintFor, processTerminal, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Runs the command that `argv` (without interpreter and script) asks for; resolves with the exit code. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const context: CommandContext = { terminal, exitCode: EXIT.ok };
  try {
    await (await buildProgram(context, argv[0])).parseAsync(argv, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { bad } = paintFor(terminal.stderr, terminal.environment);
    const message = error instanceof Error ? error.message : String(error);
    terminal.stderr.write(`${bad('error:')} ${message}\n`);
    return exitCodeOf(error);
  }
}

/** @param command the first word of the command line: of a known command only its own file is loaded */
async function buildProgram(context: CommandContext, command: string | undefined): Promise<Command> {
  const { terminal } = context;
  const program = new Command('bellhop')
    .description('A BGP-4 speaker')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 success, 1 failure, 2 usage or invalid configuration, 3 no daemon answers,\n' +
        '            4 timeout of `wait`, 5 condition does not hold, `doctor` found a fault, `--at-most` refused,\n' +
        '            6 done in part or needs a restart',
    );
  for (const { group, add } of await wanted(command)) {
    program.commandsGroup(group);
    add(program, context);
  }
  program
    .command('version')
    .description('print the version')
    .action(() => {
      terminal.stdout.write(`${VERSION}\n`);
    });
  return program;
}

/** All commands unless it is clear which one is meant: the help, suggestions and completion know them all. */
function wanted(command: string | undefined): Promise<{ group: string; add: AddCommands }[]> {
  const known = COMMANDS.filter(({ names }) => command !== undefined && names.includes(command));
  const files = known.length > 0 ? known : COMMANDS;
  return Promise.all(files.map(async ({ group, load }) => ({ group, add: await load() })));
}
