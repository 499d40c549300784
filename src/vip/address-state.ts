/**
 * The state file of interface addresses: which ones bellhop has added, written before they are, so that the next start
 * can remove what a crash left behind. Entries of an earlier boot mean nothing: interfaces began anew.
 *
 * Written whole to a file beside it that takes its place. Writers that come while one is at work share the next write.
 */
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface AddedAddress {
  readonly interface: string;
  /** With prefix length. */
  readonly address: string;
}

interface StateFile {
  readonly boot: string;
  readonly addresses: readonly AddedAddress[];
}

export class AddressState {
  readonly #path: string | undefined;
  readonly #boot: string;
  readonly #added = new Map<string, AddedAddress>();
  #writing: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;
  /** The last attempt to write has failed. */
  #failed = false;

  /** @param path undefined: nothing is kept on disk. */
  constructor(path: string | undefined) {
    this.#path = path;
    this.#boot = bootId();
    if (path === undefined) return;
    for (const entry of readState(path, this.#boot)) this.#added.set(keyOf(entry), entry);
  }

  get entries(): readonly AddedAddress[] {
    return [...this.#added.values()];
  }

  has(entry: AddedAddress): boolean {
    return this.#added.has(keyOf(entry));
  }

  /** Resolves when it is on disk; rejects when that fails, but remembers it all the same. */
  add(entry: AddedAddress): Promise<void> {
    if (this.#added.has(keyOf(entry))) return Promise.resolve();
    this.#added.set(keyOf(entry), entry);
    return this.#save();
  }

  delete(entry: AddedAddress): Promise<void> {
    return this.#added.delete(keyOf(entry)) ? this.#save() : Promise.resolve();
  }

  /** Whether the file says what it should, as far as is known. */
  get saved(): boolean {
    return !this.#failed;
  }

  /** Writes what could not be written before. Rejects as {@link add} does. */
  retry(): Promise<void> {
    return this.#failed ? this.#save() : Promise.resolve();
  }

  #save(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return Promise.resolve();
    if (this.#writing === undefined) {
      this.#writing = this.#write(path).then(
        () => this.#written(false),
        (error: unknown) => {
          this.#written(true);
          throw error;
        },
      );
      return this.#writing;
    }
    this.#waiting ??= this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#waiting = undefined;
        return this.#save();
      });
    return this.#waiting;
  }

  #written(failed: boolean): void {
    this.#writing = undefined;
    this.#failed = failed;
  }

  async #write(path: string): Promise<void> {
    const state: StateFile = { boot: this.#boot, addresses: this.entries };
    const temporary = `${path}.new`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, `${JSON.stringify(state, undefined, 1)}\n`, { mode: 0o600, flush: true });
    await rename(temporary, path);
  }
}

function keyOf({ interface: name, address }: AddedAddress): string {
  return `${name} ${address}`;
}

/** Differs after every start of the machine; empty where the system does not tell. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Nothing when there is no such file, when it is damaged, or when it is of an earlier boot. */
function readState(path: string, boot: string): readonly AddedAddress[] {
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as Partial<StateFile>;
    if (state.boot !== boot || !Array.isArray(state.addresses)) return [];
    return state.addresses.filter(
      (entry: Partial<AddedAddress>) =>
        typeof entry?.interface === 'string' &&
        typeof entry.address === 'string' &&
        /^[0-9a-f.:]+\/\d+$/.test(entry.address),
    );
  } catch {
    return [];
  }
}
