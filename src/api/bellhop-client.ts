/** BellhopClient: a running daemon for programs, on this machine or another one. Exported as `bellhop/client`. */
import { type ApiRequest, type DaemonPlace, fetchAnswer, openAnswer, requests } from './client.ts';
import { type EventOptions, streamEvents, streamRoutes } from './client-streams.ts';
import { defaultSocketPath } from './socket-path.ts';
import type {
  Announcement,
  AnnouncementInput,
  ChangeClass,
  ConfigOutcome,
  DaemonEvent,
  DaemonStatus,
  Diagnosis,
  ErrorEntry,
  ExplainQuery,
  Explanation,
  ExportedConfig,
  NeighborStatus,
  OwnRouteChange,
  PolicyStatus,
  RouteEntry,
  RouteQuery,
  SaveOutcome,
  Summary,
  VipStatus,
} from './types.ts';

/** One page of a query. */
export interface RoutePage {
  readonly routes: readonly RouteEntry[];
  /** For the query of the next page; undefined: this was the last. */
  readonly cursor: string | undefined;
}

/**
 * A running daemon. Every method asks it anew; nothing is kept, and there is nothing to close.
 *
 * All methods reject with a `BellhopError`: `DAEMON_UNREACHABLE` when nobody answers, else with the code of the API's
 * problem (`NOT_FOUND`, `INVALID_ARGUMENT`, ...) and its sentence.
 *
 * @example
 * const bellhop = new BellhopClient();
 * for (const { address, state } of await bellhop.neighbors()) console.log(address, state);
 */
export class BellhopClient {
  readonly #daemon: DaemonPlace;

  /**
   * @param daemon path of the UNIX socket, or URL and token of a daemon that listens on TCP; default: the socket that
   * the `bellhop` command would use (`$BELLHOP_SOCKET`, else `/run/bellhop/bellhop.sock` or one of this user).
   */
  constructor(daemon: DaemonPlace = defaultSocketPath()) {
    this.#daemon = daemon;
  }

  /** The daemon: version, listeners, table sizes, event-loop delay. */
  status(): Promise<DaemonStatus> {
    return this.request(requests.status());
  }

  /** The daemon and its neighbors at one instant. */
  summary(): Promise<Summary> {
    return this.request(requests.summary());
  }

  /** All neighbors. */
  neighbors(): Promise<NeighborStatus[]> {
    return this.request(requests.neighbors());
  }

  /** One neighbor, by address in any spelling. */
  neighbor(address: string): Promise<NeighborStatus> {
    return this.request(requests.neighbor(address));
  }

  /** Why a route is there, best, told to whom, or not. */
  explain(query: ExplainQuery): Promise<Explanation> {
    return this.request(requests.explain(query));
  }

  /** The policies in force: their terms, and who has them. */
  policies(): Promise<PolicyStatus[]> {
    return this.request(requests.policies());
  }

  /** One policy, by name. */
  policy(name: string): Promise<PolicyStatus> {
    return this.request(requests.policy(name));
  }

  /** Malformed messages, newest first; of one neighbor or of all. */
  errors(neighbor?: string): Promise<ErrorEntry[]> {
    return this.request(requests.errors(neighbor));
  }

  /** Asks a neighbor to send its routes again (RFC 2918); `family` such as `ipv4-unicast`, default: all. */
  async refresh(address: string, family?: string): Promise<void> {
    await this.request(requests.refresh(address, family));
  }

  /** Ends the session and begins anew, the peer told why; with `soft` only routes are sent again: the peer's or ours. */
  clear(
    address: string,
    options: { readonly soft?: 'in' | 'out'; readonly message?: string } = {},
  ): Promise<NeighborStatus> {
    return this.request(requests.clear(address, options));
  }

  /** Ends the session with Cease/2 and `message` (RFC 9003); the neighbor stays down until {@link enable}. */
  disable(address: string, message?: string): Promise<NeighborStatus> {
    return this.request(requests.disable(address, message));
  }

  /** Lets a neighbor that was disabled have a session again. */
  enable(address: string): Promise<NeighborStatus> {
    return this.request(requests.enable(address));
  }

  /** Routes of our own, of one owner or of all. */
  announcements(owner?: string): Promise<Announcement[]> {
    return this.request(requests.announcements(owner));
  }

  /**
   * Announces a route for `owner`, or replaces it. With `ttl`, such as `30s`, it is withdrawn unless it is announced
   * again in time.
   */
  announce(owner: string, route: AnnouncementInput, ttl?: string): Promise<Announcement> {
    return this.request(requests.announce(owner, route, ttl));
  }

