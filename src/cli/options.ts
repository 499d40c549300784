/** Options that several commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CHANGE_CLASSES, type ChangeClass } from '../config/plan.ts';

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

/** `--at-most soft`: what the class of a change may be. @param otherwise what happens when one costs more */
export function atMostOption(otherwise: string): Option {
  const names = CHANGE_CLASSES.map((name) => name.replace(' ', '-'));
  const option = new Option(
    '--at-most <class>',
    `${names.slice(0, -1).join(', ')}: when a change costs more, ${otherwise}`,
  ).argParser((text: string): ChangeClass => {
    const at = names.indexOf(text.replace(' ', '-'));
    if (at < 0) throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.`);
    return CHANGE_CLASSES[at]!;
  });
  option.argChoices = names;
  return option;
}
