/** `GET /metrics`: the exposition for Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { MetricsQuery } from '../parameters.ts';

/** Adds the route to `server`. */
export function addMetricsRoutes(server: FastifyInstance, { observers }: ApiContext): void {
  server.get<{ Querystring: z.output<typeof MetricsQuery> }>(
    '/metrics',
    {
      schema: describeRoute({
        tag: 'status',
        summary: 'Metrics for Prometheus',
        querystring: MetricsQuery,
        mediaType: 'text/plain',
      }),
    },
    async ({ query }, reply) => {
      const { metrics } = observers;
      return reply.type(metrics.contentType).send(await metrics.text(query.aliases));
    },
  );
}
