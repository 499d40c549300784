/**
 * Runs one check again and again: never two at a time, never longer than its timeout, at the fast interval while the
 * verdict is changing. Intervals count from when a run was due; a run that ends after the next one was due is followed
 * by it at once, and intervals count from there. The first run is put off by a random part of a second, so that a
 * thousand checks do not all start at once.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { MAX_CHECK_HISTORY } from '../base/limits.ts';
import type { CheckConfig } from '../config/vip-types.ts';
import { errorText, failed, type Probe, type ProbeResult, unrunnable } from './checks/check.ts';
import { type CheckState, INITIAL, isChanging, observe } from './state.ts';
import type { CheckRecord, CheckStatus } from './status.ts';

/** The first run starts within so many milliseconds, or within the interval when that is shorter. */
const START_JITTER_MILLISECONDS = 1000;

/** A timeout that fires later than this was not watched: the process itself had no time. */
const STALL_MILLISECONDS = 20;

/** Time that a probe gets to end after its timeout; then the check is DOWN until it has ended. */
const ABORT_GRACE_MILLISECONDS = 250;

/** A record of the history; the text of its time is made when somebody asks. */
interface HistoryRecord extends Omit<CheckRecord, 'time'> {
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface CheckRunnerOptions {
  readonly clock: Clock;
  readonly probe: Probe;
  /** Called behind each result. */
  readonly onResult: (runner: CheckRunner, before: CheckState, result: ProbeResult) => void;
  /** State to begin with; default INIT, which also jitters the start. */
  readonly state?: CheckState;
}

export class CheckRunner {
  readonly settings: CheckConfig;
  readonly #options: CheckRunnerOptions;
  readonly #next: Timer;
  readonly #timeout: Timer;
  readonly #overdue: Timer;
  readonly #history: HistoryRecord[] = [];
  #state: CheckState;
  #abort: AbortController | undefined;
  #due = 0;
  #startedAt = 0;
  #answered = true;
  #extended = false;
  #stopped = false;
  #runs = 0;
  #failures = 0;
  #timeouts = 0;
  #worstLate = 0;

  constructor(settings: CheckConfig, options: CheckRunnerOptions) {
    this.settings = settings;
    this.#options = options;
    this.#state = options.state ?? INITIAL;
    const { clock } = options;
    this.#next = clock.timer(() => void this.#run());
    this.#timeout = clock.timer(() => this.#onTimeout());
    this.#overdue = clock.timer(() => this.#onOverdue());
  }

  get state(): CheckState {
    return this.#state;
  }

  get lastDetail(): string | undefined {
    return this.#history[0]?.detail;
  }

  start(): void {
    const { clock, state } = this.#options;
    const longest = Math.min(START_JITTER_MILLISECONDS, this.settings.intervalSeconds * 1000);
    this.#schedule(clock.now() + (state === undefined ? clock.random() * longest : 0));
  }

  /** Ends a run in progress; no result is told from now on. */
  stop(): void {
    this.#stopped = true;
    this.#next.stop();
    this.#timeout.stop();
    this.#overdue.stop();
    this.#abort?.abort();
  }

  status(): CheckStatus {
    const { name, probe, rise, fall, intervalSeconds, timeoutSeconds } = this.settings;
    return {
      name,
      kind: probe.kind,
      state: this.#state.phase,
      count: this.#state.count,
      rise,
      fall,
      intervalSeconds,
      timeoutSeconds,
      runs: this.#runs,
      failures: this.#failures,
      timeouts: this.#timeouts,
      worstLateMilliseconds: Math.round(this.#worstLate * 10) / 10,
      history: this.#history.map(({ at, ...record }) => ({ time: new Date(at).toISOString(), ...record })),
    };
  }

  #schedule(at: number): void {
    this.#due = at;
    this.#next.start(Math.max(0, at - this.#options.clock.now()));
  }

  async #run(): Promise<void> {
    const { clock, probe } = this.#options;
    this.#startedAt = clock.now();
    this.#worstLate = Math.max(this.#worstLate, this.#startedAt - this.#due);
    this.#answered = false;
    this.#extended = false;
    this.#runs++;
    const abort = new AbortController();
    this.#abort = abort;
    this.#timeout.start(this.settings.timeoutSeconds * 1000);
    let result: ProbeResult;
    try {
      result = await probe(abort.signal);
    } catch (error) {
      result = failed(`internal error: ${errorText(error)}`);
    }
    this.#timeout.stop();
    this.#overdue.stop();
    this.#abort = undefined;
    if (this.#stopped) return;
    // What was told of it when it was overdue stands.
    if (!this.#answered) this.#tell(abort.signal.aborted && result.ok ? failed('answered too late') : result);
    const { intervalSeconds, fastIntervalSeconds } = this.settings;
    const interval = isChanging(this.#state) ? fastIntervalSeconds : intervalSeconds;
    // From when it was due, not from when it began: checks that were late together would stay together for ever.
    if (!this.#stopped) this.#schedule(Math.max(clock.now(), this.#due + interval * 1000));
  }

  /**
   * While our own process stood still (a busy machine, a suspended one) answers may have come that nobody has read:
   * the time is given once more, so that a stall of ours does not withdraw every VIP at once.
   */
  #onTimeout(): void {
    const milliseconds = this.settings.timeoutSeconds * 1000;
    const late = this.#options.clock.now() - this.#startedAt - milliseconds;
    if (late > STALL_MILLISECONDS && !this.#extended) {
      this.#extended = true;
      this.#timeout.start(Math.min(late, milliseconds));
      return;
    }
    this.#timeouts++;
    this.#overdue.start(ABORT_GRACE_MILLISECONDS);
    this.#abort?.abort();
  }

  /** A probe that ignores its signal must not keep a dead service announced. */
  #onOverdue(): void {
    this.#tell(unrunnable('the check does not end'));
  }

  #tell(result: ProbeResult): void {
    this.#answered = true;
    if (!result.ok) this.#failures++;
    this.#history.unshift({
      at: Date.now(),
      ok: result.ok,
      detail: result.detail,
      milliseconds: Math.round((this.#options.clock.now() - this.#startedAt) * 10) / 10,
    });
    if (this.#history.length > MAX_CHECK_HISTORY) this.#history.pop();
    const before = this.#state;
    this.#state = observe(before, result, this.settings);
    this.#options.onResult(this, before, result);
  }
}
