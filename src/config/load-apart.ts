/**
 * Loads configuration files in a thread of its own, which is gone afterwards.
 *
 * YAML and the schemas are as much code as all the rest of a daemon: some 30 MB of memory that it needs once, and half
 * of the time of its start. Here the memory is given back, and the time passes while the rest of the daemon is loaded.
 * A configuration is plain data, so that it survives the way between threads (`test/config/load-apart.test.ts`).
 */
import { Worker } from 'node:worker_threads';
import type { LoadResult } from './load.ts';

/** With the same ending as this file: sources have another one than what is built from them. */
const WORKER = new URL(
  `./load-worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  import.meta.url,
);

/** MiB of young objects in the thread; as few as the daemon has would cost it a third of its time. */
const YOUNG_MEBIBYTES = 16;

export class ConfigLoader {
  readonly #worker = new Worker(WORKER, {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
  });

  /** As `loadConfig`; one call at a time. Rejects when the thread cannot do its work, whatever is in the file. */
  load(path: string): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const worker = this.#worker;
    const done = (): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (result: LoadResult): void => {
      done();
      resolve(result);
    };
    const onError = (error: unknown): void => {
      done();
      reject(error);
    };
    const onExit = (): void => onError(new Error('the thread that loads the configuration has ended'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(path);
    return promise;
  }

  /** Ends the thread; resolves when its memory is given back. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
