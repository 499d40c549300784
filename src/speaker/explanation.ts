/** The story of a route as plain data: the answer of `GET /v1/explain` and of `bellhop explain --json`. */
import { EXPORT_CAUSES, type ExportCause } from '../engine/explain.ts';
import type { ExplainedChange, RouteExplanation } from '../rib/transform.ts';
import type { ErrorDisposition, RouteEntry } from './status.ts';

/** Why a neighbor is or is not told, for schemas. */
export { EXPORT_CAUSES };

/** What is to be explained. */
export interface ExplainQuery {
  /** A prefix, or an address: its longest match. */
  readonly prefix: string;
  /** Only what this neighbor announces, or `local`. */
  readonly from?: string;
  /** Only what this neighbor is told. */
  readonly to?: string;
}

/** A policy that was asked. */
export interface ExplainedPolicy extends RouteExplanation {
  /** Names of its chain; `none` where none is configured (RFC 8212). */
  readonly name: string;
}

/** A malformed message that announced the prefix, and what was done about it (RFC 7606). */
export interface ExplainedFault {
  /** Of `show errors`. */
  readonly sequence: number;
  /** ISO 8601 time. */
  readonly time: string;
  readonly disposition: ErrorDisposition;
  readonly attribute: string | undefined;
  readonly reason: string;
  readonly rfc: string;
}

/** A path that is in the table. */
export interface ExplainedPath {
  /** Address of the neighbor, or `local`. */
  readonly peer: string;
  /** Who announces our own route: `config`, `cli`, a VIP, a client. */
  readonly owner: string | undefined;
  /** ISO 8601 time: our own route is announced since then, a neighbor's came in the session that began then. */
  readonly since: string | undefined;
  readonly faults: readonly ExplainedFault[];
  /** As it was received. */
  readonly received: RouteEntry;
  readonly accepted: boolean;
  /** The rule that refused it before policy. */
  readonly rule: string | undefined;
  readonly policy: ExplainedPolicy | undefined;
  /** What import changed of what was received. */
  readonly changes: readonly ExplainedChange[];
  readonly best: boolean;
  /** Decision step that removed it from the candidates. */
  readonly lostBy: string | undefined;
  /** The table does not say yet what the configuration says now. */
  readonly pending: string | undefined;
}

/** Why nothing of a neighbor is in the table. */
export interface ExplainedAbsence {
  readonly peer: string;
  readonly cause:
    | 'no-session'
    | 'family-not-negotiated'
    | 'family-disabled'
    | 'treated-as-withdrawn'
    | 'max-prefixes'
    | 'not-announced';
  /** One clause. */
  readonly reason: string;
  /** ISO 8601 time of the session's establishment. */
  readonly since: string | undefined;
  readonly faults: readonly ExplainedFault[];
}

/** What a neighbor is told, and why. */
export interface ExplainedExport {
  readonly peer: string;
  /** What decided; `sent` and `default-originate` let the route pass. */
  readonly cause: ExportCause;
  /** One clause. */
  readonly reason: string;
  readonly policy: ExplainedPolicy | undefined;
  /** What the neighbor has been told, as it was sent; undefined: nothing, or that it was withdrawn. */
  readonly sent: RouteEntry | undefined;
  /** What policy and session changed of the best route. */
  readonly changes: readonly ExplainedChange[];
  /** Set while the neighbor has been told something else than it should be now. */
  readonly pending: { readonly reason: string; readonly wanted: RouteEntry | undefined } | undefined;
}

/** Everything known of a prefix: where it came from, what was decided, and who is told. */
export interface Explanation {
  readonly family: string;
  /** The prefix that is explained: what was asked for, or the longest match of an address. */
  readonly prefix: string;
  /** Any path is in the table, accepted or not. */
  readonly found: boolean;
  /** For a prefix without paths: the longest one around it that has some. */
  readonly longestMatch: string | undefined;
  /** Best first. */
  readonly paths: readonly ExplainedPath[];
  readonly absent: readonly ExplainedAbsence[];
  /** What of the configuration waits for other routes, by text. */
  readonly waiting: readonly string[];
  readonly exports: readonly ExplainedExport[];
}
