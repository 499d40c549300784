/** `GET /metrics`: the exposition for Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { Metrics } from '../../observers/metrics.ts';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { MetricsQuery } from '../parameters.ts';

/** Adds the route to `server`. */
export function addMetricsRoutes(server: FastifyInstance, { speaker, observers }: ApiContext): void {
  const metrics = new Metrics(speaker, observers);
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
    async ({ query }, reply) => reply.type(metrics.contentType).send(await metrics.text(query.aliases)),
  );
}
