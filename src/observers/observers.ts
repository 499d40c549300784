/**
 * Observers: what watches a speaker for people and machines, created once for a daemon and shared by its listeners.
 */
import { EventLoopDelay } from './event-loop.ts';

export class Observers {
  readonly eventLoop = new EventLoopDelay();
  /** API connections closed because there were too many. */
  droppedConnections = 0;

  /** Counts an API connection that was closed because there were too many. */
  droppedConnection(): void {
    this.droppedConnections++;
  }

  /** Ends the watching. */
  close(): void {
    this.eventLoop.close();
  }
}
