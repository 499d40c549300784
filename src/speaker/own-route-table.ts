/**
 * OwnRouteTable: what owners want announced; the engine hears only differences. Costs about 400 bytes a route, with
 * its place in the tables; every call costs what it changes, but `set`, which compares all routes of its owner.
 *
 * Over 300 lines because sets, leases and precedence move the same entries.
 */
import type { Clock } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import {
  MAX_OWN_ROUTES,
  MAX_OWNER_NAME,
  MAX_ROUTE_OWNERS,
  MAX_ROUTE_TTL_MILLISECONDS,
} from '../base/limits.ts';
import { Audiences } from './audiences.ts';
import { Leases } from './leases.ts';
import { familyOf, ownPrefix, ownRouteBlob } from './own-route-blob.ts';
import { sameRoute } from './own-route-equal.ts';
import {
  CONFIG_OWNER,
  type OwnRoute,
  type OwnRouteChange,
  type OwnRouteEntry,
  type OwnRouteObserver,
  type OwnRouteOptions,
  type OwnRoutes,
} from './own-routes.ts';

/** What the table needs of the speaker. */
export interface OwnRoutesHost {
  readonly clock: Clock;
  readonly engine: {
    announce(family: number, prefix: Uint8Array, length: number, blob: Uint8Array, audience: number): boolean;
    withdraw(family: number, prefix: Uint8Array, length: number): boolean;
  };
  readonly scheduler: { kick(): void };
  /** The audiences of a neighbor changed. */
  audiencesChanged(address: string): void;
  /** Routes were withdrawn because their owner did not announce them again in time. */
  announcementsExpired(owner: string, prefixes: readonly string[]): void;
  flushed(timeoutMilliseconds: number): Promise<boolean>;
}

interface Entry {
  readonly owner: string;
  route: OwnRoute;
  /** Number of its first announcement: the lower one is active. */
  readonly order: number;
  readonly since: number;
  expiresAt: number | undefined;
  audience: number;
  /** The engine's tables had no room for it. */
  refused: boolean;
}

/** A route that has been found good, with a use of its audience. */
interface Prepared {
  readonly route: OwnRoute;
  readonly blob: Uint8Array;
  readonly audience: number;
}

export class OwnRouteTable implements OwnRoutes {
  readonly audiences: Audiences;
  readonly #host: OwnRoutesHost;
  readonly #owners = new Map<string, Map<string, Entry>>();
  /** Everybody who wants a prefix; the first one is active. Alone, an entry stands here without a list. */
  readonly #wanted = new Map<string, Entry | Entry[]>();
  readonly #leases: Leases<Entry>;
  readonly #observers = new Set<OwnRouteObserver>();
  #count = 0;
  #order = 0;
  /** Routes withdrawn because nobody announced them again in time. */
  expired = 0;

  constructor(host: OwnRoutesHost) {
    this.#host = host;
    this.audiences = new Audiences(host.clock, (address) => host.audiencesChanged(address));
    this.#leases = new Leases<Entry>(host.clock, (entries) => this.#expire(entries));
  }

  /** Number of routes of all owners. */
  get count(): number {
    return this.#count;
  }