  /** Announces exactly these routes for `owner`: only the difference is sent, so it may be repeated at will. */
  announceSet(owner: string, routes: readonly AnnouncementInput[], ttl?: string): Promise<OwnRouteChange> {
    return this.request(requests.announceSet(owner, routes, ttl));
  }

  /** Withdraws the route of `owner` for `prefix`, or all routes of the owner. */
  withdraw(owner: string, prefix?: string): Promise<OwnRouteChange> {
    return this.request(requests.withdraw(owner, prefix));
  }

  /** Addresses that are announced while their service is healthy. */
  vips(): Promise<VipStatus[]> {
    return this.request(requests.vips());
  }

  /** One VIP, by name. */
  vip(name: string): Promise<VipStatus> {
    return this.request(requests.vip(name));
  }

  /** Why a VIP is announced or not, link by link; of one VIP or of all. */
  doctor(vip?: string): Promise<Diagnosis[]> {
    return this.request(requests.doctor(vip));
  }

  /** Begins to drain a VIP, or all (`undefined`): GRACEFUL_SHUTDOWN (RFC 8326), withdrawn after the grace time. */
  drain(vip: string | undefined, graceSeconds: number): Promise<VipStatus[]> {
    return this.request(requests.drain(vip, graceSeconds));
  }

  /** Ends the drain of a VIP, or of all. */
  undrain(vip?: string): Promise<VipStatus[]> {
    return this.request(requests.undrain(vip));
  }

  /** The configuration in force with what was changed at run time; with `secrets` passwords too (not on TCP). */
  exportConfig(secrets?: boolean): Promise<ExportedConfig> {
    return this.request(requests.exportConfig(secrets));
  }

  /** Reads the configuration file of the daemon again and applies it; with `atMost` only if no change costs more. */
  reload(atMost?: ChangeClass): Promise<ConfigOutcome> {
    return this.request(requests.reload(atMost));
  }

  /** What the configuration `text` would change. @param file its name in diagnostics. */
  plan(file: string, text: string): Promise<ConfigOutcome> {
    return this.request(requests.plan(file, text));
  }

  /** Applies `text` until the next reload; with `confirmWithin`, such as `60s`, undone unless it is confirmed; `atMost` as in {@link reload}. */
  apply(file: string, text: string, confirmWithin?: string, atMost?: ChangeClass): Promise<ConfigOutcome> {
    return this.request(requests.apply(file, text, confirmWithin, atMost));
  }

  /** Keeps the configuration that was applied with `confirmWithin`; resolves with the name of its file. */
  async confirm(): Promise<string> {
    return (await this.request(requests.confirm())).confirmed;
  }

  /** Undoes what was applied with `confirmWithin`, before its time is over. */
  rollback(): Promise<ConfigOutcome> {
    return this.request(requests.rollback());
  }

  /** Writes routes that were announced at run time into a drop-in of the configuration. */
  save(): Promise<SaveOutcome> {
    return this.request(requests.save());
  }

  /**
   * Routes one by one while they come, so that a full table needs no memory to speak of.
   *
   * @example
   * for await (const { prefix, asPath } of bellhop.routes({ as: 65010, best: true })) console.log(prefix, asPath);
   */
  routes(query: RouteQuery = {}): AsyncGenerator<RouteEntry> {
    return streamRoutes(this.#daemon, query);
  }

  /** One page of at most `query.limit` routes (default 1,000, at most 10,000). */
  async routePage(query: RouteQuery = {}): Promise<RoutePage> {
    const response = await openAnswer(this.#daemon, requests.routes({ limit: 1000, ...query }));
    const text = (await response.setEncoding('utf8').toArray()).join('');
    const cursor = response.headers['bellhop-next-cursor'];
    return {
      routes: JSON.parse(text) as RouteEntry[],
      cursor: typeof cursor === 'string' ? cursor : undefined,
    };
  }

  /**
   * What happens, from now on or from behind `since`. Comes back by itself when the connection is lost.
   *
   * @example
   * for await (const event of bellhop.events({ types: ['session'] }))
   *   if (event.type === 'session' && event.event === 'stateChange') console.log(event.peer, event.newState);
   */
  events(options: EventOptions = {}): AsyncGenerator<DaemonEvent> {
    return streamEvents(this.#daemon, options);
  }

  /** Any request of the API, for what has no method here. */
  request<Answer>(call: ApiRequest<Answer>): Promise<Answer> {
    return fetchAnswer(this.#daemon, call);
  }
}
