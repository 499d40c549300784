/**
 * Established (RFC 4271 section 8.2.2): routes flow until something ends the session.
 *
 * The driver does not come here for each UPDATE and KEEPALIVE: it notes when it last heard something and looks at
 * that note before it reports HoldTimerExpires. The pairs are defined all the same, for other drivers.
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

/** What `event` does in Established. */
export function established(session: Session, event: Event, config: FsmConfig): Transition {
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

    // Section 8.2.2 calls a header error here an FSM error; section 6.1 says what the peer needs to know.
    case 'BgpHeaderErr':
    case 'UpdateMsgErr':
      return refuse(session, config, event.notification);

    case 'OpenCollisionDump':
      return dump(session);

    case 'NotifMsg':
      return refused(session, config, event.notification);

    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'RouteRefreshMsg':
      return stay(session, holdAction(session));

    case 'BgpOpen':
    case 'BgpOpenMsgErr':
    case 'ConnectRetryTimerExpires':
    case 'IdleHoldTimerExpires':
      return unexpected(session, event, config);
  }
}
