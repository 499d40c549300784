/**
 * What the speaker tells people about itself: plain data, the JSON of the API and of `bellhop show --json`.
 *
 * Over 300 lines of types: what one thing tells stands in one place.
 */

import type { SessionState } from '../fsm/types.ts';
import type { PolicyCounters } from '../policy/registry.ts';
import type { LatencyCounts } from './latency.ts';

/** A NOTIFICATION or transport failure that ended the last session. */
export interface LastError {
  /** ISO 8601 time. */
  readonly time: string;
  readonly direction: 'sent' | 'received' | 'none';
  readonly code: number | undefined;
  readonly subcode: number | undefined;
  /** Name of code and subcode, and for transport errors what happened. */
  readonly reason: string;
  /** Shutdown text of RFC 9003, made safe for terminals and logs. */
  readonly shutdownMessage: string | undefined;
}

/** A neighbor that an operator has switched off. */
export interface Disabled {
  /** What the peer was told (RFC 9003); may be empty. */
  readonly message: string;
  /** ISO 8601 time. */
  readonly since: string;
}

export interface NeighborFamilyStatus {
  readonly family: string;
  /** Whether both sides agreed on it in the running session. */
  readonly negotiated: boolean;
  /** Prefixes the peer has announced to us and not withdrawn (Adj-RIB-In). */
  readonly received: number;
  /** Those of them that passed loop detection and import policy. */
  readonly accepted: number;
  /** Prefixes we have announced to the peer (Adj-RIB-Out). */
  readonly advertised: number;
  /** The peer has sent End-of-RIB in this session. */
  readonly endOfRibReceived: boolean;
  /** Why it was closed for the rest of the session (AFI/SAFI-disable, RFC 7606 section 2); undefined when open. */
  readonly disabled: string | undefined;
  /** Announcements refused in this session because the peer had as many prefixes as it may (`max-prefixes`). */
  readonly refused: number;
  /** Prefixes kept from the peer because it has been told as many as it may (`max-prefixes-out`). */
  readonly withheld: number;
}

/** Why a neighbor has no session by our own decision. */
export interface HoldStatus {
  readonly cause: 'disabled' | 'shutdown' | 'max-prefixes';
  readonly reason: string;
  /** Seconds until it may come up again; undefined: when it is enabled, or the configuration changes. */
  readonly remainingSeconds: number | undefined;
}

export interface MessageCounters {
  readonly opens: number;
  readonly updates: number;
  readonly notifications: number;
  readonly keepalives: number;
  readonly routeRefreshes: number;
  readonly total: number;
}

/** A neighbor as `bellhop show neighbor` prints it. */
export interface NeighborStatus {
  readonly address: string;
  readonly description: string | undefined;
  readonly peerAs: number | 'external' | 'internal';
  /** Our AS as this peer knows it. */
  readonly localAs: number;
  /** The peer's BGP identifier, dotted quad; undefined before its OPEN. */
  readonly routerId: string | undefined;
  readonly type: 'external' | 'internal' | undefined;
  readonly state: SessionState;
  /** An operator has switched it off; it stays in Idle until it is enabled. */
  readonly disabled?: Disabled | undefined;
  /** Seconds since Established; 0 in other states. */
  readonly uptimeSeconds: number;
  readonly passive: boolean;
  /** Part of a dynamic range rather than configured by address. */
  readonly dynamic: boolean;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  readonly holdTimeSeconds: number | undefined;
  readonly keepaliveSeconds: number | undefined;
  /** What is special about the session, by key of the configuration. */
  readonly options: Readonly<Record<string, string>>;
  readonly held: HoldStatus | undefined;
  /** Routes that were not accepted in this session for other reasons than policy, by reason. */
  readonly refusedRoutes: Readonly<Record<string, number>>;
  /** `accept`, `reject` or `none (RFC 8212: nothing is accepted)`. */
  readonly importPolicy: string;
  readonly exportPolicy: string;
  /** Things an operator should know: RFC 8212, missing MD5 support, a family the peer does not offer. */
  readonly warnings: readonly string[];
  readonly capabilities: { readonly local: readonly string[]; readonly remote: readonly string[] };
  readonly families: readonly NeighborFamilyStatus[];
  readonly messagesReceived: MessageCounters;
  readonly messagesSent: MessageCounters;
  /** Sessions that reached Established and ended. */
  readonly flaps: number;
  /** UPDATEs by RFC 7606 outcome. */
  readonly updateErrors: {
    readonly attributeDiscard: number;
    readonly treatAsWithdraw: number;
    readonly familyDisable: number;
    readonly sessionReset: number;
  };
  /** Malformed messages of every kind since the daemon started; `show errors` has the newest of them. */
  readonly errors: ErrorTotals;
  /** Connections refused or closed before Established, by reason. */
  readonly rejectedConnections: Readonly<Record<string, number>>;
  readonly lastError: LastError | undefined;
}

