/** `GET /healthz`, `/v1/status` and `/v1/summary`: is it alive, what is it, how are its neighbors. */
import type { FastifyInstance } from 'fastify';
import type { SpeakerView } from '../../speaker/events.ts';
import type { SpeakerStatus, Summary } from '../types.ts';

/** Adds the routes to `server`. */
export function addStatusRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/v1/status', (): SpeakerStatus => speaker.status());
  server.get('/v1/summary', (): Summary => ({ status: speaker.status(), neighbors: speaker.neighbors() }));
}
