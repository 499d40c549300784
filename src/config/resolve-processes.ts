/** From entries of `processes` to {@link ProcessConfig}: defaults, and the neighbors that are named. */
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import type { ProcessConfig } from './process-types.ts';
import { resolveNeighborNames } from './resolve-vip.ts';
import type { FileInput, ProcessInput } from './schema.ts';

/** All processes of the file. */
export function resolveProcesses(file: FileInput, report: Report): readonly ProcessConfig[] {
  return (file.processes ?? [])
    .map((input, index) => resolveProcess(input, ['processes', index], file, report))
    .filter((process) => process !== undefined);
}

function resolveProcess(
  input: ProcessInput,
  path: KeyPath,
  file: FileInput,
  report: Report,
): ProcessConfig | undefined {
  const neighbors = resolveNeighborNames(input.neighbors, [...path, 'neighbors'], file, report);
  const program = input.run?.[0] ?? '';
  if (program.includes('/') && !program.startsWith('/'))
    report.error(
      [...path, 'run'],
      `\`${program}\` depends on where bellhop was started`,
      'write the path of the program from the root, or its name alone',
    );
  if (input.name === undefined || input.run === undefined) return undefined;
  return {
    name: input.name,
    run: input.run,
    encoder: input.encoder ?? 'text',
    version: input.version ?? 4,
    respawn: input.respawn ?? true,
    keepRoutesSeconds: input['keep-routes-for'] ?? 0,
    acks: input.acks ?? true,
    receive: [...new Set(input.receive)],
    neighbors,
  };
}
