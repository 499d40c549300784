/**
 * What a command gets besides its arguments, and the exit codes that scripts may rely on.
 */
import { type ApiRequest, fetchAnswer, fetchBytes } from '../api/client.ts';
import { defaultSocketPath } from '../api/socket-path.ts';
import { BellhopError } from '../base/errors.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import { type Paint, paintFor, type Terminal } from './terminal.ts';

/** Exit codes of the `bellhop` command. */
export const EXIT = {
  ok: 0,
  /** Something failed: an unknown neighbor, a daemon that could not start. */
  failure: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** No daemon answers on the socket. */
  unreachable: 3,
  /** `wait` has waited long enough. */
  timeout: 4,
  /** A condition does not hold: a VIP that `doctor` finds broken, a change above `--at-most`. */
  unmet: 5,
  /** Something was done in part, or needs a restart. */
  partial: 6,
} as const;

/** Shared by the commands of one run. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The exit code unless the command throws. */
  exitCode: number;
}

/** Options of every command that asks the daemon. */
export interface QueryOptions {
  readonly socket?: string;
  readonly json?: boolean;
}

/** The control socket that a command is about. */
export function socketPathOf({ terminal }: CommandContext, options: { readonly socket?: string }): string {
  return options.socket ?? defaultSocketPath(terminal.environment);
}

/** Asks the daemon and writes the answer: as it came with `--json`, else as `format` shows it. */
export async function query<Answer>(
  context: CommandContext,
  options: QueryOptions,
  call: ApiRequest<Answer>,
  format: (answer: Answer, paint: Paint) => string,
): Promise<void> {
  const { terminal } = context;
  const socketPath = socketPathOf(context, options);
  if (options.json === true) {
    terminal.stdout.write(await fetchBytes(socketPath, call));
    terminal.stdout.write('\n');
    return;
  }
  const answer = await fetchAnswer(socketPath, call);
  terminal.stdout.write(format(answer, paintFor(terminal.stdout, terminal.environment)));
}

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BellhopError)) return EXIT.failure;
  if (error.code === 'DAEMON_UNREACHABLE') return EXIT.unreachable;
  if (error.code === 'REFUSED') return EXIT.unmet;
  return error.code === 'INVALID_ARGUMENT' || error.code === 'CONFIG_INVALID' ? EXIT.usage : EXIT.failure;
}

/** The family that `text` names in full or without `-unicast`. Other text is left for the daemon to refuse. */
export function familyName(text: string): string {
  return UNICAST_FAMILIES.find(({ name }) => name === text || name === `${text}-unicast`)?.name ?? text;
}
