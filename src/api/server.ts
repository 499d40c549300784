/**
 * The HTTP API of a daemon: always on a UNIX socket, where the file mode says who may use it (owner and group), and
 * on TCP when the configuration says so. What answers is loaded for the first client (`late-server.ts`).
 */
import { setImmediate as turn } from 'node:timers/promises';
import { BellhopError } from '../base/errors.ts';
import type { ApiConfig } from '../config/types.ts';
import { Observers } from '../observers/observers.ts';
import type { SpeakerView } from '../speaker/events.ts';
import { claimSocket } from './claim-socket.ts';
import { ApiContext, type ApiServices } from './context.ts';
import { LateServer } from './late-server.ts';

/** File mode creation mask while the socket is bound: leaves 0660. */
const SOCKET_UMASK = 0o117;

export interface ApiOptions extends ApiServices {
  /** Path of the UNIX socket; a stale one is removed, a live one is an error. */
  readonly socketPath: string;
  /** What else there is, called when the first client has connected. */
  readonly lateServices?: () => Promise<ApiServices>;
  /** Does the loading of code; default: calls it. */
  readonly loadCode?: <Result>(load: () => Promise<Result>) => Promise<Result>;
  /** Hears of failures that are our own fault (answered with 500). */
  readonly onError?: (error: unknown) => void;
}

/** A running API. */
export class Api {
  readonly socketPath: string;
  readonly observers: Observers;
  readonly #context: ApiContext;
  readonly #options: ApiOptions;
  readonly #server: LateServer;
  #tcp: LateServer | undefined;
  /** Changes of the TCP listener, one after the other. */
  #configuring: Promise<void> = Promise.resolve();
  #closed = false;
  /** What `#tcp` was made from. */
  #tcpConfig = '';

  constructor(speaker: SpeakerView, options: ApiOptions) {
    this.socketPath = options.socketPath;
    this.observers = new Observers(speaker, options.vips);
    this.#context = new ApiContext(speaker, this.observers, options);
    this.#options = options;
    this.#server = this.#makeServer();
  }

  /** Where TCP clients find the API: `http://127.0.0.1:8179`; undefined when it does not listen there. */
  get url(): string | undefined {
    const place = this.#tcp?.address;
    if (place === null || typeof place !== 'object') return undefined;
    const host = place.family === 'IPv6' ? `[${place.address}]` : place.address;
    return `${this.#tcpConfig.includes('"tls"') ? 'https' : 'http'}://${host}:${place.port}`;
  }

  /** Binds the UNIX socket. @throws BellhopError LISTEN_FAILED with a sentence for the operator. */
  async start(): Promise<void> {
    const umask = process.umask(SOCKET_UMASK);
    try {
      await this.#server.listen({ path: this.socketPath });
    } catch (error) {
      await this.close();
      throw listenFailed(this.socketPath, error);
    } finally {
      process.umask(umask);
    }
  }

  /**
   * Obeys the `api` part of a configuration, at the start and after each reload: a listener whose address, token or
   * certificate changed is replaced, its clients are dropped; other clients are not touched.
   *
   * @throws BellhopError LISTEN_FAILED with a sentence for the operator; there is no TCP listener then.
   */
  configure(config: ApiConfig): Promise<void> {
    this.#context.ready = config.ready;
    const done = this.#configuring.then(() => this.#listen(config));
    this.#configuring = done.catch(() => undefined);
    return done;
  }

  async #listen(config: ApiConfig): Promise<void> {
    if (this.#closed) return;
    const { listen, token, tls } = config;
    const wanted = listen === undefined ? '' : JSON.stringify({ listen, token, tls });
    if (wanted === this.#tcpConfig) return;
    const old = this.#tcp;
    this.#tcp = undefined;
    this.#tcpConfig = '';
    await old?.close();
    if (listen === undefined) return;
    const server = this.#makeServer(config);
    try {
      // A certificate that OpenSSL does not take is known now.
      if (tls !== undefined) await server.load();
      await server.listen({ host: listen.address, port: listen.port });
    } catch (error) {
      await server.close();
      throw listenFailed(`${listen.address} port ${listen.port}`, error);
    }
    this.#tcp = server;
    this.#tcpConfig = wanted;
  }

  /** Drops clients, closes the listeners and removes the socket's file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#configuring;
    await Promise.all([this.#server.close(), this.#tcp?.close()]);
    this.observers.close();
  }

  /** @param tcp whom to let in; undefined: whoever may open the UNIX socket. */
  #makeServer(tcp?: ApiConfig): LateServer {
    const { lateServices, onError, loadCode = (load) => load() } = this.#options;
    return new LateServer({
      load: async () => {
        const [{ buildServer }, { guardAccess }, services] = await loadCode(async () => {
          for (const piece of PIECES) {
            await piece();
            await turn();
          }
          return Promise.all([import('./http-server.ts'), import('./access.ts'), lateServices?.()]);
        });
        if (services !== undefined) this.#context.addServices(services);
        return buildServer(this.#context, {
          onError,
          tls: tcp?.tls,
          ...(tcp !== undefined && { guard: (guarded) => guardAccess(guarded, tcp.token), remote: true }),
        });
      },
      dropped: () => this.observers.droppedConnection(),
      failed: (error) => onError?.(error),
    });
  }
}

/**
 * What the HTTP server is made of, each with what it needs of those behind it. Loading one takes up to 30 ms; between
 * two of them sockets and timers have their turn.
 */
const PIECES: readonly (() => Promise<unknown>)[] = [
  () => import('./schemas/status.ts'),
  () => import('../observers/metrics.ts'),
  () => import('./problem.ts'),
  () => import('fastify'),
  () => import('./openapi.ts'),
  () => import('./routes/config.ts'),
];

/**
 * Serves `speaker` on the socket; {@link Api.configure} does the rest.
 *
 * @throws BellhopError LISTEN_FAILED with a sentence for the operator.
 */
export async function startApi(speaker: SpeakerView, options: ApiOptions): Promise<Api> {
  await claimSocket(options.socketPath);
  const api = new Api(speaker, options);
  await api.start();
  return api;
}

function listenFailed(place: string, error: unknown): BellhopError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BellhopError('LISTEN_FAILED', `cannot listen on ${place}: ${reason}`, { cause: error });
}
