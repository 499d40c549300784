/** `bellhop check`: validates a configuration file without starting anything. */
import type { Command } from 'commander';
import { formatDiagnostic } from '../../config/diagnostic.ts';
import { loadConfig } from '../../config/load.ts';
import { type CommandContext, EXIT } from '../context.ts';
import { count } from '../format/quantities.ts';

/** Adds the command to `program`. */
export function addCheckCommand(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('validate a configuration file (exit code 2 when it is not valid)')
    .argument('<file>', 'the YAML file')
    .action((file: string) => {
      context.exitCode = check(file, context);
    });
}

function check(file: string, { terminal }: CommandContext): number {
  const result = loadConfig(file);
  if (!result.ok) {
    for (const error of result.errors) terminal.stderr.write(`${formatDiagnostic(error, 'error')}\n\n`);
    terminal.stderr.write(`${file}: ${count(result.errors.length, 'error')}\n`);
    return EXIT.usage;
  }
  for (const warning of result.warnings) terminal.stderr.write(`${formatDiagnostic(warning, 'warning')}\n\n`);
  const { as, neighbors, dynamicNeighbors, networks, vips } = result.config;
  const parts = [
    `AS ${as}`,
    count(neighbors.length, 'neighbor'),
    ...(dynamicNeighbors.length > 0 ? [count(dynamicNeighbors.length, 'dynamic range')] : []),
    count(networks.length, 'network'),
    ...(vips.length > 0 ? [count(vips.length, 'VIP')] : []),
    ...(result.warnings.length > 0 ? [count(result.warnings.length, 'warning')] : []),
  ];
  terminal.stdout.write(`${file}: valid (${parts.join(', ')})\n`);
  return EXIT.ok;
}
