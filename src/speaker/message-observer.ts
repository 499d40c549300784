/**
 * MessageObserver: hears every message that a neighbor sends, as bytes, before anything is done about it. For those who
 * pass messages on; costs nothing while there is none.
 */
import type { NeighborConfig } from '../config/types.ts';
import type { Negotiated } from '../fsm/types.ts';

/** What is known of the sender. */
export interface MessageSender {
  readonly settings: NeighborConfig;
  /** undefined before the session is established. */
  readonly negotiated: Negotiated | undefined;
}

/** `bytes[start..end)` is the body of the message; it is valid during the call only. Must not throw. */
export type MessageObserver = (
  sender: MessageSender,
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
) => void;

/** Who can be listened to; implemented by `Speaker`. */
export interface MessageSource {
  /** Registers an observer; returns the function that removes it. */
  observeMessages(observer: MessageObserver): () => void;
}
