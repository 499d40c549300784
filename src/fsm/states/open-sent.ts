/**
 * OpenSent (RFC 4271 section 8.2.2): our OPEN is out and the peer's is awaited, for at most four minutes.
 */
import type { OpenMessage } from '../../wire/open.ts';
import { negotiate } from '../negotiate.ts';
import {
  dump,
  holdAction,
  holdTimerExpired,
  isRejection,
  keepaliveAction,
  refuse,
  refused,
  rejected,
  retryLater,
  sendHoldTimerExpired,
  stay,
  stop,
  unexpected,
} from '../transition.ts';
import type { Event, FsmConfig, Session, Transition } from '../types.ts';

/** What `event` does in OpenSent. */
export function openSent(session: Session, event: Event, config: FsmConfig): Transition {
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

    case 'SendHoldTimerExpires':
      return sendHoldTimerExpired(session, config);

    // Another connection of the same peer; it has a session of its own until the collision is resolved.
    case 'TcpConnectionRequestAcked':
    case 'TcpConnectionConfirmed':
      return stay(session);

    case 'TcpConnectionFails':
      return retryLater(session, config, event.text);

    case 'BgpOpen':
      return openReceived(session, event.open, config);

    case 'BgpHeaderErr':
    case 'BgpOpenMsgErr':
      return refuse(session, config, event.notification);

    case 'OpenCollisionDump':
      return dump(session);

    // Also event 24, the version error: there is only one version to offer.
    case 'NotifMsg':
      return isRejection(event.notification)
        ? rejected(session, config, event.notification)
        : refused(session, config, event.notification);

    case 'ConnectRetryTimerExpires':
    case 'KeepaliveTimerExpires':
    case 'IdleHoldTimerExpires':
    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'RouteRefreshMsg':
      return unexpected(session, event, config);
  }
}

function openReceived(session: Session, open: OpenMessage, config: FsmConfig): Transition {
  const outcome = negotiate(config, open);
  if (!outcome.ok) return refuse(session, config, outcome.notification, outcome.text);
  const next: Session = { ...session, state: 'OpenConfirm', negotiated: outcome.negotiated };
  return { session: next, actions: [{ type: 'sendKeepalive' }, keepaliveAction(next), holdAction(next)] };
}
