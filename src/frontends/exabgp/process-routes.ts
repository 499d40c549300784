/**
 * The routes of one process, in its words: announced to some neighbors or all, kept by watchdogs, changed in groups.
 * What is announced is kept by `OwnRoutes` alone; here is only what a watchdog may announce again.
 */
import { BellhopError } from '../../base/errors.ts';
import { MAX_GROUP_ROUTES, MAX_WATCHDOG_ROUTES, SLICE_MILLISECONDS } from '../../base/limits.ts';
import { sameRoute } from '../../speaker/own-route-equal.ts';
import type { OwnRoute, OwnRoutes } from '../../speaker/own-routes.ts';
import type { AnnounceCommand, WithdrawCommand } from './command.ts';
import { CommandError } from './words.ts';

/** What is needed of the table of own routes. */
export type RouteStore = Pick<
  OwnRoutes,
  'announce' | 'withdraw' | 'removal' | 'entries' | 'entry' | 'countOf'
>;

/** Neighbors that a command means, and those that there are for this process. */
export interface Audience {
  /** undefined: every neighbor, also one that comes later. */
  readonly peers: readonly string[] | undefined;
  readonly all: readonly string[];
}

type Change = { readonly command: AnnounceCommand | WithdrawCommand; readonly audience: Audience };

interface Watched {
  readonly name: string;
  readonly route: OwnRoute;
}

/** Routes withdrawn between two looks at the clock. */
const ROUTES_A_LOOK = 500;

export class ProcessRoutes {
  readonly #store: RouteStore;
  readonly #owner: string;
  /** By prefix. */
  readonly #watched = new Map<string, Watched>();
  /** Changes of an open group, to be made together. */
  #group: Change[] | undefined;
  #groupRoutes = 0;

  constructor(store: RouteStore, name: string) {
    this.#store = store;
    this.#owner = `process:${name}`;
  }

  get count(): number {
    return this.#store.countOf(this.#owner);
  }

  /** @throws CommandError, BellhopError when it cannot be announced; routes of the command before it are. */
  change(command: AnnounceCommand | WithdrawCommand, audience: Audience): void {
    if (this.#group === undefined) {
      this.#apply({ command, audience });
      return;
    }
    this.#groupRoutes += command.kind === 'announce' ? command.routes.length : command.prefixes.length;
    if (this.#groupRoutes > MAX_GROUP_ROUTES)
      throw new CommandError(`a group may have ${MAX_GROUP_ROUTES} routes at most`);
    this.#group.push({ command, audience });
  }

  startGroup(): void {
    if (this.#group !== undefined) throw new CommandError('a group has been started already');
    this.#group = [];
    this.#groupRoutes = 0;
  }

  /** Makes the changes of the group. @throws the first of what went wrong, after all of them were tried. */
  endGroup(): void {
    const group = this.#group;
    if (group === undefined) throw new CommandError('no group has been started');
    this.#group = undefined;
    let problem: unknown;
    for (const change of group)
      try {
        this.#apply(change);
      } catch (error) {
        problem ??= error;
      }
    if (problem !== undefined) throw problem;
  }

  /** Forgets an open group. */
  reset(): void {
    this.#group = undefined;
  }

  /** Announces or withdraws what belongs to a watchdog. */
  watchdog(name: string, announce: boolean): void {
    for (const { name: its, route } of this.#watched.values()) {
      if (its !== name) continue;
      if (announce) this.#store.announce(this.#owner, route);
      else this.#store.withdraw(this.#owner, route.prefix);
    }
  }

  /** Withdraws what this process has announced to these neighbors. */
  clear(audience: Audience): void {
    const prefixes = this.#store.entries(this.#owner).map(({ route }) => route.prefix);
    this.#apply({ command: { kind: 'withdraw', prefixes, selectors: [] }, audience });
  }

  /** Withdraws everything, in slices when it is much; `done` hears how many routes that were, at once when it is little. */
  removeAll(done: (count: number) => void): void {
    this.reset();
    this.#watched.clear();
    let count = 0;
    const steps = this.#store.removal(this.#owner)[Symbol.iterator]();
    const slice = (): void => {
      const end = performance.now() + SLICE_MILLISECONDS;
      while (steps.next().done !== true)
        if (++count % ROUTES_A_LOOK === 0 && performance.now() > end) {
          setImmediate(slice);
          return;
        }
      done(count);
    };
    slice();
  }

  /** Keeps what is announced for so long; what is announced again in time stays for good. Returns the number. */
  expire(milliseconds: number): number {
    this.reset();
    this.#watched.clear();
    const entries = this.#store.entries(this.#owner);
    for (const { route } of entries)
      this.#store.announce(this.#owner, route, { ttlMilliseconds: milliseconds });
    return entries.length;
  }

  #apply({ command, audience }: Change): void {
    if (command.kind === 'withdraw') {
      for (const prefix of command.prefixes) this.#withdraw(prefix, audience);
      return;
    }
    for (const route of command.routes) this.#announce(route, command, audience);
  }

  #announce(route: OwnRoute, { watchdog, held }: AnnounceCommand, audience: Audience): void {
    const wanted = this.#joined(route, audience.peers);
    if (watchdog === undefined) this.#watched.delete(route.prefix);
    else {
      if (this.#watched.size >= MAX_WATCHDOG_ROUTES && !this.#watched.has(route.prefix))
        throw new CommandError(`watchdogs may have ${MAX_WATCHDOG_ROUTES} routes at most`);
      this.#watched.set(route.prefix, { name: watchdog, route: wanted });
    }
    if (held) this.#store.withdraw(this.#owner, route.prefix);
    else this.#store.announce(this.#owner, wanted);
  }

  /** The route for these neighbors and for those who have it with the same attributes already. */
  #joined(route: OwnRoute, peers: readonly string[] | undefined): OwnRoute {
    if (peers === undefined) return route;
    const before = this.#store.entry(this.#owner, route.prefix)?.route;
    const restricted = { ...route, peers };
    if (before === undefined || before.peers?.every((peer) => peers.includes(peer)) === true)
      return restricted;
    if (sameRoute({ ...before, peers }, restricted))
      return { ...route, peers: before.peers && [...new Set([...before.peers, ...peers])].sort() };
    throw new CommandError(
      `${route.prefix} is announced to ${before.peers?.join(', ') ?? 'all neighbors'} with other attributes: bellhop has one route for a prefix and process`,
    );
  }

  #withdraw(prefix: string, { peers, all }: Audience): void {
    if (peers !== undefined) {
      const route = this.#store.entry(this.#owner, prefix)?.route;
      if (route === undefined) return;
      const left = (route.peers ?? all).filter((peer) => !peers.includes(peer));
      if (left.length > 0) {
        this.#store.announce(this.#owner, { ...route, peers: left });
        return;
      }
    }
    this.#watched.delete(prefix);
    this.#store.withdraw(this.#owner, prefix);
  }
}

/** The sentence of an error that is somebody's input and not our fault. @throws everything else. */
export function sentenceOf(error: unknown): string {
  if (error instanceof CommandError || error instanceof BellhopError) return error.message;
  throw error;
}
