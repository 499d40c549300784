/**
 * Connect (RFC 4271 section 8.2.2): a TCP connection of ours is under way, bounded by the connect-retry timer.
 *
 * Deviation: when the connection fails, the RFC goes to Idle unless OPEN messages are delayed. We go to Active, as
 * it does with DelayOpen and as most speakers do: in Idle we would refuse the peer's own connection meanwhile.
 */
import { connect, dump, open, refuse, refused, retryLater, stay, stop, unexpected } from '../transition.ts';
import type { Event, FsmConfig, Session, Transition } from '../types.ts';

/** What `event` does in Connect. */
export function connecting(session: Session, event: Event, config: FsmConfig): Transition {
  switch (event.type) {
    case 'ManualStart':
    case 'AutomaticStart':
      return stay(session);

    case 'ManualStop':
      return stop(session, event.notification);

    // The attempt took too long: drop it and make another.
    case 'ConnectRetryTimerExpires':
      return connect(session, config, { type: 'close' });

    // Confirmed: the driver hands over the peer's connection and has given up its own attempt.
    case 'TcpConnectionRequestAcked':
    case 'TcpConnectionConfirmed':
      return open(session);

    case 'TcpConnectionFails':
      return retryLater(session, config, event.text);

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