/** What a malformed message led to; `connection-closed` when there was no session yet. */
export type ErrorDisposition =
  | 'attribute-discard'
  | 'treat-as-withdraw'
  | 'disable-family'
  | 'session-reset'
  | 'connection-closed';

/** How many malformed messages an address has sent. */
export interface ErrorTotals {
  readonly attributeDiscard: number;
  readonly treatAsWithdraw: number;
  readonly familyDisable: number;
  readonly sessionReset: number;
  readonly connectionClosed: number;
  /** How many of them are not kept any more. */
  readonly overwritten: number;
}

/** What was agreed when a malformed message came: with it the bytes can be decoded again. */
export interface ErrorContext {
  readonly as4: boolean;
  readonly external: boolean;
  readonly extendedMessage: boolean;
  /** Names of the families agreed. */
  readonly families: readonly string[];
  /** Names of those whose next hop may be an IPv6 address (RFC 8950). */
  readonly extendedNextHop: readonly string[];
  readonly loopback?: boolean;
  /** A fault confined to one family closed it instead of the session. */
  readonly familyDisable?: boolean;
  /** Names of the families with path identifiers (RFC 7911). */
  readonly addPath?: readonly string[];
}

/** Our side of the comparison that an OPEN did not pass. */
export interface OpenExpectation {
  readonly localAs: number;
  readonly routerId: string;
  readonly peerAs: number | 'external' | 'internal';
  readonly minimumHoldTimeSeconds: number;
  readonly families: readonly string[];
}

/** A malformed message and what was done about it. */
export interface ErrorEntry {
  /** Ascending over all neighbors. */
  readonly sequence: number;
  /** ISO 8601 time. */
  readonly time: string;
  readonly peer: string;
  /** `UPDATE`; undefined when there is no such type or no header at all. */
  readonly type: string | undefined;
  /** The message in hexadecimal, header included, as far as it is kept. */
  readonly bytes: string;
  /** Octets of the message as received. */
  readonly length: number;
  /** `bytes` is only the beginning. */
  readonly truncated: boolean;
  /** Octets from the start of the message to the fault; `length` for something that is missing. */
  readonly offset: number;
  /** Name of the attribute at fault, or `attribute 200`; undefined when none is. */
  readonly attribute: string | undefined;
  readonly attributeCode: number | undefined;
  /** Of the NOTIFICATION that was sent, or that the fault would lead to without RFC 7606. */
  readonly code: number;
  readonly subcode: number;
  readonly reason: string;
  /** The clause that decides what is done. */
  readonly rfc: string;
  readonly disposition: ErrorDisposition;
  /** undefined before the OPENs were exchanged. */
  readonly context: ErrorContext | undefined;
  /** Only for an OPEN that could be read but was refused. */
  readonly expected: OpenExpectation | undefined;
}

