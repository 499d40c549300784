/**
 * What a configuration may name that somebody sends over TCP. Whoever reaches the control socket may do what bellhop may;
 * a client on TCP must not read the daemon's files or run programs through it that its own files do not name.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve as resolvePath, sep } from 'node:path';
import { BellhopError } from '../base/errors.ts';
import type { Config } from '../config/types.ts';

/**
 * Reads files (password, token, certificate) in the directory of the daemon's configuration, and those that its own
 * configuration names. Of others nothing is said, not even whether they exist.
 *
 * @param configPath of the daemon
 * @param known absolute paths
 */
export function remoteReader(configPath: string, known: ReadonlySet<string>): (path: string) => string {
  const directory = dirname(resolvePath(configPath));
  return (path) => {
    if (!known.has(path) && !(isInside(path, directory) && isInside(real(path), real(directory))))
      throw new Error(`a configuration that comes over TCP may name files in ${directory} only`);
    return readFileSync(path, 'utf8');
  };
}

/**
 * Refuses programs, and files that are read or written later, which the configuration in force does not name.
 *
 * @throws BellhopError REFUSED
 */
export function assertNothingForeign(before: Config, next: Config): void {
  const known = new Set(reachOf(before));
  const foreign = reachOf(next).filter((one) => !known.has(one));
  if (foreign.length === 0) return;
  throw new BellhopError(
    'REFUSED',
    `nothing changed: over TCP a configuration may not bring ${foreign.join(', ')}; do it on the control socket, or in the file of the daemon`,
  );
}

/** Programs that are run, and files that are looked at or written while the daemon runs, as clauses. */
function reachOf({ processes, vips, metallb, stateFile, vipStateFile }: Config): string[] {
  const program = (command: readonly string[] | undefined) =>
    command === undefined ? [] : [`the program ${JSON.stringify(command.join(' '))}`];
  return [
    ...processes.flatMap(({ run }) => program(run)),
    ...vips.flatMap(({ checks, hooks, maintenanceFile }) => [
      ...checks.flatMap(({ probe }) => (probe.kind === 'exec' ? program(probe.command) : [])),
      ...program(hooks.up),
      ...program(hooks.down),
      ...(maintenanceFile === undefined ? [] : [`the maintenance file ${maintenanceFile}`]),
    ]),
    ...(metallb?.files.map((pattern) => `the manifests ${pattern}`) ?? []),
    ...[stateFile, vipStateFile, metallb?.stateFile]
      .flatMap((file) => file ?? [])
      .map((file) => `the state file ${file}`),
  ];
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}

/** Behind all links; a path that is not there stays as it is, and reading it says so. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
