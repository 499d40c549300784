/**
 * `GET /v1/routes`: the tables as a JSON array, one route a line.
 *
 * The array is written in pieces: the text of a full table is longer than the longest string V8 can hold, and
 * sessions get their turn between two pieces.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { SpeakerView } from '../../speaker/events.ts';
import { parseParameters, RoutesQuery, withoutUndefined } from '../parameters.ts';
import type { RouteEntry } from '../types.ts';

/** Routes that one piece of the answer holds: about 200 kB of text. */
const ROUTES_PER_PIECE = 500;

/** Adds the route to `server`. */
export function addRouteRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  server.get('/v1/routes', (request, reply) => {
    const query = parseParameters(RoutesQuery, request.query);
    const routes = speaker.routes(withoutUndefined(query));
    return reply.type('application/json; charset=utf-8').send(Readable.from(jsonPieces(routes)));
  });
}

/** The JSON text of `routes` in pieces; joined they are one array. */
function* jsonPieces(routes: readonly RouteEntry[]): Generator<string> {
  if (routes.length === 0) yield '[]';
  for (let start = 0; start < routes.length; start += ROUTES_PER_PIECE) {
    const piece = routes.slice(start, start + ROUTES_PER_PIECE).map((route) => JSON.stringify(route));
    const isLast = start + ROUTES_PER_PIECE >= routes.length;
    yield `${start === 0 ? '[' : ''}${piece.join(',\n')}${isLast ? ']' : ',\n'}`;
  }
}
