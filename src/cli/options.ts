/** Options that several commands share. */
import type { Command } from 'commander';

/** Adds `--json` and `--socket`. */
export function addQueryOptions(command: Command): Command {
  return addSocketOption(command.option('--json', 'print the answer of the API as it is'));
}

/** Adds `--socket`. */
export function addSocketOption(command: Command): Command {
  return command.option(
    '--socket <path>',
    'control socket of the daemon (default: $BELLHOP_SOCKET, else /run/bellhop/bellhop.sock or one of this user)',
  );
}
