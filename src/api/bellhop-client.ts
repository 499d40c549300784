/** BellhopClient: a running daemon for programs, on this machine or another one. Exported as `bellhop/client`. */
import { type ApiRequest, type DaemonPlace, fetchAnswer, openAnswer, requests } from './client.ts';
import { type EventOptions, streamEvents, streamRoutes } from './client-streams.ts';
import { defaultSocketPath } from './socket-path.ts';
import type {
  DaemonEvent,
  DaemonStatus,
  ErrorEntry,
  NeighborStatus,
  RouteEntry,
  RouteQuery,
  Summary,
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

  /** Malformed messages, newest first; of one neighbor or of all. */
  errors(neighbor?: string): Promise<ErrorEntry[]> {
    return this.request(requests.errors(neighbor));
  }

  /** Asks a neighbor to send its routes again (RFC 2918); `family` such as `ipv4-unicast`, default: all. */
  async refresh(address: string, family?: string): Promise<void> {
    await this.request(requests.refresh(address, family));
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
