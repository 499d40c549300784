/**
 * Active (RFC 4271 section 8.2.2): waiting for the peer to connect, and, unless we are passive, for the moment to
 * connect ourselves. Without a connect-retry timer (passive) the state lasts until the peer comes.
 */
import { connect, dump, open, refuse, refused, stay, stop, unexpected } from '../transition.ts';
import type { Event, FsmConfig, Session, Transition } from '../types.ts';

/** What `event` does in Active. */
export function active(session: Session, event: Event, config: FsmConfig): Transition {
  switch (event.type) {
    case 'ManualStart':
    case 'AutomaticStart':
      return stay(session);

    case 'ManualStop':
      return stop(session, event.notification);

    case 'ConnectRetryTimerExpires':
      return config.passive ? stay(session) : connect(session, config);

    case 'TcpConnectionRequestAcked':
    case 'TcpConnectionConfirmed':
      return open(session);

    // Nothing is open here, so this reports an attempt that we gave up before. (The RFC goes to Idle.)
    case 'TcpConnectionFails':
      return stay(session);

    case 'AutomaticStop':
    case 'BgpHeaderErr':
    case 'BgpOpenMsgErr':
      return refuse(session, config, event.notification);

    case 'OpenCollisionDump':
      return dump(session);

    case 'NotifMsg':
      return refused(session, config, event.notification);

    case 'HoldTimerExpires':
    case 'KeepaliveTimerExpires':
    case 'IdleHoldTimerExpires':
    case 'SendHoldTimerExpires':
    case 'BgpOpen':
    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'RouteRefreshMsg':
      return unexpected(session, event, config);
  }
}
