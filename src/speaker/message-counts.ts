/** Counters of messages by type, for one direction of a neighbor. */
import { readU16 } from '../base/bytes.ts';
import { MessageType } from '../wire/message.ts';
import type { MessageCounters } from './status.ts';

export class MessageCounts {
  readonly #byType = new Float64Array(6);

  /** Counts one message of a type of RFC 4271 or 2918. */
  add(type: number, count = 1): void {
    this.#byType[type]! += count;
  }

  /** Counts the whole messages in `bytes`. */
  addMessages(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += readU16(bytes, at + 16)) this.add(bytes[at + 18]!);
  }

  /** The counters under their names. */
  toJSON(): MessageCounters {
    const of = (type: number) => this.#byType[type]!;
    return {
      opens: of(MessageType.open),
      updates: of(MessageType.update),
      notifications: of(MessageType.notification),
      keepalives: of(MessageType.keepalive),
      routeRefreshes: of(MessageType.routeRefresh),
      total: this.#byType.reduce((sum, count) => sum + count, 0),
    };
  }
}
