/**
 * The HTTP API of the daemon on a UNIX socket. Whoever may open the socket (owner and group) may use it all:
 * access control is the file mode.
 */
import type { FastifyInstance } from 'fastify';
import { BellhopError } from '../base/errors.ts';
import { MAX_API_CONNECTIONS } from '../base/limits.ts';
import { Observers } from '../observers/observers.ts';
import type { SpeakerView } from '../speaker/events.ts';
import { claimSocket } from './claim-socket.ts';
import { ApiContext } from './context.ts';
import { buildServer } from './http-server.ts';

/** File mode creation mask while the socket is bound: leaves 0660. */
const SOCKET_UMASK = 0o117;

export interface ApiOptions {
  /** Path of the UNIX socket; a stale one is removed, a live one is an error. */
  readonly socketPath: string;
  /** Hears of failures that are our own fault (answered with 500). */
  readonly onError?: (error: unknown) => void;
}

/** A running API. */
export interface Api {
  readonly socketPath: string;
  /** Drops clients, closes the socket and removes its file. */
  close(): Promise<void>;
}

/**
 * Serves `speaker` on the socket.
 *
 * @throws BellhopError LISTEN_FAILED with a sentence for the operator.
 */
export async function startApi(speaker: SpeakerView, options: ApiOptions): Promise<Api> {
  const { socketPath, onError } = options;
  await claimSocket(socketPath);
  const observers = new Observers(speaker);
  const context = new ApiContext(speaker, observers);
  const server = await buildServer(context, { onError });
  try {
    await listenOnSocket(server, socketPath);
  } catch (error) {
    observers.close();
    throw error;
  }
  return {
    socketPath,
    async close() {
      await server.close();
      observers.close();
    },
  };
}

async function listenOnSocket(server: FastifyInstance, socketPath: string): Promise<void> {
  await server.ready();
  const umask = process.umask(SOCKET_UMASK);
  try {
    // Where the queue is full, a UNIX socket refuses at once (EAGAIN); Node's own 511 are few.
    await server.listen({ path: socketPath, backlog: MAX_API_CONNECTIONS });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await server.close();
    throw new BellhopError('LISTEN_FAILED', `cannot listen on ${socketPath}: ${reason}`, { cause: error });
  } finally {
    process.umask(umask);
  }
}
