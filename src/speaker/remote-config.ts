/**
 * What a configuration may name that somebody sends over TCP. Whoever reaches the control socket may do what bellhop may;
 * a client on TCP must not read the daemon's files or run programs through it that its own files do not name.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve as resolvePath, sep } from 'node:path';
import { BellhopError } from '../base/errors.ts';
import type { LoadOptions } from '../config/load.ts';
import type { Config } from '../config/types.ts';

/** Directories that belong to the whole machine: a configuration that lies there does not make their files its own. */
const SHARED_DIRECTORIES: readonly string[] = ['/', '/etc'];

/** What a configuration has been read from besides its texts. */
export interface Named {
  /** Absolute paths. */
  readonly files: ReadonlySet<string>;
  /** Names of environment variables. */
  readonly variables: ReadonlySet<string>;
}

type Outside = Required<Pick<LoadOptions, 'env' | 'readFile'>>;

/** Files and environment as they are; what is read of them goes into `named`. */
export function recordingOutside(named: { files: Set<string>; variables: Set<string> }): Outside {
  return {
    readFile(path) {
      named.files.add(path);
      return readFileSync(path, 'utf8');
    },
    env: environment((name) => {
      named.variables.add(name);
      return true;
    }),
  };
}

/**
 * What a configuration that comes over TCP may read: files (password, token, certificate) in the directory of the
 * daemon's configuration, and what its own configuration names. Of other files nothing is said, not even whether they
 * exist; other variables are as if they were not set, and `foreign` is told of them.
 *
 * @param configPath of the daemon
 */
export function remoteOutside(
  configPath: string,
  known: Named,
  foreign: (variable: string) => void,
): Outside {
  const directory = dirname(resolvePath(configPath));
  const isShared = SHARED_DIRECTORIES.includes(real(directory));
  const isOurs = (path: string) => isInside(path, directory) && isInside(real(path), real(directory));
  return {
    readFile(path) {
      if (known.files.has(path) || (!isShared && isOurs(path))) return readFileSync(path, 'utf8');
      const allowed = isShared ? 'that the file of the daemon names' : `in ${directory}`;
      throw new Error(`a configuration that comes over TCP may name files ${allowed} only`);
    },
    env: environment((name) => {
      if (known.variables.has(name)) return true;
      foreign(name);
      return false;
    }),
  };
}

/** The variables that `isAllowed`, which hears of each that is asked for. */
function environment(isAllowed: (name: string) => boolean): Outside['env'] {
  return new Proxy(process.env, {
    get: (variables, name) => (isAllowed(String(name)) ? variables[String(name)] : undefined),
  });
}

/**
 * Refuses programs, and files that are read or written later, which the configuration in force does not name.
 *
 * @throws BellhopError REFUSED
 */
export function assertNothingForeign(before: Config, next: Config): void {
  const known = new Set(reachOf(before));
  refuseForeign(reachOf(next).filter((one) => !known.has(one)));
}

/** @throws BellhopError REFUSED when there is any; clauses. */
export function refuseForeign(foreign: readonly string[]): void {
  if (foreign.length === 0) return;
  throw new BellhopError(
    'REFUSED',
    `nothing changed: over TCP a configuration may not bring ${foreign.join(', ')}; do it on the control socket, or in the file of the daemon`,
  );
}

/** Programs that are run, and files that are looked at or written while the daemon runs, as clauses. */
function reachOf({ processes, vips, metallb, stateFile, vipStateFile }: Config): string[] {
  const program = (command: readonly string[] | undefined) =>
    command === undefined ? [] : [`the program ${JSON.stringify(command)}`];
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
