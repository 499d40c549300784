/** What the routes of the API are about; the same for every listener of a daemon. */
import type { ProcessView } from '../frontends/exabgp/status.ts';
import type { MetallbView } from '../frontends/metallb/status.ts';
import type { Observers } from '../observers/observers.ts';
import type { ConfigManager } from '../speaker/config-manager.ts';
import type { SpeakerView } from '../speaker/events.ts';
import type { VipView } from '../vip/status.ts';
import { Turns } from './turns.ts';
import type { Readiness, SaveOutcome } from './types.ts';

/** What a daemon has beside its speaker; routes of what is left out do not exist. */
export interface ApiServices {
  /** Serves `/v1/vips` and what belongs to it. */
  readonly vips?: VipView;
  /** Serves `/v1/processes`. */
  readonly processes?: ProcessView;
  /** Serves `/v1/metallb`. */
  readonly metallb?: MetallbView;
  /** Resolves when what was announced so far would survive the daemon; default: nothing does. */
  readonly saved?: () => Promise<void>;
  /** The configuration file of the daemon; without one, it cannot be changed by requests. */
  readonly configManager?: ConfigManager;
  /** Writes runtime routes into the configuration. */
  readonly save?: () => SaveOutcome;
}

/** Most answers take less than half a millisecond. */
const REQUESTS_PER_ROUND = 4;

export class ApiContext {
  readonly speaker: SpeakerView;
  readonly observers: Observers;
  #services: ApiServices;
  /** Requests that have come: a thousand at once are begun a few at a time. Not behind the long answers of others. */
  readonly arrivals = new Turns(REQUESTS_PER_ROUND);
  /** Shared, so that long answers together cost no more than one. */
  readonly turns = new Turns();
  /** How many neighbors must be established for `/readyz`. */
  ready: Readiness['wanted'] = 'any';

  constructor(speaker: SpeakerView, observers: Observers, services: ApiServices = {}) {
    this.speaker = speaker;
    this.observers = observers;
    this.#services = services;
  }

  get services(): ApiServices {
    return this.#services;
  }

  /** Adds services that came later than the context. */
  addServices(services: ApiServices): void {
    this.#services = { ...this.#services, ...services };
  }

  /** Resolves when the change just made would survive the daemon. */
  async saved(): Promise<void> {
    await this.services.saved?.();
  }
}
