/**
 * Metallb: the manifests of a running speaker. Has them read again when they change, hands peers and routes to the
 * speaker, remembers assignments, and says what became of each object.
 *
 * Reading is the work of another thread; what is left here is done in slices, so that a megabyte of manifests keeps
 * no session waiting.
 *
 * Over 300 lines because settings, looks and drains all decide what of the same outcome is announced.
 */
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { EMPTY_SUPPLEMENT, type Supplement } from '../../config/supplement.ts';
import type { Config, MetallbConfig } from '../../config/types.ts';
import type { OwnRoutes } from '../../speaker/own-routes.ts';
import type { NeighborStatus } from '../../speaker/status.ts';
import { Drain } from '../../vip/drain.ts';
import { type Assignments, loadAssignments, sameAssignments, saveAssignments } from './assignments.ts';
import type { MetallbEvent } from './events.ts';
import { watchFiles } from './manifest-files.ts';
import { ReaderThread } from './reader-thread.ts';
import type { Memory, Outcome } from './reading.ts';
import { RouteSet } from './route-set.ts';
import { inSlices, otherTurn } from './slices.ts';
import type { MetallbObject, MetallbStatus, MetallbView } from './status.ts';

/** Owner of the routes. */
export const METALLB_OWNER = 'metallb';

/** First and longest pause after a look that failed, for whatever reason: each failure doubles it. */
const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

/** What is needed of the speaker. */
export interface MetallbHost {
  readonly config: Config;
  readonly ownRoutes: OwnRoutes;
  supplement(supplement: Supplement): void;
  neighbor(address: string): NeighborStatus | undefined;
}

