/** `GET /v1/errors`: malformed messages, newest first, of one neighbor or of all. */
import type { FastifyInstance } from 'fastify';
import type { SpeakerView } from '../../speaker/events.ts';
import { ErrorsQuery, parseParameters } from '../parameters.ts';

/** Adds the route to `server`. */
export function addErrorRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  server.get('/v1/errors', (request) => {
    const { neighbor } = parseParameters(ErrorsQuery, request.query);
    return speaker.errors(neighbor);
  });
}
