/**
 * The session state machine of RFC 4271 section 8 as a function: state and event in, state and actions out.
 *
 * Pure and total. Every pair of state and event is defined, and the compiler sees to it: each state's handler is a
 * `switch` over all events with no default. There is no clock and no socket here; the driver
 * (`speaker/connection.ts`) turns actions into I/O and I/O into events. README.md has the whole table.
 */
import { active } from './states/active.ts';
import { connecting } from './states/connect.ts';
import { established } from './states/established.ts';
import { idle } from './states/idle.ts';
import { openConfirm } from './states/open-confirm.ts';
import { openSent } from './states/open-sent.ts';
import type { Event, FsmConfig, Session, SessionState, Transition } from './types.ts';

type Handler = (session: Session, event: Event, config: FsmConfig) => Transition;

const HANDLERS: Readonly<Record<SessionState, Handler>> = {
  Idle: idle,
  Connect: connecting,
  Active: active,
  OpenSent: openSent,
  OpenConfirm: openConfirm,
  Established: established,
};

/** A session that has not been started: Idle, no failures. */
export function initialSession(): Session {
  return { state: 'Idle', errors: 0, connectRetryCounter: 0, negotiated: undefined };
}

/**
 * What `event` does to `session`. Never throws and never changes its arguments.
 *
 * @example
 * const { session, actions } = step(initialSession(), { type: 'ManualStart' }, config);
 * // session.state: 'Connect'; actions: stopTimer idleHold, connect, startTimer connectRetry
 */
export function step(session: Session, event: Event, config: FsmConfig): Transition {
  return HANDLERS[session.state](session, event, config);
}
