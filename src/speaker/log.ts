/**
 * The log of the daemon, and the only import of pino: one line for each fact an operator acts on, made from the
 * events of the speaker. Every field of an event is a field of its line, beside `component`.
 *
 * A peer can cause events as fast as it can send. Lines that a peer can provoke are limited per peer: ten a minute,
 * then one line that says how many were left out.
 */
import { type Logger, type LoggerOptions, pino } from 'pino';
import { type Clock, systemClock, type Timer } from '../base/clock.ts';
import { CeaseSubcode, NotificationCode } from '../wire/notification.ts';
import type { NotificationFacts, SpeakerEvent, SpeakerView } from './events.ts';

export type { Logger } from 'pino';

/** Lines about one peer and one kind of event in a minute; more are counted and summed up in one line. */
const LINES_A_MINUTE = 10;
const MINUTE_MILLISECONDS = 60_000;

export interface LogOptions {
  /** `json` for machines; `text` for people, where pino-pretty is installed (else JSON too). */
  readonly format: 'json' | 'text';
  readonly level: LogLevel;
  /** Colour in `text`. */
  readonly colour?: boolean;
  /** Takes the finished lines instead of standard output. */
  readonly sink?: LogSink;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Takes lines, each with its line end. */
export interface LogSink {
  write(line: string): unknown;
}

/** Makes the logger of the daemon. It writes synchronously: no line is lost when the process ends. */
export async function createLog(options: LogOptions): Promise<Logger> {
  const settings: LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  const sink = options.sink ?? pino.destination({ fd: 1, sync: true });
  const prettify = options.format === 'text' ? await loadPrettifier(options.colour ?? false) : undefined;
  if (prettify === undefined) return pino(settings, sink);
  return pino(settings, { write: (line: string) => sink.write(prettify(line)) });
}

/** pino-pretty is an optional dependency; undefined when it is not installed. */
async function loadPrettifier(colorize: boolean): Promise<((line: string) => string) | undefined> {
  try {
    const pretty = await import('pino-pretty');
    return pretty.default.prettyFactory({
      colorize,
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss.l',
      // The message says these already.
      ignore: 'component,event,peer,oldState,newState,reason,direction',
      messageFormat: '{component}: {msg}',
    });
  } catch {
    return undefined;
  }
}

/** Writes a line for each event of `speaker` from now on, until the returned function is called. */
export function attachLog(speaker: SpeakerView, log: Logger, clock: Clock = systemClock): () => void {
  const limiter = new LineLimiter(clock, ({ component, peer }, suppressed) =>
    log.warn({ component, peer, suppressed }, `${suppressed} more such lines in the last minute`),
  );
  const unsubscribe = speaker.subscribe((event) => {
    const line = lineOf(event);
    if (line.limited !== undefined && !limiter.admit({ component: line.component, peer: line.limited }))
      return;
    const { type, ...fields } = event;
    log[line.level]({ component: line.component, event: type, ...fields }, line.message);
  });
  return () => {
    unsubscribe();
    limiter.stop();
  };
}

interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Part of the program the fact belongs to. */
  readonly component: 'fsm' | 'listener' | 'update' | 'config' | 'speaker';
  readonly message: string;
  /** Under which name repetitions are counted; undefined when a peer cannot provoke the line at will. */
  readonly limited?: string;
}

