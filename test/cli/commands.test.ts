/** A command line loads only the file of its command: the list of commands must be what the files add. */
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT } from '../../src/cli/context.ts';
import { processTerminal } from '../../src/cli/terminal.ts';

const terminal = processTerminal();

test.each(COMMANDS.filter(({ names }) => names.length > 0))('$names', async ({ names, load }) => {
  const program = new Command();
  (await load())(program, { terminal, exitCode: EXIT.ok });
  expect(program.commands.map((command) => command.name()).sort()).toEqual([...names].sort());
});

test('no two files have a command of the same name', () => {
  const names = COMMANDS.flatMap((file) => file.names);
  expect(new Set(names).size).toBe(names.length);
});
