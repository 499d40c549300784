/**
 * SpeakerEvents: every fact an operator acts on, published by the speaker and turned into log lines (and later
 * event streams) by observers. The speaker never formats text for people here beyond one `reason` sentence.
 */
import type { SessionState } from '../fsm/types.ts';
import type { RouteWatch, RouteWatcher } from './best-watch.ts';
import type { ExplainQuery, Explanation } from './explanation.ts';
import type { OwnRoutes } from './own-routes.ts';
import type { PolicyStatus } from './policy-status.ts';
import type {
  Disabled,
  ErrorEntry,
  NeighborStatus,
  RouteEntry,
  RouteQuery,
  RouteReader,
  SpeakerCounters,
  SpeakerStatus,
} from './status.ts';

/** NOTIFICATION fields that accompany an event. */
export interface NotificationFacts {
  readonly code?: number;
  readonly subcode?: number;
  /** `Cease/administrative-shutdown`. */
  readonly codeName?: string;
  readonly dataHex?: string;
  /** RFC 9003 text, control characters removed. */
  readonly shutdownMessage?: string;
}

/** What `Speaker.subscribe` tells; times are those of the call. */
export type SpeakerEvent =
  | ({
      readonly type: 'stateChange';
      readonly peer: string;
      readonly peerAs?: number;
      readonly oldState: SessionState;
      readonly newState: SessionState;
      /** Why, when the session ended or failed. */
      readonly reason?: string;
      readonly direction?: 'sent' | 'received' | 'none';
    } & NotificationFacts)
  /** A connection was closed before it became a session: unknown peer, garbage, collision, wrong AS. */
  | ({
      readonly type: 'connectionRejected';
      readonly peer: string;
      readonly known: boolean;
      readonly reason: string;
    } & NotificationFacts)
  /** An UPDATE was malformed and handled by RFC 7606 without ending the session. */
  | {
      readonly type: 'updateError';
      readonly peer: string;
      readonly disposition: 'attribute-discard' | 'treat-as-withdraw';
      readonly attribute: number;
      readonly code: number;
      readonly subcode: number;
      readonly reason: string;
    }
  /** A family was closed for the rest of the session (AFI/SAFI-disable, RFC 7606 section 2). */
  | {
      readonly type: 'familyDisabled';
      readonly peer: string;
      readonly family: string;
      readonly reason: string;
    }
  /** Something keeps the neighbor from working as configured: RFC 8212, no MD5 support, missing family. */
  | { readonly type: 'warning'; readonly peer?: string; readonly reason: string }
  /** Routes of our own were withdrawn because their owner did not announce them again in time. */
  | {
      readonly type: 'announcementsExpired';
      readonly owner: string;
      readonly count: number;
      /** The first twenty. */
      readonly prefixes: readonly string[];
    }
  /** An operator has disabled a neighbor, or (without `disabled`) enabled it. */
  | { readonly type: 'administrative'; readonly peer: string; readonly disabled?: Disabled }
  | { readonly type: 'listening'; readonly address: string; readonly port: number }
  | {
      readonly type: 'listenFailed';
      readonly address: string;
      readonly port: number;
      readonly reason: string;
    }
  | {
      readonly type: 'reloaded';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
      readonly networksAnnounced: number;
      readonly networksWithdrawn: number;
    }
  | { readonly type: 'stopped'; readonly reason: string };

/** What observers, the API and the CLI may ask of a speaker; implemented by `Speaker`. */
export interface SpeakerView {
  readonly ownRoutes: OwnRoutes;
  status(): SpeakerStatus;
  /** Cheap: numbers that are kept anyway. */
  counters(): SpeakerCounters;
  neighbors(): NeighborStatus[];
  /** undefined when there is no such neighbor. */
  neighbor(address: string): NeighborStatus | undefined;
  /** The policies in force, their terms and who has them. */
  policyStatuses(): PolicyStatus[];
  /** @throws BellhopError NOT_FOUND for an unknown neighbor, INVALID_ARGUMENT for a bad prefix or family. */
  routes(query: RouteQuery): RouteEntry[];
  /** The same routes in pieces, for tables of any size. Throws as {@link routes} does; `limit` is the reader's. */
  walkRoutes(query: RouteQuery): RouteReader;
  /**
   * Why a route is there, best, told to whom, or not.
   * @throws BellhopError NOT_FOUND for an unknown neighbor, INVALID_ARGUMENT for a bad prefix.
   */
  explain(query: ExplainQuery): Explanation;
  /** Asks the peer to send its routes again (RFC 2918); all negotiated families when none is named. */
  refresh(address: string, family?: string): void;
  /**
   * Ends the session and begins anew, the peer told why; with `soft` the session stays and routes are sent again: the
   * peer's (`in`) or ours (`out`).
   * @throws BellhopError NOT_FOUND, INVALID_ARGUMENT for a text longer than 255 bytes, UNSUPPORTED without a session.
   */
  clear(address: string, soft?: 'in' | 'out', message?: string): void;
  /** Ends the session with Cease/2 and `message` (RFC 9003); the neighbor stays down until {@link enable}. */
  disable(address: string, message?: string): void;
  enable(address: string): void;
  /**
   * Malformed messages, newest first: of one address, or of all.
   * @throws BellhopError NOT_FOUND for an address that is no neighbor and of which nothing is kept.
   */
  errors(address?: string): ErrorEntry[];
  subscribe(listener: (event: SpeakerEvent) => void): () => void;
  /** Reports changes of best routes until it is closed. Costs 6 bytes a prefix, and time for each change. */
  watchRoutes(watcher: RouteWatcher): RouteWatch;
}
