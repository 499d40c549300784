/**
 * Maintenance files: tells when a file appears or goes. The kernel reports changes of its folder at once; once a
 * second every folder is read as well, because folders may come and go, and some file systems report nothing.
 */
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock, Timer } from '../base/clock.ts';

const POLL_MILLISECONDS = 1000;

interface Folder {
  readonly path: string;
  /** What to tell about each file of interest. */
  readonly files: Map<string, Set<(exists: boolean) => void>>;
  watcher: FSWatcher | undefined;
  reading: boolean;
  again: boolean;
  /** It was told that it cannot be read. */
  told: boolean;
}

export class MaintenanceFiles {
  readonly #folders = new Map<string, Folder>();
  readonly #poll: Timer;
  readonly #onProblem: (reason: string) => void;

  /** @param onProblem is told, once, of a folder that exists but cannot be read. */
  constructor(clock: Clock, onProblem: (reason: string) => void) {
    this.#onProblem = onProblem;
    this.#poll = clock.timer(() => {
      for (const folder of this.#folders.values()) void this.#read(folder);
      if (this.#folders.size > 0) this.#poll.start(POLL_MILLISECONDS);
    });
  }

  /** Tells `listener` soon whether `file` exists, and again on every look; returns the function that ends this. */
  watch(file: string, listener: (exists: boolean) => void): () => void {
    const path = dirname(file);
    const name = basename(file);
    let folder = this.#folders.get(path);
    if (folder === undefined) {
      folder = { path, files: new Map(), watcher: undefined, reading: false, again: false, told: false };
      this.#folders.set(path, folder);
    }
    const listeners = folder.files.get(name) ?? new Set();
    folder.files.set(name, listeners.add(listener));
    void this.#read(folder);
    if (!this.#poll.running) this.#poll.start(POLL_MILLISECONDS);
    return () => this.#unwatch(path, name, listener);
  }

  stop(): void {
    this.#poll.stop();
    for (const { watcher } of this.#folders.values()) watcher?.close();
    this.#folders.clear();
  }

  #unwatch(path: string, name: string, listener: (exists: boolean) => void): void {
    const folder = this.#folders.get(path);
    const listeners = folder?.files.get(name);
    listeners?.delete(listener);
    if (listeners?.size === 0) folder?.files.delete(name);
    if (folder?.files.size !== 0) return;
    folder.watcher?.close();
    this.#folders.delete(path);
  }

  async #read(folder: Folder): Promise<void> {
    if (folder.reading) {
      folder.again = true;
      return;
    }
    folder.reading = true;
    // Watch first: what happens behind the reading is then reported.
    if (folder.watcher === undefined) this.#listen(folder);
    let names: readonly string[] = [];
    try {
      names = await readdir(folder.path);
      folder.told = false;
    } catch (error) {
      // No folder, no file in it.
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && !folder.told) this.#onProblem(`maintenance files cannot be seen: ${message}`);
      folder.told = code !== 'ENOENT';
    }
    folder.reading = false;
    const present = new Set(names);
    for (const [name, listeners] of folder.files)
      for (const listener of listeners) listener(present.has(name));
    if (!folder.again) return;
    folder.again = false;
    void this.#read(folder);
  }

  #listen(folder: Folder): void {
    try {
      const watcher = watch(folder.path, () => void this.#read(folder));
      const forget = (): void => {
        watcher.close();
        if (folder.watcher === watcher) folder.watcher = undefined;
      };
      watcher.on('error', forget);
      // The folder itself was renamed or removed: look for the new one at the next turn.
      watcher.on('change', (event, name) => {
        if (event === 'rename' && name === basename(folder.path)) forget();
      });
      folder.watcher = watcher;
    } catch {
      folder.watcher = undefined;
    }
  }
}
