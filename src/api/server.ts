/**
 * The HTTP API of the daemon on a UNIX socket. Whoever may open the socket (owner and group) may use it all:
 * access control is the file mode, and nothing listens on the network.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import { BellhopError } from '../base/errors.ts';
import type { ProcessView } from '../frontends/exabgp/status.ts';
import type { ConfigManager } from '../speaker/config-manager.ts';
import type { SpeakerView } from '../speaker/events.ts';
import type { VipView } from '../vip/status.ts';
import { claimSocket } from './claim-socket.ts';
import { problemOf, sendProblem } from './problem.ts';
import { addAnnouncementRoutes } from './routes/announcements.ts';
import { addConfigRoutes } from './routes/config.ts';
import { addControlRoutes } from './routes/control.ts';
import { addErrorRoutes } from './routes/errors.ts';
import { addNeighborRoutes } from './routes/neighbors.ts';
import { addProcessRoutes } from './routes/processes.ts';
import { addRouteRoutes } from './routes/routes.ts';
import { addStatusRoutes } from './routes/status.ts';
import { addVipRoutes } from './routes/vips.ts';
import type { SaveOutcome } from './types.ts';

/** File mode creation mask while the socket is bound: leaves 0660. */
const SOCKET_UMASK = 0o117;

export interface ApiOptions {
  /** Path of the UNIX socket; a stale one is removed, a live one is an error. */
  readonly socketPath: string;
  /** Serves `/v1/vips` and what belongs to it. */
  readonly vips?: VipView;
  /** Serves `/v1/processes`. */
  readonly processes?: ProcessView;
  /** Hears of failures that are our own fault (answered with 500). */
  readonly onError?: (error: unknown) => void;
  /** Resolves when what was announced so far would survive the daemon; default: nothing does. */
  readonly saved?: () => Promise<void>;
  /** The configuration file of the daemon; without one, it cannot be changed by requests. */
  readonly configManager?: ConfigManager;
  /** Writes runtime routes into the configuration. */
  readonly save?: () => SaveOutcome;
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
  const server = buildServer(speaker, options);
  await server.ready();
  const umask = process.umask(SOCKET_UMASK);
  try {
    await server.listen({ path: socketPath });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BellhopError('LISTEN_FAILED', `cannot listen on ${socketPath}: ${reason}`, { cause: error });
  } finally {
    process.umask(umask);
  }
  return { socketPath, close: () => server.close() };
}

function buildServer(
  speaker: SpeakerView,
  { onError, saved, configManager, save, vips, processes }: ApiOptions,
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
  addStatusRoutes(server, speaker);
  addNeighborRoutes(server, speaker);
  addRouteRoutes(server, speaker);
  addErrorRoutes(server, speaker);
  addAnnouncementRoutes(server, speaker, saved);
  addControlRoutes(server, speaker, saved);
  if (configManager !== undefined) addConfigRoutes(server, configManager, save);
  if (vips !== undefined) addVipRoutes(server, vips);
  if (processes !== undefined) addProcessRoutes(server, processes);
  return server;
}
