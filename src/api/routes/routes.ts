/**
 * `GET /v1/routes`: the tables as a JSON array, one route a line.
 *
 * Without a limit the array is streamed: the text of a full table is longer than the longest string V8 can hold. With
 * one it is a page, and headers say where the next begins. Either way it is made in pieces of a few milliseconds, and
 * sessions get their turn between two of them. A reader that is slow or leaves holds nothing but its place.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { RoutesQuery, withoutUndefined } from '../parameters.ts';
import { route } from '../schemas/route.ts';
import type { Turns } from '../turns.ts';
import type { RouteEntry, RouteReader } from '../types.ts';

/** Routes that one piece of the answer holds: about 80 kB of text, and a few milliseconds. */
const ROUTES_PER_PIECE = 200;

/** Adds the route to `server`. */
export function addRouteRoutes(server: FastifyInstance, { speaker, turns }: ApiContext): void {
  server.get<{ Querystring: z.output<typeof RoutesQuery> }>(
    '/v1/routes',
    {
      schema: describeRoute({
        tag: 'routes',
        summary: 'The routing table, or what one neighbor sends or is sent',
        description:
          'All conditions must hold. With `limit` the answer is a page; `Bellhop-Next-Cursor` and `Link` (rel=next) ' +
          'are there unless it is the last. A route that exists during the whole walk is in exactly one page.',
        querystring: RoutesQuery,
        answer: z.array(route),
      }),
    },
    async (request, reply) => {
      const query = withoutUndefined(request.query);
      const { limit } = query;
      const walk = speaker.walkRoutes(query);
      reply.type('application/json; charset=utf-8');
      if (limit === undefined) return reply.send(Readable.from(jsonPieces(walk, turns)));
      const page = await readPage(walk, turns, limit);
      if (walk.cursor !== undefined) {
        const next = new URLSearchParams(request.url.split('?')[1]);
        next.set('cursor', walk.cursor);
        reply.header('Bellhop-Next-Cursor', walk.cursor).header('Link', `</v1/routes?${next}>; rel="next"`);
      }
      return reply.send(page);
    },
  );
}

/** A page as JSON: text and octets are made piece by piece as well. */
async function readPage(walk: RouteReader, turns: Turns, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let count = 0;
  while (walk.cursor !== undefined && count < limit) {
    await turns.next();
    const routes = walk.read(Math.min(ROUTES_PER_PIECE, limit - count));
    if (routes.length === 0) continue;
    pieces.push(Buffer.from((count === 0 ? '[' : ',\n') + textOf(routes)));
    count += routes.length;
  }
  // What is behind the page may be nothing at all: then this was the last one.
  if (walk.cursor !== undefined) walk.read(0);
  pieces.push(Buffer.from(count === 0 ? '[]' : ']'));
  return Buffer.concat(pieces);
}

function textOf(routes: readonly RouteEntry[]): string {
  return routes.map((entry) => JSON.stringify(entry)).join(',\n');
}

/** The JSON text of all routes in pieces; joined they are one array. */
async function* jsonPieces(walk: RouteReader, turns: Turns): AsyncGenerator<string> {
  let separator = '[';
  while (walk.cursor !== undefined) {
    await turns.next();
    const routes = walk.read(ROUTES_PER_PIECE);
    if (routes.length === 0) continue;
    yield separator + textOf(routes);
    separator = ',\n';
  }
  yield separator === '[' ? '[]' : ']';
}
