/**
 * Watches configuration files and says when their text has changed: also when an editor writes a new file and renames
 * it, or a mounted directory is exchanged behind a symbolic link. What is watched are directories, what counts is text.
 */
import { existsSync, type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { joinTexts, readDropIns } from '../config/drop-ins.ts';

/** A burst of events is one change: editors write, rename and touch within this time. */
const DEBOUNCE_MILLISECONDS = 300;

export interface ConfigWatchOptions {
  /** The file. */
  readonly path: string;
  /** All text that counts, or undefined while it cannot be read. */
  readonly read: () => string | undefined;
  /** What was loaded, if that is a while ago: what has changed since is a change. */
  readonly since?: string | undefined;
  /** Directories that count besides that of the file. */
  readonly directories?: () => readonly string[];
  readonly changed: () => void;
}

/** Starts to watch; returns the function that ends it. */
export function watchConfig({ path, read, since, directories, changed }: ConfigWatchOptions): () => void {
  const watchers = new Map<string, FSWatcher>();
  let seen = since ?? read();
  let debounce: NodeJS.Timeout | undefined;
  const look = (): void => {
    listen();
    const text = read();
    // A file that is being exchanged is not there for a moment; the next event tells.
    if (text === undefined || text === seen) return;
    seen = text;
    changed();
  };
  const event = (): void => {
    clearTimeout(debounce);
    debounce = setTimeout(look, DEBOUNCE_MILLISECONDS);
  };
  const listen = (): void => {
    const wanted = new Set([dirname(path), ...(directories?.() ?? [])].filter((name) => existsSync(name)));
    if (existsSync(path)) wanted.add(dirname(realpathSync(path)));
    for (const [name, watcher] of watchers) {
      if (wanted.has(name)) continue;
      watcher.close();
      watchers.delete(name);
    }
    for (const name of wanted) {
      if (watchers.has(name)) continue;
      const watcher = watch(name, event);
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(name);
        event();
      });
      watchers.set(name, watcher);
    }
  };
  listen();
  if (since !== undefined) event();
  return () => {
    clearTimeout(debounce);
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
}

/** All text of a configuration file and its drop-ins; undefined while they cannot be read. */
export function configText(path: string): string | undefined {
  const read = (file: string) => readFileSync(file, 'utf8');
  try {
    return joinTexts([{ file: path, text: read(path) }, ...readDropIns(path, read)]);
  } catch {
    return undefined;
  }
}
