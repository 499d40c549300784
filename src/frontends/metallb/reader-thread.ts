/**
 * The reader of manifests as others see it: asks the thread (`reader-worker.ts`) to look, and puts the pieces of its
 * answer together. One look at a time. Keeps what the thread remembers, for the one that takes its place.
 */
import { Worker } from 'node:worker_threads';
import type { OwnRoute } from '../../speaker/own-routes.ts';
import type { Surroundings } from './peers.ts';
import type { Order, Piece } from './reader-worker.ts';
import type { Memory, Outcome, ReadingSettings } from './reading.ts';
import type { MetallbObject } from './status.ts';

/** The thread makes much that is short-lived; the daemon's own young generation is kept small (bin/bellhop.js). */
const YOUNG_GENERATION_MEGABYTES = 4;

/** Where the program is: source when run from a checkout, else what it was compiled to. */
const PROGRAM = new URL(`./reader-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface Look {
  readonly objects: MetallbObject[];
  readonly routes: OwnRoute[];
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

export class ReaderThread {
  /** What the next thread begins with. */
  #settings: ReadingSettings;
  #worker: Worker | undefined;
  #look: Look | undefined;
  #stopped = false;

  constructor(settings: ReadingSettings) {
    this.#settings = settings;
  }

  /** What the thread knew at the end of the last look. */
  get memory(): Memory | undefined {
    return this.#settings.memory;
  }

  /** Looks at the files. Rejects when the thread has ended; the next call starts another one, unless it was stopped. */
  look(config: Surroundings): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(new Error('it was stopped'));
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#look = { objects: [], routes: [], resolve, reject };
    this.#worker.postMessage({ look: surroundingsOf(config) } satisfies Order);
    return promise;
  }

  /** Ends the thread for good; a look in progress is rejected. */
  stop(): void {
    this.#stopped = true;
    const worker = this.#worker;
    this.#end(new Error('it was stopped'));
    void worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, {
      workerData: this.#settings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES },
    });
    worker.on('message', (piece: Piece) => this.#take(piece, worker));
    worker.on('error', (error: Error) => {
      if (worker === this.#worker) this.#end(error);
    });
    worker.on('exit', (code) => {
      if (worker === this.#worker) this.#end(new Error(`the reader of manifests has ended with ${code}`));
    });
    return worker;
  }

  #take(piece: Piece, worker: Worker): void {
    const look = this.#look;
    if (look === undefined || worker !== this.#worker) return;
    switch (piece.kind) {
      case 'objects':
        look.objects.push(...piece.objects);
        break;
      case 'routes':
        look.routes.push(...piece.routes);
        break;
      case 'end':
        this.#done();
        this.#settings = { ...this.#settings, previous: piece.rest.assigned, memory: piece.memory };
        look.resolve({ ...piece.rest, objects: look.objects, routes: look.routes });
        return;
      case 'failure':
        this.#done();
        look.reject(new Error(piece.reason));
        return;
    }
    // Not at once: several pieces would then be unpacked in one turn.
    setImmediate(() => worker.postMessage({ next: true } satisfies Order));
  }

  /** A thread that only waits keeps nobody alive. */
  #done(): void {
    this.#look = undefined;
    this.#worker?.unref();
  }

  #end(error: Error): void {
    const look = this.#look;
    this.#look = undefined;
    this.#worker = undefined;
    look?.reject(error);
  }
}

/** Of the configuration only what is asked of it: functions in policies could not be sent. */
function surroundingsOf({ as, routerId, neighbors }: Surroundings): Surroundings {
  return { as, routerId, neighbors: neighbors.map(({ address }) => ({ address })) };
}
