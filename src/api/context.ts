/** What the routes of the API are about; the same for every listener of a daemon. */
import type { Observers } from '../observers/observers.ts';
import type { SpeakerView } from '../speaker/events.ts';
import { Turns } from './turns.ts';
import type { Readiness } from './types.ts';

export class ApiContext {
  readonly speaker: SpeakerView;
  readonly observers: Observers;
  /** Shared, so that long answers together cost no more than one. */
  readonly turns = new Turns();
  /** How many neighbors must be established for `/readyz`. */
  ready: Readiness['wanted'] = 'any';

  constructor(speaker: SpeakerView, observers: Observers) {
    this.speaker = speaker;
    this.observers = observers;
  }
}
