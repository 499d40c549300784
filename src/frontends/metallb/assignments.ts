/**
 * The assignments file: which service has which addresses, so that they are the same after a restart. Small, and written
 * whole: to a file beside it that takes its place.
 */
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { canonicalAddress } from '../../base/address.ts';

export type Assignments = ReadonlyMap<string, readonly string[]>;

const fileSchema = z.object({
  version: z.literal(1),
  assignments: z.record(z.string(), z.array(z.string()).max(2)),
});

/** Nothing when there is no such file. @throws Error when it cannot be read or understood. */
export function loadAssignments(path: string): Assignments {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const { assignments } = fileSchema.parse(JSON.parse(text));
  const good = Object.entries(assignments).filter(([, list]) =>
    list.every((address) => canonicalAddress(address) === address),
  );
  return new Map(good);
}

/** Rejects when it cannot be written. One call at a time. */
export async function saveAssignments(path: string, assignments: Assignments): Promise<void> {
  const sorted = [...assignments].sort(([a], [b]) => (a < b ? -1 : 1));
  const temporary = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  const content = { version: 1, assignments: Object.fromEntries(sorted) };
  await writeFile(temporary, `${JSON.stringify(content, undefined, 1)}\n`, { mode: 0o600, flush: true });
  await rename(temporary, path);
}

export function sameAssignments(a: Assignments, b: Assignments): boolean {
  return a.size === b.size && [...a].every(([key, addresses]) => b.get(key)?.join() === addresses.join());
}