function lineOf(event: SpeakerEvent): Line {
  switch (event.type) {
    case 'stateChange':
      return stateChangeLine(event);
    case 'connectionRejected':
      return {
        // Two connections at once are nothing to act on: one of them becomes the session.
        level: isCollision(event) ? 'info' : 'warn',
        component: 'listener',
        message: `connection with ${event.peer} refused: ${event.reason}`,
        // Strangers share one allowance, so that their number does not matter.
        limited: event.known ? event.peer : 'unknown peers',
      };
    case 'updateError':
      return {
        level: 'warn',
        component: 'update',
        message: `malformed UPDATE from ${event.peer} (${event.disposition}): ${event.reason}`,
        limited: event.peer,
      };
    case 'familyDisabled':
      return {
        level: 'warn',
        component: 'update',
        message: `${event.family} disabled until the next session with ${event.peer}: ${event.reason}`,
        limited: event.peer,
      };
    case 'warning':
      return { level: 'warn', component: 'config', message: withPeer(event.peer, event.reason) };
    case 'announcementsExpired': {
      const { owner, count, prefixes } = event;
      const [first] = prefixes;
      const rest = count > 1 ? ` and ${count - 1} more` : '';
      const message = `withdrawn, not renewed by ${owner} in time: ${first}${rest}`;
      return { level: 'warn', component: 'speaker', message, limited: owner };
    }
    case 'administrative': {
      const { peer, disabled } = event;
      const text = disabled === undefined ? 'enabled' : 'disabled';
      const why = disabled === undefined || disabled.message === '' ? '' : `: ${disabled.message}`;
      return { level: 'info', component: 'speaker', message: `${peer} ${text} by an operator${why}` };
    }
    case 'listening':
      return { level: 'info', component: 'listener', message: `listening on ${place(event)}` };
    case 'listenFailed':
      return {
        level: 'error',
        component: 'listener',
        message: event.reason,
      };
    case 'reloaded':
      return {
        level: 'info',
        component: 'config',
        message: `configuration applied: neighbors ${event.added.length} added, ${event.removed.length} removed, ${event.changed.length} changed`,
      };
    case 'stopped':
      return { level: 'info', component: 'speaker', message: `stopped: ${event.reason}` };
  }
}

function isCollision({ code, subcode }: NotificationFacts): boolean {
  return code === NotificationCode.cease && subcode === CeaseSubcode.connectionCollision;
}

function stateChangeLine(event: SpeakerEvent & { type: 'stateChange' }): Line {
  const { peer, oldState, newState, reason } = event;
  const because = reason === undefined ? '' : `: ${reason}`;
  if (newState === 'Established')
    return { level: 'info', component: 'fsm', message: `session with ${peer} established` };
  if (oldState === 'Established')
    return { level: 'warn', component: 'fsm', message: `session with ${peer} lost${because}` };
  // A NOTIFICATION before the session: the two configurations disagree, and it happens again at every attempt.
  // A connection that just ends says the same of a peer that does not explain itself.
  const hungUp = event.direction === 'none' && (oldState === 'OpenSent' || oldState === 'OpenConfirm');
  const refused =
    event.code === NotificationCode.cease && event.direction === 'received' && !isCollision(event);
  if (hungUp || refused || (event.code !== undefined && event.code !== NotificationCode.cease))
    return {
      level: 'warn',
      component: 'fsm',
      message: `no session with ${peer}${because}`,
      limited: peer,
    };
  return { level: 'debug', component: 'fsm', message: `${peer} ${oldState} to ${newState}${because}` };
}

function withPeer(peer: string | undefined, text: string): string {
  return peer === undefined ? text : `${peer}: ${text}`;
}

function place({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What lines are counted under. */
interface Subject {
  readonly component: Line['component'];
  readonly peer: string;
}

/** Admits {@link LINES_A_MINUTE} lines of a subject, counts the rest and reports the count when the minute is over. */
class LineLimiter {
  readonly #windows = new Map<string, { lines: number; readonly timer: Timer }>();
  readonly #clock: Clock;
  readonly #report: (subject: Subject, suppressed: number) => void;

  constructor(clock: Clock, report: (subject: Subject, suppressed: number) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  admit(subject: Subject): boolean {
    const key = `${subject.component} ${subject.peer}`;
    let window = this.#windows.get(key);
    if (window === undefined) {
      window = { lines: 0, timer: this.#clock.timer(() => this.#close(key, subject)) };
      window.timer.start(MINUTE_MILLISECONDS);
      this.#windows.set(key, window);
    }
    return ++window.lines <= LINES_A_MINUTE;
  }

  stop(): void {
    for (const { timer } of this.#windows.values()) timer.stop();
    this.#windows.clear();
  }

  #close(key: string, subject: Subject): void {
    const lines = this.#windows.get(key)?.lines ?? 0;
    this.#windows.delete(key);
    if (lines > LINES_A_MINUTE) this.#report(subject, lines - LINES_A_MINUTE);
  }
}
