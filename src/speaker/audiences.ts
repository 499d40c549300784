/**
 * Audiences: the sets of neighbors that some routes of our own are restricted to. Each distinct set has a number; the
 * update groups are kept apart by the numbers their members belong to, so that export is one comparison.
 */
import type { Clock, Timer } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import { AUDIENCE_LINGER_MILLISECONDS, MAX_AUDIENCES } from '../base/limits.ts';

interface Audience {
  readonly id: number;
  readonly key: string;
  readonly addresses: ReadonlySet<string>;
  users: number;
  /** `clock.now()` when the last user went. */
  idleSince: number;
}

export class Audiences {
  readonly #clock: Clock;
  readonly #changed: (address: string) => void;
  readonly #byKey = new Map<string, Audience>();
  readonly #byId = new Map<number, Audience>();
  readonly #linger: Timer;

  /** @param changed called with each address whose {@link of} is different now. */
  constructor(clock: Clock, changed: (address: string) => void) {
    this.#clock = clock;
    this.#changed = changed;
    this.#linger = clock.timer(() => this.#dropIdle(AUDIENCE_LINGER_MILLISECONDS));
  }

  /** Numbers of the audiences that a neighbor belongs to, ascending. */
  of(address: string): readonly number[] {
    const ids: number[] = [];
    for (const { id, addresses } of this.#byId.values()) if (addresses.has(address)) ids.push(id);
    return ids.sort((a, b) => a - b);
  }

  /**
   * The number of the audience of `addresses`, with one user more; 0 when everybody is meant.
   *
   * @throws BellhopError LIMIT_REACHED.
   */
  acquire(addresses: readonly string[] | undefined): number {
    if (addresses === undefined) return 0;
    const key = [...new Set(addresses)].sort().join(' ');
    let audience = this.#byKey.get(key);
    if (audience === undefined) {
      if (this.#byKey.size >= MAX_AUDIENCES) this.#dropIdle(0);
      if (this.#byKey.size >= MAX_AUDIENCES)
        throw new BellhopError(
          'LIMIT_REACHED',
          `routes are restricted to ${MAX_AUDIENCES} different sets of neighbors already`,
        );
      let id = 1;
      while (this.#byId.has(id)) id++;
      audience = { id, key, addresses: new Set(addresses), users: 0, idleSince: 0 };
      this.#byKey.set(key, audience);
      this.#byId.set(id, audience);
      for (const address of audience.addresses) this.#changed(address);
    }
    audience.users++;
    return audience.id;
  }

  /** One user less. */
  release(id: number): void {
    const audience = this.#byId.get(id);
    if (audience === undefined || --audience.users > 0) return;
    audience.idleSince = this.#clock.now();
    if (!this.#linger.running) this.#linger.start(AUDIENCE_LINGER_MILLISECONDS);
  }

  stop(): void {
    this.#linger.stop();
  }

  #dropIdle(milliseconds: number): void {
    const now = this.#clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const audience of this.#byId.values()) {
      if (audience.users > 0) continue;
      const left = audience.idleSince + milliseconds - now;
      if (left > 0) {
        next = Math.min(next, left);
        continue;
      }
      this.#byId.delete(audience.id);
      this.#byKey.delete(audience.key);
      for (const address of audience.addresses) this.#changed(address);
    }
    if (next < Number.POSITIVE_INFINITY) this.#linger.start(next);
  }
}
