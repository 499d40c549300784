/**
 * The moves that several states share: start, open, retry, fail, stop. The files in `states/` say when they happen.
 *
 * Invariant: a move that falls back emits exactly one `down`, closes what may be open, and stops every timer that
 * may run, so that a state never inherits a timer from another one.
 */
import { NO_BYTES } from '../base/bytes.ts';
import { MessageType } from '../wire/message.ts';
import {
  CeaseSubcode,
  FsmSubcode,
  NotificationCode,
  type NotificationData,
  notification,
  notificationName,
} from '../wire/notification.ts';
import { connectPauseSeconds, idleHoldSeconds, OPEN_HOLD_SECONDS } from './timing.ts';
import type {
  Action,
  DownReason,
  Event,
  FsmConfig,
  Session,
  SessionState,
  TimerName,
  Transition,
} from './types.ts';

/** Timers that may run in each state. */
const TIMERS: Readonly<Record<SessionState, readonly TimerName[]>> = {
  Idle: ['idleHold'],
  Connect: ['connectRetry'],
  Active: ['connectRetry'],
  OpenSent: ['hold', 'sendHold'],
  OpenConfirm: ['hold', 'keepalive', 'sendHold'],
  Established: ['hold', 'keepalive', 'sendHold'],
};

/** Remains in the present state. */
export function stay(session: Session, ...actions: readonly Action[]): Transition {
  return { session, actions };
}

/** Starts `timer`, or stops it when `seconds` is 0: a hold time of 0 means that there is none (RFC 4271 4.2). */
export function timerAction(timer: TimerName, seconds: number, jitter: boolean): Action {
  return seconds > 0 ? { type: 'startTimer', timer, seconds, jitter } : { type: 'stopTimer', timer };
}

/** (Re)starts the hold timer with the negotiated time: something was heard from the peer. */
export function holdAction(session: Session): Action {
  return timerAction('hold', session.negotiated?.holdTimeSeconds ?? OPEN_HOLD_SECONDS, false);
}

/**
 * (Re)starts the keepalive timer with the negotiated time. Jitter is left out at one second, since KEEPALIVEs
 * must not be sent more often than that (RFC 4271 section 4.4).
 */
export function keepaliveAction(session: Session): Action {
  const seconds = session.negotiated?.keepaliveSeconds ?? 0;
  return timerAction('keepalive', seconds, seconds > 1);
}

/** Connect: open a connection, and give it up when it takes longer than `connectRetrySeconds`. */
export function connect(session: Session, config: FsmConfig, ...before: readonly Action[]): Transition {
  return {
    session: { ...session, state: 'Connect' },
    actions: [...before, { type: 'connect' }, timerAction('connectRetry', config.connectRetrySeconds, true)],
  };
}

/** Out of Idle: Connect, or Active when only the peer may connect. */
export function start(session: Session, config: FsmConfig): Transition {
  const fresh: Session = { ...session, connectRetryCounter: 0 };
  if (!config.passive) return connect(fresh, config, ...stopTimers('Idle'));
  return { session: { ...fresh, state: 'Active' }, actions: stopTimers('Idle') };
}

/** OpenSent: TCP is connected, whoever began it. */
export function open(session: Session): Transition {
  const next: Session = { ...session, state: 'OpenSent' };
  return { session: next, actions: [...stopTimers(session.state), { type: 'sendOpen' }, holdAction(next)] };
}

/** Active: TCP failed before the peers knew each other; listen, and connect again after a pause. */
export function retryLater(
  session: Session,
  config: FsmConfig,
  text: string,
  reason: DownReason = { origin: 'transport', text },
): Transition {
  const attempts = session.connectRetryCounter + 1;
  const pause = timerAction('connectRetry', connectPauseSeconds(attempts, config), true);
  return {
    session: { ...session, state: 'Active', connectRetryCounter: attempts },
    actions: [...release(session.state), ...(config.passive ? [] : [pause]), { type: 'down', reason }],
  };
}

/**
 * The peer took the connection and refused it (Cease/5), as it does while it waits in its own Idle. We wait in Active
 * and can be reached: if both refused each other from Idle, and took that for an error, they would never meet.
 */
export function rejected(session: Session, config: FsmConfig, why: NotificationData): Transition {
  const text = notificationName(why.code, why.subcode);
  return retryLater(session, config, text, { origin: 'remote', notification: why, text });
}

/** Whether a NOTIFICATION says that the peer does not want the connection now. */
export function isRejection({ code, subcode }: NotificationData): boolean {
  return code === NotificationCode.cease && subcode === CeaseSubcode.connectionRejected;
}

/** Idle for a while: the session failed and counts as an error. */
export function fail(session: Session, config: FsmConfig, reason: DownReason): Transition {
  const errors = session.errors + 1;
  const idle = toIdle(session, reason);
  return {
    session: { ...idle.session, errors },
    actions: [
      ...idle.actions,
      { type: 'startTimer', timer: 'idleHold', seconds: idleHoldSeconds(errors, config), jitter: true },
    ],
  };
}

