/**
 * Policies that a program brings as functions: they stand among those of the file, under names of their own.
 */
import { BellhopError } from '../base/errors.ts';
import { BUILTIN_POLICIES } from '../policy/builtin.ts';
import type { PolicyFunctions } from '../policy/program-types.ts';
import type { Policy } from '../policy/types.ts';
import type { Report } from './diagnostic.ts';
import type { FileInput } from './schema.ts';

/** The file as those see it who look for the name of a policy: the names of functions are known. */
export function withNames(file: FileInput, functions: PolicyFunctions): FileInput {
  const names = Object.keys(functions);
  if (names.length === 0) return file;
  return { ...file, policies: { ...Object.fromEntries(names.map((name) => [name, []])), ...file.policies } };
}

/**
 * The functions as policies; a name that the file has too is reported.
 *
 * @throws BellhopError INVALID_ARGUMENT for what is no function, or has the name of a built-in policy
 */
export function resolveFunctions(file: FileInput, functions: PolicyFunctions, report: Report): Policy[] {
  return Object.entries(functions).map(([name, entry]) => {
    const { run, perPrefix = false } = typeof entry === 'function' ? { run: entry } : entry;
    if (typeof run !== 'function')
      throw new BellhopError('INVALID_ARGUMENT', `the policy \`${name}\` is no function`);
    if (BUILTIN_POLICIES.has(name))
      throw new BellhopError('INVALID_ARGUMENT', `the policy \`${name}\` is built in: choose another name`);
    if (Object.hasOwn(file.policies ?? {}, name))
      report.error(
        ['policies', name],
        `the program has a policy \`${name}\` as well`,
        'give this one another name',
        'key',
      );
    return { name, terms: [], end: 'next', place: undefined, program: { run, perPrefix } };
  });
}
