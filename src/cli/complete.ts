/** What may come next on a command line: subcommands, options, their values, and names that the daemon knows. */
import type { Argument, Command, Option } from 'commander';

/** Asks the daemon for names; empty when it does not answer. */
export interface KnownNames {
  /** Addresses of neighbors. */
  readonly neighbors: () => Promise<readonly string[]>;
  readonly policies: () => Promise<readonly string[]>;
}

/** Words that fit the last of `words` (the one being typed, maybe empty), given those before it. */
export async function complete(
  program: Command,
  words: readonly string[],
  names: KnownNames,
): Promise<string[]> {
  const typed = words.at(-1) ?? '';
  let command = program;
  let wanting: Option | undefined;
  let positional = 0;
  for (const word of words.slice(0, -1)) {
    if (wanting !== undefined) {
      wanting = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = command.options.find(({ long, short }) => long === word || short === word);
      if (option?.required === true || option?.optional === true) wanting = option;
      continue;
    }
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) positional++;
    else [command, positional] = [next, 0];
  }
  const found = await candidates(command, wanting, typed, positional, names);
  return found.filter((word) => word.startsWith(typed));
}

async function candidates(
  command: Command,
  wanting: Option | undefined,
  typed: string,
  positional: number,
  names: KnownNames,
): Promise<readonly string[]> {
  if (wanting !== undefined)
    return wanting.argChoices ?? (takesAddress(wanting.flags) ? await names.neighbors() : []);
  if (typed.startsWith('-'))
    return [...command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? ''), '--help'];
  const subcommands = command.commands.map((one) => one.name()).filter((name) => !name.startsWith('_'));
  if (subcommands.length > 0) return subcommands;
  const argument: Argument | undefined = command.registeredArguments[positional];
  if (argument === undefined) return [];
  if (argument.name() === 'policy') return names.policies();
  return argument.argChoices ?? (argument.name() === 'address' ? await names.neighbors() : []);
}

function takesAddress(flags: string): boolean {
  return /<address(\.\.\.)?>/.test(flags);
}
