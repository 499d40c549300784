/**
 * Metallb: the manifests of a running speaker. Reads them again when they change, hands peers and routes to the speaker,
 * remembers assignments, and says what became of each object.
 */

import { EMPTY_SUPPLEMENT, type Supplement } from '../../config/supplement.ts';
import type { Config, MetallbConfig } from '../../config/types.ts';
import type { OwnRoutes } from '../../speaker/own-routes.ts';
import type { NeighborStatus } from '../../speaker/status.ts';
import { type Assignments, loadAssignments, sameAssignments, saveAssignments } from './assignments.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { MetallbEvent } from './events.ts';
import { EMPTY_HOLDING, fileErrors, type Holding, heldObjects, hold } from './holding.ts';
import { readFiles, unmatched, watchFiles } from './manifest-files.ts';
import { objectStatuses } from './object-status.ts';
import type { MetallbObject, MetallbStatus, MetallbView } from './status.ts';

/** Owner of the routes. */
export const METALLB_OWNER = 'metallb';

/** What is needed of the speaker. */
export interface MetallbHost {
  readonly config: Config;
  readonly ownRoutes: OwnRoutes;
  supplement(supplement: Supplement): void;
  neighbor(address: string): NeighborStatus | undefined;
}

/** What was last handed to the speaker, with the manifests it comes from. */
interface InForce {
  readonly evaluation: Evaluation;
  readonly objects: readonly MetallbObject[];
}

export class Metallb implements MetallbView {
  readonly #host: MetallbHost;
  readonly #subscribers = new Set<(event: MetallbEvent) => void>();
  #settings: MetallbConfig | undefined;
  #config: Config;
  #holding: Holding = EMPTY_HOLDING;
  #assignments: Assignments = new Map();
  #saved: Assignments = new Map();
  #inForce: InForce | undefined;
  #supplement = JSON.stringify(EMPTY_SUPPLEMENT);
  #toldFileErrors = new Set<string>();
  #unwatch: (() => void) | undefined;
  #started = false;

  constructor(host: MetallbHost) {
    this.#host = host;
    this.#config = host.config;
  }

