/**
 * The contract of the API: the JSON that clients get. Types only, so that a client may import this file without
 * the server behind it. Names are camelCase; a value that does not apply is left out.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { ConfigDiagnostic } from '../config/diagnostic.ts';
import type { EventLoopDelayStatus } from '../observers/event-loop.ts';
import type { RouteChange } from '../speaker/best-watch.ts';
import type { SpeakerEvent } from '../speaker/events.ts';
import type { NeighborStatus, SpeakerStatus } from '../speaker/status.ts';
import type { VipEvent } from '../vip/events.ts';

export type { ConfigDiagnostic } from '../config/diagnostic.ts';
export type { ChangeClass, PlannedChange } from '../config/plan.ts';
export type { ProcessStatus } from '../frontends/exabgp/status.ts';
export type { MetallbObject, MetallbStatus } from '../frontends/metallb/status.ts';
export type { EventLoopDelayStatus } from '../observers/event-loop.ts';
export type { RouteChange } from '../speaker/best-watch.ts';
export type { ExportedConfig } from '../speaker/config-export.ts';
export type { ConfigOutcome } from '../speaker/config-manager.ts';
export type {
  ExplainedAbsence,
  ExplainedExport,
  ExplainedFault,
  ExplainedPath,
  ExplainedPolicy,
  ExplainQuery,
  Explanation,
} from '../speaker/explanation.ts';
export type { OwnRouteChange } from '../speaker/own-routes.ts';
export type { PlannedRoutes } from '../speaker/planned-routes.ts';
export type {
  PolicyCondition,
  PolicyStatus,
  PolicyTermStatus,
  PolicyUse,
} from '../speaker/policy-status.ts';
export type { PeerPlan, PlannedPrefixes } from '../speaker/route-plan.ts';
export type {
  Disabled,
  ErrorContext,
  ErrorDisposition,
  ErrorEntry,
  ErrorTotals,
  LastError,
  MessageCounters,
  NeighborFamilyStatus,
  NeighborStatus,
  OpenExpectation,
  RouteEntry,
  RouteQuery,
  RouteReader,
  SpeakerStatus,
} from '../speaker/status.ts';
export type {
  CheckStatus,
  Diagnosis,
  DoctorLink,
  DrainStatus,
  VipStatus,
} from '../vip/status.ts';

/** Answer of `GET /v1/status`: the speaker, and how its process fares. */
export interface DaemonStatus extends SpeakerStatus {
  readonly eventLoopDelay: EventLoopDelayStatus;
}

/** Answer of `GET /v1/summary`: the speaker and its neighbors at one instant. */
export interface Summary {
  readonly status: DaemonStatus;
  readonly neighbors: readonly NeighborStatus[];
}

/** Body of every answer with a status of 400 or above (RFC 9457 problem details). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  /** One sentence that names what was wrong. */
  readonly detail: string;
  /** Stable code; absent for failures inside the server. */
  readonly code?: ErrorCode;
  /** Each value of the request that was wrong. */
  readonly errors?: readonly ProblemFault[];
  /** What is wrong with a configuration, place by place. */
  readonly diagnostics?: readonly ConfigDiagnostic[];
}

/** A route of our own, in `GET /v1/announcements`. */
export interface Announcement {
  /** `config`, `cli`, `api:NAME`, `vip:NAME` ... */
  readonly owner: string;
  readonly prefix: string;
  /** Left out: our own address on each session. */
  readonly nextHop: string | undefined;
  readonly origin: 'igp' | 'egp' | 'incomplete';
  readonly asPath: readonly number[];
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly extendedCommunities: readonly string[];
  readonly atomicAggregate: boolean;
  readonly aggregator: string | undefined;
  /** The only neighbors that may hear it; left out: all. */
  readonly peers: readonly string[] | undefined;
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601; when it is withdrawn unless it is announced again. */
  readonly expiresAt?: string;
  readonly remainingSeconds?: number;
  /** Whether this is the route that is announced for its prefix. */
  readonly active: boolean;
  /** Why not. */
  readonly reason?: string;
}

/** What `POST /v1/save` has written. */
export interface SaveOutcome {
  /** The drop-in. */
  readonly file: string;
  /** Routes put into it. */
  readonly saved: number;
  /** Routes that end by themselves, or that the configuration announces already. */
  readonly leftOut: number;
  /** Neighbors that are disabled, which a drop-in cannot say; `bellhop config export` can. */
  readonly disabled: number;
}

/** A route to announce: body of `POST /v1/announcements/OWNER`, entry of `routes` in that of `PUT`. */
export interface AnnouncementInput {
  readonly prefix: string;
  readonly nextHop?: string;
  readonly origin?: string;
  readonly asPath?: readonly (number | string)[];
  readonly med?: number;
  readonly localPref?: number;
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
  readonly extendedCommunities?: readonly string[];
  readonly atomicAggregate?: boolean;
  readonly aggregator?: string;
  readonly peers?: readonly string[];
}

/** A wrong value of a request. */
export interface ProblemFault {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** JSON pointer in its fragment form: `#/routes/0/prefix`. */
  readonly pointer: string;
  readonly detail: string;
}

/** Answer of `GET /readyz`, with 200 when ready and 503 when not. */
export interface Readiness {
  readonly ready: boolean;
  /** Neighbors with a session. */
  readonly established: number;
  readonly neighbors: number;
  /** Neighbors that an operator has switched off; nobody waits for them. */
  readonly disabled: number;
  /** How many must be established. */
  readonly wanted: 'any' | 'all' | number;
}

/** Kinds of events that one can listen to. */
export type EventKind = 'session' | 'route' | 'error' | 'policy' | 'vip' | 'daemon';

/** Facts of the speaker as they stand in an event: `type` has become `event`. */
type Fact<Type extends Event['type'], Event extends { readonly type: string } = SpeakerEvent> = {
  [T in Type]: { readonly event: T } & Omit<Extract<Event, { type: T }>, 'type'>;
}[Type];

/** What `GET /v1/events` tells. */
export type DaemonEvent = {
  /** Its place in the stream: `since` for one who comes back. */
  readonly id: string | undefined;
  /** ISO 8601 time. */
  readonly time: string;
} & (
  | ({ readonly type: 'session' } & Fact<'stateChange' | 'connectionRejected' | 'administrative'>)
  | ({ readonly type: 'route' } & RouteChange)
  | ({ readonly type: 'error' } & Fact<'updateError' | 'familyDisabled'>)
  | ({ readonly type: 'policy' } & Fact<'warning'>)
  | ({ readonly type: 'vip' } & Fact<VipEvent['type'], VipEvent>)
  | ({ readonly type: 'daemon' } & Fact<
      'listening' | 'listenFailed' | 'reloaded' | 'announcementsExpired' | 'stopped'
    >)
  /** Events are missing at this place. */
  | { readonly type: 'gap'; readonly reason: string; readonly lost?: number }
  /** From here on nothing of what was asked for is missed. */
  | { readonly type: 'ready' }
);