  set(owner: string, routes: readonly OwnRoute[], options: OwnRouteOptions = {}): OwnRouteChange {
    checkOptions(options);
    const mine = this.#owners.get(owner);
    const wanted = new Set<string>();
    const fresh: Prepared[] = [];
    const same: Entry[] = [];
    try {
      for (const route of routes) {
        if (wanted.has(route.prefix))
          throw new BellhopError('INVALID_ARGUMENT', `${route.prefix} appears twice in the set of ${owner}`);
        wanted.add(route.prefix);
        const old = mine?.get(route.prefix);
        if (old !== undefined && sameRoute(old.route, route)) same.push(old);
        else fresh.push(this.#prepare(route));
      }
      if (wanted.size > 0) this.#makeRoom(owner, wanted.size - (mine?.size ?? 0));
    } catch (error) {
      for (const { audience } of fresh) this.audiences.release(audience);
      throw error;
    }
    const gone = [...(mine?.values() ?? [])].filter(({ route }) => !wanted.has(route.prefix));
    const announced = wanted.size - ((mine?.size ?? 0) - gone.length);
    for (const entry of gone) this.#drop(entry);
    for (const entry of same) this.#setLease(entry, options);
    for (const prepared of fresh) this.#put(owner, prepared, options);
    return { announced, changed: fresh.length - announced, withdrawn: gone.length };
  }

  announce(owner: string, route: OwnRoute, options: OwnRouteOptions = {}): void {
    checkOptions(options);
    const old = this.#owners.get(owner)?.get(route.prefix);
    if (old !== undefined && sameRoute(old.route, route)) {
      this.#setLease(old, options);
      return;
    }
    if (old === undefined) this.#makeRoom(owner, 1);
    this.#put(owner, this.#prepare(route), options);
  }

  withdraw(owner: string, prefix: string): boolean {
    const entry = this.#owners.get(owner)?.get(prefix);
    if (entry === undefined) return false;
    this.#drop(entry);
    return true;
  }

  remove(owner: string): number {
    let count = 0;
    for (const _ of this.removal(owner)) count++;
    return count;
  }

  *removal(owner: string): Generator<undefined> {
    for (const entry of this.#owners.get(owner)?.values() ?? []) {
      this.#drop(entry);
      yield;
    }
  }

  countOf(owner: string): number {
    return this.#owners.get(owner)?.size ?? 0;
  }

  entries(owner?: string): OwnRouteEntry[] {
    const maps = owner === undefined ? [...this.#owners.values()] : [this.#owners.get(owner)];
    const entries = maps.flatMap((map) => [...(map?.values() ?? [])]);
    return entries.sort((a, b) => a.order - b.order).map((entry) => this.#shown(entry));
  }

  entry(owner: string, prefix: string): OwnRouteEntry | undefined {
    const entry = this.#owners.get(owner)?.get(prefix);
    return entry === undefined ? undefined : this.#shown(entry);
  }

  /** Owners that want the prefix announced; the first one is active. */
  ownersOf(prefix: string): string[] {
    return [this.#wanted.get(prefix) ?? []].flat().map(({ owner }) => owner);
  }

  flushed(timeoutMilliseconds: number): Promise<boolean> {
    return this.#host.flushed(timeoutMilliseconds);
  }

  observe(observer: OwnRouteObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Stops the timers; the routes stay as they are. */
  stop(): void {
    this.#leases.stop();
    this.audiences.stop();
  }

  #shown(entry: Entry): OwnRouteEntry {
    const { owner, route, expiresAt } = entry;
    const now = this.#host.clock.now();
    const wall = Date.now() - now;
    const active = this.#activeOf(route.prefix)!;
    const reason =
      active !== entry
        ? `${active.owner} announces this prefix`
        : entry.refused
          ? 'a table is full'
          : undefined;
    return {
      owner,
      route,
      since: new Date(wall + entry.since).toISOString(),
      ...(expiresAt !== undefined && {
        expiresAt: new Date(wall + expiresAt).toISOString(),
        remainingMilliseconds: Math.max(0, Math.round(expiresAt - now)),
      }),
      active: reason === undefined,
      ...(reason !== undefined && { reason }),
    };
  }

  #expire(entries: readonly Entry[]): void {
    this.expired += entries.length;
    const byOwner = new Map<string, string[]>();
    for (const entry of entries) {
      this.#drop(entry);
      const prefixes = byOwner.get(entry.owner);
      if (prefixes === undefined) byOwner.set(entry.owner, [entry.route.prefix]);
      else prefixes.push(entry.route.prefix);
    }
    for (const [owner, prefixes] of byOwner) this.#host.announcementsExpired(owner, prefixes);
  }

  /** @param added routes more than there are now. @throws BellhopError LIMIT_REACHED, INVALID_ARGUMENT. */
  #makeRoom(owner: string, added: number): void {
    if (!this.#owners.has(owner)) {
      if (owner === '' || owner.length > MAX_OWNER_NAME || !/^[\x21-\x7e]+$/.test(owner))
        throw new BellhopError(
          'INVALID_ARGUMENT',
          `an owner is a word of at most ${MAX_OWNER_NAME} letters, digits and signs`,
        );
      if (this.#owners.size >= MAX_ROUTE_OWNERS)
        throw new BellhopError('LIMIT_REACHED', `there are ${MAX_ROUTE_OWNERS} owners of routes already`);
    }
    if (this.#count + added > MAX_OWN_ROUTES)
      throw new BellhopError(
        'LIMIT_REACHED',
        `${this.#count} routes of our own and ${added} more are above the limit of ${MAX_OWN_ROUTES}`,
      );
  }

  /** Everything that can go wrong with a route goes wrong here. */
  #prepare(route: OwnRoute): Prepared {
    ownPrefix(route.prefix);
    const blob = ownRouteBlob(route);
    return { route, blob, audience: this.audiences.acquire(route.peers) };
  }

  #put(owner: string, { route, blob, audience }: Prepared, options: OwnRouteOptions): void {
    let entry = this.#owners.get(owner)?.get(route.prefix);
    const before = entry?.audience ?? 0;
    if (entry === undefined) entry = this.#add(owner, route, audience);
    else {
      entry.route = route;
      entry.audience = audience;
    }
    if (this.#activeOf(route.prefix) === entry) this.#tell(entry, blob);
    this.audiences.release(before);
    this.#lease(entry, options);
    this.#observed(entry, true);
  }

  #add(owner: string, route: OwnRoute, audience: number): Entry {
    const since = this.#host.clock.now();
    const order = owner === CONFIG_OWNER ? -1 : this.#order++;
    const entry = { owner, route, order, since, expiresAt: undefined, audience, refused: false };
    let mine = this.#owners.get(owner);
    if (mine === undefined) {
      mine = new Map();
      this.#owners.set(owner, mine);
    }
    mine.set(route.prefix, entry);
    this.#count++;
    const others = this.#wanted.get(route.prefix);
    if (others === undefined) this.#wanted.set(route.prefix, entry);
    else
      this.#wanted.set(
        route.prefix,
        [others, entry].flat().sort((a, b) => a.order - b.order),
      );
    return entry;
  }

  #drop(entry: Entry): void {
    const { owner, route } = entry;
    const { prefix } = route;
    const wasActive = this.#activeOf(prefix) === entry;
    const mine = this.#owners.get(owner)!;
    mine.delete(prefix);
    if (mine.size === 0) this.#owners.delete(owner);
    this.#count--;
    this.#leases.revoke(entry);
    const others = [this.#wanted.get(prefix)!].flat().filter((other) => other !== entry);
    if (others.length === 0) this.#wanted.delete(prefix);
    else this.#wanted.set(prefix, others.length === 1 ? others[0]! : others);
    if (wasActive) {
      const next = others[0];
      if (next === undefined) this.#untell(prefix);
      else this.#tell(next, ownRouteBlob(next.route));
    }
    this.audiences.release(entry.audience);
    this.#observed(entry, false);
  }

  #activeOf(prefix: string): Entry | undefined {
    const wanted = this.#wanted.get(prefix);
    return Array.isArray(wanted) ? wanted[0] : wanted;
  }

