/**
 * The HTTP API of a daemon: always on a UNIX socket, where the file mode says who may use it (owner and group), and
 * on TCP when the configuration says so.
 */
import type { FastifyInstance } from 'fastify';
import { BellhopError } from '../base/errors.ts';
import { MAX_API_CONNECTIONS } from '../base/limits.ts';
import type { ApiConfig } from '../config/types.ts';
import { Observers } from '../observers/observers.ts';
import type { SpeakerView } from '../speaker/events.ts';
import { guardAccess } from './access.ts';
import { claimSocket } from './claim-socket.ts';
import { ApiContext, type ApiServices } from './context.ts';
import { buildServer } from './http-server.ts';

/** File mode creation mask while the socket is bound: leaves 0660. */
const SOCKET_UMASK = 0o117;

export interface ApiOptions extends ApiServices {
  /** Path of the UNIX socket; a stale one is removed, a live one is an error. */
  readonly socketPath: string;
  /** Hears of failures that are our own fault (answered with 500). */
  readonly onError?: (error: unknown) => void;
}

/** A running API. */
export class Api {
  readonly socketPath: string;
  readonly #context: ApiContext;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #server: FastifyInstance;
  #tcp: FastifyInstance | undefined;
  /** Changes of the TCP listener, one after the other. */
  #configuring: Promise<void> = Promise.resolve();
  #closed = false;
  /** What `#tcp` was made from. */
  #tcpConfig = '';

  constructor(context: ApiContext, server: FastifyInstance, options: ApiOptions) {
    this.#context = context;
    this.#server = server;
    this.socketPath = options.socketPath;
    this.#onError = options.onError;
  }

  /** Where TCP clients find the API: `http://127.0.0.1:8179`; undefined when it does not listen there. */
  get url(): string | undefined {
    const place = this.#tcp?.addresses()[0];
    if (typeof place !== 'object') return undefined;
    const host = place.family === 'IPv6' ? `[${place.address}]` : place.address;
    return `${this.#tcpConfig.includes('"tls"') ? 'https' : 'http'}://${host}:${place.port}`;
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
    const server = await buildServer(this.#context, {
      onError: this.#onError,
      tls,
      guard: (guarded) => guardAccess(guarded, token),
      remote: true,
    });
    try {
      await server.listen({ host: listen.address, port: listen.port, backlog: MAX_API_CONNECTIONS });
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
    this.#context.observers.close();
  }
}

/**
 * Serves `speaker` on the socket; {@link Api.configure} does the rest.
 *
 * @throws BellhopError LISTEN_FAILED with a sentence for the operator.
 */
export async function startApi(speaker: SpeakerView, options: ApiOptions): Promise<Api> {
  await claimSocket(options.socketPath);
  const context = new ApiContext(speaker, new Observers(speaker, options.vips), options);
  const server = await buildServer(context, { onError: options.onError });
  await server.ready();
  const umask = process.umask(SOCKET_UMASK);
  try {
    // Where the queue is full, a UNIX socket refuses at once (EAGAIN); Node's own 511 are few.
    await server.listen({ path: options.socketPath, backlog: MAX_API_CONNECTIONS });
  } catch (error) {
    await server.close();
    context.observers.close();
    throw listenFailed(options.socketPath, error);
  } finally {
    process.umask(umask);
  }
  return new Api(context, server, options);
}

function listenFailed(place: string, error: unknown): BellhopError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BellhopError('LISTEN_FAILED', `cannot listen on ${place}: ${reason}`, { cause: error });
}
