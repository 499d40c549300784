/**
 * `bellhop`: the speaker as a library.
 *
 * @example
 * const loaded = loadConfig('/etc/bellhop/bellhop.yaml');
 * if (!loaded.ok) throw new Error(loaded.errors.map((error) => formatDiagnostic(error, 'error')).join('\n'));
 * const speaker = new Speaker(loaded.config);
 * speaker.subscribe((event) => console.log(event));
 * await speaker.start();
 */
export { type Clock, systemClock, type Timer } from './base/clock.ts';
export { BellhopError, type ErrorCode } from './base/errors.ts';
export { type ConfigDiagnostic, formatDiagnostic } from './config/diagnostic.ts';
export { type LoadOptions, type LoadResult, loadConfig, parseConfig } from './config/load.ts';
export type { ProcessConfig } from './config/process-types.ts';
export type { Config, NeighborConfig, NetworkConfig } from './config/types.ts';
export type { CheckConfig, CheckProbe, VipConfig } from './config/vip-types.ts';
export { Processes, type ProcessesOptions } from './frontends/exabgp/processes.ts';
export type { ProcessEvent, ProcessStatus, ProcessView } from './frontends/exabgp/status.ts';
export type { SessionState } from './fsm/types.ts';
export { systemTransport } from './net/transport.ts';
export type {
  Dial,
  DialTarget,
  Listener,
  ListenKey,
  Transport,
  TransportOptions,
  TransportSupport,
} from './net/types.ts';
export type {
  PolicyFunction,
  PolicyFunctions,
  PolicyInput,
  PolicyNeighbor,
  PolicyProgram,
  PolicyResult,
  PolicyRouteView,
  RouteChanges,
} from './policy/program-types.ts';
export type { RouteChange, RouteWatch, RouteWatcher } from './speaker/best-watch.ts';
export type { SpeakerEvent, SpeakerView } from './speaker/events.ts';
export type { ExplainQuery, Explanation } from './speaker/explanation.ts';
export type {
  OwnRoute,
  OwnRouteChange,
  OwnRouteEntry,
  OwnRouteOptions,
  OwnRoutes,
} from './speaker/own-routes.ts';
export { Speaker, type SpeakerOptions } from './speaker/speaker.ts';
export type {
  ErrorContext,
  ErrorDisposition,
  ErrorEntry,
  ErrorTotals,
  LastError,
  NeighborStatus,
  OpenExpectation,
  RouteEntry,
  RouteQuery,
  SpeakerStatus,
} from './speaker/status.ts';
export type { VipEvent } from './vip/events.ts';
export type { CheckStatus, Diagnosis, DoctorLink, VipStatus, VipView } from './vip/status.ts';
export { Vips, type VipsOptions } from './vip/vips.ts';
