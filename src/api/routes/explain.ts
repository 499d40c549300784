/** `GET /v1/explain`: why a route is there, best, told to whom, or not. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { ExplainQuery, withoutUndefined } from '../parameters.ts';
import { explanation } from '../schemas/explanation.ts';

/** Adds the route to `server`. */
export function addExplainRoutes(server: FastifyInstance, { speaker, turns }: ApiContext): void {
  server.get<{ Querystring: z.output<typeof ExplainQuery> }>(
    '/v1/explain',
    {
      schema: describeRoute({
        tag: 'routes',
        summary: 'Why a route is there, best, told to whom, or not',
        description:
          'Who announces it and what import made of that, the decision step that each path lost by, and for every ' +
          'neighbor what it is told, or the first rule or policy term that keeps the route from it.',
        querystring: ExplainQuery,
        answer: explanation,
      }),
    },
    async ({ query }) => {
      await turns.next();
      return speaker.explain({ ...withoutUndefined(query), prefix: query.prefix });
    },
  );
}
