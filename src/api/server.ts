/**
 * The HTTP API of the daemon on a UNIX socket. Whoever may open the socket (owner and group) may use it all:
 * access control is the file mode, and nothing listens on the network.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import { BellhopError } from '../base/errors.ts';
import { Observers } from '../observers/observers.ts';
import type { SpeakerView } from '../speaker/events.ts';
import { claimSocket } from './claim-socket.ts';
import { problemOf, sendProblem } from './problem.ts';
import { addErrorRoutes } from './routes/errors.ts';
import { addNeighborRoutes } from './routes/neighbors.ts';
import { addRouteRoutes } from './routes/routes.ts';
import { addStatusRoutes } from './routes/status.ts';

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
  const { socketPath } = options;
  await claimSocket(socketPath);
  const observers = new Observers();
  const server = buildServer(speaker, observers, options.onError);
  server.addHook('onClose', async () => observers.close());
  await server.ready();
  const umask = process.umask(SOCKET_UMASK);
  try {
    await server.listen({ path: socketPath });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await server.close();
    throw new BellhopError('LISTEN_FAILED', `cannot listen on ${socketPath}: ${reason}`, { cause: error });
  } finally {
    process.umask(umask);
  }
  return { socketPath, close: () => server.close() };
}

function buildServer(
  speaker: SpeakerView,
  observers: Observers,
  onError?: (error: unknown) => void,
): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true });
  server.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) onError?.(error);
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((request, reply) =>
    sendProblem(reply, problemOf(new BellhopError('NOT_FOUND', `no ${request.method} ${request.url}`))),
  );
  addStatusRoutes(server, speaker, observers);
  addNeighborRoutes(server, speaker);
  addRouteRoutes(server, speaker);
  addErrorRoutes(server, speaker);
  return server;
}