/** A route as `bellhop show routes` prints it. */
export interface RouteEntry {
  readonly family: string;
  readonly prefix: string;
  readonly best: boolean;
  /** Passed loop detection and import policy. */
  readonly accepted: boolean;
  /** Why it was not accepted. */
  readonly rejectReason: string | undefined;
  /** Address of the neighbor, or `local` for our own. */
  readonly peer: string;
  readonly nextHop: string;
  /** Link-local next hop beside a global one (RFC 2545). */
  readonly nextHopLinkLocal: string | undefined;
  readonly origin: string;
  /** `65001 65002 {65003}`. */
  readonly asPath: string;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly extendedCommunities: readonly string[];
  readonly originatorId: string | undefined;
  readonly clusterList: readonly string[];
  readonly atomicAggregate: boolean;
  readonly aggregator: string | undefined;
  /** Attributes bellhop does not know, passed on when transitive: code, flags, value in hexadecimal. */
  readonly unknown: readonly { readonly code: number; readonly flags: number; readonly hex: string }[];
  /** Decision step that removed it from the candidates, when it is not best. */
  readonly lostBy: string | undefined;
}

/** An aggregate of the configuration. */
export interface AggregateStatus {
  readonly prefix: string;
  readonly summaryOnly: boolean;
  /** Prefixes inside of it that have a route; with none it is not announced. */
  readonly contributors: number;
}

/** The speaker as a whole. */
export interface SpeakerStatus {
  readonly version: string;
  readonly as: number;
  readonly routerId: string;
  readonly uptimeSeconds: number;
  readonly listen: readonly {
    readonly address: string;
    readonly port: number;
    readonly error: string | undefined;
  }[];
  readonly families: readonly {
    readonly family: string;
    readonly prefixes: number;
    readonly paths: number;
  }[];
  readonly aggregates: readonly AggregateStatus[];
  /** Connections from addresses that no neighbor matches, or that a dynamic range could not take in. */
  readonly unknownPeerConnections: number;
  /** Addresses whose malformed messages were forgotten because too many addresses had some. */
  readonly forgottenErrorRings: number;
  /** What policies did, and what they refused or forgot at a bound. */
  readonly policies: PolicyCounters;
  readonly memoryBytes: number;
}

/** Counters of the speaker as a whole, for monitoring. */
export interface SpeakerCounters {
  /** From the first change of a burst of UPDATEs to the moment when all that it led to had been written. */
  readonly updateLatency: LatencyCounts;
  /** Routes refused because a table was full. */
  readonly tableFull: number;
  /** UPDATEs with routes of a family that was not negotiated. */
  readonly ignoredFamilies: number;
  /** Routes whose attributes do not fit in a message to some peer. */
  readonly unsendable: number;
  /** Prefixes whose change has not been worked on yet. */
  readonly pendingPrefixes: number;
  /** Distinct sets of path attributes. */
  readonly attributeSets: number;
  /** Routes of our own, of all owners. */
  readonly ownRoutes: number;
  /** Those withdrawn because nobody announced them again in time. */
  readonly expiredRoutes: number;
}

/** Query of `show routes`; what is given must all hold. */
export interface RouteQuery {
  readonly family?: string;
  /** An exact prefix, or an address: its longest match. */
  readonly prefix?: string;
  /** `prefix` and all that lie in it. */
  readonly longerPrefixes?: boolean;
  /** Only what this neighbor sent us (Adj-RIB-In, before import). */
  readonly received?: string;
  /** Only what we send this neighbor, with the attributes as sent (Adj-RIB-Out). */
  readonly advertised?: string;
  /** Only routes of the table (Loc-RIB and its candidates) that come from this neighbor. */
  readonly peer?: string;
  /** Only best routes. */
  readonly best?: boolean;
  /** Only routes with this community: standard, large or extended, in the text form. */
  readonly community?: string;
  /** Only routes with this AS number anywhere in the AS path. */
  readonly as?: number;
  /** At most so many routes. */
  readonly limit?: number;
  /** Where an earlier walk of the same query stopped. */
  readonly cursor?: string;
}

/** Routes in pieces; between two of them the daemon does its other work. */
export interface RouteReader {
  /** At most `count` routes more; none does not mean the end. 0 only moves the cursor to the next route. */
  read(count: number): RouteEntry[];
  /** Where the next piece begins, also for a later query; undefined at the end. */
  readonly cursor: string | undefined;
}
