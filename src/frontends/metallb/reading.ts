/**
 * Reading: from the manifest files to what is to be done, with all that is remembered between two looks: the last good
 * state of each object, the assignments, and how every object stood. Runs in a thread of its own (`reader-worker.ts`):
 * a megabyte of YAML takes about a second. What is remembered can outlive the thread.
 */
import { deserialize, serialize } from 'node:v8';
import type { ConfigDiagnostic } from '../../config/diagnostic.ts';
import type { Supplement } from '../../config/supplement.ts';
import type { MetallbConfig } from '../../config/types.ts';
import type { OwnRoute } from '../../speaker/own-routes.ts';
import type { Assignments } from './assignments.ts';
import { evaluate } from './evaluate.ts';
import { EMPTY_HOLDING, fileErrors, type Holding, heldObjects, hold } from './holding.ts';
import type { Identity } from './manifest.ts';
import { readFiles, unmatched } from './manifest-files.ts';
import { objectStatuses } from './object-status.ts';
import type { Surroundings } from './peers.ts';
import type { MetallbObject } from './status.ts';

/** What a reading begins with. */
export interface ReadingSettings {
  readonly metallb: MetallbConfig;
  readonly previous: Assignments;
  /** Of a reading whose work is taken over: {@link Reading.memory}. */
  readonly memory?: Memory | undefined;
}

/** The last good state of each object and how each stood. Bytes, so that who keeps it need not unpack it. */
export type Memory = Uint8Array<ArrayBuffer>;

/** What is to be done, and what people are told. Plain data: it goes from thread to thread. */
export interface Outcome {
  readonly files: readonly string[];
  /** Patterns that no file matches. */
  readonly unmatched: readonly string[];
  /** What is wrong with files as a whole. */
  readonly problems: readonly ConfigDiagnostic[];
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly objects: readonly MetallbObject[];
  /** Indices of objects that are new, or stand otherwise than at the look before. */
  readonly news: readonly number[];
  readonly gone: readonly Identity[];
  readonly supplement: Supplement;
  readonly routes: readonly OwnRoute[];
  readonly assigned: Assignments;
}

interface Remembered {
  readonly holding: Holding;
  readonly objects: readonly MetallbObject[];
}

export class Reading {
  readonly #metallb: MetallbConfig;
  #holding: Holding = EMPTY_HOLDING;
  #assignments: Assignments;
  #objects: readonly MetallbObject[] = [];

  constructor({ metallb, previous, memory }: ReadingSettings) {
    this.#metallb = metallb;
    this.#assignments = previous;
    if (memory === undefined) return;
    const { holding, objects } = deserialize(memory) as Remembered;
    this.#holding = holding;
    this.#objects = objects;
  }

  /** What the next reading has to know, besides the assignments. */
  memory(): Memory {
    const remembered: Remembered = { holding: this.#holding, objects: this.#objects };
    return new Uint8Array(serialize(remembered));
  }

  /** Looks at the files. */
  look(config: Surroundings): Outcome {
    this.#holding = hold(this.#holding, readFiles(this.#metallb.files));
    const evaluation = evaluate({
      objects: heldObjects(this.#holding),
      config,
      metallb: this.#metallb,
      previous: this.#assignments,
    });
    const objects = objectStatuses(evaluation);
    const changes = changesBetween(this.#objects, objects);
    this.#objects = objects;
    this.#assignments = evaluation.assigned;
    const { nodeLabels, supplement, routes, assigned } = evaluation;
    return {
      files: [...this.#holding.files.keys()],
      unmatched: unmatched(this.#metallb.files),
      problems: fileErrors(this.#holding),
      nodeLabels,
      objects,
      ...changes,
      supplement,
      routes,
      assigned,
    };
  }
}

function changesBetween(
  before: readonly MetallbObject[],
  after: readonly MetallbObject[],
): Pick<Outcome, 'news' | 'gone'> {
  const keyOf = ({ kind, namespace, name, file }: MetallbObject) => `${kind} ${namespace}/${name} ${file}`;
  const old = new Map(before.map((object) => [keyOf(object), object]));
  const news: number[] = [];
  for (const [i, object] of after.entries()) {
    const earlier = old.get(keyOf(object));
    old.delete(keyOf(object));
    const isOther = factOf(object) !== (earlier === undefined ? undefined : factOf(earlier));
    if (isOther && isNews(object)) news.push(i);
  }
  const gone = [...old.values()].map(({ kind, namespace, name }) => ({ kind, namespace, name }));
  return { news, gone };
}

/** What of an object is a fact of its own; counts and lists follow from other objects. */
function factOf({ state, reason, notes, addresses, announced }: MetallbObject): string {
  return JSON.stringify([state, reason, notes, addresses, announced]);
}

/** Endpoints come and go all the time, and most services of a cluster are no load balancers: no news while they are fine. */
function isNews({ kind, state }: MetallbObject): boolean {
  if (kind === 'Service') return state !== 'inactive';
  return state !== 'accepted' || (kind !== 'Endpoints' && kind !== 'EndpointSlice');
}
