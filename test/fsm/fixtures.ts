/**
 * Configurations, OPENs and events for the fsm tests: a plain eBGP neighbor, changed per test where it matters.
 */
import { localCapabilities } from '../../src/fsm/local-open.ts';
import { initialSession, step } from '../../src/fsm/step.ts';
import type { Action, Event, FsmConfig, Session } from '../../src/fsm/types.ts';
import type { FamilyName } from '../../src/wire/families/index.ts';
import { CeaseSubcode, NotificationCode, notification } from '../../src/wire/notification.ts';
import type { OpenMessage } from '../../src/wire/open.ts';

export const LOCAL_AS = 65001;
export const PEER_AS = 65002;
export const LOCAL_ID = 0x0a000001;
export const PEER_ID = 0x0a000002;
export const FAMILIES: readonly FamilyName[] = ['ipv4-unicast', 'ipv6-unicast'];

/** Our side: AS 65001 expects AS 65002, hold time 90, idle hold 5 to 60, connect retry 30. */
export function config(changes: Partial<FsmConfig> = {}): FsmConfig {
  return {
    localAs: LOCAL_AS,
    routerId: LOCAL_ID,
    peerAs: PEER_AS,
    passive: false,
    holdTimeSeconds: 90,
    minimumHoldTimeSeconds: 3,
    connectRetrySeconds: 30,
    idleHoldSeconds: 5,
    idleHoldMaximumSeconds: 60,
    capabilities: offer(LOCAL_AS),
    families: FAMILIES,
    ...changes,
  };
}

/** What a bellhop of that AS announces. */
export function offer(as: number, families = FAMILIES): FsmConfig['capabilities'] {
  return localCapabilities({ as, families, fourOctetAs: true, extendedMessage: true });
}

/** The OPEN of a good peer: AS 65002, hold time 180, and all that we offer too. */
export function peerOpen(changes: Partial<OpenMessage> = {}): OpenMessage {
  return {
    version: 4,
    as: PEER_AS,
    holdTimeSeconds: 180,
    routerId: PEER_ID,
    capabilities: offer(PEER_AS),
    ...changes,
  };
}

export const SHUTDOWN = notification(NotificationCode.cease, CeaseSubcode.administrativeShutdown);
export const RESET = notification(NotificationCode.cease, CeaseSubcode.administrativeReset);
export const BAD_LENGTH = notification(NotificationCode.messageHeader, 2);
export const BAD_OPTION = notification(NotificationCode.open, 4);
export const BAD_ATTRIBUTE = notification(NotificationCode.update, 3);

/** One event of each type, in the order of their numbers. */
export const EVENTS: readonly Event[] = [
  { type: 'ManualStart' },
  { type: 'ManualStop', notification: SHUTDOWN },
  { type: 'AutomaticStart' },
  { type: 'AutomaticStop', notification: RESET },
  { type: 'ConnectRetryTimerExpires' },
  { type: 'HoldTimerExpires' },
  { type: 'KeepaliveTimerExpires' },
  { type: 'IdleHoldTimerExpires' },
  { type: 'TcpConnectionRequestAcked' },
  { type: 'TcpConnectionConfirmed' },
  { type: 'TcpConnectionFails', text: 'connection refused' },
  { type: 'BgpOpen', open: peerOpen() },
  { type: 'BgpHeaderErr', notification: BAD_LENGTH },
  { type: 'BgpOpenMsgErr', notification: BAD_OPTION },
  { type: 'OpenCollisionDump' },
  { type: 'NotifMsg', notification: SHUTDOWN },
  { type: 'KeepAliveMsg' },
  { type: 'UpdateMsg' },
  { type: 'UpdateMsgErr', notification: BAD_ATTRIBUTE },
  { type: 'SendHoldTimerExpires' },
  { type: 'RouteRefreshMsg' },
];

/** The fixture event of a type. */
export function event(type: Event['type']): Event {
  return EVENTS.find((candidate) => candidate.type === type)!;
}

/** Events that lead from a fresh session to each state. */
export const PATHS: Readonly<Record<Session['state'], readonly Event['type'][]>> = {
  Idle: [],
  Connect: ['ManualStart'],
  Active: ['ManualStart', 'TcpConnectionFails'],
  OpenSent: ['ManualStart', 'TcpConnectionRequestAcked'],
  OpenConfirm: ['ManualStart', 'TcpConnectionRequestAcked', 'BgpOpen'],
  Established: ['ManualStart', 'TcpConnectionRequestAcked', 'BgpOpen', 'KeepAliveMsg'],
};

export const STATES = Object.keys(PATHS) as Session['state'][];

/** A session that came to `state` on the shortest way. */
export function sessionIn(state: Session['state'], settings = config()): Session {
  let session = initialSession();
  for (const type of PATHS[state]) session = step(session, event(type), settings).session;
  return session;
}

/** An action in a few characters: `connect`, `NOTIFICATION 6/2`, `hold=90`, `connectRetry~30` (jitter), `-hold`. */
export function actionText(action: Action): string {
  switch (action.type) {
    case 'sendNotification':
      return `NOTIFICATION ${action.notification.code}/${action.notification.subcode}`;
    case 'startTimer':
      return `${action.timer}${action.jitter ? '~' : '='}${action.seconds}`;
    case 'stopTimer':
      return `-${action.timer}`;
    case 'down':
      return `down(${action.reason.origin})`;
    case 'sendOpen':
      return 'OPEN';
    case 'sendKeepalive':
      return 'KEEPALIVE';
    case 'connect':
    case 'close':
    case 'established':
      return action.type;
  }
}

/** A neighbor told as a story: each event is answered by the actions, in text. */
export class Story {
  session: Session = initialSession();
  readonly config: FsmConfig;

  constructor(changes: Partial<FsmConfig> = {}) {
    this.config = config(changes);
  }

  /** Feeds an event and returns `State: action, action`. */
  on(next: Event | Event['type']): string {
    const { session, actions } = step(
      this.session,
      typeof next === 'string' ? event(next) : next,
      this.config,
    );
    this.session = session;
    return [`${session.state}:`, actions.map(actionText).join(', ')].join(' ').trim();
  }

  /** Feeds several events whose answers are of no interest. */
  after(...types: Event['type'][]): this {
    for (const type of types) this.on(type);
    return this;
  }
}