/** As {@link fail}, by our own decision, which the peer learns from a NOTIFICATION when it is connected. */
export function refuse(
  session: Session,
  config: FsmConfig,
  why: NotificationData,
  text = notificationName(why.code, why.subcode),
): Transition {
  return fail(session, config, localReason(session, why, text));
}

/** As {@link fail}, by the peer's NOTIFICATION, which is never answered (RFC 4271 section 6.4). */
export function refused(session: Session, config: FsmConfig, why: NotificationData): Transition {
  return fail(session, config, {
    origin: 'remote',
    notification: why,
    text: notificationName(why.code, why.subcode),
  });
}

/** ManualStop: Idle until a start event, and all failures forgotten. */
export function stop(session: Session, why: NotificationData): Transition {
  const text = notificationName(why.code, why.subcode);
  const idle = toIdle(session, localReason(session, why, text));
  return { session: { ...idle.session, errors: 0, connectRetryCounter: 0 }, actions: idle.actions };
}

/**
 * OpenCollisionDump: this connection lost against the peer's other one. No error, and no idle hold either: the
 * neighbor lives on in the other session, which restarts by itself when it fails.
 */
export function dump(session: Session): Transition {
  const why = notification(NotificationCode.cease, CeaseSubcode.connectionCollision);
  return toIdle(session, localReason(session, why, 'connection collision: the other connection is kept'));
}

/** HoldTimer_Expires once TCP is connected (RFC 4271 section 6.5). */
export function holdTimerExpired(session: Session, config: FsmConfig): Transition {
  const seconds = session.negotiated?.holdTimeSeconds ?? OPEN_HOLD_SECONDS;
  const text = `hold timer expired: nothing heard for ${seconds} seconds`;
  return refuse(session, config, notification(NotificationCode.holdTimer, 0), text);
}

/** SendHoldTimer_Expires: the peer has stopped reading, so the NOTIFICATION may never arrive (RFC 9687 section 3). */
export function sendHoldTimerExpired(session: Session, config: FsmConfig): Transition {
  const text = 'send hold timer expired: the peer takes no data from its socket';
  return refuse(session, config, notification(NotificationCode.sendHold, 0), text);
}

/** "Any other event" of RFC 4271 section 8.2.2: an FSM error, with the subcodes of RFC 6608. */
export function unexpected(session: Session, event: Event, config: FsmConfig): Transition {
  const messageType = MESSAGE_TYPES[event.type];
  const subcode = (messageType !== undefined && UNEXPECTED_SUBCODES[session.state]) || 0;
  const data = messageType === undefined ? NO_BYTES : Uint8Array.of(messageType);
  const why = notification(NotificationCode.fsm, subcode, data);
  return refuse(session, config, why, `unexpected ${event.type} in ${session.state}`);
}

/** Message type that an event stands for; it is the data of an FSM error (RFC 6608 section 4). */
const MESSAGE_TYPES: Readonly<Partial<Record<Event['type'], number>>> = {
  BgpOpen: MessageType.open,
  BgpOpenMsgErr: MessageType.open,
  UpdateMsg: MessageType.update,
  UpdateMsgErr: MessageType.update,
  KeepAliveMsg: MessageType.keepalive,
  RouteRefreshMsg: MessageType.routeRefresh,
};

const UNEXPECTED_SUBCODES: Readonly<Partial<Record<SessionState, number>>> = {
  OpenSent: FsmSubcode.openSent,
  OpenConfirm: FsmSubcode.openConfirm,
  Established: FsmSubcode.established,
};

/** Leaves any state but Idle for Idle; a NOTIFICATION of our own goes out first. */
function toIdle(session: Session, reason: DownReason): Transition {
  const { notification: why, origin } = reason;
  return {
    session: {
      ...session,
      state: 'Idle',
      negotiated: undefined,
      connectRetryCounter: session.connectRetryCounter + 1,
    },
    actions: [
      ...(why !== undefined && origin === 'local'
        ? [{ type: 'sendNotification', notification: why } as const]
        : []),
      ...release(session.state),
      { type: 'down', reason },
    ],
  };
}

/** Our own reason; the NOTIFICATION is part of it only when there is a connection to send it on. */
function localReason(session: Session, why: NotificationData, text: string): DownReason {
  return isConnected(session.state)
    ? { origin: 'local', notification: why, text }
    : { origin: 'local', text };
}

function isConnected(state: SessionState): boolean {
  return state === 'OpenSent' || state === 'OpenConfirm' || state === 'Established';
}

/** Closes what may be open in `state` and stops what may run. */
function release(state: SessionState): Action[] {
  const close: Action[] = state === 'Connect' || isConnected(state) ? [{ type: 'close' }] : [];
  return [...close, ...stopTimers(state)];
}

function stopTimers(state: SessionState): Action[] {
  return TIMERS[state].map((timer) => ({ type: 'stopTimer', timer }));
}