  #tell(entry: Entry, blob: Uint8Array): void {
    const prefix = ownPrefix(entry.route.prefix);
    const { engine, scheduler } = this.#host;
    entry.refused = !engine.announce(familyOf(prefix), prefix.bytes, prefix.length, blob, entry.audience);
    // What the prefix had before is not what is wanted now: better nothing than something else.
    if (entry.refused) engine.withdraw(familyOf(prefix), prefix.bytes, prefix.length);
    scheduler.kick();
  }

  #untell(text: string): void {
    const prefix = ownPrefix(text);
    this.#host.engine.withdraw(familyOf(prefix), prefix.bytes, prefix.length);
    this.#host.scheduler.kick();
  }

  /** Renews or ends the time to live of a route that stays as it is. */
  #setLease(entry: Entry, options: OwnRouteOptions): void {
    if (options.ttlMilliseconds === undefined && entry.expiresAt === undefined) return;
    this.#lease(entry, options);
    this.#observed(entry, true);
  }

  #lease(entry: Entry, { ttlMilliseconds }: OwnRouteOptions): void {
    if (ttlMilliseconds === undefined) this.#leases.revoke(entry);
    else this.#leases.grant(entry, ttlMilliseconds);
  }

  #observed({ owner, route, expiresAt }: Entry, exists: boolean): void {
    for (const observer of this.#observers)
      observer(owner, route.prefix, exists ? route : undefined, expiresAt);
  }
}

function checkOptions({ ttlMilliseconds }: OwnRouteOptions): void {
  if (ttlMilliseconds === undefined) return;
  if (!(ttlMilliseconds > 0 && ttlMilliseconds <= MAX_ROUTE_TTL_MILLISECONDS))
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `a time to live is above 0 and at most ${MAX_ROUTE_TTL_MILLISECONDS / 1000} seconds`,
    );
}
