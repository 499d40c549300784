/**
 * The contract of the API: the JSON that clients get. Types only, so that a client may import this file without
 * the server behind it. Names are camelCase; a value that does not apply is left out.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { EventLoopDelayStatus } from '../observers/event-loop.ts';
import type { RouteChange } from '../speaker/best-watch.ts';
import type { SpeakerEvent } from '../speaker/events.ts';
import type { NeighborStatus, SpeakerStatus } from '../speaker/status.ts';

export type { EventLoopDelayStatus } from '../observers/event-loop.ts';
export type { RouteChange } from '../speaker/best-watch.ts';
export type {
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
  /** How many must be established. */
  readonly wanted: 'any' | 'all' | number;
}

/** Kinds of events that one can listen to. */
export type EventKind = 'session' | 'route' | 'error' | 'policy' | 'daemon';

/** Facts of the speaker as they stand in an event: `type` has become `event`. */
type Fact<Type extends SpeakerEvent['type']> = {
  [T in Type]: { readonly event: T } & Omit<Extract<SpeakerEvent, { type: T }>, 'type'>;
}[Type];

/** What `GET /v1/events` tells. */
export type DaemonEvent = {
  /** Its place in the stream: `since` for one who comes back. */
  readonly id: string | undefined;
  /** ISO 8601 time. */
  readonly time: string;
} & (
  | ({ readonly type: 'session' } & Fact<'stateChange' | 'connectionRejected'>)
  | ({ readonly type: 'route' } & RouteChange)
  | ({ readonly type: 'error' } & Fact<'updateError' | 'familyDisabled'>)
  | ({ readonly type: 'policy' } & Fact<'warning'>)
  | ({ readonly type: 'daemon' } & Fact<'listening' | 'listenFailed' | 'reloaded' | 'stopped'>)
  /** Events are missing at this place. */
  | { readonly type: 'gap'; readonly reason: string; readonly lost?: number }
  /** From here on nothing of what was asked for is missed. */
  | { readonly type: 'ready' }
);
