/** `GET /v1/errors`: malformed messages, newest first, of one neighbor or of all. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SpeakerView } from '../../speaker/events.ts';
import { describeRoute } from '../openapi.ts';
import { ErrorsQuery } from '../parameters.ts';
import { errorEntry } from '../schemas/route.ts';

/** Adds the route to `server`. */
export function addErrorRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  server.get<{ Querystring: z.output<typeof ErrorsQuery> }>(
    '/v1/errors',
    {
      schema: describeRoute({
        tag: 'neighbors',
        summary: 'Malformed messages, newest first',
        querystring: ErrorsQuery,
        answer: z.array(errorEntry),
      }),
    },
    ({ query }) => speaker.errors(query.neighbor),
  );
}
