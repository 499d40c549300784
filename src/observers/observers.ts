/**
 * Observers: what watches a speaker for people and machines, created once for a daemon and shared by its listeners.
 */
import type { SpeakerView } from '../speaker/events.ts';
import type { VipView } from '../vip/status.ts';
import { EventLoopDelay } from './event-loop.ts';
import { EventStream } from './event-stream.ts';

export class Observers {
  readonly events: EventStream;
  readonly eventLoop = new EventLoopDelay();
  /** undefined while there are none. */
  vips: VipView | undefined;
  /** API connections closed because there were too many. */
  droppedConnections = 0;

  /** Event streams closed because their readers were too slow. */
  slowReaders = 0;

  constructor(speaker: SpeakerView, vips?: VipView) {
    this.events = new EventStream(speaker);
    if (vips !== undefined) this.watchVips(vips);
  }

  /** Their events are in the stream from now on. */
  watchVips(vips: VipView): void {
    this.vips = vips;
    this.events.watchVips(vips);
  }

  /** Counts an event stream that was closed because its reader was too slow. */
  slowReader(): void {
    this.slowReaders++;
  }

  /** Counts an API connection that was closed because there were too many. */
  droppedConnection(): void {
    this.droppedConnections++;
  }

  /** Ends the watching. */
  close(): void {
    this.eventLoop.close();
    this.events.close();
  }
}
