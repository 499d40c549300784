/**
 * ServiceManager: what systemd hears of the daemon (`Type=notify`): that it is ready, reloads, stops, how many sessions
 * it has, and while the event loop turns, that it lives (`WatchdogSec`).
 *
 * Without `$NOTIFY_SOCKET` nothing happens. The variables are taken out of the environment, so that checks and hooks
 * cannot speak for us.
 */
import { type Clock, systemClock, type Timer } from '../base/clock.ts';
import { type Notify, openNotifySocket } from '../net/notify-socket.ts';
import type { SpeakerView } from './events.ts';
import type { Logger } from './log.ts';

/** Sessions that come and go within this time are one STATUS. */
const STATUS_MILLISECONDS = 500;

/** How often the watchdog hears of us within its time. */
const BEATS = 2;

export class ServiceManager {
  readonly #notify: Notify | undefined;
  readonly #log: Logger;
  readonly #beat: Timer;
  readonly #status: Timer;
  readonly #watchdogMilliseconds: number;
  #speaker: SpeakerView | undefined;
  #failed = false;

  constructor(
    environment: NodeJS.ProcessEnv,
    log: Logger,
    { clock = systemClock, open = openNotifySocket }: { clock?: Clock; open?: (path: string) => Notify } = {},
  ) {
    const path = environment['NOTIFY_SOCKET'];
    const isOurs = [undefined, '', String(process.pid)].includes(environment['WATCHDOG_PID']);
    const microseconds = isOurs ? Number(environment['WATCHDOG_USEC'] ?? 0) : 0;
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
    this.#notify = path === undefined || path === '' ? undefined : open(path);
    this.#log = log;
    this.#watchdogMilliseconds = microseconds > 0 ? microseconds / 1000 / BEATS : 0;
    this.#beat = clock.timer(() => this.#sendBeat());
    this.#status = clock.timer(() => this.#sendStatus());
  }

  /** Says what we wait for before we are ready, and beats already. */
  waiting(reason: string): void {
    this.#send(`STATUS=${reason}`);
    if (!this.#beat.running) this.#sendBeat();
  }

  /** The configuration is accepted and listeners are bound; from now on STATUS follows the sessions. */
  ready(speaker: SpeakerView): void {
    if (this.#notify === undefined) return;
    this.#speaker = speaker;
    this.#send(`READY=1\n${this.#statusLine()}`);
    speaker.subscribe(({ type }) => {
      if (type === 'stateChange' || type === 'reloaded') this.#status.start(STATUS_MILLISECONDS);
    });
    if (!this.#beat.running) this.#sendBeat();
  }

  /** Runs a reload; systemd hears of its beginning and its end. */
  reload(work: () => void): void {
    // systemd wants the time of CLOCK_MONOTONIC with RELOADING=1, in microseconds.
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    work();
    this.#send('READY=1');
  }

  /** We are on the way out; the watchdog goes on, for a drain may take its time. */
  stopping(): void {
    this.#status.stop();
    this.#speaker = undefined;
    this.#send('STOPPING=1\nSTATUS=shutting down');
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#beat.stop();
    this.#status.stop();
  }

  #sendBeat(): void {
    if (this.#watchdogMilliseconds === 0 || this.#notify === undefined) return;
    this.#send('WATCHDOG=1');
    this.#beat.start(this.#watchdogMilliseconds);
  }

  #sendStatus(): void {
    if (this.#speaker !== undefined) this.#send(this.#statusLine());
  }

  #statusLine(): string {
    const neighbors = this.#speaker?.neighbors() ?? [];
    const up = neighbors.filter(({ state }) => state === 'Established').length;
    return `STATUS=${up} of ${neighbors.length} sessions established`;
  }

  #send(message: string): void {
    const failure = this.#notify?.(message);
    if (failure === undefined || this.#failed) return;
    this.#failed = true;
    this.#log.error({ component: 'daemon' }, `the service manager cannot be told anything: ${failure}`);
  }
}