export class Metallb implements MetallbView {
  readonly #host: MetallbHost;
  readonly #clock: Clock;
  readonly #routes: RouteSet;
  readonly #subscribers = new Set<(event: MetallbEvent) => void>();
  #settings: MetallbConfig | undefined;
  #config: Config;
  /** Reads the manifests of these settings; undefined when there are none, or all is stopped. */
  #reader: ReaderThread | undefined;
  #assignments: Assignments = new Map();
  /** What the state file says. */
  #saved: { readonly path: string; readonly assignments: Assignments } | undefined;
  /** What was last read. */
  #inForce: Outcome | undefined;
  #supplement = JSON.stringify(EMPTY_SUPPLEMENT);
  #drain: Drain | undefined;
  /** The announcement that is on its way, or was the last one: another one takes over. */
  #announcement: object | undefined;
  #toldProblems = new Set<string>();
  #unwatch: (() => void) | undefined;
  #started = false;
  #isFirstLook = true;
  /** Something has changed since the last look began. */
  #lookWanted = false;
  /** Runs after a look that failed. */
  readonly #retry: Timer;
  #pause = FIRST_PAUSE_MILLISECONDS;
  #work: Promise<void> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(host: MetallbHost, clock: Clock = systemClock) {
    this.#host = host;
    this.#clock = clock;
    this.#config = host.config;
    this.#retry = clock.timer(() => this.#look());
    this.#routes = new RouteSet(host.ownRoutes, METALLB_OWNER);
  }

  subscribe(listener: (event: MetallbEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  /**
   * Has the manifests read, and hands what they say to the speaker, which should be running; resolves when that is
   * done. Never rejects.
   */
  start(): Promise<void> {
    this.#started = true;
    this.#configure(this.#host.config);
    return this.settled();
  }

  /** Resolves when everything that is known to have changed is in force and remembered. */
  async settled(): Promise<void> {
    await this.#work;
    await this.#saving;
  }

  /** The speaker has a new configuration, perhaps. */
  apply(config: Config): void {
    if (!this.#started || config === this.#config) return;
    this.#configure(config);
  }

  /** Stops watching; what was announced stays until the speaker stops. */
  stop(): void {
    this.#started = false;
    this.#release();
  }

  /**
   * Announces everything with GRACEFUL_SHUTDOWN for a while, and then nothing until {@link undrain}; undefined when there
   * are no manifests.
   */
  drain(graceSeconds: number): Drain | undefined {
    if (this.#settings === undefined) return undefined;
    if (this.#drain?.stage === 'withdrawn') return this.#drain;
    this.#drain?.end();
    const { ownRoutes } = this.#host;
    const drain = new Drain(
      {
        clock: this.#clock,
        flushed: (timeout) => ownRoutes.flushed(timeout),
        stageChanged: () => this.#applyDrain(),
        reached: (stage, milliseconds) => this.#publish({ type: 'metallbDrain', stage, milliseconds }),
      },
      // Nobody has to be told of the end of what is not announced.
      ownRoutes.countOf(METALLB_OWNER) === 0 ? 0 : graceSeconds,
    );
    this.#drain = drain;
    drain.begin();
    return drain;
  }

  /** Announces again what the manifests say: as last read at once, and what has changed since when it is read. */
  undrain(): void {
    if (this.#drain === undefined) return;
    this.#drain.end();
    this.#drain = undefined;
    this.#publish({ type: 'metallbDrain', stage: 'ended', milliseconds: 0 });
    if (this.#reader === undefined) return;
    if (this.#inForce !== undefined) void this.#announce(this.#inForce);
    this.#look();
  }

  status(): MetallbStatus | undefined {
    if (this.#settings === undefined || this.#inForce === undefined) return undefined;
    const { nodeLabels, objects, files, unmatched, problems } = this.#inForce;
    return {
      node: this.#settings.node,
      nodeLabels,
      files,
      unmatched,
      problems: problems.map(({ file, line, column, message }) => ({ file, line, column, message })),
      objects: objects.map((object) => this.#withPresent(object)),
      drain: this.#drain?.status(),
    };
  }

  #configure(config: Config): void {
    const before = this.#settings;
    this.#config = config;
    this.#settings = config.metallb;
    if (this.#reader === undefined || JSON.stringify(before) !== JSON.stringify(this.#settings)) {
      const memory = this.#reader?.memory;
      this.#release();
      if (this.#settings === undefined) this.#nothing();
      else this.#begin(this.#settings, before, memory);
    }
    if (this.#reader !== undefined) this.#look();
  }

  #begin(settings: MetallbConfig, before: MetallbConfig | undefined, memory: Memory | undefined): void {
    // The same file says what is in force, or will when it is written.
    if (settings.stateFile !== before?.stateFile) this.#recall(settings.stateFile);
    this.#isFirstLook = true;
    this.#reader = new ReaderThread({ metallb: settings, previous: this.#assignments, memory });
    this.#unwatch = watchFiles(settings.files, () => this.#look());
  }

  #release(): void {
    this.#announcement = undefined;
    this.#retry.stop();
    this.#pause = FIRST_PAUSE_MILLISECONDS;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#reader?.stop();
    this.#reader = undefined;
  }

  /** There are no manifests (any more). */
  #nothing(): void {
    this.#inForce = undefined;
    this.#assignments = new Map();
    this.#drain?.end();
    this.#drain = undefined;
    this.#supply(EMPTY_SUPPLEMENT);
    this.#tellRoutes(this.#routes.clear());
  }

  #recall(path: string): void {
    this.#saved = { path, assignments: new Map() };
    try {
      this.#assignments = loadAssignments(path);
      this.#saved = { path, assignments: this.#assignments };
    } catch (error) {
      const reason = `${path} is not understood, addresses may be other ones than before: ${(error as Error).message}`;
      this.#publish({ type: 'metallbProblem', reason });
    }
  }

  /** Has the files read and does what they say; once more when they change meanwhile, and later when that fails. */
  #look(): void {
    this.#lookWanted = true;
    this.#work ??= this.#lookAgain();
  }

  async #lookAgain(): Promise<void> {
    while (this.#lookWanted && this.#reader !== undefined) {
      this.#lookWanted = false;
      const reader = this.#reader;
      await otherTurn();
      if (this.#reader !== reader) continue;
      this.#retry.stop();
      try {
        await this.#enforce(await reader.look(this.#config), () => this.#reader === reader);
        this.#pause = FIRST_PAUSE_MILLISECONDS;
      } catch (error) {
        // Whatever goes wrong, what is in force stays.
        if (this.#reader !== reader) continue;
        this.#retry.start(this.#pause);
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MILLISECONDS);
        this.#publish({ type: 'metallbProblem', reason: `nothing changed: ${(error as Error).message}` });
      }
    }
    this.#work = undefined;
  }

  async #enforce(outcome: Outcome, wanted: () => boolean): Promise<void> {
    if (!wanted()) return;
    const { objects, news, gone, assigned } = outcome;
    if (this.#isFirstLook)
      for (const pattern of outcome.unmatched)
        this.#publish({ type: 'metallbProblem', reason: `no file matches ${pattern}` });
    this.#isFirstLook = false;
    this.#inForce = outcome;
    this.#assignments = assigned;
    this.#tellProblems(outcome);
    this.#save();
    const facts: MetallbEvent[] = [
      ...news.map((i): MetallbEvent => ({ type: 'metallbObject', object: objects[i]! })),
      ...gone.map((identity): MetallbEvent => ({ type: 'metallbGone', ...identity })),
    ];
    // All of them, whatever happens meanwhile: to the next reader they are no news.
    const tell = (fact: MetallbEvent): void => this.#publish(fact);
    await inSlices(facts, tell, () => true);
    await otherTurn();
    if (wanted()) await this.#announce(outcome);
  }

  /** Policies before routes, so that no peer hears a route with the attributes of another. */
  async #announce({ supplement, routes }: Outcome): Promise<void> {
    const announcement = {};
    this.#announcement = announcement;
    const wanted = () => this.#announcement === announcement && this.#drain?.stage !== 'withdrawn';
    try {
      this.#supply(supplement);
      await otherTurn();
      if (wanted()) this.#tellRoutes(await this.#routes.become(routes, wanted));
    } catch (error) {
      this.#publish({ type: 'metallbProblem', reason: `cannot be announced: ${(error as Error).message}` });
    }
  }

  /** In this very turn, as the one who drains expects it. */
  #applyDrain(): void {
    try {
      if (this.#drain?.stage === 'withdrawn') this.#tellRoutes(this.#routes.clear());
      else if (this.#inForce !== undefined) this.#supply(this.#inForce.supplement);
    } catch (error) {
      this.#publish({ type: 'metallbProblem', reason: `cannot be drained: ${(error as Error).message}` });
    }
  }

  #supply(wanted: Supplement): void {
    const supplement = this.#drain === undefined ? wanted : gracefulShutdown(wanted);
    const text = JSON.stringify(supplement);
    if (text === this.#supplement) return;
    this.#supplement = text;
    this.#host.supplement(supplement);
  }

  #tellRoutes(change: { announced: number; changed: number; withdrawn: number }): void {
    if (change.announced + change.changed + change.withdrawn > 0)
      this.#publish({ type: 'metallbRoutes', ...change });
  }

  /** Behind what is written already; nothing waits for it. */
  #save(): void {
    const assignments = this.#assignments;
    const path = this.#settings?.stateFile;
    if (path === undefined) return;
    this.#saving = this.#saving.then(async () => {
      const saved = this.#saved;
      if (saved?.path === path && sameAssignments(saved.assignments, assignments)) return;
      try {
        await saveAssignments(path, assignments);
        this.#saved = { path, assignments };
      } catch (error) {
        const reason = `assignments are not remembered, addresses may change at the next start: ${(error as Error).message}`;
        this.#publish({ type: 'metallbProblem', reason });
      }
    });
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

  #tellProblems({ problems }: Outcome): void {
    const known = this.#toldProblems;
    this.#toldProblems = new Set(problems.map((problem) => JSON.stringify(problem)));
    for (const problem of problems) {
      const { file, line, column, message } = problem;
      if (!known.has(JSON.stringify(problem)))
        this.#publish({ type: 'metallbFile', file, line, column, reason: message });
    }
  }

  #publish(event: MetallbEvent): void {
    for (const listener of this.#subscribers) listener(event);
  }
}

/** The peers hear that all this will go (RFC 8326): LOCAL_PREF 0, and marked for other ASes. */
function gracefulShutdown({ neighbors, policies }: Supplement): Supplement {
  return { neighbors: neighbors.map((neighbor) => ({ ...neighbor, gracefulShutdown: true })), policies };
}
