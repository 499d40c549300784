/**
 * `bellhop/client`: a running daemon for programs.
 *
 * @example
 * import { BellhopClient } from 'bellhop/client';
 * const { status } = await new BellhopClient().summary();
 */
export { BellhopClient, type RoutePage } from './api/bellhop-client.ts';
export type { ApiRequest, DaemonPlace, RemoteDaemon } from './api/client.ts';
export type { EventOptions } from './api/client-streams.ts';
export type {
  Announcement,
  AnnouncementInput,
  ChangeClass,
  CheckStatus,
  ConfigDiagnostic,
  ConfigOutcome,
  DaemonEvent,
  DaemonStatus,
  Diagnosis,
  Disabled,
  DoctorLink,
  ErrorEntry,
  EventKind,
  ExplainQuery,
  Explanation,
  ExportedConfig,
  NeighborFamilyStatus,
  NeighborStatus,
  OwnRouteChange,
  PlannedChange,
  PolicyStatus,
  Problem,
  ProblemFault,
  RouteChange,
  RouteEntry,
  RouteQuery,
  SaveOutcome,
  Summary,
  VipStatus,
} from './api/types.ts';
export { BellhopError, type ErrorCode } from './base/errors.ts';
