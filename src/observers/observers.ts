/**
 * Observers: what watches a speaker for people and machines, created once for a daemon and shared by its listeners.
 */
import { EventLoopDelay } from './event-loop.ts';

export class Observers {
  readonly eventLoop = new EventLoopDelay();

  /** Ends the watching. */
  close(): void {
    this.eventLoop.close();
  }
}
