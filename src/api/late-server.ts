/**
 * A listener whose HTTP server is loaded when the first client has connected: until then a daemon that nobody asks
 * anything neither waits for that code at its start nor has it in memory (some 20 MB). Clients that come while it is
 * loaded wait for it. One with TLS is loaded before it listens (`load`), to try its certificate.
 */
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { MAX_API_CONNECTIONS } from '../base/limits.ts';

export interface LateServerOptions {
  /** Loads the HTTP server, which does not listen; called again only after it failed. */
  readonly load: () => Promise<FastifyInstance>;
  /** Told of a connection that was closed because there are too many. */
  readonly dropped: () => void;
  /** Told why the server cannot be loaded; clients are dropped then. */
  readonly failed: (error: unknown) => void;
}

export class LateServer {
  readonly #options: LateServerOptions;
  /** Half-open sockets, as HTTP has them; nothing is read before the HTTP server listens to them. */
  readonly #listener: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
    this.#connected(socket),
  );
  #loading: Promise<FastifyInstance> | undefined;
  readonly #sockets = new Set<Socket>();
  #closed = false;

  constructor(options: LateServerOptions) {
    this.#options = options;
    this.#listener.maxConnections = MAX_API_CONNECTIONS;
    this.#listener.on('drop', options.dropped);
  }

  /** Where it listens, as `net.Server.address`. */
  get address(): ReturnType<Server['address']> {
    return this.#listener.address();
  }

  /** Rejects with the error of the system. */
  listen(where: Pick<ListenOptions, 'host' | 'port' | 'path'>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#listener.once('error', reject);
    // Where the queue is full, a UNIX socket refuses at once (EAGAIN); Node's own 511 are few.
    this.#listener.listen({ ...where, backlog: MAX_API_CONNECTIONS }, () => {
      this.#listener.off('error', reject);
      resolve();
    });
    return promise;
  }

  /** Loads the HTTP server now: what is wrong with it is known before anybody connects. */
  load(): Promise<FastifyInstance> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      // For want of files or memory, perhaps: the next client may have more luck.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<FastifyInstance> {
    const http = await this.#options.load();
    await http.ready();
    // It never listens by itself, and the timeouts of requests begin with this event.
    http.server.emit('listening');
    return http;
  }

  /** Drops all clients; resolves when nothing is open. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    // First the server, which takes a moment: what was written just now is sent.
    await this.#loading?.then(
      (http) => http.close(),
      () => undefined,
    );
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    const ignore = (): void => undefined;
    socket.on('error', ignore).once('close', () => this.#sockets.delete(socket));
    this.load().then(
      (http) => {
        if (this.#closed || socket.destroyed) return;
        http.server.emit('connection', socket);
        socket.off('error', ignore);
        socket.resume();
      },
      (error: unknown) => {
        socket.destroy();
        this.#options.failed(error);
      },
    );
  }
}
