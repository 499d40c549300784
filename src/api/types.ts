/**
 * The contract of the API: the JSON that clients get. Types only, so that a client may import this file without
 * the server behind it. Names are camelCase; a value that does not apply is left out.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { EventLoopDelayStatus } from '../observers/event-loop.ts';
import type { NeighborStatus, SpeakerStatus } from '../speaker/status.ts';

export type { EventLoopDelayStatus } from '../observers/event-loop.ts';
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
