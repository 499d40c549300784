/**
 * A configured process and its runs: started, started again with back-off, its routes withdrawn the moment it is gone
 * unless they may stay for a while.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { MAX_PROCESS_LOG_LINES } from '../../base/limits.ts';
import type { ProcessConfig, ProcessEventKind } from '../../config/process-types.ts';
import { Child, startFailure } from './child.ts';
import { JsonEncoder } from './encode-json.ts';
import { TextEncoder } from './encode-text.ts';
import type { EventEncoder, EventNeighbor, NeighborEvent } from './events.ts';
import { Interpreter, type InterpreterSpeaker, printable } from './interpreter.ts';
import type { ProcessEvent, ProcessStatus } from './status.ts';

/** First and longest pause before a program that has ended is started again. */
const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

/** A run of this length was a good one: the next pause is the first one again. */
const GOOD_RUN_MILLISECONDS = 60_000;

/** Time between SIGTERM and SIGKILL. */
const STOP_MILLISECONDS = 1500;

export interface ProcessHost {
  readonly clock: Clock;
  readonly speaker: InterpreterSpeaker;
  publish(event: ProcessEvent): void;
  /** It runs; tells what it has missed. */
  started(process: ManagedProcess): void;
}

export class ManagedProcess {
  readonly config: ProcessConfig;
  readonly #host: ProcessHost;
  readonly #interpreter: Interpreter;
  readonly #restart: Timer;
  #encoder: EventEncoder;
  #child: Child | undefined;
  #state: ProcessStatus['state'] = 'waiting';
  #since = new Date().toISOString();
  #startedAt = 0;
  #pause = FIRST_PAUSE_MILLISECONDS;
  #lastEnd: string | undefined;
  #restarts = 0;
  /** Resolves {@link stop}. */
  #stopped: PromiseWithResolvers<void> | undefined;
  #keepOnStop = false;
  /** The routes of the last run are withdrawn. */
  #isSettled = true;
  /** It has ended, and what it wrote last decides which routes are kept. */
  #hasLastWords = false;
  /** Events of the runs before this one. */
  #earlier = { sent: 0, dropped: 0 };
  #logSecond = 0;
  #logLines = 0;
  #logLinesDropped = 0;

