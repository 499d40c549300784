/**
 * The `bellhop` command: parses the command line, runs one command, turns errors into one line and an exit code.
 *
 * Importing this file runs nothing; `bin/bellhop.js` calls {@link main}.
 */
import { Command, CommanderError } from 'commander';
import { addAnnounceCommands } from './commands/announce.ts';
import { addBenchCommand } from './commands/bench.ts';
import { addCheckCommand } from './commands/check.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConfigCommands } from './commands/config.ts';
import { addControlCommands } from './commands/control.ts';
import { addDecodeCommand } from './commands/decode.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDrainCommands } from './commands/drain.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addFuzzCommand } from './commands/fuzz.ts';
import { addMonitorCommand } from './commands/monitor.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addRefreshCommand } from './commands/refresh.ts';
import { addRunCommand } from './commands/run.ts';
import { addSchemaCommand } from './commands/schema.ts';
import { addShowCommand } from './commands/show.ts';
import { addTopCommand } from './commands/top.ts';
import { addWaitCommand } from './commands/wait.ts';
import { type CommandContext, EXIT, exitCodeOf } from './context.ts';
import { paintFor, processTerminal, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Runs the command that `argv` (without interpreter and script) asks for; resolves with the exit code. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const context: CommandContext = { terminal, exitCode: EXIT.ok };
  try {
    await buildProgram(context).parseAsync(argv, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { bad } = paintFor(terminal.stderr, terminal.environment);
    const message = error instanceof Error ? error.message : String(error);
    terminal.stderr.write(`${bad('error:')} ${message}\n`);
    return exitCodeOf(error);
  }
}

function buildProgram(context: CommandContext): Command {
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
  program.commandsGroup('Run it:');
  addDemoCommand(program, context);
  addRunCommand(program, context);
  addCheckCommand(program, context);
  addPolicyCommand(program, context);
  program.commandsGroup('See what it does:');
  addShowCommand(program, context);
  addExplainCommand(program, context);
  addMonitorCommand(program, context);
  addTopCommand(program, context);
  addWaitCommand(program, context);
  addDoctorCommand(program, context);
  program.commandsGroup('Change what it does:');
  addConfigCommands(program, context);
  addAnnounceCommands(program, context);
  addDrainCommands(program, context);
  addControlCommands(program, context);
  addRefreshCommand(program, context);
  program.commandsGroup('Without a daemon:');
  addDecodeCommand(program, context);
  addFuzzCommand(program, context);
  addBenchCommand(program, context);
  addSchemaCommand(program, context);
  addCompletionCommand(program, context);
  program
    .command('version')
    .description('print the version')
    .action(() => {
      terminal.stdout.write(`${VERSION}\n`);
    });
  return program;
}
