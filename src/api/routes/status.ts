/** `GET /healthz`, `/v1/status` and `/v1/summary`: is it alive, what is it, how are its neighbors. */
import type { FastifyInstance } from 'fastify';
import type { Observers } from '../../observers/observers.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import type { DaemonStatus, Summary } from '../types.ts';

/** Adds the routes to `server`. */
export function addStatusRoutes(server: FastifyInstance, speaker: SpeakerView, observers: Observers): void {
  const status = (): DaemonStatus => ({
    ...speaker.status(),
    eventLoopDelay: observers.eventLoop.status(),
  });

  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/v1/status', status);
  server.get('/v1/summary', (): Summary => ({ status: status(), neighbors: speaker.neighbors() }));
}
