/** What a process may hear about a neighbor, before it is written in one of the encodings. */
import type { OpenMessage } from '../../wire/open.ts';
import type { ReceivedUpdate } from '../../wire/update-read.ts';

/** Whom an event is about. */
export interface EventNeighbor {
  /** undefined before there is a connection and none is configured. */
  readonly localAddress: string | undefined;
  readonly address: string;
  readonly localAs: number;
  /** undefined while nobody knows: `external` or `internal` before the session. */
  readonly peerAs: number | undefined;
}

export type NeighborEvent =
  | { readonly type: 'state'; readonly state: 'connected' | 'up' }
  | { readonly type: 'state'; readonly state: 'down'; readonly reason: string }
  /** `IDLE`, `OPENSENT` ... */
  | { readonly type: 'fsm'; readonly state: string }
  | {
      readonly type: 'notification';
      readonly direction: 'send' | 'receive';
      readonly code: number;
      readonly subcode: number;
      readonly dataHex: string;
    }
  | { readonly type: 'open'; readonly open: OpenMessage }
  | { readonly type: 'update'; readonly update: ReceivedUpdate }
  | { readonly type: 'keepalive' }
  | { readonly type: 'refresh'; readonly afi: number; readonly safi: number; readonly subtype: number };

/** Writes events as one or more lines, each with its end. */
export interface EventEncoder {
  event(event: NeighborEvent, neighbor: EventNeighbor): string;
  /** bellhop is about to stop. */
  shutdown(): string;
  /** So many events were dropped because the process did not read. */
  gap(dropped: number): string;
}
