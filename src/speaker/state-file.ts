/**
 * StateFile: a journal on disk that survives a kill -9. Records are appended and synced in groups; when most of them
 * are history, a new file with what counts takes the place of the old one in one step.
 *
 * A last line without its end is what a crash leaves and is dropped. Any other damage makes the file unusable: nothing
 * of it is believed, and nothing is written over it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BellhopError } from '../base/errors.ts';
import { parseStateLine, STATE_HEADER, type StateRecord, stateLine } from '../config/state-record.ts';

/** Lines of history beyond which the file is written anew, when they are also more than what counts. */
const HISTORY_LINES = 1000;

/** Lines written before others get their turn. */
const LINES_PER_WRITE = 2000;

/** What a state file holds. */
export interface StateContents {
  readonly records: readonly StateRecord[];
  /** Why nothing of it can be believed; undefined when it is sound. */
  readonly damage: string | undefined;
}

/** Reads a state file; one that does not exist is empty. */
export function readState(path: string): StateContents {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { records: [], damage: undefined };
    return { records: [], damage: `it cannot be read: ${(error as Error).message}` };
  }
  const lines = text.split('\n');
  // Behind the last end of line there is nothing, or what a crash has cut off.
  lines.pop();
  if (lines.length === 0 && STATE_HEADER.startsWith(text)) return { records: [], damage: undefined };
  if (lines[0] !== STATE_HEADER) return { records: [], damage: 'line 1 is not that of a bellhop state file' };
  const records: StateRecord[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    const record = parseStateLine(line);
    if (record === undefined) return { records: [], damage: `line ${index + 2} is damaged` };
    records.push(record);
  }
  return { records, damage: undefined };
}

export class StateFile {
  readonly path: string;
  readonly #snapshot: () => Iterable<StateRecord>;
  readonly #failed: (reason: string) => void;
  #file: FileHandle | undefined;
  #queue: StateRecord[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];
  #working: Promise<void> | undefined;
  #lines = 0;
  #live = 0;
  #failure: string | undefined;

  /**
   * @param snapshot all records that count now
   * @param failed hears when the file cannot be written, once for each time it stops working
   */
  constructor(path: string, snapshot: () => Iterable<StateRecord>, failed: (reason: string) => void) {
    this.path = path;
    this.#snapshot = snapshot;
    this.#failed = failed;
  }

  /** Adds a record; it is on disk when {@link saved} resolves. */
  append(record: StateRecord): void {
    this.#queue.push(record);
    this.#work();
  }

  /** Resolves when everything appended so far is on disk. @throws BellhopError NOT_SAVED when it cannot be. */
  saved(): Promise<void> {
    if (this.#queue.length === 0 && this.#working === undefined)
      return this.#failure === undefined ? Promise.resolve() : Promise.reject(this.#error());
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#work();
    return waiting.promise;
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    await this.saved().catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  #work(): void {
    this.#working ??= this.#run().finally(() => {
      this.#working = undefined;
      if (this.#queue.length > 0 || this.#waiting.length > 0) this.#work();
    });
  }

  async #run(): Promise<void> {
    // Whatever else comes in this turn of the event loop is written along.
    await new Promise(setImmediate);
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      if (this.#file === undefined || this.#lines > Math.max(HISTORY_LINES, 2 * this.#live))
        await this.#rewrite();
      else await this.#appendQueue(this.#file);
      this.#failure = undefined;
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      // What is on disk is unknown now: the next attempt writes everything.
      await this.#file?.close().catch(() => undefined);
      this.#file = undefined;
      const isNew = this.#failure === undefined;
      this.#failure = (error as Error).message;
      if (isNew) this.#failed(`state is not saved: ${this.#failure}`);
      for (const { reject } of waiting) reject(this.#error());
    }
  }

  async #appendQueue(file: FileHandle): Promise<void> {
    const records = this.#queue;
    this.#queue = [];
    await this.#write(file, records);
    await file.datasync();
  }

  /** A new file with what counts, which takes the name of the old one when it is on disk. */
  async #rewrite(): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o750 });
    await this.#file?.close();
    this.#file = undefined;
    const temporary = `${this.path}.new`;
    const file = await open(temporary, 'w', 0o640);
    try {
      // What changes while it is written comes behind it.
      this.#queue = [];
      this.#lines = 0;
      await file.write(`${STATE_HEADER}\n`);
      await this.#write(file, this.#snapshot());
      this.#live = this.#lines;
      await file.sync();
      await rename(temporary, this.path);
      await syncDirectory(dirname(this.path));
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    this.#file = file;
    if (this.#queue.length > 0) await this.#appendQueue(file);
  }

  async #write(file: FileHandle, records: Iterable<StateRecord>): Promise<void> {
    let lines: string[] = [];
    const flush = async () => {
      if (lines.length > 0) await file.appendFile(`${lines.join('\n')}\n`);
      this.#lines += lines.length;
      lines = [];
    };
    for (const record of records) if (lines.push(stateLine(record)) >= LINES_PER_WRITE) await flush();
    await flush();
  }

  #error(): BellhopError {
    return new BellhopError(
      'NOT_SAVED',
      `done, but it would not survive a restart: ${this.path}: ${this.#failure}`,
    );
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