  constructor(host: ProcessHost, config: ProcessConfig) {
    this.#host = host;
    this.config = config;
    const { name } = config;
    this.#interpreter = new Interpreter(
      {
        speaker: host.speaker,
        refused: (command, reason) => this.#log({ type: 'processError', process: name, command, reason }),
        noted: (reason) => host.publish({ type: 'processNote', process: name, reason }),
      },
      config,
    );
    this.#encoder = this.#newEncoder();
    this.#restart = host.clock.timer(() => {
      this.#restarts++;
      this.start();
    });
  }

  start(): void {
    this.#encoder = this.#newEncoder();
    this.#interpreter.begin();
    this.#startedAt = this.#host.clock.now();
    const { name, run } = this.config;
    try {
      this.#child = new Child(
        {
          beginBatch: () => this.#interpreter.beginBatch(),
          obey: (line) => this.#interpreter.obey(line),
          said: (line) => this.#log({ type: 'processSaid', process: name, line: printable(line) }),
          exited: (reason) => this.#exited(reason),
          finished: () => this.#finished(),
          gapLine: (dropped) => this.#encoder.gap(dropped),
        },
        name,
        run,
      );
    } catch (error) {
      this.#child = undefined;
      this.#exited(startFailure(run[0]!, error as NodeJS.ErrnoException));
      this.#finished();
      return;
    }
    const { pid } = this.#child;
    // Without one an error event follows.
    if (pid === undefined) return;
    this.#change('running');
    this.#host.publish({ type: 'processStarted', process: name, pid });
    this.#host.started(this);
  }

  /** Ends it: told to go, killed if it does not. Its routes go with it, or with `keep` stay as if it had died. */
  async stop(keep = false): Promise<void> {
    this.#restart.stop();
    this.#keepOnStop = keep;
    const child = this.#child;
    if (child === undefined) {
      this.#stopped ??= Promise.withResolvers<void>();
      this.#change('ended');
      if (keep) this.#stopped.resolve();
      else this.#interpreter.routes.removeAll(() => this.#stopped?.resolve());
      await this.#stopped.promise;
      return;
    }
    this.#stopped ??= Promise.withResolvers<void>();
    if (this.config.receive.length > 0) child.outlet.answer(this.#encoder.shutdown());
    child.signal('SIGTERM');
    const kill = this.#host.clock.timer(() => child.signal('SIGKILL'));
    kill.start(STOP_MILLISECONDS);
    await this.#stopped.promise;
    kill.stop();
  }

  wants(kind: ProcessEventKind, neighbor: string): boolean {
    const { receive, neighbors } = this.config;
    return receive.includes(kind) && (neighbors === undefined || neighbors.includes(neighbor));
  }

  /** Tells it of an event, made only if there is room for it. */
  tell(make: () => NeighborEvent, neighbor: () => EventNeighbor): void {
    if (this.#state !== 'running') return;
    this.#child?.outlet.event(() => this.#encoder.event(make(), neighbor()));
  }

  status(): ProcessStatus {
    const { config } = this;
    const outlet = this.#child?.outlet;
    const { commands, errors, lastError, notes, routes } = this.#interpreter;
    return {
      name: config.name,
      command: config.run,
      state: this.#state,
      pid: this.#state === 'running' ? this.#child?.pid : undefined,
      since: this.#since,
      lastEnd: this.#lastEnd,
      restarts: this.#restarts,
      routes: routes.count,
      commands,
      errors,
      lastError,
      notes,
      eventsSent: this.#earlier.sent + (outlet?.sent ?? 0),
      eventsDropped: this.#earlier.dropped + (outlet?.dropped ?? 0),
      unreadBytes: outlet?.unread ?? 0,
      blocked: this.#child?.blocked ?? false,
      logLinesDropped: this.#logLinesDropped,
    };
  }

  /** It is gone: unless its routes may stay, they go before anything else is done. */
  #exited(reason: string): void {
    this.#lastEnd = reason;
    if (this.#keepMilliseconds === 0) {
      this.#child?.ignore();
      this.#withdraw(reason);
    } else this.#hasLastWords = true;
  }

  #withdraw(reason: string): void {
    this.#isSettled = false;
    this.#interpreter.routes.removeAll((count) => {
      this.#isSettled = true;
      this.#settle(reason, count);
      this.#resolveStop();
    });
  }

  /** Everything it wrote has been obeyed. */
  #finished(): void {
    const keep = this.#keepMilliseconds;
    const outlet = this.#child?.outlet;
    this.#earlier = {
      sent: this.#earlier.sent + (outlet?.sent ?? 0),
      dropped: this.#earlier.dropped + (outlet?.dropped ?? 0),
    };
    this.#child = undefined;
    if (this.#hasLastWords) {
      this.#hasLastWords = false;
      const reason = this.#lastEnd ?? 'ended';
      if (keep > 0) this.#settle(reason, this.#interpreter.routes.expire(keep));
      else this.#withdraw(reason);
    }
    this.#resolveStop();
  }

  #resolveStop(): void {
    if (this.#child === undefined && this.#isSettled) this.#stopped?.resolve();
  }

  /** 0 when routes go with the process. */
  get #keepMilliseconds(): number {
    return this.#stopped !== undefined && !this.#keepOnStop ? 0 : this.config.keepRoutesSeconds * 1000;
  }

  #settle(reason: string, routes: number): void {
    const isAgain = this.config.respawn && this.#stopped === undefined;
    if (this.#host.clock.now() - this.#startedAt >= GOOD_RUN_MILLISECONDS)
      this.#pause = FIRST_PAUSE_MILLISECONDS;
    const pause = this.#pause;
    this.#change(isAgain ? 'waiting' : 'ended');
    if (isAgain) {
      this.#restart.start(pause);
      this.#pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
    this.#host.publish({
      type: 'processEnded',
      process: this.config.name,
      reason,
      routes,
      keptSeconds: this.#keepMilliseconds === 0 ? undefined : this.config.keepRoutesSeconds,
      restartSeconds: isAgain ? pause / 1000 : undefined,
    });
  }

  #change(state: ProcessStatus['state']): void {
    this.#state = state;
    this.#since = new Date().toISOString();
  }

  /** Publishes what the process itself can cause in any number, so many times a second. */
  #log(event: ProcessEvent): void {
    const second = Math.floor(this.#host.clock.now() / 1000);
    if (second !== this.#logSecond) this.#logLines = 0;
    this.#logSecond = second;
    if (++this.#logLines <= MAX_PROCESS_LOG_LINES) this.#host.publish(event);
    else this.#logLinesDropped++;
  }

  #newEncoder(): EventEncoder {
    return this.config.encoder === 'json' ? new JsonEncoder(this.config.version) : new TextEncoder();
  }
}
