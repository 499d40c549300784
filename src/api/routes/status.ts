/** `/healthz`, `/readyz`, `/v1/status` and `/v1/summary`: is it alive, is it of use, what is it, how are its neighbors. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { daemonStatus, readiness, summary } from '../schemas/status.ts';
import type { DaemonStatus, NeighborStatus, Readiness, Summary } from '../types.ts';

/** Adds the routes to `server`. */
export function addStatusRoutes(server: FastifyInstance, context: ApiContext): void {
  const { speaker, observers } = context;
  const status = (): DaemonStatus => ({
    ...speaker.status(),
    eventLoopDelay: observers.eventLoop.status(),
  });

  server.get(
    '/healthz',
    {
      schema: describeRoute({
        tag: 'status',
        summary: 'The daemon is alive',
        answer: z.object({ status: z.literal('ok') }),
      }),
    },
    () => ({ status: 'ok' }),
  );

  server.get(
    '/readyz',
    {
      schema: describeRoute({
        tag: 'status',
        summary: 'Enough neighbors are established',
        description: 'How many are enough is `api.ready` of the configuration: any, all or a number.',
        answer: readiness,
        otherAnswers: { 503: readiness },
      }),
    },
    (_request, reply) => {
      const answer = readinessOf(speaker.neighbors(), context.ready);
      return reply.code(answer.ready ? 200 : 503).send(answer);
    },
  );

  server.get(
    '/v1/status',
    { schema: describeRoute({ tag: 'status', summary: 'The daemon', answer: daemonStatus }) },
    status,
  );

  server.get(
    '/v1/summary',
    { schema: describeRoute({ tag: 'status', summary: 'The daemon and its neighbors', answer: summary }) },
    (): Summary => ({ status: status(), neighbors: speaker.neighbors() }),
  );
}

/**
 * A daemon without neighbors has none to wait for, unless a number of them is wanted. Nor does it wait for those that
 * an operator has disabled: what is wanted are then at most the ones that are left.
 */
export function readinessOf(neighbors: readonly NeighborStatus[], wanted: Readiness['wanted']): Readiness {
  const established = neighbors.filter(({ state }) => state === 'Established').length;
  const disabled = neighbors.filter((neighbor) => neighbor.disabled !== undefined).length;
  const enabled = neighbors.length - disabled;
  const least = wanted === 'all' ? enabled : wanted === 'any' ? Math.min(enabled, 1) : wanted;
  const ready = established >= (disabled === 0 ? least : Math.min(least, enabled));
  return { ready, established, neighbors: neighbors.length, disabled, wanted };
}
