/**
 * Idle (RFC 4271 section 8.2.2): nothing is open and every connection is refused; only a start event leads out.
 */
import { start, stay } from '../transition.ts';
import type { Event, FsmConfig, Session, Transition } from '../types.ts';

/** What `event` does in Idle. */
export function idle(session: Session, event: Event, config: FsmConfig): Transition {
  switch (event.type) {
    case 'ManualStart':
    case 'AutomaticStart':
    case 'IdleHoldTimerExpires':
      return start(session, config);

    // The RFC ignores it; but an operator who stops a neighbor that waits for its restart means the restart.
    case 'ManualStop':
      return {
        session: { ...session, errors: 0, connectRetryCounter: 0 },
        actions: [{ type: 'stopTimer', timer: 'idleHold' }],
      };

    // A connection that completes too late, or comes too early.
    case 'TcpConnectionRequestAcked':
    case 'TcpConnectionConfirmed':
      return stay(session, { type: 'close' });

    case 'AutomaticStop':
    case 'ConnectRetryTimerExpires':
    case 'HoldTimerExpires':
    case 'KeepaliveTimerExpires':
    case 'SendHoldTimerExpires':
    case 'TcpConnectionFails':
    case 'BgpOpen':
    case 'BgpHeaderErr':
    case 'BgpOpenMsgErr':
    case 'OpenCollisionDump':
    case 'NotifMsg':
    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'RouteRefreshMsg':
      return stay(session);
  }
}
