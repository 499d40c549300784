/**
 * The contract of the API: the JSON that clients get. Types only, so that a client may import this file without
 * the server behind it. Names are camelCase; a value that does not apply is left out.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { NeighborStatus, SpeakerStatus } from '../speaker/status.ts';

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
  SpeakerStatus,
} from '../speaker/status.ts';
export type {
  CheckStatus,
  Diagnosis,
  DoctorLink,
  DrainStatus,
  VipStatus,
} from '../vip/status.ts';

/** Answer of `GET /v1/summary`: the speaker and its neighbors at one instant. */
export interface Summary {
  readonly status: SpeakerStatus;
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
}
