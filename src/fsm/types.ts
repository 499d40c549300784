/**
 * The vocabulary of the session state machine (RFC 4271 section 8): data only, no behaviour.
 *
 * One `Session` follows one TCP connection attempt of one neighbor. A neighbor has one session that always
 * exists and, during a connection collision, a second one for the incoming connection (section 6.8).
 */
import type { RoleName } from '../wire/capabilities/09-role.ts';
import type { Capability } from '../wire/capabilities/index.ts';
import type { FamilyName } from '../wire/families/index.ts';
import type { NotificationData } from '../wire/notification.ts';
import type { OpenMessage } from '../wire/open.ts';
import type { WireContext } from '../wire/session-context.ts';

/** State of a session (RFC 4271 section 8.2.2). */
export type SessionState = 'Idle' | 'Connect' | 'Active' | 'OpenSent' | 'OpenConfirm' | 'Established';

/**
 * The timers of a session. `idleHold` is the time in Idle before an automatic start (section 8.1.1,
 * DampPeerOscillations). `sendHold` (RFC 9687) is started by the driver, who alone sees that the socket takes no
 * more bytes; the state machine only stops it.
 */
export type TimerName = 'connectRetry' | 'hold' | 'keepalive' | 'idleHold' | 'sendHold';

/** What a neighbor is configured to do; durations in seconds. */
export interface FsmConfig {
  readonly localAs: number;
  /** Local BGP identifier, unsigned 32 bits. */
  readonly routerId: number;
  /** Expected AS of the peer; `external` and `internal` accept any AS that differs from or equals ours. */
  readonly peerAs: number | 'external' | 'internal';
  /** Never connects, only listens (section 8.1.1 PassiveTcpEstablishment). */
  readonly passive: boolean;
  /** Proposed hold time: 0 or at least 3. */
  readonly holdTimeSeconds: number;
  /** Smallest hold time accepted from the peer; 0 from the peer is accepted only when this is 0. */
  readonly minimumHoldTimeSeconds: number;
  /** Longest a connect may take, and longest pause between two of them; the first pauses are shorter. */
  readonly connectRetrySeconds: number;
  /** First idle time after an error; doubles up to the maximum, forgotten once Established is reached. */
  readonly idleHoldSeconds: number;
  readonly idleHoldMaximumSeconds: number;
  /** Capabilities we announce, in order of sending. */
  readonly capabilities: readonly Capability[];
  /** Families we want; the session is refused when none is common (RFC 5492 section 3, subcode 7). */
  readonly families: readonly FamilyName[];
  /** Our role on an eBGP session (RFC 9234); undefined: none, and that of the peer does not matter. */
  readonly role?: RoleName | undefined;
  /** Refuse a peer that says no role (section 4.2). */
  readonly roleStrict?: boolean;
}

/** What both OPENs add up to. */
export interface Negotiated {
  readonly peerAs: number;
  /** The peer's BGP identifier, unsigned 32 bits. */
  readonly peerRouterId: number;
  /** The smaller of both proposals; 0 means no keepalives. */
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  readonly context: WireContext;
  readonly routeRefresh: boolean;
  readonly enhancedRouteRefresh: boolean;
  /** Families whose End-of-RIB the peer can be expected to send (graceful restart seen, RFC 4724). */
  readonly gracefulRestart: boolean;
  /** The peer's OPEN as received. */
  readonly open: OpenMessage;
}

/** Why a session ended or was not made; shown as `lastError` and logged. */
export interface DownReason {
  /** `local`: we decided; `remote`: the peer sent a NOTIFICATION; `transport`: TCP failed or was closed. */
  readonly origin: 'local' | 'remote' | 'transport';
  /** The NOTIFICATION sent or received, when there was one. */
  readonly notification?: NotificationData;
  /** One sentence for people. */
  readonly text: string;
}

/** The whole memory of the state machine. */
export interface Session {
  readonly state: SessionState;
  /** Failures since the session was last Established; sets the idle hold time. */
  readonly errors: number;
  /** RFC 4271 ConnectRetryCounter: attempts that ended since the last start; sets the pause before the next. */
  readonly connectRetryCounter: number;
  /** The peer's OPEN and what follows from it, from OpenConfirm on. */
  readonly negotiated: Negotiated | undefined;
}

/** Input of the state machine; numbers are those of RFC 4271 section 8.1 and RFC 9687. */
export type Event =
  | { readonly type: 'ManualStart' } // 1
  | { readonly type: 'ManualStop'; readonly notification: NotificationData } // 2
  | { readonly type: 'AutomaticStart' } // 3
  | { readonly type: 'AutomaticStop'; readonly notification: NotificationData } // 8
  | { readonly type: 'ConnectRetryTimerExpires' } // 9
  | { readonly type: 'HoldTimerExpires' } // 10
  | { readonly type: 'KeepaliveTimerExpires' } // 11
  | { readonly type: 'IdleHoldTimerExpires' } // 13
  | { readonly type: 'SendHoldTimerExpires' } // 29: RFC 9687
  | { readonly type: 'TcpConnectionRequestAcked' } // 16: our connect succeeded
  | { readonly type: 'TcpConnectionConfirmed' } // 17: an accepted connection is ours
  | { readonly type: 'TcpConnectionFails'; readonly text: string } // 18
  | { readonly type: 'BgpOpen'; readonly open: OpenMessage } // 19
  | { readonly type: 'BgpHeaderErr'; readonly notification: NotificationData } // 21
  | { readonly type: 'BgpOpenMsgErr'; readonly notification: NotificationData } // 22
  | { readonly type: 'OpenCollisionDump' } // 23
  | { readonly type: 'NotifMsg'; readonly notification: NotificationData } // 24 and 25
  | { readonly type: 'KeepAliveMsg' } // 26
  | { readonly type: 'UpdateMsg' } // 27
  | { readonly type: 'UpdateMsgErr'; readonly notification: NotificationData } // 28
  | { readonly type: 'RouteRefreshMsg' }; // RFC 2918

/** What the driver must do, in order. Timers are one-shot: each `startTimer` fires at most once. */
export type Action =
  /** Open a TCP connection to the peer. */
  | { readonly type: 'connect' }
  /** Send NOTIFICATION (flushed before `close`). */
  | { readonly type: 'sendNotification'; readonly notification: NotificationData }
  | { readonly type: 'sendOpen' }
  | { readonly type: 'sendKeepalive' }
  /** Close the TCP connection, or abandon the attempt. */
  | { readonly type: 'close' }
  /** (Re)start a timer; with `jitter` the driver multiplies by a random factor in [0.75, 1] (section 10). */
  | {
      readonly type: 'startTimer';
      readonly timer: TimerName;
      readonly seconds: number;
      readonly jitter: boolean;
    }
  /** Stop a timer, running or not. */
  | { readonly type: 'stopTimer'; readonly timer: TimerName }
  /** The session reached Established: routes may flow. */
  | { readonly type: 'established'; readonly negotiated: Negotiated }
  /**
   * The session fell back in the order Idle, Active, Connect, OpenSent, OpenConfirm, Established, and why.
   * Exactly one per such step: release what belongs to the connection; out of Established, drop the peer's routes.
   */
  | { readonly type: 'down'; readonly reason: DownReason };

/** Where an event leads: the session after it and what to do, in order. */
export interface Transition {
  readonly session: Session;
  readonly actions: readonly Action[];
}
