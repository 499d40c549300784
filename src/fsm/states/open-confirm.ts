/**
 * OpenConfirm (RFC 4271 section 8.2.2): both OPENs are good; the peer's first KEEPALIVE makes the session.
 */
import {
  dump,
  fail,
  holdAction,
  holdTimerExpired,
  keepaliveAction,
  refuse,
  refused,
  sendHoldTimerExpired,
  stay,
  stop,
  unexpected,
} from '../transition.ts';
import type { Event, FsmConfig, Session, Transition } from '../types.ts';

/** What `event` does in OpenConfirm. */
export function openConfirm(session: Session, event: Event, config: FsmConfig): Transition {
  switch (event.type) {
    case 'ManualStart':
    case 'AutomaticStart':
      return stay(session);

    case 'ManualStop':
      return stop(session, event.notification);

    case 'AutomaticStop':
      return refuse(session, config, event.notification);

    case 'HoldTimerExpires':
      return holdTimerExpired(session, config);

    case 'KeepaliveTimerExpires':
      return stay(session, { type: 'sendKeepalive' }, keepaliveAction(session));

    case 'SendHoldTimerExpires':
      return sendHoldTimerExpired(session, config);

    case 'TcpConnectionRequestAcked':
    case 'TcpConnectionConfirmed':
      return stay(session);

    case 'TcpConnectionFails':
      return fail(session, config, { origin: 'transport', text: event.text });

    case 'BgpHeaderErr':
    case 'BgpOpenMsgErr':
      return refuse(session, config, event.notification);

    case 'OpenCollisionDump':
      return dump(session);

    case 'NotifMsg':
      return refused(session, config, event.notification);

    case 'KeepAliveMsg':
      return sessionMade(session);

    // An OPEN on another connection is a collision and never arrives here; this one is the second on ours.
    case 'BgpOpen':
    case 'ConnectRetryTimerExpires':
    case 'IdleHoldTimerExpires':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'RouteRefreshMsg':
      return unexpected(session, event, config);
  }
}

/** Past failures are forgotten here: the next one starts with the shortest idle hold again. */
function sessionMade(session: Session): Transition {
  const { negotiated } = session;
  // OpenConfirm is entered with a negotiation only; a session made by hand without one has nothing to establish.
  if (negotiated === undefined) return stay(session);
  return {
    session: { ...session, state: 'Established', errors: 0 },
    actions: [holdAction(session), { type: 'established', negotiated }],
  };
}
