/** `GET /metrics`: the exposition for Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';

/** Adds the route to `server`. */
export function addMetricsRoutes(server: FastifyInstance, { observers }: ApiContext): void {
  server.get(
    '/metrics',
    { schema: describeRoute({ tag: 'status', summary: 'Metrics for Prometheus', mediaType: 'text/plain' }) },
    async (_request, reply) => {
      const { metrics } = observers;
      return reply.type(metrics.contentType).send(await metrics.text());
    },
  );
}