  subscribe(listener: (event: MetallbEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  /** Reads the manifests and hands what they say to the speaker, which should be running. */
  start(): void {
    this.#started = true;
    this.#configure(this.#host.config);
  }

  /** The speaker has a new configuration, perhaps. */
  apply(config: Config): void {
    if (!this.#started || config === this.#config) return;
    this.#configure(config);
  }

  /** Stops watching; what was announced stays until the speaker stops. */
  stop(): void {
    this.#started = false;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  status(): MetallbStatus | undefined {
    if (this.#settings === undefined || this.#inForce === undefined) return undefined;
    const { evaluation, objects } = this.#inForce;
    return {
      node: this.#settings.node,
      nodeLabels: evaluation.nodeLabels,
      files: [...this.#holding.files.keys()],
      unmatched: unmatched(this.#settings.files),
      problems: fileErrors(this.#holding).map(({ file, line, column, message }) => ({
        file,
        line,
        column,
        message,
      })),
      objects: objects.map((object) => this.#withPresent(object)),
    };
  }

  #configure(config: Config): void {
    const before = JSON.stringify(this.#settings);
    this.#config = config;
    this.#settings = config.metallb;
    if (before !== JSON.stringify(this.#settings)) {
      this.#unwatch?.();
      this.#unwatch = undefined;
      this.#holding = EMPTY_HOLDING;
      if (this.#settings !== undefined) {
        this.#recall(this.#settings.stateFile);
        for (const pattern of unmatched(this.#settings.files))
          this.#publish({ type: 'metallbProblem', reason: `no file matches ${pattern}` });
        this.#unwatch = watchFiles(this.#settings.files, () => this.#look());
      }
    }
    this.#look();
  }

  #recall(path: string): void {
    try {
      this.#assignments = loadAssignments(path);
      this.#saved = this.#assignments;
    } catch (error) {
      const reason = `${path} is not understood, addresses may be other ones than before: ${(error as Error).message}`;
      this.#publish({ type: 'metallbProblem', reason });
    }
  }

  /** Reads the files and does what they say. Whatever goes wrong, what is in force stays. */
  #look(): void {
    try {
      this.#read();
    } catch (error) {
      this.#publish({ type: 'metallbProblem', reason: `nothing changed: ${(error as Error).message}` });
    }
  }

  #read(): void {
    const settings = this.#settings;
    if (settings === undefined) {
      this.#inForce = undefined;
      this.#handOver(EMPTY_SUPPLEMENT, []);
      return;
    }
    this.#holding = hold(this.#holding, readFiles(settings.files));
    this.#tellFileErrors();
    const evaluation = evaluate({
      objects: heldObjects(this.#holding),
      config: this.#config,
      metallb: settings,
      previous: this.#assignments,
    });
    const objects = objectStatuses(evaluation);
    this.#tellChanges(this.#inForce?.objects ?? [], objects);
    this.#inForce = { evaluation, objects };
    this.#assignments = evaluation.assigned;
    this.#save(settings.stateFile);
    this.#handOver(evaluation.supplement, evaluation.routes);
  }

  /** Policies before routes, so that no peer hears a route with the attributes of another. */
  #handOver(supplement: Supplement, routes: Evaluation['routes']): void {
    try {
      const text = JSON.stringify(supplement);
      if (text !== this.#supplement) {
        this.#supplement = text;
        this.#host.supplement(supplement);
      }
      const change = this.#host.ownRoutes.set(METALLB_OWNER, routes);
      if (change.announced + change.changed + change.withdrawn > 0)
        this.#publish({ type: 'metallbRoutes', ...change });
    } catch (error) {
      this.#publish({ type: 'metallbProblem', reason: `cannot be announced: ${(error as Error).message}` });
    }
  }

  #save(path: string): void {
    if (sameAssignments(this.#saved, this.#assignments)) return;
    try {
      saveAssignments(path, this.#assignments);
      this.#saved = this.#assignments;
    } catch (error) {
      const reason = `assignments are not remembered, addresses may change at the next start: ${(error as Error).message}`;
      this.#publish({ type: 'metallbProblem', reason });
    }
  }

  /** What depends on the moment: sessions, and prefixes that others announce. */
  #withPresent(object: MetallbObject): MetallbObject {
    if (object.address !== undefined) {
      const session = this.#host.neighbor(object.address)?.state;
      return session === undefined ? object : { ...object, session };
    }
    if (object.announced === undefined) return object;
    const announced = object.announced.map((one) => {
      const reason = this.#host.ownRoutes.entry(METALLB_OWNER, one.prefix)?.reason;
      return reason === undefined ? one : { ...one, problem: reason };
    });
    return { ...object, announced };
  }

  #tellFileErrors(): void {
    const errors = fileErrors(this.#holding);
    const known = this.#toldFileErrors;
    this.#toldFileErrors = new Set(errors.map((error) => JSON.stringify(error)));
    for (const error of errors) {
      const { file, line, column, message } = error;
      if (!known.has(JSON.stringify(error)))
        this.#publish({ type: 'metallbFile', file, line, column, reason: message });
    }
  }

  /** A fact for each object that is not what it was. */
  #tellChanges(before: readonly MetallbObject[], after: readonly MetallbObject[]): void {
    const keyOf = ({ kind, namespace, name, file }: MetallbObject) => `${kind} ${namespace}/${name} ${file}`;
    const old = new Map(before.map((object) => [keyOf(object), object]));
    for (const object of after) {
      const earlier = old.get(keyOf(object));
      old.delete(keyOf(object));
      if (factOf(object) !== (earlier === undefined ? undefined : factOf(earlier)) && isNews(object))
        this.#publish({ type: 'metallbObject', object });
    }
    for (const { kind, namespace, name } of old.values())
      this.#publish({ type: 'metallbGone', kind, namespace, name });
  }

  #publish(event: MetallbEvent): void {
    for (const listener of this.#subscribers) listener(event);
  }
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
