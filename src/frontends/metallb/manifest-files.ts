/** The manifest files: found by pattern, read, and watched, however they change (see `speaker/config-watch.ts`). */
import { existsSync, globSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { watchConfig } from '../../speaker/config-watch.ts';

/** Texts by path; an Error for a file that is there but cannot be read. */
export function readFiles(patterns: readonly string[]): Map<string, string | Error> {
  const texts = new Map<string, string | Error>();
  for (const path of filesOf(patterns)) {
    try {
      if (statSync(path).isFile()) texts.set(path, readFileSync(path, 'utf8'));
    } catch (error) {
      // Gone between the two looks: as good as never there.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') texts.set(path, error as Error);
    }
  }
  return texts;
}

/** Patterns that no file matches. */
export function unmatched(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => globSync(pattern).length === 0);
}

function filesOf(patterns: readonly string[]): string[] {
  return [...new Set(patterns.flatMap((pattern) => globSync(pattern)))].sort();
}

/** Differs after every change of the file: its text is read by another thread. */
function stateOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [path, dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return path;
  }
}

/** Calls `changed` when a file has been written, has come or gone; returns the function that ends it. */
export function watchFiles(patterns: readonly string[], changed: () => void): () => void {
  return watchConfig({
    path: join(fixedPart(patterns[0]!), '.'),
    read: () => filesOf(patterns).map(stateOf).join('\n'),
    directories: () => [
      ...patterns.map((pattern) => nearest(fixedPart(pattern))),
      ...filesOf(patterns).flatMap((path) => [dirname(path), ...realDirectory(path)]),
    ],
    changed,
  });
}

/** The folder of a pattern in which the first variable part is. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const variable = parts.findIndex((part) => /[*?[\]{}!()]/.test(part));
  return parts.slice(0, variable < 0 ? -1 : variable).join('/') || '/';
}

/** The folder itself, or the nearest one above it while it does not exist. */
function nearest(directory: string): string {
  return existsSync(directory) ? directory : nearest(dirname(directory));
}

/** Where a symbolic link leads, as in mounted ConfigMaps. */
function realDirectory(path: string): string[] {
  try {
    return [dirname(realpathSync(path))];
  } catch {
    return [];
  }
}
