/** `bellhop run`: the daemon, in the foreground. Loads it only when asked, so that other commands start fast. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultSocketPath } from '../../api/socket-path.ts';
import type { ChangeClass } from '../../config/plan.ts';
import type { CommandContext } from '../context.ts';
import { addSocketOption, atMostOption } from '../options.ts';

const DEFAULT_CONFIG_PATH = '/etc/bellhop/bellhop.yaml';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

interface RunOptions {
  readonly config?: string;
  readonly socket?: string;
  readonly logFormat?: 'text' | 'json';
  readonly watch?: boolean;
  readonly atMost?: ChangeClass;
  readonly waitInterfaces?: number;
  readonly waitForConfig?: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Adds the command to `program`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  const { environment, stdout } = context.terminal;
  addSocketOption(
    program
      .command('run')
      .description('run the daemon in the foreground')
      .option('-c, --config <file>', `configuration (default: $BELLHOP_CONFIG, else ${DEFAULT_CONFIG_PATH})`),
  )
    .option('--watch', 'reload when the configuration file changes; a broken one changes nothing')
    .addOption(atMostOption('what --watch finds changes nothing and is logged'))
    .option('--wait-for-config', 'report a configuration that is not valid and wait for a valid one')
    .addOption(
      new Option(
        '--wait-interfaces <number>',
        'start when so many links are up besides lo and eth0, or after a minute',
      )
        .env('CLAB_INTFS')
        .argParser(parseCount),
    )
    .addOption(
      new Option('--log-format <format>', 'default: text on a terminal, else json').choices(['text', 'json']),
    )
    .addOption(new Option('--log-level <level>', 'least level to log').choices(LOG_LEVELS).default('info'))
    .action(async (options: RunOptions) => {
      const { runDaemon } = await import('../../main.ts');
      context.exitCode = await runDaemon({
        configPath: options.config ?? (environment['BELLHOP_CONFIG'] || DEFAULT_CONFIG_PATH),
        socketPath: options.socket ?? defaultSocketPath(environment),
        logFormat: options.logFormat ?? (stdout.isTTY === true ? 'text' : 'json'),
        logLevel: options.logLevel,
        ...(options.watch === true && { watch: true }),
        ...(options.atMost !== undefined && { watchAtMost: options.atMost }),
        ...(options.waitForConfig === true && { waitForConfig: true }),
        ...(options.waitInterfaces !== undefined && { waitInterfaces: options.waitInterfaces }),
      });
    });
}

function parseCount(text: string): number {
  const count = Number(text || 0);
  if (!Number.isInteger(count) || count < 0) throw new InvalidArgumentError('It must be a number of links.');
  return count;
}
