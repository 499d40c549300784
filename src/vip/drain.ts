/**
 * The drain of a VIP, or of all services of MetalLB (RFC 8326): first announced with GRACEFUL_SHUTDOWN and LOCAL_PREF 0,
 * so that others take over while it still serves; after the grace time withdrawn, until somebody ends it. Can be ended
 * at any stage.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { DrainStatus } from './status.ts';

/** Longest time that a stage waits to be in all sockets before it is reported without a time. */
const FLUSH_MILLISECONDS = 5000;

export interface DrainHost {
  readonly clock: Clock;
  flushed(timeoutMilliseconds: number): Promise<boolean>;
  /** The stage is another one: announce accordingly, now. */
  stageChanged(): void;
  /** A stage is in all sockets. */
  reached(stage: 'announced' | 'withdrawn', milliseconds: number): void;
}

export class Drain {
  readonly #host: DrainHost;
  readonly #grace: Timer;
  readonly #graceMilliseconds: number;
  readonly #startedAt: number;
  readonly #since = new Date().toISOString();
  readonly #withdrawn = Promise.withResolvers<void>();
  #stage: DrainStatus['stage'] = 'announced';
  #announcedMilliseconds: number | undefined;
  #withdrawnMilliseconds: number | undefined;
  #ended = false;

  constructor(host: DrainHost, graceSeconds: number) {
    this.#host = host;
    this.#graceMilliseconds = graceSeconds * 1000;
    this.#startedAt = host.clock.now();
    this.#grace = host.clock.timer(() => void this.#withdraw());
  }

  get stage(): DrainStatus['stage'] {
    return this.#stage;
  }

  /** Resolves when the withdrawal is in all sockets, or the drain was ended. */
  get done(): Promise<void> {
    return this.#withdrawn.promise;
  }

  begin(): void {
    if (this.#graceMilliseconds === 0) {
      void this.#withdraw();
      return;
    }
    this.#host.stageChanged();
    this.#grace.start(this.#graceMilliseconds);
    void this.#host.flushed(FLUSH_MILLISECONDS).then((isOut) => {
      if (!isOut || this.#ended) return;
      this.#announcedMilliseconds = this.#elapsed();
      this.#host.reached('announced', this.#announcedMilliseconds);
    });
  }

  /** Does not wait for the rest of the grace time. */
  hurry(): void {
    if (this.#stage === 'announced' && !this.#ended) void this.#withdraw();
  }

  /** The caller announces again what should be. */
  end(): void {
    this.#ended = true;
    this.#grace.stop();
    this.#withdrawn.resolve();
  }

  status(): DrainStatus {
    return {
      stage: this.#stage,
      since: this.#since,
      graceSeconds: this.#graceMilliseconds / 1000,
      announcedMilliseconds: this.#announcedMilliseconds,
      withdrawnMilliseconds: this.#withdrawnMilliseconds,
    };
  }

  async #withdraw(): Promise<void> {
    this.#grace.stop();
    this.#stage = 'withdrawn';
    this.#host.stageChanged();
    const isOut = await this.#host.flushed(FLUSH_MILLISECONDS);
    if (this.#ended) return;
    if (isOut) this.#withdrawnMilliseconds = this.#elapsed();
    this.#host.reached('withdrawn', this.#elapsed());
    this.#withdrawn.resolve();
  }

  #elapsed(): number {
    return Math.round((this.#host.clock.now() - this.#startedAt) * 10) / 10;
  }
}
